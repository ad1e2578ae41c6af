"""Processes that are told to end, or are killed, in the middle of a build."""

import signal
import sys
from contextlib import suppress

import anyio
import pytest

from launched import builds_of, launched, simulating
from model import ERAS, Era
from raw import call, payload, request


@pytest.fixture
def anyio_backend() -> str:
    """Child processes live in real time."""
    return "asyncio"


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
        said = (await server.stderr()).decode().splitlines()
        assert [line.partition(" {")[0] for line in said] == ["coder-mcp: audit"] * 2
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_a_client_that_goes_on_asking_does_not_disturb_the_end() -> None:
    async with simulating() as environ, launched(**environ) as server:
        await server.begin()
        await server.send(call(1, "create_workspace", template="slow", name="mine"))
        while not await builds_of(environ, "mine"):
            await anyio.lowlevel.checkpoint()
        server.process.send_signal(signal.SIGTERM)
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            for number in range(2, 1000):
                await server.send(request(number, "ping"))
        assert await server.process.wait() == 128 + signal.SIGTERM
        assert (await server.stderr()).startswith(b"coder-mcp: audit {")
