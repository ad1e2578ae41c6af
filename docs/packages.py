"""What the packages say of the version and of the tools: manifests, pins and install links.

`written()` is what docs/generate.py writes; a test holds that the files are that already.
"""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from coder_mcp import __version__
from coder_mcp.tools.table import TOOLS

ROOT = Path(__file__).parent.parent
DISTRIBUTION = "coder-workspaces-mcp"
PINNED = f"{DISTRIBUTION}=={__version__}"
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "packages.md"
BEGIN, END = "<!-- links: made by dev.py docs -->\n", "<!-- links: end -->\n"

LAUNCH = {"command": "uvx", "args": [PINNED]}
INPUTS: list[dict[str, Any]] = [
    {
        "type": "promptString",
        "id": "coder-url",
        "description": "Coder deployment, such as https://coder.example.com",
    },
    {
        "type": "promptString",
        "id": "coder-token",
        "description": "Coder session token",
        "password": True,
    },
]


def written() -> dict[Path, str]:
    """What each of the files holds when it is of this version and these tools."""
    pages = {path: _text(path) for path in (ROOT / "docs").glob("*.md")}
    pages |= {path: _text(path) for path in (README, ROOT / ".mcp.json")}
    files = {path: with_pins(text) for path, text in pages.items()}
    files[README] = _between(files[README], _links_of_the_readme())
    files[PAGE] = _between(files[PAGE], _links_of_the_page())
    files[ROOT / "manifest.json"] = manifest(_text(ROOT / "manifest.json"))
    files[ROOT / "server.json"] = registry_entry(_text(ROOT / "server.json"))
    return files


def with_pins(text: str) -> str:
    """The text, in which the distribution is launched in this version."""
    return re.sub(rf"{DISTRIBUTION}==\d+\.\d+\.\d+", PINNED, text)


def manifest(text: str) -> str:
    """The bundle's manifest with this version and the tools that there are."""
    tools = [{"name": tool.name, "description": _first(tool.description)} for tool in TOOLS]
    return _json({**_object(text), "version": __version__, "tools": tools})


def registry_entry(text: str) -> str:
    """The entry for the MCP registry with this version of the server and its package."""
    entry = _object(text)
    packages = [{**package, "version": __version__} for package in entry["packages"]]
    return _json({**entry, "version": __version__, "packages": packages})


def vscode_link(*, insiders: bool = False) -> str:
    """A page of VS Code that opens it to install the server; it asks for the token itself."""
    host = "insiders.vscode.dev" if insiders else "vscode.dev"
    parts = {"name": "coder", "inputs": _compact(INPUTS), "config": _compact(_vscode_server())}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
    quality = "&quality=insiders" if insiders else ""
    return f"https://{host}/redirect/mcp/install?{query}{quality}"


def vscode_address(*, insiders: bool = False) -> str:
    """The same as VS Code's own address, which some pages do not let through."""
    scheme = "vscode-insiders" if insiders else "vscode"
    about = {"name": "coder", "inputs": INPUTS, **_vscode_server()}
    return f"{scheme}:mcp/install?{quote(_compact(about), safe='')}"


def cursor_link() -> str:
    """A page of Cursor that opens it to install the server."""
    return f"https://cursor.com/en/install-mcp?{_cursor_query()}"


def cursor_address() -> str:
    """The same as Cursor's own address, which some pages do not let through."""
    return f"cursor://anysphere.cursor-deeplink/mcp/install?{_cursor_query()}"


def _vscode_server() -> dict[str, Any]:
    environ = {"CODER_URL": "${input:coder-url}", "CODER_SESSION_TOKEN": "${input:coder-token}"}
    return {"type": "stdio", **LAUNCH, "env": environ}


def _cursor_query() -> str:
    names = ("CODER_URL", "CODER_SESSION_TOKEN")
    server = {**LAUNCH, "env": {name: f"${{env:{name}}}" for name in names}}
    config = base64.b64encode(_compact(server).encode()).decode()
    return f"name=coder&config={quote(config, safe='')}"


def _links_of_the_readme() -> str:
    return (
        f"[Install in VS Code]({vscode_link()})"
        f" · [Install in VS Code Insiders]({vscode_link(insiders=True)})"
        f" · [Install in Cursor]({cursor_link()})"
    )


def _links_of_the_page() -> str:
    addresses = (vscode_address(), vscode_address(insiders=True), cursor_address())
    return "\n\n".join(f"```\n{address}\n```" for address in addresses)


def _between(text: str, lines: str) -> str:
    """The text with these lines in its place for links."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no place for the links: {BEGIN.strip()} … {END.strip()}")
    return f"{before}{BEGIN}\n{lines}\n\n{END}{after}"


def _first(description: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=\.)\s", description, maxsplit=1)[0]


def _object(text: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(text))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
