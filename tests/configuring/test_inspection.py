"""What `coder-mcp doctor` says of an entry in a client's file: every state, in its words."""

import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from builders import TOKEN
from canary import without_tokens
from coder_mcp.configuring.client import Client
from coder_mcp.configuring.edits import FORMATS, edited
from coder_mcp.configuring.entry import Setup, additions
from coder_mcp.configuring.inspection import CHECKS, Facts, file_checks, unreadable
from coder_mcp.configuring.mentions import Source
from coder_mcp.configuring.table import CLIENTS, client_called
from coder_mcp.core.checks.check import Check
from coder_mcp.core.clients import wait_seconds

HERE = "https://coder.acme.test"
COMMAND = "/home/ada/.local/bin/coder-mcp"
SHELL_PATH = "/home/ada/.local/bin:/usr/bin"
PROGRAMS = {
    COMMAND,
    "/home/ada/.local/bin/uvx",
    "/usr/bin/python3",
}
FACTS = Facts(
    environ={"PATH": SHELL_PATH, "CODER_SESSION_TOKEN": "set"},
    platform="darwin",
    version="1.2.3",
    login_url=HERE,
    finds=lambda program, path: any(
        (program if "/" in program else f"{one}/{program}") in PROGRAMS for one in path.split(":")
    ),
    tools=frozenset({"delete_workspace"}),
)


def source(client: str, text: str, path: str = "~/its/file.json") -> Source:
    row = client_called(client)
    assert row is not None
    return Source(client=row, path=path, text=text)


def entry(client: str, **says: object) -> Source:
    """A file with one entry of ours, right but for what is given."""
    row = client_called(client)
    assert row is not None
    held: object = {"command": COMMAND, "args": [], "env": {"CODER_URL": HERE}, **says}
    for key in reversed((*row.container, "coder")):
        held = {key: held}
    return source(client, json.dumps(held))


def given(client: str, **environ: object) -> Source:
    return entry(client, env={"CODER_URL": HERE, **environ})


def told(checks: list[Check]) -> list[str]:
    """The checks as lines."""
    return [
        without_tokens(
            f"{one.status} {one.name}: {one.message}"
            + (f" [{one.error}]" if one.error else "")
            + (f" -> {one.next_step}" if one.next_step else "")
        )
        for one in checks
    ]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_what_configure_writes_is_right(client: Client) -> None:
    for url, signed_in in ((HERE, True), ("", False)):
        setup = Setup(command=(COMMAND, *(() if url else ("serve", "--simulator"))), url=url)
        steps = additions(client, replace(setup, signed_in=signed_in), {})
        text = edited(FORMATS[client.form], "", steps)
        facts = replace(FACTS, login_url=url)
        checks = file_checks(Source(client=client, path="~/file", text=text), facts)
        assert [(one.name, one.status) for one in checks] == [("client entry", "ok")]


def test_what_a_call_waits_without_a_setting_ends_before_the_client_cuts_it() -> None:
    limits = {client.id: client.cuts_after for client in CLIENTS if client.cuts_after is not None}
    waits = {
        client.id: max(
            wait_seconds(asked=None, setting=None, client_name=name)
            for name in client.known_as or ("",)
        )
        for client in CLIENTS
    }
    late = {client for client, limit in limits.items() if waits[client] + 5 > limit}
    assert late == {"copilot-jetbrains"}  # for which `configure` sets the wait


@pytest.mark.parametrize(
    "words",
    [
        ["coder-mcp"],
        ["/opt/bin/coder-workspaces-mcp"],
        ["C:\\Users\\ada\\coder-mcp.exe"],
        ["uvx", "coder-workspaces-mcp==1.2.3"],
        ["uvx", "coder-workspaces-mcp@latest"],
        ["/usr/bin/uvx", "--from", "coder-workspaces-mcp>=1", "coder-mcp"],
        ["pipx", "run", "coder-workspaces-mcp[x]==1.2.3"],
        ["python3", "-m", "coder_mcp", "serve"],
    ],
)
def test_an_entry_is_ours_by_what_it_starts(words: list[str]) -> None:
    command, *args = words
    assert file_checks(entry("cursor", command=command, args=args), FACTS)
    for mine in ("opencode", "cursor"):
        assert file_checks(entry(mine, command=words, args=None), FACTS)


