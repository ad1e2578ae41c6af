"""The real command in a process of its own, and a client that writes lines to it."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from canary import without_tokens
from command import coder_mcp
from model import Era
from raw import INITIALIZE, Message, payload, request


class Launched:
    """The real command, and a client that writes lines to it."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self._stdin = process.stdin
        self._stdout = BufferedByteReceiveStream(process.stdout)

    async def send(self, message: Message) -> None:
        await self._stdin.send(json.dumps(message).encode() + b"\n")

    async def answer(self, number: int) -> Message:
        (answer,) = await self._answers(number)
        return answer

    async def answers(self, *numbers: int) -> list[Message]:
        """What a model reads of the answers to these calls."""
        return [payload(answer) for answer in await self._answers(*numbers)]

    async def _answers(self, *numbers: int) -> list[Message]:
        found: dict[int, Message] = {}
        while len(found) < len(numbers):
            line = await self._stdout.receive_until(b"\n", 1 << 20)
            message: Any = json.loads(without_tokens(line.decode()))
            if message.get("id") in numbers:
                found[message["id"]] = message
        return [found[number] for number in numbers]

    async def begin(self, era: Era = "legacy") -> None:
        if era == "legacy":
            await self.send(request(0, "initialize", **INITIALIZE))
            await self.answer(0)

    async def stderr(self) -> bytes:
        assert self.process.stderr is not None
        return b"".join([piece async for piece in self.process.stderr])


@asynccontextmanager
async def launched(*command: str, **environ: str) -> AsyncGenerator[Launched]:
    """A process with this environment, of the real command unless another one is given."""
    command = command or (coder_mcp(),)
    async with await anyio.open_process(command, env=environ or None) as process:
        try:
            yield Launched(process)
        finally:
            if process.returncode is None:
                process.kill()


@asynccontextmanager
async def simulating() -> AsyncGenerator[dict[str, str]]:
    """The environment of a client of a simulator in a process of its own."""
    async with await anyio.open_process([coder_mcp(), "simulate"], stderr=None) as process:
        assert process.stdout is not None
        line = (await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 500)).decode()
        try:
            yield dict(part.split("=", 1) for part in line.split())
        finally:
            process.kill()


async def builds_of(environ: dict[str, str], name: str) -> list[Message]:
    """The builds of a workspace, as the deployment has them; none where it has none."""
    headers = {"Coder-Session-Token": environ["CODER_SESSION_TOKEN"]}
    async with httpx2.AsyncClient(base_url=environ["CODER_URL"], headers=headers) as client:
        listed = await client.get("/api/v2/workspaces", params={"q": "owner:me"})
        found = [one for one in listed.json()["workspaces"] if one["name"] == name]
        assert len(found) <= 1
        return [one["latest_build"] for one in found]
