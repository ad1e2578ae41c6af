"""What goes wrong around the process: descriptors, sleep, what calls leave behind, environments."""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from coder_mcp.simulator import Fault, StaySilent
from coder_mcp.simulator.rules import jobs
from command import coder_mcp
from faults.network import Network, network
from faults.relay import Relay
from launched import builds_of, launched, simulating
from raw import call, payload
from whole import Whole, deployed

WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
REAL_TIME = pytest.mark.parametrize("anyio_backend", ["asyncio"])
"""Child processes live in real time."""
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")
NO_STDERR = 'exec "$0" serve --simulator 2>&-'
BARE = 'umask 077; cd /; exec env -i LANG=C LC_ALL=C "$0" -O -m coder_mcp serve --simulator'


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Simulated time that can jump."""
    return "asyncio", {"loop_factory": Network}


@pytest.mark.fault("P3", "P12")
@POSIX
@REAL_TIME
@pytest.mark.parametrize(
    ("script", "program"),
    [(NO_STDERR, coder_mcp()), (BARE, sys.executable)],
    ids=["without stderr", "in a bare environment"],
)
async def test_the_server_starts_and_answers_wherever_it_is(script: str, program: str) -> None:
    async with launched("/bin/sh", "-c", script, program) as server:
        await server.begin()
        await server.send(call(1, "create_workspace", template="too-big", name="mine"))
        (answer,) = await server.answers(1)
        assert answer["outcome"] == "quota_reached"
        assert server.process.stdin is not None
        await server.process.stdin.aclose()
        assert await server.process.wait() == 0


@contextmanager
def no_descriptors() -> Generator[None]:
    """Let no file or socket be opened any more."""
    import resource  # noqa: PLC0415  # there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.fault("P4")
@POSIX
async def test_without_descriptors_a_call_says_so_and_the_next_one_works() -> None:
    between = Relay()
    between.closes = True
    async with deployed(through=between.between) as whole:
        await whole.call("list_workspaces")
        await anyio.sleep(1)
        with no_descriptors():
            text = await whole.model.refusal("create_workspace", template="quick")
        assert "could not be connected to" in text
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)


def sleep(whole: Whole, seconds: float) -> None:
    """Let nothing run for so long; the build ends meanwhile, and nobody is told."""
    network().selector.skipped_seconds += seconds
    jobs.succeed(whole.world, whole.world.workspace("mine").latest_build)


@pytest.mark.fault("P5", "P10")
async def test_after_a_sleep_within_its_window_a_call_looks_at_once() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=WATCH, action=StaySilent(), times=None))
        whole.world.hold_provisioners()
        whole.world.create("no-agent", "mine")
        whole.later(5, lambda: sleep(whole, 600))
        began = anyio.current_time()
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1800)
        assert answer["outcome"] == "ready"
        assert 600 < anyio.current_time() - began < 610


@pytest.mark.fault("P5", "P10")
async def test_after_a_sleep_beyond_its_window_a_call_says_at_once_how_to_go_on() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=WATCH, action=StaySilent(), times=None))
        whole.world.hold_provisioners()
        whole.world.create("no-agent", "mine")
        whole.later(5, lambda: sleep(whole, 3600))
        began = anyio.current_time()
        answer = await whole.call("wait_for_workspace", workspace="mine")
        assert answer["outcome"] == "in_progress"
        assert answer["next_step"] == 'Call wait_for_workspace(workspace="dev1/mine").'
        assert anyio.current_time() - began < 3610
        assert (await whole.call("wait_for_workspace", workspace="mine"))["outcome"] == "ready"


@pytest.mark.fault("P10")
@POSIX
@REAL_TIME
async def test_a_server_that_was_stopped_answers_with_what_has_become_of_the_build() -> None:
    async with simulating() as environ, launched(**environ) as server:
        await server.begin()
        await server.send(call(1, "create_workspace", template="no-agent", name="mine"))
        while not await builds_of(environ, "mine"):
            await anyio.lowlevel.checkpoint()
        server.process.send_signal(signal.SIGSTOP)
        while (await builds_of(environ, "mine"))[0]["job"]["status"] != "succeeded":
            await anyio.lowlevel.checkpoint()
        server.process.send_signal(signal.SIGCONT)
        answer = payload(await server.answer(1))
        assert answer["outcome"] == "ready"


def held() -> tuple[int, int]:
    """How many tasks run, and how many descriptors are open."""
    return len(anyio.get_running_tasks()), sum(1 for _ in Path("/dev/fd").iterdir())


async def settled(whole: Whole) -> tuple[int, int]:
    """What is held once nothing is under way."""
    await whole.pass_time(20)
    return held()


@pytest.mark.fault("P6")
@POSIX
async def test_many_calls_leave_nothing_behind() -> None:
    async with deployed() as whole:
        await whole.call("create_workspace", template="quick", name="mine")
        before = await settled(whole)
        for _ in range(70):
            await whole.call("list_workspaces")
            await whole.call("wait_for_workspace", workspace="mine")
            await whole.model.refusal("start_workspace", workspace="nothing")
        assert await settled(whole) <= before


@pytest.mark.fault("P7")
@POSIX
async def test_many_canceled_waits_leave_nothing_behind() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        whole.world.create("quick", "mine")
        await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1)
        before = await settled(whole)
        for _ in range(100):
            with anyio.move_on_after(0.5):
                await whole.call("wait_for_workspace", workspace="mine")
        assert await settled(whole) <= before
        assert len(whole.world.workspace("mine").builds) == 1
