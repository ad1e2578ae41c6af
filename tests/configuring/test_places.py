"""Where each client's file is, on each platform."""

from collections.abc import Mapping

import pytest

from coder_mcp.configuring.places import places
from coder_mcp.configuring.table import CLIENTS, client_called
from coder_mcp.errors import SettingsError

UNIX = {"HOME": "/home/me"}
MAC = {"HOME": "/Users/me"}
WINDOWS = {"USERPROFILE": "C:\\Users\\me", "APPDATA": "D:\\Roaming"}
PACKAGED = (
    "C:\\Users\\me\\AppData\\Local\\Packages\\Claude_*\\LocalCache\\Roaming\\Claude"
    "\\claude_desktop_config.json"
)


@pytest.mark.parametrize(
    ("client", "platform", "environ", "expected"),
    [
        ("claude-desktop", "linux", UNIX, ["/home/me/.config/Claude/claude_desktop_config.json"]),
        (
            "claude-desktop",
            "linux",
            UNIX | {"XDG_CONFIG_HOME": "/c"},
            ["/c/Claude/claude_desktop_config.json"],
        ),
        (
            "claude-desktop",
            "darwin",
            MAC | {"XDG_CONFIG_HOME": "/c"},
            ["/Users/me/Library/Application Support/Claude/claude_desktop_config.json"],
        ),
        (
            "claude-desktop",
            "win32",
            WINDOWS,
            [PACKAGED, "D:\\Roaming\\Claude\\claude_desktop_config.json"],
        ),
        ("claude-code", "linux", UNIX, ["/home/me/.claude.json"]),
        ("claude-code", "win32", WINDOWS, ["C:\\Users\\me\\.claude.json"]),
        ("claude-code", "darwin", MAC | {"CLAUDE_CONFIG_DIR": "/c"}, ["/c/.claude.json"]),
        ("vscode", "linux", UNIX, ["/home/me/.config/Code/User/mcp.json"]),
        (
            "vscode",
            "darwin",
            MAC,
            ["/Users/me/Library/Application Support/Code/User/mcp.json"],
        ),
        (
            "vscode",
            "win32",
            {"USERPROFILE": "C:\\Users\\me"},
            ["C:\\Users\\me\\AppData\\Roaming\\Code\\User\\mcp.json"],
        ),
        ("cursor", "darwin", MAC, ["/Users/me/.cursor/mcp.json"]),
        ("cursor", "win32", WINDOWS, ["C:\\Users\\me\\.cursor\\mcp.json"]),
        ("codex", "linux", UNIX, ["/home/me/.codex/config.toml"]),
        ("codex", "linux", UNIX | {"CODEX_HOME": "/c"}, ["/c/config.toml"]),
        ("codex", "win32", WINDOWS | {"CODEX_HOME": "E:\\c"}, ["E:\\c\\config.toml"]),
        ("jetbrains", "linux", UNIX, []),
    ],
)
def test_the_file_is_where_the_client_looks_for_it(
    client: str, platform: str, environ: Mapping[str, str], expected: list[str]
) -> None:
    row = client_called(client)
    assert row is not None
    assert [str(place) for place in places(row, platform, environ)] == expected


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_a_row_says_a_file_for_every_platform_or_for_none(client: object) -> None:
    row = client_called(str(getattr(client, "id", "")))
    assert row is not None
    assert set(row.files) in (set(), {"linux", "darwin", "win32"})
    assert row.files or not row.written


def test_without_a_home_no_place_is_made_up() -> None:
    row = client_called("cursor")
    assert row is not None
    with pytest.raises(SettingsError, match="home directory"):
        places(row, "linux", {})
