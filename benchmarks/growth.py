"""What is left of 10,000 mixed calls in one process: memory and open files.

Calls of every kind, 20 at a time: lists, looks, waits, starts, stops, first calls of a delete,
arguments that are wrong, names that do not exist. Each tenth is a wait that is canceled within
30 ms; before another tenth something goes wrong on the way (500, 502, 401, a proxy's page, an
answer or a stream that is cut). The order is the same in every run. Counted is from after a
warm-up of 1,500 such calls, each time some seconds after the last one, when idle connections have
ended. The baseline is a bare server and as many calls that do nothing.
"""

import random
from collections.abc import Awaitable, Callable

import anyio

from bare_server import __file__ as bare_server
from coder_mcp.simulator import Answer, CutAfter, Fault, LoseAnswer, Simulator
from long_build import TEMPLATE, lengthen
from process import StdioServer, memory_megabytes, open_files, stdio_server
from table import Row

CALLS = 10_000
WARM_UP = 1_500
AT_ONCE = 20
IDLE_SECONDS = 6.0

FAULTS = (
    Answer(status=500, body={"message": "Internal server error."}),
    Answer(status=502, text="<html>bad gateway</html>", content_type="text/html"),
    Answer(status=401, body={"message": "You are signed out."}),
    Answer(status=200, text="<html>sign in</html>", content_type="text/html"),
    LoseAnswer(),
)
CUT_STREAM = Fault(route="GET /api/v2/workspaces/{workspace}/watch-ws", action=CutAfter(frames=1))

Grown = tuple[float | None, int | None]
"""Megabytes and descriptors more than before; nothing where the system does not say."""


async def growth() -> list[Row]:
    """Memory and descriptors, beside those of a bare server."""
    megabytes, files = await _of_ours()
    bare_megabytes, bare_files = await _of_bare()
    return [
        Row(
            what=f"Memory after {CALLS:,} mixed calls, {CALLS // 10:,} canceled,"
            f" {CALLS // 10:,} with a fault",
            ours=_shown(megabytes, "MB"),
            baseline=f"{_shown(bare_megabytes, 'MB')}, a bare server",
            compared=_shown(megabytes, "MB"),
            goal="at most + 3 MB",
            met=megabytes is not None and megabytes <= 3,
        ),
        Row(
            what="Open descriptors after them",
            ours=_shown(files, ""),
            baseline=f"{_shown(bare_files, '')}, a bare server",
            compared=_shown(files, ""),
            goal="none more",
            met=files is not None and files <= 0,
        ),
    ]


def _shown(more: float | None, unit: str) -> str:
    if more is None:
        return "not measured here"
    return f"{more:+.1f} {unit}" if isinstance(more, float) else f"{more:+d}"


async def _of_ours() -> Grown:
    simulator = Simulator(provisioners=AT_ONCE + 1)
    lengthen(simulator.world)
    async with simulator.running():
        simulator.world.create(TEMPLATE, "building")
        for worker in range(AT_ONCE):
            simulator.world.create("no-agent", f"mine-{worker}")
        environ = {"CODER_URL": simulator.url, "CODER_SESSION_TOKEN": simulator.session_token}
        async with stdio_server("-m", "coder_mcp", **environ) as server:

            async def call(dice: random.Random, number: int, worker: int) -> None:
                if number % 10 == 0:
                    seconds = dice.uniform(0, 0.03)
                    await server.call_and_cancel(
                        seconds, "wait_for_workspace", workspace="building"
                    )
                    return
                if number % 10 == 5:
                    anywhere = [Fault(route="*", action=action) for action in FAULTS]
                    simulator.faults.add(dice.choice([*anywhere, CUT_STREAM]))
                await _mixed(server, dice, f"mine-{worker}")

            async def idle() -> None:
                simulator.faults.clear()
                simulator.ledger.clear()
                await anyio.sleep(IDLE_SECONDS)
                # The next request ends the connections that were idle for long.
                await server.call("list_workspaces")

            return await _grown(server, call, idle)


async def _of_bare() -> Grown:
    async with stdio_server(bare_server) as server:

        async def call(_: random.Random, __: int, ___: int) -> None:
            await server.call("nothing")

        async def idle() -> None:
            await anyio.sleep(1)

        return await _grown(server, call, idle)


async def _mixed(server: StdioServer, dice: random.Random, workspace: str) -> None:
    """A call of some kind, and an answer of whatever kind; changes are a few of them."""
    kinds: list[tuple[str, dict[str, object]]] = [
        ("list_workspaces", {}),
        ("list_workspaces", {"query": "status:running"}),
        ("list_templates", {"query": "small container"}),
        ("read_template", {"template": "presets"}),
        ("read_template", {"template": "no-such"}),
        ("wait_for_workspace", {"workspace": workspace, "wait_seconds": 1}),
        ("wait_for_workspace", {"workspace": "building", "wait_seconds": 0}),
        ("wait_for_workspace", {"workspace": "no-such"}),
        ("create_workspace", {"template": "no-agent", "name": workspace}),
        ("delete_workspace", {"workspace": workspace}),
        ("start_workspace", {"workspace": 7, "color": "red"}),
        ("no_such_tool", {}),
    ]
    tool, arguments = dice.choice(kinds)
    if dice.random() < 0.02:
        tool = dice.choice(("start_workspace", "stop_workspace"))
        arguments = {"workspace": workspace}
    answer = await server.call(tool, **arguments)
    assert "result" in answer or "error" in answer


async def _grown(
    server: StdioServer,
    call: Callable[[random.Random, int, int], Awaitable[None]],
    idle: Callable[[], Awaitable[None]],
) -> Grown:
    """How much more the process holds after the calls than after a warm-up of the same kind."""
    dice = random.Random(1)  # noqa: S311  # the same calls in every run
    left = WARM_UP

    async def work(worker: int) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call(dice, left, worker)

    held: list[tuple[float | None, int | None]] = []
    for calls in (WARM_UP, CALLS):
        left = calls
        async with anyio.create_task_group() as tasks:
            for worker in range(AT_ONCE):
                tasks.start_soon(work, worker)
        await idle()
        held.append((memory_megabytes(server.pid), open_files(server.pid)))
    (memory, files), (memory_after, files_after) = held
    return (
        None if memory is None or memory_after is None else memory_after - memory,
        None if files is None or files_after is None else files_after - files,
    )
