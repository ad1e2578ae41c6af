"""What 300 waits at once cost one deployment, from its ledger."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import anyio
import pytest

from coder_mcp.simulator import LedgerEntry
from whole import Whole, deployed

WAITS = 300
WORKSPACES = 60
PROVISIONERS = 30
HELD_SECONDS = 20.0
MOST_SOCKETS_A_WORKSPACE = 2
MOST_A_SECOND = 25
MOST_AT_ONCE = 10
"""Within a tenth of a second; without turns and jitter it would be all of them."""


@pytest.fixture(autouse=True)
def room_for_sockets() -> None:
    """Both ends of them are in this process, which is allowed 256 files on some systems."""
    resource = pytest.importorskip("resource", reason="select() on Windows takes 512 sockets")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@pytest.mark.timeout(180)
async def test_300_waits_at_once_are_light_on_the_deployment_and_all_are_told_the_truth() -> None:
    outcomes: dict[int, str] = {}
    opened: list[LedgerEntry] = []
    requests: list[LedgerEntry] = []
    async with deployed(provisioners=PROVISIONERS, CODER_MCP_WAIT_SECONDS="1800") as whole:
        whole.world.set_budget(100_000)
        whole.world.hold_provisioners()
        for number in range(WORKSPACES):
            whole.world.create(template_of(number), f"mine-{number}")

        async def wait(number: int) -> None:
            workspace = f"mine-{number % WORKSPACES}"
            answer = await whole.call("wait_for_workspace", workspace=workspace)
            outcomes[number] = answer["outcome"]

        async with anyio.create_task_group() as tasks:
            for number in range(WAITS):
                tasks.start_soon(wait, number)
            await all_watch(whole)
            opened = open_streams(whole)
            whole.simulator.ledger[:] = opened
            await anyio.sleep(HELD_SECONDS)
            whole.world.release_provisioners()
            while len(outcomes) < WAITS:
                assert most_sockets(whole) <= MOST_SOCKETS_A_WORKSPACE
                await anyio.sleep(1)
            requests = whole.simulator.ledger[len(opened) :]
    ends = {"slow": "ready", "broken": "build_failed"}
    assert outcomes == {number: ends[template_of(number)] for number in range(WAITS)}
    assert {entry.status for entry in (*opened, *requests)} == {101, 200}
    assert most_within(1, requests) <= MOST_A_SECOND
    assert most_within(0.1, requests) <= MOST_AT_ONCE
    assert len(requests) > WORKSPACES, "the queue was not even looked at once"


def template_of(number: int) -> str:
    """One build fails of those that run at once."""
    return "broken" if number % PROVISIONERS == 0 else "slow"


async def all_watch(whole: Whole) -> None:
    """Until every workspace is watched and every call has come that far."""
    seen = 0
    while len(watched(whole)) < WORKSPACES or len(whole.simulator.ledger) > seen:
        seen = len(whole.simulator.ledger)
        await anyio.sleep(1)


def watched(whole: Whole) -> set[str]:
    return {entry.path for entry in open_streams(whole) if entry.path.endswith("/watch-ws")}


def open_streams(whole: Whole) -> list[LedgerEntry]:
    return [e for e in whole.simulator.ledger if e.is_websocket and e.status is None]


def most_sockets(whole: Whole) -> int:
    """Of the workspace that has the most open: a watch of it, or the log of a build of it."""
    owners = {w.latest_build.id: w.id for w in whole.world.workspaces}
    ids = [UUID(entry.path.split("/")[4]) for entry in open_streams(whole)]
    return max(Counter(owners.get(an_id, an_id) for an_id in ids).values(), default=0)


def most_within(seconds: float, requests: Iterable[LedgerEntry]) -> int:
    """The most requests that came in one such piece of time."""
    return max(Counter(int(e.at.timestamp() / seconds) for e in requests).values())
