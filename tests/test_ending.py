"""Processes that are told to end, or are killed, in the middle of a build."""

import json
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from command import coder_mcp
from model import ERAS, Era
from raw import INITIALIZE, Message, call, payload, request


@pytest.fixture
def anyio_backend() -> str:
    """Child processes live in real time."""
    return "asyncio"


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
            message: Any = json.loads(await self._stdout.receive_until(b"\n", 1 << 20))
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
async def launched(*arguments: str, **environ: str) -> AsyncGenerator[Launched]:
    async with await anyio.open_process([coder_mcp(), *arguments], env=environ or None) as process:
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


SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"]


@pytest.mark.fault("M5", "M6", "M7")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("era", ERAS, ids=["2025-11-25", "2026-07-28"])
@pytest.mark.parametrize("name", SIGNALS)
async def test_a_signal_lets_every_waiting_call_answer_how_to_go_on(name: str, era: Era) -> None:
    async with simulating() as environ, launched(**environ) as server:
        await server.begin(era)
        await server.send(call(1, "create_workspace", era, template="slow", name="one"))
        await server.send(call(2, "create_workspace", era, template="slow", name="two"))
        while not (await builds_of(environ, "one") and await builds_of(environ, "two")):
            await anyio.lowlevel.checkpoint()
        number: int = getattr(signal, name)
        server.process.send_signal(signal.Signals(number))
        for answer in await server.answers(1, 2):
            assert answer["outcome"] == "in_progress"
            again = ("Call wait_for_workspace(", "Call create_workspace(")
            assert answer["next_step"].startswith(again)
        assert await server.process.wait() == 128 + number
        assert await server.stderr() == b""
        assert len(await builds_of(environ, "one")) == 1
        assert len(await builds_of(environ, "two")) == 1


async def test_a_server_that_is_killed_leaves_a_build_that_the_same_call_finds() -> None:
    create = call(1, "create_workspace", template="quick", name="mine")
    async with simulating() as environ:
        async with launched(**environ) as server:
            await server.begin()
            await server.send(create)
            while not await builds_of(environ, "mine"):
                await anyio.lowlevel.checkpoint()
            server.process.kill()
        async with launched(**environ) as server:
            await server.begin()
            await server.send(create)
            answer = payload(await server.answer(1))
        assert (answer["outcome"], answer["created"]) == ("ready", False)
        (build,) = await builds_of(environ, "mine")
        assert build["build_number"] == 1
        assert build["id"] == answer["build_id"]


async def test_a_client_that_is_gone_in_the_middle_of_a_build_leaves_it() -> None:
    async with simulating() as environ:
        async with launched(**environ) as server:
            await server.begin()
            await server.send(call(1, "create_workspace", template="slow", name="mine"))
            while not await builds_of(environ, "mine"):
                await anyio.lowlevel.checkpoint()
            await server.process.aclose()
            assert server.process.returncode == 0
        (build,) = await builds_of(environ, "mine")
        assert build["job"]["status"] in {"pending", "running"}
