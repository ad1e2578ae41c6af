"""Serve MCP over stdin and stdout, to a good end.

Beyond what the SDK's own runner does (mcp 2.3.0): a client that probes with `server/discover` and
then falls back to `initialize` is served; a line that is no message is answered; and when the
input ends or the process is told to end, every waiting call is answered first.
"""

import asyncio  # noqa: TID251  # signals on Windows
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

import anyio
import mcp_types as types
from anyio.abc import TaskGroup
from mcp.server import Server
from mcp.shared.message import SessionMessage

from coder_mcp.ending import Ending
from coder_mcp.stdio.frames import NoMessage, decoded, encoded, is_initialize
from coder_mcp.stdio.pipes import LineReader, LineWriter

ANSWERS_SECONDS = 0.4
"""For the answers of waiting calls, once the process has to end."""
LINGER_SECONDS = 3.0
"""For the server to end after that, its writes under way included."""
DISCOVERED_SECONDS = 1.0
"""For the answer to a probe, before a session of the other era takes its place."""

Lifespan = TypeVar("Lifespan")

_PROBE = "server/discover"


async def serve_stdio(
    server: Server[Lifespan], ending: Ending, stdin: int = 0, stdout: int = 1
) -> int:
    """Serve until stdin ends or a signal comes; the exit status.

    Args:
        server: What is served.
        ending: Comes with the end, so that the server's calls answer.
        stdin: The descriptor that requests come from.
        stdout: The descriptor that answers go to.
    """
    reader, writer = LineReader(stdin), LineWriter(stdout)
    status = 0
    async with anyio.create_task_group() as tasks:
        runner = _Runner(server, writer, tasks)
        writer.start()
        tasks.start_soon(_hear_signals, runner.stop)
        tasks.start_soon(runner.take, reader)
        await runner.stopped.wait()
        ending.come()
        await runner.end()
        status = runner.status
        tasks.cancel_scope.cancel()
    return status


class _Session:
    """One run of the server, in the era that its first request opens."""

    def __init__(self, server: Server[Lifespan], writer: LineWriter) -> None:
        self._run = server.run, server.create_initialization_options()
        self._writer = writer
        self._unanswered: set[types.RequestId] = set()
        self._answered = anyio.Event()
        self._ended = anyio.Event()
        self._in, self._read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        self._write, self._out = anyio.create_memory_object_stream[SessionMessage](0)
        self._requests = 0
        self._probes = 0

    @property
    def has_only_probed(self) -> bool:
        """Whether all that was asked so far is what the server can do."""
        return self._requests == self._probes > 0

    async def run(self, broken: Callable[[int], None]) -> None:
        """Serve until it is closed; `broken` is called where nobody reads the answers."""
        run, options = self._run
        async with self._in, anyio.create_task_group() as tasks:
            tasks.start_soon(self._send, broken)
            await run(self._read, self._write, options)
        self._ended.set()

    async def take(self, message: types.JSONRPCMessage) -> None:
        """Hand a message to the server."""
        match message:
            case types.JSONRPCRequest(method=method):
                self._requests += 1
                self._probes += method == _PROBE
                if method in ("tools/call", _PROBE):
                    self._unanswered.add(message.id)
            case types.JSONRPCNotification(method="notifications/cancelled", params=params):
                self._has_answered((params or {}).get("requestId"))
            case _:
                pass
        await self._in.send(SessionMessage(message))

    async def answered(self) -> None:
        """Wait until every call, and every probe, is answered."""
        while self._unanswered:
            self._answered = anyio.Event()
            await self._answered.wait()

    async def close(self) -> None:
        """Let the server end."""
        self._in.close()
        await self._ended.wait()

    async def _send(self, broken: Callable[[int], None]) -> None:
        async with self._out:
            async for item in self._out:
                try:
                    await self._writer.write(encoded(item.message))
                except anyio.BrokenResourceError:
                    broken(0)
                if isinstance(item.message, types.JSONRPCResponse | types.JSONRPCError):
                    self._has_answered(item.message.id)

    def _has_answered(self, request: object) -> None:
        if isinstance(request, str | int):  # a client may send anything in its place
            self._unanswered.discard(request)
            self._answered.set()


class _Runner:
    """The lines of one client, and the session that they belong to.

    Attributes:
        stopped: Set when the end begins.
        status: The exit status, once it has.
    """

    def __init__(self, server: Server[Lifespan], writer: LineWriter, tasks: TaskGroup) -> None:
        self._new_session = lambda: _Session(server, writer)
        self._writer = writer
        self._tasks = tasks
        self.status = 0
        self.stopped = anyio.Event()
        self._session = self._begun()

    def stop(self, status: int) -> None:
        """Begin the end; the first reason counts."""
        if not self.stopped.is_set():
            self.status = status
            self.stopped.set()

    async def take(self, reader: LineReader) -> None:
        """Hand over each line, until there are no more."""
        # Nobody reads any more, or the server is about to end: either is an end to this.
        with (
            suppress(anyio.BrokenResourceError, anyio.ClosedResourceError),
            reader.lines() as lines,
        ):
            async for line in lines:
                if line.strip():
                    await self._take(decoded(line))
        self.stop(0)

    async def _take(self, message: types.JSONRPCMessage | NoMessage) -> None:
        if isinstance(message, NoMessage):
            await self._writer.write(encoded(message.answer))
            return
        if is_initialize(message) and self._session.has_only_probed:
            with anyio.move_on_after(DISCOVERED_SECONDS):
                await self._session.answered()
            await self._session.close()
            self._session = self._begun()
        await self._session.take(message)

    async def end(self) -> None:
        """Let waiting calls answer, then the server end."""
        with anyio.move_on_after(ANSWERS_SECONDS):
            await self._session.answered()
        with anyio.move_on_after(LINGER_SECONDS):
            await self._session.close()

    def _begun(self) -> _Session:
        session = self._new_session()
        self._tasks.start_soon(session.run, self.stop)
        return session


async def _hear_signals(stop: Callable[[int], None]) -> None:
    """Stop with the usual exit status when a signal asks for it."""
    names = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
    numbers = [cast("int", getattr(signal, name)) for name in names if hasattr(signal, name)]
    try:
        with anyio.open_signal_receiver(*map(signal.Signals, numbers)) as received:
            async for number in received:
                stop(128 + number)
    except NotImplementedError:  # Windows
        loop = asyncio.get_running_loop()
        for number in numbers:
            signal.signal(number, lambda got, _: loop.call_soon_threadsafe(stop, 128 + got))
        await anyio.sleep_forever()
