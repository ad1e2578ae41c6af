"""200 builds awaited at once by one server: its memory, and how long other calls take meanwhile.

One process of `python -m coder_mcp`; the simulator and what drives both are another. The builds
take ten minutes, and each logs a line every 10 s. The floor is the same process before the first
wait, after as many calls of list_workspaces on the same 200 workspaces: what is loaded for the
first stream counts as memory of the waits.

A wait holds a socket for the watch, and the first 20 another one for the log. Each comes to about
85 KB in the libraries for HTTP and WebSockets, and the rest of a wait to about 25 KB. With a log
for every wait it was 41 MB in all. Tried too: without the pings of the WebSockets it is 2 MB less,
but a connection that died would not be noticed.
"""

import statistics
import time

import anyio

from coder_mcp.simulator import Simulator
from coder_mcp.watching.watcher import MOST_LOGS
from long_build import TEMPLATE, lengthen
from process import StdioServer, memory_megabytes, stdio_server
from table import Row

WAITS = 200
CALLS = 200
PAUSE_SECONDS = 0.02
SETTLE_SECONDS = 3.0


async def many_waits() -> list[Row]:
    """Memory and latency, each beside that of the idle process."""
    p95 = idle_p95 = 0.0
    memory: float | None = None
    idle_memory: float | None = None
    simulator = Simulator(provisioners=WAITS)
    lengthen(simulator.world)
    async with simulator.running():
        for number in range(WAITS):
            simulator.world.create(TEMPLATE, f"build-{number}")
            await anyio.sleep(PAUSE_SECONDS)
        environ = {"CODER_URL": simulator.url, "CODER_SESSION_TOKEN": simulator.session_token}
        async with stdio_server("-m", "coder_mcp", **environ) as server:
            idle_p95 = await _p95_milliseconds(server)
            idle_memory = memory_megabytes(server.pid)
            async with anyio.create_task_group() as tasks:
                for number in range(WAITS):
                    tasks.start_soon(_wait, server, f"build-{number}")
                await _all_watched(simulator)
                p95 = await _p95_milliseconds(server)
                memory = memory_megabytes(server.pid)
                tasks.cancel_scope.cancel()
    return [_memory_row(memory, idle_memory), _latency_row(p95, idle_p95)]


async def _wait(server: StdioServer, workspace: str) -> None:
    answer = await server.call("wait_for_workspace", workspace=workspace, wait_seconds=1800)
    raise RuntimeError(f"{workspace} was not waited for: {answer}")


async def _all_watched(simulator: Simulator) -> None:
    """Until every build has its streams, and a little longer."""
    open_streams = 0
    with anyio.fail_after(120):
        while open_streams < WAITS + MOST_LOGS:
            await anyio.sleep(0.1)
            open_streams = sum(e.is_websocket and e.status is None for e in simulator.ledger)
    await anyio.sleep(SETTLE_SECONDS)


async def _p95_milliseconds(server: StdioServer) -> float:
    """Of calls one after the other, with pauses."""
    took: list[float] = []
    for _ in range(CALLS):
        began = time.perf_counter()
        answer = await server.call("list_workspaces")
        took.append(1000 * (time.perf_counter() - began))
        assert '"outcome"' in answer["result"]["content"][0]["text"], answer
        await anyio.sleep(PAUSE_SECONDS)
    return statistics.quantiles(took, n=20)[-1]


def _memory_row(memory: float | None, idle: float | None) -> Row:
    more = None if memory is None or idle is None else memory - idle
    return Row(
        what=f"Memory with {WAITS} builds awaited at once",
        ours="not measured here" if memory is None else f"{memory:.1f} MB",
        baseline="not measured here" if idle is None else f"{idle:.1f} MB, the same process idle",
        compared="" if more is None else f"{more:+.1f} MB",
        goal="at most + 25 MB",
        met=more is not None and more <= 25,
    )


def _latency_row(p95: float, idle: float) -> Row:
    return Row(
        what=f"list_workspaces beside {WAITS} awaited builds, p95 of {CALLS}",
        ours=f"{p95:.1f} ms",
        baseline=f"{idle:.1f} ms, the same process idle",
        compared=f"{p95 - idle:+.1f} ms",
        goal="at most + 50 ms",
        met=p95 - idle <= 50,
    )
