"""`coder-mcp configure` as a person runs it, on files as clients have them."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from builders import TOKEN, URL
from canary import without_tokens
from coder_mcp.cli import main
from coder_mcp.configuring import jsonc
from coder_mcp.configuring.command import Asked, configure
from coder_mcp.configuring.documents import at
from coder_mcp.configuring.table import CLIENTS
from command import coder_mcp, run

PLACES = {
    "claude-desktop": ".config/Claude/claude_desktop_config.json",
    "claude-code": ".claude.json",
    "vscode": ".config/Code/User/mcp.json",
    "cursor": ".cursor/mcp.json",
    "codex": ".codex/config.toml",
}
CONTAINERS = {"vscode": "servers", "codex": "mcp_servers"}
# As people have them: SERVERS stands for the client's word, MORE for what else is in there.
JSON_FILES = {
    "comments": '// mine\n{\n  // all of them\n  "SERVERS": {\n    "gh": { "command": "npx" } // one\n'
    '    /* "off": {} */\n  },\n  "theme": "dark"\n}\n',
    "trailing commas": '{\n\t"SERVERS": {\n\t\t"gh": {\n\t\t\t"command": "npx",\n\t\t},\n\t},\n}\n',
    "odd indentation": '{ "theme":"dark",\n      "SERVERS" : {\n   "gh":{"command":"npx",\n "args":[]}}\n}',
    "one line": '{"theme":"dark","SERVERS":{"gh":{"command":"npx"}}}',
    "CRLF and a mark": '\ufeff{\r\n    "SERVERS": {\r\n        "gh": {}\r\n    }\r\n}\r\n',
    "no servers": '{\n    "theme": "dark",\n    "projects": {\n        "/a": { "SERVERS": {} }\n    }\n}\n',
    "nothing but an object": "{}\n",
}
TOML_FILES = {
    "comments": 'model = "gpt-5" # best\n\n# tools\n[mcp_servers.gh]\ncommand = "npx"\n\n# look\n[tui]\nx = 1\n',
    "no line at the end": '[mcp_servers.gh]\ncommand = "npx"',
    "CRLF and a mark": '\ufeffmodel = "gpt-5"\r\n\r\n[mcp_servers.gh]\r\ncommand = "npx"\r\n',
    "no servers": '[projects."/a b"]\ntrust_level = "trusted"\n',
    "empty": "",
}
CASES = [
    pytest.param(
        client,
        content.replace("SERVERS", CONTAINERS.get(client, "mcpServers")),
        id=f"{client}: {name}",
    )
    for client in PLACES
    for name, content in (TOML_FILES if client == "codex" else JSON_FILES).items()
]


def environ(home: Path, **more: str) -> dict[str, str]:
    """A person without a login, a PATH or anything else."""
    return {"HOME": str(home), "CODER_CONFIG_DIR": str(home / "coder"), **more}


def entry_in(client: str, path: Path) -> Any:  # noqa: ANN401  # an entry
    """The entry as the file has it."""
    text = path.read_text(encoding="utf-8-sig")
    said = tomllib.loads(text) if client == "codex" else jsonc.parsed(text)
    return at(said, (CONTAINERS.get(client, "mcpServers"), "coder"))


@pytest.mark.parametrize(("client", "content"), CASES)
def test_the_entry_is_written_once_and_taken_out_to_the_byte(
    client: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / PLACES[client]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    person = environ(tmp_path, CODER_SESSION_TOKEN=TOKEN)
    asked = Asked(client=client, url=URL, yes=True)
    assert configure(asked, person, "linux") == 0
    assert "Written." in capsys.readouterr().out
    written = path.read_bytes()
    without_tokens(written.decode())
    assert written.startswith(b"\xef\xbb\xbf") == content.startswith("\ufeff")
    assert ("\r" in content) == (b"\r" in written)
    assert Path(f"{path}.coder-mcp.bak").read_bytes() == content.encode()
    server = entry_in(client, path)
    assert Path(server["command"]).is_absolute()
    assert server["env"]["CODER_URL"] == URL

    assert configure(asked, person, "linux") == 0
    assert 'nothing to do: "coder" is there' in capsys.readouterr().out
    assert path.read_bytes() == written

    assert configure(Asked(client=client, remove=True, yes=True), person, "linux") == 0
    assert path.read_bytes() == content.encode()
    assert configure(Asked(client=client, remove=True), person, "linux") == 0
    assert 'nothing to do: there is no "coder".' in capsys.readouterr().out


@pytest.mark.parametrize("client", PLACES)
def test_a_file_that_is_not_there_is_made(
    client: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / PLACES[client]
    assert configure(Asked(client=client, url=URL, yes=True), environ(tmp_path), "linux") == 0
    assert entry_in(client, path)
    out = capsys.readouterr().out
    assert "(a new file)" in out
    assert ("does not exist yet" in out) == (path.parent != tmp_path)
    assert configure(Asked(client=client, remove=True, yes=True), environ(tmp_path), "linux") == 0
    assert path.read_text().strip() in ("{}", "")


def test_with_a_login_of_the_coder_cli_the_file_has_no_word_of_a_token(tmp_path: Path) -> None:
    (tmp_path / "coder").mkdir()
    (tmp_path / "coder" / "url").write_text(f"{URL}\n")
    (tmp_path / "coder" / "session").write_text(TOKEN)
    person = environ(tmp_path, CODER_SESSION_TOKEN=TOKEN)
    assert configure(Asked(client="claude-desktop", yes=True), person, "linux") == 0
    server = entry_in("claude-desktop", tmp_path / PLACES["claude-desktop"])
    assert server["env"] == {"CODER_CONFIG_DIR": str(tmp_path / "coder"), "CODER_URL": URL}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"mcpServers": {', "line 1, column 17: a key in quotes was expected"),
        (b'{"mcpServers": []}', "mcpServers is not an object"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8 text"),
        (b'{"mcpServers": {"coder": {"command": "coder"}}}', 'There is a server "coder" already'),
    ],
)
def test_a_file_that_cannot_be_edited_is_said_and_left_alone(
    content: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mcp.json"
    path.write_bytes(content)
    asked = Asked(client="cursor", url=URL, file=path, yes=True)
    assert configure(asked, environ(tmp_path), "linux") == 1
    assert why in capsys.readouterr().err
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_shown_is_the_entry_alone_and_no_file_is_touched(
    client: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(getattr(client, "id", ""))
    asked = Asked(client=name, url=URL, show=name in PLACES)
    assert configure(asked, environ(tmp_path), "linux") == 0
    shown = capsys.readouterr()
    assert (tomllib.loads if name == "codex" else json.loads)(shown.out)
    assert shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "status", "why"),
    [
        (Asked(client="curser"), 2, 'no client "curser" is known. Is it cursor?'),
        (Asked(client="cursor"), 1, "Which deployment? Give --url https://coder.example.com"),
        (Asked(client="cursor", url="ftp://x"), 1, "--url is not an http or https address"),
        (Asked(client="zed", remove=True), 1, "The file of Zed is not edited from here"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    asked: Asked, status: int, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert configure(asked, environ(tmp_path), "linux") == status
    assert why in capsys.readouterr().err


def test_the_help_names_every_client(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["configure", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    written, _, shown = told.partition("CLIENT is ")[2].partition(". For ")
    for client in CLIENTS:
        assert client.id in (written if client.written else shown)


def test_a_name_that_not_every_client_takes_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["configure", "cursor", "--name", "my_coder"])


def asking(home: Path) -> "subprocess.Popen[str]":
    """The real command, which asks."""
    return subprocess.Popen(  # noqa: S603  # our own
        [coder_mcp(), "configure", "cursor", "--url", URL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environ(home, PATH=str(home), PYTHONUTF8="1", CODER_SESSION_TOKEN=TOKEN),
    )


def asked_of(process: "subprocess.Popen[str]") -> str:
    """What it prints up to its question."""
    assert process.stdout is not None
    text = ""
    while not text.endswith("[y/N] "):
        sign = process.stdout.read(1)
        assert sign, text
        text += sign
    return without_tokens(text)


@pytest.mark.skipif(sys.platform == "win32", reason="the environment is that of other systems")
def test_a_person_sees_the_change_and_is_asked(tmp_path: Path) -> None:
    path = tmp_path / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text('{\n  "mcpServers": {\n    "gh": { "env": { "GITHUB_TOKEN": "x" } }\n  }\n}\n')
    with asking(tmp_path) as process:
        shown = asked_of(process).replace(str(tmp_path), "~").replace(coder_mcp(), "/bin/coder-mcp")
        rest, _ = process.communicate("y\n")
    assert shown == snapshot("""\
