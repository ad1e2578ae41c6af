"""What stands in an entry, and what a change of it leaves alone."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import JsonValue

from builders import TOKEN, URL
from coder_mcp.configuring.client import Client
from coder_mcp.configuring.documents import Malformed, at
from coder_mcp.configuring.edits import FORMATS, difference, edited
from coder_mcp.configuring.entry import Setup, additions, entry, removals, token_notes
from coder_mcp.configuring.table import CLIENTS, client_called
from coder_mcp.core.clients import KNOWN_CLIENTS
from coder_mcp.errors import SettingsError

SETUP = Setup(command=("/bin/coder-mcp",), url=URL)
SIGNED_IN = replace(SETUP, signed_in=True)


def known(name: str) -> Client:
    client = client_called(name)
    assert client is not None
    return client


def id_of(client: Client) -> str:
    return client.id


def after(client: Client, setup: Setup, said: JsonValue) -> Any:  # noqa: ANN401  # a document
    """What a file says once the entry is in it."""
    form = FORMATS[client.form]
    if client.form == "json":
        text = json.dumps(said)
    else:
        text = form.with_value(
            "", (*client.container, "coder"), at(said, (*client.container, "coder"))
        )
    return form.parsed(edited(form, text, additions(client, setup, said)))


clients = pytest.mark.parametrize("client", CLIENTS, ids=id_of)


@clients
def test_an_entry_is_what_nothing_is_left_to_do_about(client: Client) -> None:
    form = FORMATS[client.form]
    for setup in (SETUP, SIGNED_IN, replace(SETUP, url="")):
        text = edited(form, "", additions(client, setup, {}))
        assert additions(client, setup, form.parsed(text)) == []
        left = edited(form, text, removals(client, "coder", form.parsed(text)))
        assert form.parsed(left) == {}


@clients
def test_with_a_login_of_the_coder_cli_nothing_in_the_entry_is_about_a_token(
    client: Client,
) -> None:
    assert "CODER_SESSION_TOKEN" in json.dumps(additions(client, SETUP, {}), default=vars)
    assert "CODER_SESSION_TOKEN" not in json.dumps(additions(client, SIGNED_IN, {}), default=vars)
    assert token_notes(client, SIGNED_IN, None) == [
        f"The session token for {URL} stays with `coder login`; no file needs it."
    ]


@clients
def test_what_the_server_is_told_to_wait_fits_the_limit_that_the_entry_raises(
    client: Client,
) -> None:
    for key, limit in client.limits.items():
        seconds = limit / 1000 if limit > 100_000 else limit
        assert "startup" in key or seconds > (client.wait_seconds or 0)


def test_every_client_that_the_server_knows_has_a_row_and_no_other_name_is_used() -> None:
    used = [name for client in CLIENTS for name in client.known_as]
    assert sorted(used) == sorted(client.name for client in KNOWN_CLIENTS)
    assert len({client.id for client in CLIENTS}) == len(CLIENTS)


def test_an_older_entry_is_brought_up_to_date_and_what_a_person_added_stays() -> None:
    cursor = known("cursor")
    said: JsonValue = {
        "mcpServers": {
            "coder": {
                "disabled": True,
                "command": "/old/coder-mcp",
                "args": ["serve", "--simulator"],
                "env": {"CODER_URL": "https://old.example.com", "CODER_MCP_READ_ONLY": "1"},
            },
        }
    }
    assert after(cursor, SIGNED_IN, said)["mcpServers"]["coder"] == {
        "disabled": True,
        "command": "/bin/coder-mcp",
        "args": [],
        "env": {"CODER_URL": URL, "CODER_MCP_READ_ONLY": "1"},
    }


def with_token(url: str) -> JsonValue:
    environ: JsonValue = {"CODER_URL": url, "CODER_SESSION_TOKEN": TOKEN}
    return {"mcpServers": {"coder": {"command": "coder-mcp", "args": [], "env": environ}}}


def test_a_token_that_stands_in_the_entry_stays_for_its_deployment_alone() -> None:
    desktop = known("claude-desktop")
    kept = after(desktop, SETUP, with_token(f"{URL}/"))["mcpServers"]["coder"]["env"]
    assert kept == {"CODER_URL": URL, "CODER_SESSION_TOKEN": TOKEN}
    assert token_notes(desktop, SETUP, with_token(URL)) == [
        "The session token that the entry has stays in it."
    ]
    other = with_token("https://other.example.com")
    moved = after(desktop, SETUP, other)["mcpServers"]["coder"]["env"]
    assert TOKEN not in moved["CODER_SESSION_TOKEN"]
    assert "is taken out" in token_notes(desktop, SETUP, other)[-1]


def test_a_token_that_the_coder_cli_has_is_taken_out_of_the_entry() -> None:
    desktop = known("claude-desktop")
    env = after(desktop, SIGNED_IN, with_token(URL))["mcpServers"]["coder"]["env"]
    assert env == {"CODER_URL": URL}
    assert "is taken out" in token_notes(desktop, SIGNED_IN, with_token(URL))[-1]


def test_a_limit_is_raised_and_never_lowered() -> None:
    codex = known("codex")
    held: JsonValue = {**entry(codex, SETUP), "tool_timeout_sec": 7200, "startup_timeout_sec": 10}
    server = after(codex, SETUP, {"mcp_servers": {"coder": held}})["mcp_servers"]["coder"]
    assert (server["tool_timeout_sec"], server["startup_timeout_sec"]) == (7200, 60)


def test_how_long_to_wait_stays_as_a_person_set_it_unless_the_shell_says_otherwise() -> None:
    codex = known("codex")
    held: JsonValue = {**entry(codex, SETUP), "env": {"CODER_MCP_WAIT_SECONDS": "600"}}
    said: JsonValue = {"mcp_servers": {"coder": held}}
    for setup, seconds in (
        (SETUP, "600"),
        (replace(SETUP, environ={"CODER_MCP_WAIT_SECONDS": "60"}), "60"),
    ):
        server = after(codex, setup, said)["mcp_servers"]["coder"]
        assert server["env"] == {"CODER_URL": URL, "CODER_MCP_WAIT_SECONDS": seconds}


def test_variables_that_a_person_lets_through_are_let_through_further() -> None:
    codex = known("codex")
    held: JsonValue = {**entry(codex, SETUP), "env_vars": ["MINE"]}
    server = after(codex, SETUP, {"mcp_servers": {"coder": held}})["mcp_servers"]["coder"]
    assert server["env_vars"] == ["MINE", "CODER_SESSION_TOKEN"]


def test_vs_code_asks_for_the_token_once_and_no_more_when_nothing_needs_it() -> None:
    vscode = known("vscode")
    own: JsonValue = {"type": "promptString", "id": "mine", "description": "x"}
    said = after(vscode, SETUP, {"inputs": [own], "servers": {"gh": {"command": "npx"}}})
    assert [asked["id"] for asked in said["inputs"]] == ["mine", "coder-token"]
    form = FORMATS["json"]
    left = form.parsed(edited(form, json.dumps(said), removals(vscode, "coder", said)))
    assert left == {"inputs": [own], "servers": {"gh": {"command": "npx"}}}
    said["servers"]["second"] = said["servers"]["coder"]
    kept: Any = form.parsed(edited(form, json.dumps(said), removals(vscode, "coder", said)))
    assert [asked["id"] for asked in kept["inputs"]] == ["mine", "coder-token"]


@pytest.mark.parametrize(
    "theirs",
    [
        {"command": "coder", "args": ["exp", "mcp", "server"]},
        {"url": "https://coder.example.com/api/experimental/mcp/http"},
        "npx",
    ],
    ids=["coder's own", "remote", "no object"],
)
def test_another_server_of_the_same_name_is_neither_changed_nor_taken_out(
    theirs: JsonValue,
) -> None:
    said: JsonValue = {"mcpServers": {"coder": theirs}}
    with pytest.raises(SettingsError, match="--name coder-mcp"):
        additions(known("cursor"), SETUP, said)
    with pytest.raises(SettingsError, match="it is not this one"):
        removals(known("cursor"), "coder", said)


@pytest.mark.parametrize(
    "command",
    [
        {"command": "C:\\Users\\a b\\.local\\bin\\coder-mcp.exe"},
        {"command": "uvx", "args": ["coder-workspaces-mcp==0.1.0"]},
        {"command": "/usr/bin/python3", "args": ["-m", "coder_mcp"]},
        {"command": "/venv/bin/coder-workspaces-mcp"},
    ],
)
def test_an_entry_of_ours_is_known_by_what_it_starts(command: dict[str, JsonValue]) -> None:
    said: JsonValue = {"mcpServers": {"coder": command}}
    assert removals(known("cursor"), "coder", said)


@pytest.mark.parametrize("said", [[], {"mcpServers": []}, {"mcpServers": "x"}])
def test_where_servers_should_be_and_are_not_nothing_is_edited(said: JsonValue) -> None:
    with pytest.raises(Malformed, match="is not an object"):
        additions(known("cursor"), SETUP, said)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('"env": { "GITHUB_TOKEN": "abc" }', '"env": { "GITHUB_TOKEN": "****" }'),
        ("api_key = 'abc'", "api_key = '****'"),
        ('"args": ["--key", "sk-0123456789abcdefghij"]', '"args": ["--key", "****"]'),
        ('"h": "Bearer abc"', '"h": "Bearer ****"'),
        ('"p": "http://me:pass@proxy:3128"', '"p": "http://me:****@proxy:3128"'),
        ('"CODER_SESSION_TOKEN": "${env:A_1234567890_1234567890}"', None),
        ('"CODER_SESSION_TOKEN": "<a token from https://c/settings/tokens>"', None),
        ('"command": "/opt/0123456789abcdefghijklmnop/coder-mcp"', None),
        ('"a": "\x1b[31mred"', '"a": "red"'),
    ],
)
def test_secrets_that_stand_around_are_not_shown(line: str, shown: str | None) -> None:
    assert difference("", line)[1:] == [f"+{shown or line}"]
    assert TOKEN not in "".join(difference("", f'"x": "{TOKEN}"'))


def test_of_a_long_file_only_what_changes_is_compared_and_stands_at_its_line() -> None:
    before = [f"line {number}" for number in range(50_000)]
    after = [*before[:20_000], "new", *before[20_000:40_000], *before[40_001:]]
    assert difference("\n".join(before), "\n".join(after)) == [
        "@@ -19999,4 +19999,5 @@",
        " line 19998",
        " line 19999",
        "+new",
        " line 20000",
        " line 20001",
        "@@ -39999,5 +40000,4 @@",
        " line 39998",
        " line 39999",
        "-line 40000",
        " line 40001",
        " line 40002",
    ]
    assert difference("a\nb", "a\nb") == []
    assert difference("a\na", "a\na\na") == ["@@ -1,2 +1,3 @@", " a", " a", "+a"]


def test_of_a_long_line_that_is_changed_what_is_new_in_it_is_shown() -> None:
    """A file without line ends is one line."""
    start = '{"mcpServers":{' + ",".join(f'"s{n}":{{"command":"x{n}"}}' for n in range(30))
    entry = f'"coder":{{"command":"/usr/bin/coder-mcp","env":{{"CODER_SESSION_TOKEN":"{TOKEN}"}}}}'
    _, old, new = difference(start + "}}", f"{start},{entry}}}}}")
    assert old.startswith("-… ")
    assert old.endswith('"s29":{"command":"x29"}}}')
    assert new.startswith("+… ")
    assert new.endswith(
        '"coder":{"command":"/usr/bin/coder-mcp","env":{"CODER_SESSION_TOKEN":"****"}}}}'
    )
    assert len(difference("", start)[1]) <= 161
