"""The main job, for a person to watch: a real MCP client on the real server over stdio.

The server runs on the embedded simulator, in which a `gpu` workspace costs 40 credits while it
runs and 10 while it is stopped, and 60 are allowed: a second one does not fit, until the first is
stopped.
"""

import json
import os
import sys
from tempfile import TemporaryFile
from typing import TextIO, cast

from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent
from pydantic import JsonValue

_STORY: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Create a GPU workspace for billing-fix and tell me when I can use it.",
        "create_workspace",
        {"template": "gpu", "name": "billing-fix"},
    ),
    (
        "And a second one for search.",
        "create_workspace",
        {"template": "gpu", "name": "search"},
    ),
    (
        "Then stop the first one.",
        "stop_workspace",
        {"workspace": "billing-fix"},
    ),
    (
        "Now start the one for search.",
        "start_workspace",
        {"workspace": "search"},
    ),
)
_EXPECTED = ("ready", "quota_reached", "stopped", "ready")


async def demo() -> int:
    """Play the story; 0 where each call ended as it should."""
    arguments = ["-m", "coder_mcp", "serve", "--simulator"]
    # The child runs this very program, wherever it is imported from.
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
    print("A real MCP client talks to `coder-mcp serve --simulator` over stdio.")
    with TemporaryFile("w+", encoding="utf-8") as said:
        try:
            outcomes = await _played(server, said)
        except BaseException:
            said.seek(0)
            print(said.read(), file=sys.stderr)
            raise
    fine = tuple(outcomes) == _EXPECTED
    print("\nEach call ended in the truth." if fine else f"\nUnexpected outcomes: {outcomes}")
    return 0 if fine else 1


async def _played(server: StdioServerParameters, said: TextIO) -> list[JsonValue]:
    """The outcomes of the story's calls."""
    outcomes: list[JsonValue] = []
    async with Client(stdio_client(server, errlog=said)) as client:
        for wish, tool, given in _STORY:
            print(f'\n"{wish}"\n-> {_written(tool, given)}')
            result = await client.call_tool(tool, {**given}, progress_callback=_told)
            outcomes.append(_show(result))
    return outcomes


async def _told(progress: float, total: float | None, message: str | None) -> None:  # noqa: ARG001  # the SDK's signature
    """Print a progress notification; its value is the seconds since the call."""
    print(f"   {progress:5.1f} s  {message}", flush=True)


def _written(tool: str, given: dict[str, str]) -> str:
    return f"{tool}({', '.join(f'{name}={json.dumps(value)}' for name, value in given.items())})"


def _show(result: CallToolResult) -> JsonValue:
    """Print the answer as the model reads it; its outcome."""
    (text,) = (part.text for part in result.content if isinstance(part, TextContent))
    structured = cast("dict[str, JsonValue]", result.structured_content or {"error": text})
    print(f"<- isError: {json.dumps(result.is_error)}")
    print("   " + json.dumps(structured, indent=2, ensure_ascii=False).replace("\n", "\n   "))
    return structured.get("outcome")
