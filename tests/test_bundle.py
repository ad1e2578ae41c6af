"""The bundle for Claude Desktop: what the manifest says, and what is packed."""

import json
import os
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from coder_mcp import __version__
from coder_mcp.settings import given
from coder_mcp.tools.table import TOOLS
from command import BIN, BUNDLE_TOOL, ROOT, node

MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
PACKED = re.compile(
    r"src/coder_mcp/([a-z_]+/)*[a-z_]+\.py|src/coder_mcp/py\.typed"
    r"|manifest\.json|pyproject\.toml|README\.md|CHANGELOG\.md|LICENSE"
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


def test_a_value_that_the_person_left_blank_counts_as_unset() -> None:
    """Claude Desktop then passes the placeholder itself."""
    environ = MANIFEST["server"]["mcp_config"]["env"]
    assert environ["CODER_URL"] == "${user_config.coder_url}"
    assert {given(environ, name) for name in environ} == {""}
    assert MANIFEST["user_config"]["coder_session_token"]["sensitive"] is True


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


async def test_the_unpacked_bundle_starts_as_a_host_starts_it(
    unpacked: Path, tmp_path: Path
) -> None:
    config = MANIFEST["server"]["mcp_config"]
    arguments = [part.replace("${__dirname}", str(unpacked)) for part in config["args"]]
    environ = {**config["env"], "CODER_CONFIG_DIR": str(tmp_path)}
    command: str = config["command"]
    uv = shutil.which(command, path=str(BIN))
    assert uv is not None
    server = StdioServerParameters(command=uv, args=arguments, env=host_environment() | environ)
    async with Client(stdio_client(server)) as client:
        assert len((await client.list_tools()).tools) == len(TOOLS)
        result = await client.call_tool("list_workspaces", {})
        assert result.is_error is True
        assert "No Coder deployment is configured." in str(result.content)


def host_environment() -> dict[str, str]:
    """What reaches the package registry from here: the rest a host does not pass on either."""
    names = ("SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "UV_INDEX_URL")
    passed = {name: os.environ[name] for name in names if name in os.environ}
    return {**passed, "UV_PYTHON": sys.executable}