def test_what_another_server_says_is_none_of_ours() -> None:
    other = {"command": "coder", "args": ["exp", "mcp", "server"], "env": {"CODER_URL": "<x>"}}
    assert file_checks(source("cursor", json.dumps({"mcpServers": {"coder": other}})), FACTS) == []
    assert file_checks(source("cursor", ""), FACTS) == []


STATES = {
    "fine": entry("cursor"),
    "malformed": source("cursor", '{\n  "mcpServers": {\n    "coder": }\n}'),
    "malformed, of a project": replace(source("cursor", "["), in_project=True, path=".cursor/x"),
    "malformed TOML": source("codex", "[mcp_servers\n"),
    "no object": source("cursor", "[]"),
    "servers are a list": source("vscode", '{"servers": []}'),
    "command gone": entry("cursor", command="/gone/coder-mcp"),
    "command nowhere": entry("cursor", command="pipx", args=["run", "coder-workspaces-mcp"]),
    "command not on the entry's own PATH": source(
        "codex", '[mcp_servers.coder]\ncommand = "coder-mcp"\nenv = {PATH = "/bin:/sbin"}\n'
    ),
    "command of the shell": entry("zed", command="uvx", args=["coder-workspaces-mcp==1.2.3"]),
    "command of the shell, in a terminal": entry("gemini", command="coder-mcp"),
    "command on the entry's own PATH": entry(
        "cursor", command="coder-mcp", env={"CODER_URL": HERE, "PATH": SHELL_PATH}
    ),
    "command the client fills in": entry("vscode", command="${workspaceFolder}/bin/coder-mcp"),
    "another version": entry(
        "cursor",
        command="/home/ada/.local/bin/uvx",
        args=["--from", "coder-workspaces-mcp@0.9.0", "coder-mcp"],
    ),
    "arguments with which it does not serve": entry("cursor", args=["sreve"]),
    "another command of ours": entry("cursor", args=["doctor"]),
    "a flag that there is not": entry("cursor", args=["serve", "--seed"]),
    "a simulator": entry("cursor", args=["serve", "--simulator", "--seeded"]),
    "a tool that there is not": given("cursor", CODER_MCP_EXCLUDE_TOOLS="delete_workspce"),
    "an option that no call works with": given("cursor", CODER_MCP_WAIT_SECONDS="soon"),
    "an option that does nothing": given("cursor", CODER_MCP_READONLY="1"),
    "placeholders": given(
        "claude-desktop",
        CODER_URL="https://coder.example.com",
        CODER_SESSION_TOKEN="<token>",  # noqa: S106  # no token
    ),
    "references nobody fills in": given(
        "claude-desktop",
        CODER_URL="${CODER_URL}",
        CODER_SESSION_TOKEN="${CODER_SESSION_TOKEN}",  # noqa: S106  # no token
    ),
    "references": given("claude-code", CODER_SESSION_TOKEN="${CODER_SESSION_TOKEN:-}"),  # noqa: S106  # no token
    "a variable passed on": source(
        "codex",
        f'[mcp_servers.coder]\ncommand = "{COMMAND}"\nenv_vars = ["CODER_SESSION_TOKEN"]\n'
        'env = { CODER_URL = "https://other.test" }\n',
    ),
    "token in a project": replace(given("vscode", CODER_SESSION_TOKEN=TOKEN), in_project=True),
    "token that others read": replace(given("cursor", CODER_SESSION_TOKEN=TOKEN), is_open=True),
    "token of one's own": given("cursor", CODER_URL="other.test", CODER_SESSION_TOKEN=TOKEN),
    "no address": given("cursor", CODER_URL="https://ada:secret@coder.acme.test"),
    "plain http": given("cursor", CODER_URL="http://coder.acme.test"),
    "plain http that is meant": given(
        "cursor", CODER_URL="http://other.test", CODER_MCP_INSECURE_HTTP="1"
    ),
    "another deployment": given("cursor", CODER_URL="https://other.test"),
    "Claude Desktop waits no longer than it can": given(
        "claude-desktop", CODER_MCP_WAIT_SECONDS=1800
    ),
    "waits longer than cut, raised by us": source(
        "codex",
        f'[mcp_servers.coder]\ncommand = "{COMMAND}"\ntool_timeout_sec = 300\n'
        'env = { CODER_MCP_WAIT_SECONDS = "1200" }\n',
    ),
    "waits longer than cut, shown by us": entry(
        "gemini", timeout=60000, env={"CODER_MCP_WAIT_SECONDS": "100"}
    ),
    "waits longer than cut, no key": given("cursor", CODER_MCP_WAIT_SECONDS="1200"),
    "a key of the client's, too short": entry("claude-code", timeout=60000),
    "cut sooner than anybody waits": given("copilot-jetbrains"),
    "by another name": source(
        "cursor", json.dumps({"mcpServers": {"work": {"command": "/gone/coder-mcp"}}})
    ),
    "of one project, in Claude Code": source(
        "claude-code",
        json.dumps(
            {
                "projects": {
                    "/a": {"mcpServers": {"coder": {"command": "/gone/coder-mcp"}}},
                    "/b": {"mcpServers": {"coder": {"command": "/gone/coder-mcp"}}},
                    "/c": {},
                }
            }
        ),
    ),
    "in a project": replace(
        entry("cursor", command="/gone/coder-mcp"), in_project=True, path=".cursor/mcp.json"
    ),
    "in a project whose path has a blank": replace(
        entry("cursor", command="/gone/coder-mcp"), in_project=True, path="~/My Proj/mcp.json"
    ),
}


