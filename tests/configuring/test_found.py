"""The clients' files on a computer, found and looked at for `coder-mcp doctor`."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from inline_snapshot import snapshot

from coder_mcp.configuring.files import existing
from coder_mcp.configuring.found import client_checks
from coder_mcp.core.checks.check import Check

HERE = "https://coder.acme.test"
CURSOR, CLAUDE = ".cursor/mcp.json", ".config/Claude/claude_desktop_config.json"
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


def person(home: Path, **more: str) -> dict[str, str]:
    """Somebody who is signed in with the coder CLI."""
    (home / "coder").mkdir(exist_ok=True)
    (home / "coder/url").write_text(HERE, encoding="utf-8")
    return {"HOME": str(home), "CODER_CONFIG_DIR": str(home / "coder"), "PATH": "/bin", **more}


def written(path: Path, **says: object) -> Path:
    """A file with an entry of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = {"command": "/gone/coder-mcp", **says}
    path.write_text(json.dumps({"mcpServers": {"coder": held}}), encoding="utf-8")
    return path


def checks(
    home: Path, environ: Mapping[str, str] | None = None, platform: str = "linux"
) -> list[Check]:
    directory = home / "project"
    directory.mkdir(exist_ok=True)
    return client_checks(environ or person(home), directory, platform=platform)


def test_of_the_person_and_of_the_project_every_file_is_looked_at_once(tmp_path: Path) -> None:
    for path in (CURSOR, CLAUDE, "project/.mcp.json", "project/.cursor/mcp.json"):
        written(tmp_path / path)
    found = [one.message.partition(" starts")[0] for one in checks(tmp_path)]
    assert found == snapshot(
        [
            'Claude Desktop ("coder" in ~/.config/Claude/claude_desktop_config.json)',
            'Claude Code ("coder" in ~/project/.mcp.json)',
            'Cursor ("coder" in ~/.cursor/mcp.json)',
            'Cursor ("coder" in ~/project/.cursor/mcp.json)',
        ]
    )
    at_home = client_checks(person(tmp_path), tmp_path, platform="linux")
    assert [one.message.partition(" starts")[0] for one in at_home] == [found[0], found[2]]
    elsewhere = tmp_path / "home"
    elsewhere.mkdir()
    (away,) = client_checks(person(elsewhere), tmp_path, platform="linux")
    assert f'("coder" in {tmp_path / CURSOR})' in away.message


def test_all_the_places_of_one_client_are_looked_at(tmp_path: Path) -> None:
    places = [
        tmp_path / "Packages/Claude_*/Claude/config.json",
        tmp_path / "Roaming/config.json",
        tmp_path / "gone/config.json",
    ]
    for directory in ("Packages/Claude_1/Claude", "Packages/Claude_2/Claude", "Roaming"):
        written(tmp_path / directory / "config.json")
    (tmp_path / "Packages/Claude_3").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in existing(places)]
    assert found == [
        "Packages/Claude_1/Claude/config.json",
        "Packages/Claude_2/Claude/config.json",
        "Roaming/config.json",
    ]


def test_a_command_that_is_there_is_found(tmp_path: Path) -> None:
    command = tmp_path / "coder-mcp"
    command.touch(mode=0o700)
    written(tmp_path / CURSOR, command=str(command))
    assert [(one.name, one.status) for one in checks(tmp_path)] == [("client entry", "ok")]


def test_the_deployment_of_coder_login_is_known(tmp_path: Path) -> None:
    written(tmp_path / CURSOR, env={"CODER_URL": "https://other.test"})
    (found,) = [one for one in checks(tmp_path) if one.name == "client deployment"]
    assert f"`coder login` was for {HERE}." in found.message


@POSIX
def test_a_token_is_told_of_only_where_the_whole_way_to_the_file_is_open() -> None:
    environ = {"CODER_URL": HERE, "CODER_SESSION_TOKEN": "a" * 20}
    with TemporaryDirectory() as directory:
        home = Path(directory)
        path = written(home / CURSOR, env=environ)
        told: list[bool] = []
        for way, mode in ((0o755, 0o644), (0o755, 0o640), (0o750, 0o644)):
            home.chmod(way)
            path.chmod(mode)
            told.append(any(one.name == "client token" for one in checks(home)))
    way_there = all(one.stat().st_mode & 0o001 for one in home.parents)
    assert told == [way_there, False, False]


@POSIX
def test_what_cannot_be_read_is_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / CURSOR).mkdir(parents=True)
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / ".claude.json")
    written(tmp_path / CLAUDE)
    (tmp_path / "project").mkdir()
    (tmp_path / "project/.mcp.json").symlink_to(tmp_path / "project/.mcp.json")
    found = checks(tmp_path)
    unread = [one for one in found if one.name == "client file"]
    told = [f"{one.status} {one.message} [{one.error}]" for one in unread]
    shown = [re.sub("(cannot be read: )[^]]*", r"\1(the system's words)", one) for one in told]
    assert shown == snapshot(
        [
            "fail Claude Code cannot read ~/.claude.json and starts none of its servers. [~/.claude.json is not a file.]",
            "warn Claude Code cannot read ~/project/.mcp.json and starts none of the project's servers. [~/project/.mcp.json cannot be read: (the system's words)]",
            "fail Cursor cannot read ~/.cursor/mcp.json and starts none of its servers. [~/.cursor/mcp.json is not a file.]",
            "fail Codex cannot read ~/.codex/config.toml and starts none of its servers. [~/.codex/config.toml is not UTF-8 text.]",
        ]
    )
    assert [one.status for one in found if one.name == "client command"] == ["fail"]


def test_where_no_file_names_this_server_it_says_what_to_run(tmp_path: Path) -> None:
    (nothing,) = checks(tmp_path)
    for client in (CURSOR, CLAUDE):
        (tmp_path / client).parent.mkdir(parents=True)
        (tmp_path / client).write_text("{}", encoding="utf-8")
    (others,) = checks(tmp_path)
    assert [nothing.model_dump(exclude_none=True), others.next_step] == snapshot(
        [
            {
                "name": "clients",
                "status": "warn",
                "message": "No client's file names this server. An extension of Claude Desktop is not seen from here.",
                "next_step": "Run `coder-mcp configure CLIENT`; docs/clients.md has the clients.",
            },
            "Run `coder-mcp configure claude-desktop` (or cursor); docs/clients.md has the clients.",
        ]
    )


def test_without_a_home_nothing_can_be_looked_at(tmp_path: Path) -> None:
    (found,) = checks(tmp_path, {"CODER_CONFIG_DIR": str(tmp_path)})
    assert (found.name, found.status) == ("clients", "skipped")


def test_no_more_is_said_than_a_screen_holds(tmp_path: Path) -> None:
    servers = {f"s{number}": {"command": "/gone/coder-mcp"} for number in range(99)}
    written(tmp_path / CURSOR).write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    assert len(checks(tmp_path)) == 30
