"""What a call takes beyond the least that the same SDK and the same request take, over stdio.

list_workspaces of four workspaces, beside a bare server whose tool sends the same GET with the
same HTTP client, decodes the JSON and returns the names. Both are asked in turn. The rest is ours:
checked arguments, a checked answer, rows, and an answer in two forms.
"""

import statistics
import time

from bare_reader import __file__ as bare_reader
from coder_mcp.simulator import Simulator
from process import StdioServer, stdio_server
from table import Row

CALLS = 300
WARM_UP = 30


async def call_overhead() -> Row:
    """The medians of calls of both, one after the other."""
    simulator = Simulator(seeded=True)
    async with simulator.running():
        environ = {"CODER_URL": simulator.url, "CODER_SESSION_TOKEN": simulator.session_token}
        async with (
            stdio_server("-m", "coder_mcp", **environ) as ours,
            stdio_server(bare_reader, **environ) as bare,
        ):
            took: dict[StdioServer, list[float]] = {ours: [], bare: []}
            for _ in range(WARM_UP + CALLS):
                for server, milliseconds in took.items():
                    milliseconds.append(await _milliseconds(server))
    our_median, bare_median = (statistics.median(all_[WARM_UP:]) for all_ in took.values())
    more = our_median - bare_median
    return Row(
        what=f"A call of list_workspaces, median of {CALLS}",
        ours=f"{our_median:.1f} ms",
        baseline=f"{bare_median:.1f} ms, a bare tool with the same request",
        compared=f"{more:+.1f} ms",
        goal="at most + 2 ms",
        met=more <= 2,
    )


async def _milliseconds(server: StdioServer) -> float:
    began = time.perf_counter()
    answer = await server.call("list_workspaces")
    took = 1000 * (time.perf_counter() - began)
    assert "legacy-import" in answer["result"]["content"][0]["text"], answer
    return took
