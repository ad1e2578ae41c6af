"""What an awaited build of ten minutes costs the deployment in requests, in simulated time.

Counted from its ledger, streams included. The baseline is the loop that people write without this
server: one read of the workspace each 2 s, of a build that takes as long. A client that bears ten
minutes needs one call. One that cuts a call after 60 s is answered `in_progress` after 45 s, and
does what `next_step` says: each call finds the workspace by its name, opens both streams again and
looks again when its window closes. That is five requests for 45 s of waiting, which the poller
spends 22 on, and misses the goal. To keep the streams open from one call to the next would meet it,
and was not done: a call that ended leaves nothing behind.
"""

import anyio

from build_end import POLL_SECONDS
from long_build import TEMPLATE, lengthen
from simulated import Whole, deployed
from table import Row

PATIENT = "Visual Studio Code"
CUTS_AT_60_SECONDS = "a-client"


async def build_requests() -> list[Row]:
    """The requests in both clients, each beside those of a poller."""
    polls = await _polls()
    rows: list[Row] = []
    for client_name, what in (
        (PATIENT, "one call"),
        (CUTS_AT_60_SECONDS, "a client that cuts at 60 s"),
    ):
        async with deployed(client_name=client_name) as whole:
            lengthen(whole.world)
            calls = await _calls_until_ready(whole)
            requests = len(whole.requests())
        rows.append(
            Row(
                what=f"Requests for an awaited build of 10 min, {what}",
                ours=f"{requests}, in {calls} call{'s' * (calls > 1)}",
                baseline=f"{polls}, a read each 2 s",
                compared=f"x {polls / requests:.1f} fewer",
                goal="at least x 10",
                met=polls / requests >= 10,
            )
        )
    return rows


async def _calls_until_ready(whole: Whole) -> int:
    """Create a workspace and do what each answer says until it can be used."""
    answer = await whole.call("create_workspace", template=TEMPLATE, name="mine")
    calls = 1
    while answer["outcome"] == "in_progress":
        assert answer["next_step"] == 'Call wait_for_workspace(workspace="dev1/mine").'
        answer = await whole.call("wait_for_workspace", workspace="dev1/mine")
        calls += 1
    assert answer["outcome"] == "ready", answer
    return calls


async def _polls() -> int:
    """How often a poller reads such a build, its create not counted."""
    async with deployed() as whole:
        lengthen(whole.world)
        workspace = whole.world.create(TEMPLATE, "mine")
        reads = 1
        while not any(agent.lifecycle_state == "ready" for agent in workspace.latest_build.agents):
            await anyio.sleep(POLL_SECONDS)
            reads += 1
    return reads
