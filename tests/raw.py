"""A client that writes lines and reads lines, on the stdio runner itself: no SDK on its side."""

import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio

from canary import without_tokens
from coder_mcp.ending import Ending
from coder_mcp.login import LoginSource
from coder_mcp.server import build_server
from coder_mcp.settings import Settings
from coder_mcp.stdio.pipes import LineReader
from coder_mcp.stdio.runner import serve_stdio
from model import Era

Message = dict[str, Any]
_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
INITIALIZE: Any = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "raw", "version": "1"},
}


def request(number: int, method: str, era: Era = "legacy", **params: object) -> Message:
    """A request, in the form of either protocol."""
    if era == "auto":
        params["_meta"] = _META
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def call(number: int, tool: str, era: Era = "legacy", **arguments: object) -> Message:
    """A request for a tool call."""
    return request(number, "tools/call", era, name=tool, arguments=arguments)


def payload(answer: Message) -> Message:
    """What a model reads of the answer to a call."""
    assert answer["result"]["isError"] is False
    return cast("Message", answer["result"]["structuredContent"])


class Raw:
    """The client's ends of both pipes.

    Attributes:
        status: The server's exit status, once it has ended.
    """

    def __init__(self, to_server: int, lines: AsyncGenerator[bytes]) -> None:
        self._to_server = to_server
        self._lines = lines
        self.status: int | None = None
        self.ended = anyio.Event()

    def send(self, *messages: Message | bytes) -> None:
        """Write each as a line."""
        for message in messages:
            line = message if isinstance(message, bytes) else json.dumps(message).encode()
            os.write(self._to_server, line + b"\n")

    async def receive(self) -> Message:
        """The next line: always JSON."""
        return json.loads(without_tokens((await anext(self._lines)).decode()))

    async def answer(self, number: int) -> Message:
        """The answer to the request of this id; what comes before it is left out."""
        while True:
            message = await self.receive()
            if message.get("id") == number:
                return message

    async def begin(self, era: Era = "legacy") -> None:
        """Open a session in the era."""
        if era == "legacy":
            self.send(request(0, "initialize", **INITIALIZE))
            await self.answer(0)
            self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def end(self) -> None:
        """Close the server's input."""
        if self._to_server >= 0:
            os.close(self._to_server)
            self._to_server = -1


@asynccontextmanager
async def piped(environ: dict[str, str]) -> AsyncGenerator[Raw]:
    """A client on a server in this process, over real pipes; it reads all that comes."""
    settings, ending = Settings.from_environ(environ), Ending()
    server = build_server(settings, LoginSource(environ), ending=ending)
    stdin, to_server = os.pipe()
    from_server, stdout = os.pipe()

    with LineReader(from_server).lines() as lines:
        raw = Raw(to_server, lines)

        async def serve() -> None:
            raw.status = await serve_stdio(server, ending, stdin, stdout)
            os.close(stdout)
            raw.ended.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            yield raw
            raw.end()
            async for _ in lines:  # so that its thread has ended
                pass
            await raw.ended.wait()
    os.close(stdin)
    os.close(from_server)
