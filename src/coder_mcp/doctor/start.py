"""A fresh server, launched as a client launches it, to its first answers."""

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from subprocess import PIPE

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream
from pydantic import BaseModel, JsonValue, ValidationError

from coder_mcp import __version__
from coder_mcp.core.checks.check import Check
from coder_mcp.core.text import one_line

MOST_SECONDS = 20.0
SLOW_SECONDS = 5.0
"""The most impatient client in use gives a server 10 s to start (Codex before its 30 s); a computer
that has just been switched on takes twice as long as it does later."""

_NAME = "process start"
_LARGEST = 4 << 20
_INITIALIZE: dict[str, JsonValue] = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "coder-mcp-doctor", "version": __version__},
}


async def started(
    environ: Mapping[str, str],
    command: tuple[str, ...] = (),
    most_seconds: float = MOST_SECONDS,
) -> Check:
    """How long a fresh server takes to answer `initialize` and `tools/list`.

    Args:
        environ: Of the process.
        command: What is launched; unless given, this very program.
        most_seconds: After which it is given up.
    """
    began = time.monotonic()
    launched = command or (sys.executable, "-m", "coder_mcp", "serve")
    here = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        process = await anyio.open_process(launched, env={**environ, **here}, stderr=PIPE)
    except OSError as error:
        return judged(None, 0, type(error).__name__)
    tools: int | None = None
    try:
        with anyio.move_on_after(most_seconds):
            tools = await _asked(process)
        seconds = time.monotonic() - began
        said = b"" if tools is not None else await _last_words(process)
    finally:
        with anyio.CancelScope(shield=True):
            await _ended(process)
    return judged(tools, seconds, said.decode(errors="replace"))


def judged(tools: int | None, seconds: float, said: str) -> Check:
    """What is said of a start; `tools` is how many were listed, none where nothing came."""
    if tools is None:
        return Check(
            name=_NAME,
            status="fail",
            message=f"A fresh server did not answer within {MOST_SECONDS:.0f} seconds, or ended.",
            next_step="Reinstall coder-mcp; if that does not help, report what it said.",
            error=one_line(said[-600:], 600) or None,
        )
    message = f"A fresh server listed its {tools} tools after {seconds:.1f} s."
    if seconds < SLOW_SECONDS:
        return Check(name=_NAME, status="ok", message=message)
    return Check(
        name=_NAME,
        status="warn",
        message=f"{message} Some clients give up after 10.",
        next_step=(
            "Have the client launch an installed command, not one that is fetched at each start,"
            " or raise its limit for starting a server."
        ),
    )


async def _asked(process: Process) -> int | None:
    """The number of tools that it lists; nothing where its answers are none."""
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        return None
    lines = BufferedByteReceiveStream(stdout)

    async def send(**request: JsonValue) -> None:
        await stdin.send(json.dumps({"jsonrpc": "2.0", **request}).encode() + b"\n")

    async def answer() -> bytes:
        return await lines.receive_until(b"\n", _LARGEST)

    with suppress(OSError, ValidationError, *_BROKEN):
        await send(id=1, method="initialize", params=_INITIALIZE)
        await answer()
        await send(method="notifications/initialized")
        await send(id=2, method="tools/list", params={})
        return len(_Listed.model_validate_json(await answer()).result.tools)
    return None


class _Tools(BaseModel):
    tools: list[JsonValue]


class _Listed(BaseModel):
    result: _Tools


_BROKEN = (
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    anyio.IncompleteRead,
    anyio.DelimiterNotFound,
)


async def _last_words(process: Process) -> bytes:
    """What it wrote to stderr; a process that goes on is not waited for."""
    said = b""
    with anyio.move_on_after(1):
        async for piece in process.stderr or ():
            said = (said + piece)[-4096:]
    return said


async def _ended(process: Process) -> None:
    """Let it end as it does when a client leaves, or end it."""
    async with process:
        with anyio.move_on_after(2):
            if process.stdin is not None:
                await process.stdin.aclose()
            await process.wait()
        if process.returncode is None:
            process.kill()