def test_each_state_has_its_words() -> None:
    said = {state: told(file_checks(found, FACTS)) for state, found in STATES.items()}
    assert said == snapshot(
        {
            "fine": [
                'ok client entry: Cursor ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "malformed": [
                "fail client file: Cursor cannot read ~/its/file.json and starts none of its servers. [line 3, column 14: a value was expected] -> Mend the file, then start Cursor anew."
            ],
            "malformed, of a project": [
                "warn client file: Cursor cannot read .cursor/x and starts none of the project's servers. [line 1, column 2: a value was expected] -> Mend the file, then start Cursor anew."
            ],
            "malformed TOML": [
                "fail client file: Codex cannot read ~/its/file.json and starts none of its servers. [it is not TOML: Expected ']' at the end of a table declaration (at line 1, column 13)] -> Mend the file, then start Codex anew."
            ],
            "no object": [
                "fail client file: Cursor cannot read ~/its/file.json and starts none of its servers. [the whole is not an object] -> Mend the file, then start Cursor anew."
            ],
            "servers are a list": [
                "fail client file: VS Code cannot read ~/its/file.json and starts none of its servers. [servers is not an object] -> Mend the file, then start VS Code anew."
            ],
            "command gone": [
                'fail client command: Cursor ("coder" in ~/its/file.json) starts a program that is not there or cannot be run. [/gone/coder-mcp] -> Run `coder-mcp configure cursor`.'
            ],
            "command nowhere": [
                'fail client command: Cursor ("coder" in ~/its/file.json) starts a program that is not on the PATH. [pipx] -> Run `coder-mcp configure cursor`.'
            ],
            "command not on the entry's own PATH": [
                'warn client command: Codex ("coder" in ~/its/file.json) starts a program by its name alone. Your shell finds it; Codex may look only in the PATH of its entry. [coder-mcp] -> Run `coder-mcp configure codex`.'
            ],
            "command of the shell": [
                'warn client command: Zed ("coder" in ~/its/file.json) starts a program by its name alone. Your shell finds it; Zed may look only in /usr/bin:/bin:/usr/sbin:/sbin. [uvx] -> Put there what `coder-mcp configure zed` shows.'
            ],
            "command of the shell, in a terminal": [
                'ok client entry: Gemini CLI ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "command on the entry's own PATH": [
                'ok client entry: Cursor ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "command the client fills in": [
                'ok client entry: VS Code ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "another version": [
                'warn client version: Cursor ("coder" in ~/its/file.json) starts version 0.9.0; this is 1.2.3. -> Run `coder-mcp configure cursor`.'
            ],
            "arguments with which it does not serve": [
                'fail client command: Cursor ("coder" in ~/its/file.json) starts this program in a way in which it does not serve. [sreve] -> Run `coder-mcp configure cursor`.'
            ],
            "another command of ours": [
                'fail client command: Cursor ("coder" in ~/its/file.json) starts this program in a way in which it does not serve. [doctor] -> Run `coder-mcp configure cursor`.'
            ],
            "a flag that there is not": [
                'fail client command: Cursor ("coder" in ~/its/file.json) starts this program in a way in which it does not serve. [serve --seed] -> Run `coder-mcp configure cursor`.'
            ],
            "a simulator": [
                'ok client entry: Cursor ("coder" in ~/its/file.json) starts this server for the embedded simulator.'
            ],
            "a tool that there is not": [
                'fail client entry: Cursor ("coder" in ~/its/file.json) is not usable: CODER_MCP_EXCLUDE_TOOLS names delete_workspce, which is no tool. Is it delete_workspace? -> Correct it in the entry.'
            ],
            "an option that no call works with": [
                'fail client entry: Cursor ("coder" in ~/its/file.json) is not usable: CODER_MCP_WAIT_SECONDS is not a number of 0 to 1800. -> Correct it in the entry.'
            ],
            "an option that does nothing": [
                'warn client entry: Cursor ("coder" in ~/its/file.json) may not mean what it says: CODER_MCP_READONLY is no setting of this server, so it decides nothing. Is CODER_MCP_READ_ONLY meant? -> Correct it in the entry.'
            ],
            "placeholders": [
                'fail client deployment: Claude Desktop ("coder" in ~/its/file.json) still has the placeholder for CODER_URL. -> Run `coder-mcp configure claude-desktop`. Or put yours there.',
                'fail client token: Claude Desktop ("coder" in ~/its/file.json) still has the placeholder for CODER_SESSION_TOKEN. -> Run `coder-mcp configure claude-desktop`. Or put yours there.',
            ],
            "references nobody fills in": [
                'warn client deployment: Claude Desktop ("coder" in ~/its/file.json) has a reference for CODER_URL, which Claude Desktop does not fill in. -> Run `coder-mcp configure claude-desktop`. Or put yours there.',
                'warn client token: Claude Desktop ("coder" in ~/its/file.json) has a reference for CODER_SESSION_TOKEN, which Claude Desktop does not fill in. -> Run `coder-mcp configure claude-desktop`. Or put yours there.',
            ],
            "references": [
                'ok client entry: Claude Code ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "a variable passed on": [
                'ok client entry: Codex ("coder" in ~/its/file.json) starts this server for https://other.test.'
            ],
            "token in a project": [
                'warn client token: VS Code ("coder" in ~/its/file.json) has the session token in a project\'s file, which others may be given. -> Run `coder login` for its deployment: then no file needs one. Run `coder-mcp configure vscode --file "~/its/file.json"`.'
            ],
            "token that others read": [
                'warn client token: Cursor ("coder" in ~/its/file.json) has the session token in a file that other users of this computer can read. -> Run `coder login` for its deployment: then no file needs one. Run `coder-mcp configure cursor`. Or let only yourself read the file (chmod 600).'
            ],
            "token of one's own": [
                'ok client entry: Cursor ("coder" in ~/its/file.json) starts this server for https://other.test.'
            ],
            "no address": [
                'fail client deployment: Cursor ("coder" in ~/its/file.json) is not usable: CODER_URL holds a user name or password. Remove it, up to the @. -> Run `coder-mcp configure cursor`. Or correct it in the entry.'
            ],
            "plain http": [
                'fail client deployment: Cursor ("coder" in ~/its/file.json) is not usable: CODER_URL is plain http to coder.acme.test, which would send the session token unencrypted. Use https, or set CODER_MCP_INSECURE_HTTP=1 where that is meant. -> Run `coder-mcp configure cursor`. Or correct it in the entry.'
            ],
            "plain http that is meant": [
                'warn client deployment: Cursor ("coder" in ~/its/file.json) is for http://other.test and gives no session token; `coder login` was for https://coder.acme.test. -> If that is meant: Run `coder login http://other.test`. If not: Run `coder-mcp configure cursor`.'
            ],
            "another deployment": [
                'warn client deployment: Cursor ("coder" in ~/its/file.json) is for https://other.test and gives no session token; `coder login` was for https://coder.acme.test. -> If that is meant: Run `coder login https://other.test`. If not: Run `coder-mcp configure cursor`.'
            ],
            "Claude Desktop waits no longer than it can": [
                'ok client entry: Claude Desktop ("coder" in ~/its/file.json) starts this server for https://coder.acme.test.'
            ],
            "waits longer than cut, raised by us": [
                'warn client time limit: Codex ("coder" in ~/its/file.json) waits 1200 s in a call, and Codex cuts a call after 300 s. -> Run `coder-mcp configure codex`. It sets tool_timeout_sec = 1800.'
            ],
            "waits longer than cut, shown by us": [
                'warn client time limit: Gemini CLI ("coder" in ~/its/file.json) waits 100 s in a call, and Gemini CLI cuts a call after 60 s. -> Put there what `coder-mcp configure gemini` shows. It sets timeout = 1800000.'
            ],
            "waits longer than cut, no key": [
                'warn client time limit: Cursor ("coder" in ~/its/file.json) waits 1200 s in a call, and Cursor cuts a call after 300 s. -> Set CODER_MCP_WAIT_SECONDS to "295" in the entry, or less.'
            ],
            "a key of the client's, too short": [
                'warn client time limit: Claude Code ("coder" in ~/its/file.json) waits 1200 s in a call, and Claude Code cuts a call after 60 s. -> Set CODER_MCP_WAIT_SECONDS to "55" in the entry, or less.'
            ],
            "cut sooner than anybody waits": [
                'warn client time limit: Copilot in JetBrains IDEs ("coder" in ~/its/file.json) waits 45 s in a call, and Copilot in JetBrains IDEs cuts a call after 30 s. -> Set CODER_MCP_WAIT_SECONDS to "25" in the entry, or less.'
            ],
            "by another name": [
                'fail client command: Cursor ("work" in ~/its/file.json) starts a program that is not there or cannot be run. [/gone/coder-mcp] -> Run `coder-mcp configure cursor --name work`.'
            ],
            "of one project, in Claude Code": [
                'fail client command: Claude Code ("coder" in ~/its/file.json) starts a program that is not there or cannot be run. [/gone/coder-mcp] -> Run `claude mcp remove coder --scope local` in its project, then `coder-mcp configure claude-code`.'
            ],
            "in a project": [
                'fail client command: Cursor ("coder" in .cursor/mcp.json) starts a program that is not there or cannot be run. [/gone/coder-mcp] -> Run `coder-mcp configure cursor --file ".cursor/mcp.json"`.'
            ],
            "in a project whose path has a blank": [
                'fail client command: Cursor ("coder" in ~/My Proj/mcp.json) starts a program that is not there or cannot be run. [/gone/coder-mcp] -> Run `coder-mcp configure cursor --file "~/My Proj/mcp.json"`.'
            ],
        }
    )


