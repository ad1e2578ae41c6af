"""A server in a process of its own, driven by bare lines: what it answers, and what it holds.

No SDK on this side: what a call takes is the server's, and its process id is known.
"""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

LONGEST_LINE = 1 << 26
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}

Answer = dict[str, Any]


class StdioServer:
    """A server that runs; `pid` is its process."""

    def __init__(self, process: Process) -> None:
        self.pid = process.pid
        self._process = process
        self._ids = count(1)
        self._asked: dict[int, anyio.Event] = {}
        self._answers: dict[int, Answer] = {}

    async def call(self, tool: str, **arguments: object) -> Answer:
        """The answer to a call: a result, or an error of the protocol."""
        return await self._answered("tools/call", {"name": tool, "arguments": arguments})

    async def call_and_cancel(self, after_seconds: float, tool: str, **arguments: object) -> None:
        """Begin a call, and cancel it before it can have ended."""
        number = await self._ask("tools/call", {"name": tool, "arguments": arguments})
        await anyio.sleep(after_seconds)
        await self._notify("notifications/cancelled", {"requestId": number})
        self._asked.pop(number, None)

    async def begin(self) -> None:
        """Open the session."""
        await self._answered("initialize", INITIALIZE)
        await self._notify("notifications/initialized", {})

    async def read(self) -> None:
        """Take answers until the server is gone; those to nobody are dropped."""
        assert self._process.stdout is not None
        lines = BufferedByteReceiveStream(self._process.stdout)
        with suppress(anyio.IncompleteRead, anyio.ClosedResourceError):
            while True:
                message = json.loads(await lines.receive_until(b"\n", LONGEST_LINE))
                arrived = self._asked.pop(message.get("id", 0), None)
                if arrived is not None:
                    self._answers[message["id"]] = message
                    arrived.set()

    async def _answered(self, method: str, params: Mapping[str, object]) -> Answer:
        number = await self._ask(method, params)
        await self._asked[number].wait()
        return self._answers.pop(number)

    async def _ask(self, method: str, params: Mapping[str, object]) -> int:
        number = next(self._ids)
        self._asked[number] = anyio.Event()
        await self._send({"id": number, "method": method, "params": params})
        return number

    async def _notify(self, method: str, params: Mapping[str, object]) -> None:
        await self._send({"method": method, "params": params})

    async def _send(self, message: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        await self._process.stdin.send(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


@asynccontextmanager
async def stdio_server(*arguments: str, **environ: str) -> AsyncGenerator[StdioServer]:
    """Run Python with these arguments and begin a session, until left."""
    async with await anyio.open_process(
        [sys.executable, *arguments], env={**os.environ, **environ}, stderr=subprocess.DEVNULL
    ) as process:
        server = StdioServer(process)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.read)
            await server.begin()
            yield server
            tasks.cancel_scope.cancel()
        process.kill()


def memory_megabytes(pid: int) -> float | None:
    """What of the process is in memory (RSS); nothing where the system does not say."""
    try:
        asked = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607  # wherever the system has it
            capture_output=True,
            text=True,
            check=True,
        )
        return int(asked.stdout) * 1024 / 1e6
    except (OSError, ValueError, subprocess.CalledProcessError):
        return _resident_megabytes(Path(f"/proc/{pid}/status"))


def _resident_megabytes(status: Path) -> float | None:
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return sizes[0] * 1024 / 1e6 if sizes else None


def open_files(pid: int) -> int | None:
    """How many descriptors the process has open; nothing where the system does not say."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  # only their number counts
    except OSError:
        return None