Cursor: ~/.cursor/mcp.json

@@ -1,5 +1,14 @@
 {
   "mcpServers": {
-    "gh": { "env": { "GITHUB_TOKEN": "****" } }
+    "gh": { "env": { "GITHUB_TOKEN": "****" } },
+    "coder": {
+      "command": "/bin/coder-mcp",
+      "args": [],
+      "env": {
+        "CODER_URL": "https://coder.example.com",
+        "CODER_SESSION_TOKEN": "${env:CODER_SESSION_TOKEN}",
+        "CODER_CONFIG_DIR": "~/coder"
+      }
+    }
   }
 }

The token stays out of the file: Cursor fills it in from CODER_SESSION_TOKEN of the environment that it is started in.
Taken over from this shell: CODER_CONFIG_DIR.
Write this? [y/N] \
""")
    assert rest.replace(str(tmp_path), "~") == snapshot("""\
Written. What it said before is in ~/.cursor/mcp.json.coder-mcp.bak.
Open Settings, MCP in Cursor and switch the server on.
""")
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the environment is that of other systems")
def test_what_the_client_writes_while_a_person_reads_is_kept(tmp_path: Path) -> None:
    path = tmp_path / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text("{}")
    with asking(tmp_path) as process:
        asked_of(process)
        path.write_text('{"mcpServers": {"gh": {}}}')
        process.communicate("y\n")
    assert process.returncode == 1
    assert path.read_text() == '{"mcpServers": {"gh": {}}}'


@pytest.mark.skipif(sys.platform == "win32", reason="the environment is that of other systems")
def test_who_says_no_and_where_nobody_can_be_asked_nothing_is_written(tmp_path: Path) -> None:
    with asking(tmp_path) as process:
        rest, _ = process.communicate("n\n")
    assert (process.returncode, rest.endswith("Nothing was written.\n")) == (1, True)
    answer = run(coder_mcp(), "configure", "cursor", "--url", URL, HOME=str(tmp_path))
    assert answer.returncode == 1
    assert "Nobody could be asked; --yes writes without." in answer.stdout
    assert not (tmp_path / ".cursor").exists()


def test_a_file_that_cannot_be_edited_is_told_with_what_to_do_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".cursor").mkdir()
    (tmp_path / PLACES["cursor"]).write_text("{", encoding="utf-8")
    for remove, by_hand in (
        (False, "To put the entry there yourself, --print shows it."),
        (True, 'To take the entry out yourself, look for "coder" in the file.'),
    ):
        asked = Asked(client="cursor", url=URL, yes=True, remove=remove)
        assert configure(asked, environ(tmp_path), "linux") == 1
        assert capsys.readouterr().err.strip().endswith(by_hand)


def test_a_login_for_another_deployment_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coder").mkdir()
    (tmp_path / "coder" / "url").write_text("https://other.example.com", encoding="utf-8")
    asked = Asked(client="cursor", url=URL, yes=True)
    assert configure(asked, environ(tmp_path), "linux") == 0
    told = f"`coder login` on this computer is for https://other.example.com, not for {URL}."
    assert told in capsys.readouterr().out
