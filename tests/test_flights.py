"""Writes under way, and the end that calls and writes come to."""

import anyio
import anyio.lowlevel
import pytest

from builders import build, workspace
from coder_mcp.core.results import Unknown
from coder_mcp.ending import Ending
from coder_mcp.errors import CoderUnreachable
from coder_mcp.watching import flights
from coder_mcp.watching.flights import Flights, Made

NOTHING = Unknown(message="m", workspace_name="w", next_step="n", error="e")


async def test_the_error_of_a_write_reaches_all_who_wait_for_it() -> None:
    async def fail() -> Made:
        await anyio.sleep(1)
        raise CoderUnreachable("away", sent=False)

    async def wait() -> None:
        with pytest.raises(CoderUnreachable, match="away"):
            await under_way.made("key", fail)

    async with anyio.create_task_group() as tasks:
        under_way = Flights(tasks)
        async with anyio.create_task_group() as waiting:
            waiting.start_soon(wait)
            waiting.start_soon(wait)


async def test_a_write_that_has_ended_is_made_again_when_it_is_asked_for_again() -> None:
    written: list[str] = []

    async def write() -> Made:
        written.append("once")
        return NOTHING

    async with anyio.create_task_group() as tasks:
        under_way = Flights(tasks)
        assert await under_way.made("key", write) == (NOTHING, True)
        assert await under_way.made("key", write) == (NOTHING, True)
    assert len(written) == 2


async def test_only_so_many_builds_are_remembered_the_newest_ones() -> None:
    async with anyio.create_task_group() as tasks:
        under_way = Flights(tasks)
        made = [workspace(build("pending", number=2), id=one(number)) for number in range(1002)]
        for each in made:

            async def write(made: Made = each) -> Made:
                await anyio.lowlevel.checkpoint()
                return made

            await under_way.made(str(each.id), write)
        assert [under_way.newest_build(each.id) for each in made[:3]] == [0, 0, 2]
        assert under_way.newest_build(made[-1].id) == 2
    assert flights.MOST_REMEMBERED == 1000


def one(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


async def test_a_write_that_does_not_end_is_ended_with_the_server() -> None:
    ended: list[str] = []

    async def write() -> Made:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("write")
        return NOTHING

    async def wait() -> None:
        with pytest.raises(RuntimeError, match="the server ended before the write did"):
            await under_way.made("key", write)
        ended.append("call")

    async with anyio.create_task_group() as tasks:
        under_way = Flights(tasks)
        tasks.start_soon(wait)
        await anyio.lowlevel.checkpoint()
        began = anyio.current_time()
        await under_way.landed()
        assert flights.LINGER_SECONDS <= anyio.current_time() - began < 3
    assert ended == ["write", "call"]


async def test_a_call_that_arrives_after_the_end_is_not_begun() -> None:
    ending = Ending()
    ending.come()
    with ending.limited(anyio.current_time() + 60):
        await anyio.sleep(1)
        pytest.fail("it went on")
