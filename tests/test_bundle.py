"""The bundle for Claude Desktop: what the manifest says, and what is packed."""

import json
import os
import re
import shutil
import struct
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from coder_mcp import __version__
from coder_mcp.core.clients import KNOWN_CLIENTS
from coder_mcp.settings import LONGEST_WAIT_SECONDS, Settings
from coder_mcp.tools.table import TOOLS
from coder_mcp.variables import given
from command import BIN, BUNDLE_TOOL, ROOT, node

HOST_CONFIG = ROOT / "tests" / "host_config.mjs"
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
ENVIRON: dict[str, str] = MANIFEST["server"]["mcp_config"]["env"]
PACKED = re.compile(
    r"src/coder_mcp/([a-z_]+/)*[a-z_]+\.py|src/coder_mcp/py\.typed"
    r"|manifest\.json|icon\.png|pyproject\.toml|README\.md|CHANGELOG\.md|PRIVACY\.md|LICENSE"
)


@pytest.fixture
def anyio_backend() -> str:
    """Child processes live in real time."""
    return "asyncio"


def test_the_official_tool_finds_the_manifest_valid() -> None:
    answer = node(BUNDLE_TOOL, "validate", "manifest.json")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_manifest_is_of_this_version_and_names_the_tools_that_there_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert MANIFEST["name"] == project["name"]
    assert MANIFEST["version"] == __version__
    assert [tool["name"] for tool in MANIFEST["tools"]] == [tool.name for tool in TOOLS]
    assert all(tool["description"].endswith(".") for tool in MANIFEST["tools"])


def test_every_setting_may_be_left_out_and_only_the_token_is_hidden() -> None:
    settings: dict[str, dict[str, Any]] = MANIFEST["user_config"]
    assert not any(setting["required"] for setting in settings.values())
    assert all("default" in setting for setting in settings.values())
    hidden = [name for name, setting in settings.items() if setting.get("sensitive")]
    assert hidden == ["coder_session_token"]
    assert set(ENVIRON.values()) == {f"${{user_config.{name}}}" for name in settings}


def test_a_value_that_the_person_left_blank_counts_as_unset() -> None:
    """Some hosts then pass the placeholder itself."""
    ours = {name for name in ENVIRON if name.startswith("CODER_")}
    assert {given(ENVIRON, name) for name in ours} == {""}


def test_the_wait_is_bounded_and_begins_as_the_host_bears_it() -> None:
    setting = MANIFEST["user_config"]["wait_seconds"]
    (host,) = (client for client in KNOWN_CLIENTS if client.name == "claude-ai")
    assert (setting["min"], setting["max"]) == (0, LONGEST_WAIT_SECONDS)
    assert setting["default"] == host.wait_seconds


def test_the_icon_is_a_picture_of_the_size_that_hosts_show() -> None:
    picture = (ROOT / MANIFEST["icon"]).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (512, 512)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as a host unpacks it."""
    folder = tmp_path_factory.mktemp("bundle")
    bundle = folder / "coder.mcpb"
    answer = node(BUNDLE_TOOL, "pack", ".", str(bundle))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder / "coder")
    assert bundle.stat().st_size < 1_000_000
    return folder / "coder"


def test_only_what_runs_is_packed(unpacked: Path) -> None:
    files = {
        path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()
    }
    assert [name for name in sorted(files) if not PACKED.fullmatch(name)] == []
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert here <= files


def as_started(unpacked: Path, **settings: str | bool) -> Any:  # noqa: ANN401  # JSON
    """Command, arguments and environment, as the official library makes them of the manifest."""
    answer = node(HOST_CONFIG, str(unpacked), json.dumps(settings))
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_what_the_person_sets_arrives_as_the_server_reads_it(unpacked: Path) -> None:
    environ = as_started(unpacked, coder_url="https://coder.example.com", read_only=True)["env"]
    assert given(environ, "CODER_URL") == "https://coder.example.com"
    settings = Settings.from_environ(environ)
    assert settings == Settings(wait_seconds=45, read_only=True)


@pytest.mark.timeout(180)  # where the registry has to be asked for every dependency
async def test_the_unpacked_bundle_starts_as_a_host_starts_it(
    unpacked: Path, tmp_path: Path
) -> None:
    config = as_started(unpacked, https_proxy=os.environ.get("HTTPS_PROXY", ""))
    environ = {**config["env"], "CODER_CONFIG_DIR": str(tmp_path)}
    named: str = config["command"]
    command = shutil.which(named, path=str(BIN))
    assert command is not None
    server = StdioServerParameters(
        command=command, args=config["args"], env=host_environment() | environ, cwd=tmp_path
    )
    async with Client(stdio_client(server)) as client:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == [tool["name"] for tool in MANIFEST["tools"]]
        result = await client.call_tool("list_workspaces", {})
        assert result.is_error is True
        assert "No Coder deployment is configured." in str(result.content)
    assert list((unpacked / ".venv").rglob("pytest")) == []  # nothing of development


def host_environment() -> dict[str, str]:
    """What reaches the package registry from here: the rest a host does not pass on either."""
    names = ("SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "UV_INDEX_URL")
    passed = {name: os.environ[name] for name in names if name in os.environ}
    return {**passed, "UV_PYTHON": sys.executable}