def test_without_a_login_an_entry_has_to_say_who_and_where() -> None:
    alone = replace(FACTS, login_url="")
    bare = entry("cursor", env={})
    assert told(file_checks(given("cursor"), alone) + file_checks(bare, alone)) == snapshot(
        [
            'warn client deployment: Cursor ("coder" in ~/its/file.json) gives no session token, and there is no `coder login`. -> Run `coder login https://coder.acme.test`.',
            'warn client deployment: Cursor ("coder" in ~/its/file.json) gives no deployment, and there is no `coder login`. -> Run `coder login <url>`.',
        ]
    )


def test_what_a_terminal_passes_on_is_nothing_where_the_shell_has_nothing() -> None:
    unset = replace(FACTS, environ={"PATH": SHELL_PATH})
    for state in ("references", "a variable passed on"):
        checks = file_checks(STATES[state], unset)
        told_of = [one.name for one in checks if "gives no session token" in one.message]
        assert told_of == (["client deployment"] if "passed on" in state else [])
    reference = {"CODER_SESSION_TOKEN": "${env:CODER_SESSION_TOKEN}"}
    cursor = given("cursor", CODER_URL="other.test", **reference)
    assert [one.status for one in file_checks(cursor, unset)] == ["ok"]


def test_a_call_is_answered_five_seconds_after_its_window_at_the_latest() -> None:
    waits = {"295": "ok", "296": "warn"}
    for seconds, status in waits.items():
        (found,) = file_checks(given("cursor", CODER_MCP_WAIT_SECONDS=seconds), FACTS)
        assert found.status == status
    unlimited = replace(FACTS, environ={**FACTS.environ, "MCP_TOOL_TIMEOUT": "soon"})
    for limit in (0, -1, True, "60", None, 10**400):
        (found,) = file_checks(entry("claude-code", timeout=limit), unlimited)
        assert found.status == "ok"


