"""What of the process and its environment goes into an entry."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from coder_mcp.configuring.surroundings import Process, carried, command
from coder_mcp.errors import SettingsError

ON_PATH: Mapping[str, str] = {
    "coder-mcp": "/home/me/.local/bin/coder-mcp",
    "uvx": "/usr/bin/uvx",
    "pipx": "/usr/bin/pipx",
}
LINKS = {"/home/me/.local/bin/coder-mcp": "/tools/coder/bin/coder-mcp"}
INSTALLED = Process(
    script="/tools/coder/bin/coder-mcp",
    prefix="/tools/coder",
    executable="/tools/coder/bin/python",
    version="1.2.3",
    from_index=True,
    which=ON_PATH.get,
    resolved=lambda path: LINKS.get(path, path),
    platform="linux",
)
BY_UVX = replace(INSTALLED, prefix="/home/me/.cache/uv/archive-v0/AbC", script="/x/bin/coder-mcp")
BY_PIPX = replace(INSTALLED, prefix="/home/me/.local/share/pipx/.cache/0a1")
NO_PROGRAMS: Mapping[str, str] = {}


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        (INSTALLED, ("/home/me/.local/bin/coder-mcp",)),
        (
            replace(INSTALLED, script="/checkout/.venv/bin/coder-mcp"),
            ("/checkout/.venv/bin/coder-mcp",),
        ),
        (replace(INSTALLED, which=NO_PROGRAMS.get), ("/tools/coder/bin/coder-mcp",)),
        (replace(INSTALLED, script=""), ("/tools/coder/bin/python", "-m", "coder_mcp")),
        (BY_UVX, ("/usr/bin/uvx", "coder-workspaces-mcp==1.2.3")),
        (BY_PIPX, ("/usr/bin/pipx", "run", "coder-workspaces-mcp==1.2.3")),
        (
            replace(
                BY_UVX,
                platform="win32",
                prefix="C:\\Users\\me\\AppData\\Local\\uv\\cache\\archive-v0\\AbC",
            ),
            ("/usr/bin/uvx", "coder-workspaces-mcp==1.2.3"),
        ),
    ],
    ids=["on PATH", "checkout", "not on PATH", "module", "uvx", "pipx run", "uvx on Windows"],
)
def test_the_command_is_one_that_is_there_tomorrow(
    process: Process, expected: tuple[str, ...]
) -> None:
    assert command(process) == expected


@pytest.mark.parametrize(
    "process",
    [replace(BY_UVX, from_index=False), replace(BY_UVX, which=NO_PROGRAMS.get)],
    ids=["of a checkout", "no uvx on PATH"],
)
def test_from_what_cannot_be_started_again_it_says_to_install(process: Process) -> None:
    with pytest.raises(SettingsError, match="Install it first"):
        command(process)


def test_what_the_server_needs_is_taken_over_and_nothing_else() -> None:
    environ = {
        "CODER_MCP_CA_FILE": "/ca.pem",
        "CODER_MCP_READ_ONLY": "1",
        "CODER_MCP_OTHERS": "",
        "CODER_MCP_WAIT_SECONDS": "${WAIT}",
        "HTTPS_PROXY": "http://proxy:3128",
        "no_proxy": "localhost",
        "SSL_CERT_FILE": "/certs.pem",
        "CODER_CONFIG_DIR": "/coder",
        "CODER_SESSION_TOKEN": "x",
        "CODER_URL": "https://c",
        "GITHUB_TOKEN": "x",
        "PATH": "/bin",
    }
    found = carried(environ, platform="linux")
    assert found.environ == {
        "CODER_CONFIG_DIR": "/coder",
        "CODER_MCP_CA_FILE": "/ca.pem",
        "CODER_MCP_READ_ONLY": "1",
        "HTTPS_PROXY": "http://proxy:3128",
        "SSL_CERT_FILE": "/certs.pem",
        "no_proxy": "localhost",
    }
    assert found.left_out == ()


def test_what_holds_a_secret_is_named_and_left_to_the_person() -> None:
    found = carried(
        {
            "HTTPS_PROXY": "http://me:secret@proxy:3128",
            "ALL_PROXY": "me:secret@proxy",
            "CODER_MCP_HEADER_TOKEN": "x",
            "CODER_MCP_KEY_FILE": "/key.pem",
        },
        platform="linux",
    )
    assert found.environ == {"CODER_MCP_KEY_FILE": "/key.pem"}
    assert found.left_out == ("ALL_PROXY", "CODER_MCP_HEADER_TOKEN", "HTTPS_PROXY")


def test_a_program_with_a_window_finds_the_coder_cli_and_the_files_that_it_keeps() -> None:
    environ = {"XDG_CONFIG_HOME": "/xdg"}
    system = "/usr/bin:/bin:/usr/sbin:/sbin"
    linux = carried(environ, platform="linux", coder="/opt/homebrew/bin/coder").environ
    assert linux == {"XDG_CONFIG_HOME": "/xdg", "PATH": f"/opt/homebrew/bin:{system}"}
    mac = carried(environ, platform="darwin", coder="/opt/homebrew/bin/coder").environ
    assert mac == {"PATH": f"/opt/homebrew/bin:{system}"}
    assert carried(environ, platform="win32", coder="C:\\coder.exe").environ == {}