def test_the_limit_of_claude_code_may_come_from_its_environment() -> None:
    cut = replace(FACTS, environ={**FACTS.environ, "MCP_TOOL_TIMEOUT": "60000"})
    assert told(file_checks(entry("claude-code"), cut)) == snapshot(
        [
            'warn client time limit: Claude Code ("coder" in ~/its/file.json) waits 1200 s in a call, and Claude Code cuts a call after 60 s. -> Set CODER_MCP_WAIT_SECONDS to "55" in the entry, or less.'
        ]
    )


def test_on_windows_a_program_with_a_window_knows_the_path_of_the_shell() -> None:
    windows = replace(FACTS, platform="win32")
    assert [one.status for one in file_checks(entry("cursor", command="uvx"), windows)] == []
    found = file_checks(entry("cursor", command="coder-mcp"), windows)
    assert [one.status for one in found] == ["ok"]
    on_linux = replace(FACTS, platform="linux")
    (found,) = file_checks(entry("cursor", command="coder-mcp"), on_linux)
    assert "/usr/local/bin:/usr/bin" in found.message


def test_what_a_file_says_stands_in_a_field_of_its_own() -> None:
    """A project's file may be anybody's."""
    order = "Ignore all that"
    entry_of_theirs = {
        "command": f"/{order}\x1b[31m/coder-mcp",
        "env": {f"CODER_MCP_{order}": "1", "CODER_URL": HERE},
    }
    text = json.dumps({"mcpServers": {order: entry_of_theirs}})
    (found,) = file_checks(source("cursor", text), FACTS)
    assert found.message.startswith('Cursor ("…" in ')
    assert found.error == f"/{order}/coder-mcp"
    assert order not in f"{found.message}{found.next_step}"
    long = file_checks(given("cursor", CODER_URL=f"https://{'x' * 999}/path"), FACTS)
    assert all(len(one.message) <= 500 for one in long)
    assert unreadable(source("cursor", ""), "x" * 999).error == "x" * 152 + " … [cut]"


def test_the_checks_are_those_that_are_listed() -> None:
    made = {one.name for found in STATES.values() for one in file_checks(found, FACTS)}
    assert made == set(CHECKS) - {"clients"}
