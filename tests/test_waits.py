"""Waits that end in time, are shared, and survive what happens to their streams."""

import anyio
import pytest

from coder_mcp import calls
from coder_mcp.api import connections, transport
from coder_mcp.core.clients import DEFAULT_WAIT_SECONDS
from coder_mcp.simulator import (
    Answer,
    CloseAfter,
    CutAfter,
    Delay,
    Fault,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.tools import evidence
from coder_mcp.watching import follow
from model import Payload
from whole import Whole, deployed

BY_ID = "GET /api/v2/workspaces/{workspace}"
WATCH = f"{BY_ID}/watch-ws"
LOGS = "GET /api/v2/workspacebuilds/{workspacebuild}/logs"
CREATE = "POST /api/v2/users/{user}/workspaces"
BUILD = "POST /api/v2/workspaces/{workspace}/builds"
ASKED = "GET /api/v2/templateversions/{templateversion}/rich-parameters"
WINDOW = 20
REPO = "https://git.example.com/a.git"


async def prepared(whole: Whole, tool: str) -> dict[str, object]:
    """Arguments of a call that has something to wait for."""
    if tool == "create_workspace":
        return {"template": "slow", "name": "mine"}
    workspace = whole.world.create("slow", "mine")
    await whole.pass_time()
    if tool == "start_workspace":
        whole.world.build(workspace, "stop")
        await whole.pass_time()
    if tool == "wait_for_workspace":
        whole.world.build(workspace, "stop")
    if tool == "delete_workspace":
        asked = await whole.call(tool, workspace="mine")
        return {"workspace": "mine", "confirm": asked["confirm"]}
    return {"workspace": "mine"}


WAITING = [
    "create_workspace",
    "start_workspace",
    "stop_workspace",
    "delete_workspace",
    "wait_for_workspace",
]
FAULTS = {
    "never answered": NeverAnswer(),
    "answered late": Delay(9.5),
    "answer lost": LoseAnswer(),
    "out of order": Answer(status=503, headers={"Retry-After": "30"}),
    "limited": Answer(status=429, headers={"Retry-After": "60"}),
}


@pytest.mark.parametrize("tool", WAITING)
@pytest.mark.parametrize("action", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("after", [0, 1, 2, 3, 5])
async def test_a_call_answers_within_five_seconds_of_its_window_whatever_happens(
    tool: str, action: Delay, after: int
) -> None:
    async with deployed() as whole:
        arguments = await prepared(whole, tool)
        whole.simulator.faults.add(Fault(route="*", action=action, times=None, skip=after))
        began = anyio.current_time()
        result = await whole.model.result(tool, wait_seconds=WINDOW, **arguments)
        assert anyio.current_time() - began <= WINDOW + 5
        assert "inside coder-mcp" not in str(result.content)
        whole.simulator.faults.clear()
        await whole.pass_time()
        assert sum(len(workspace.builds) for workspace in whole.world.workspaces) <= 3


@pytest.mark.parametrize("tool", ["list_workspaces", "list_templates", "read_template"])
async def test_a_call_that_waits_for_nothing_ends_too(tool: str) -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route="*", action=Delay(9.5), times=None))
        began = anyio.current_time()
        arguments = {"template": "params"} if tool == "read_template" else {}
        await whole.model.result(tool, **arguments)
        assert anyio.current_time() - began <= DEFAULT_WAIT_SECONDS + 5


def test_the_limits_of_the_parts_fit_into_that_of_a_call() -> None:
    _, beyond = evidence.EVIDENCE_SECONDS
    assert follow.LAST_LOOK_SECONDS + beyond < calls.BEYOND_SECONDS < 5
    one_read = transport.READ_BUDGET_SECONDS + connections.READ_SECONDS
    assert one_read < DEFAULT_WAIT_SECONDS
    assert transport.WRITE_SECONDS < DEFAULT_WAIT_SECONDS


async def test_before_anything_is_known_the_same_call_is_what_is_next() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route="*", action=NeverAnswer(), times=None))
        answer = await whole.call(
            "create_workspace", template="params", parameters={"cpu": 4}, wait_seconds=3
        )
        assert (answer["outcome"], answer["phase"]) == ("in_progress", "requesting")
        assert "build_id" not in answer
        assert answer["next_step"] == (
            'Call create_workspace(template="params", parameters={"cpu": 4}) again.'
        )


async def at_once(
    whole: Whole, *arguments: dict[str, object], tool: str = "create_workspace"
) -> list[Payload]:
    """What calls answer that are made at the same time, in their order."""
    answers: dict[int, Payload] = {}

    async def one(number: int) -> None:
        answers[number] = await whole.call(tool, **arguments[number])

    async with anyio.create_task_group() as tasks:
        for number in range(len(arguments)):
            tasks.start_soon(one, number)
    return [answers[number] for number in sorted(answers)]


@pytest.mark.fault("M25")
async def test_the_same_create_twice_at_once_is_one_workspace_and_one_request() -> None:
    async with deployed() as whole:
        same: dict[str, object] = {"template": "quick", "name": "mine"}
        answers = await at_once(whole, same, same)
        assert [answer["outcome"] for answer in answers] == ["ready", "ready"]
        assert sorted(answer["created"] for answer in answers) == [False, True]
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


@pytest.mark.fault("M25")
@pytest.mark.parametrize("tool", ["start_workspace", "stop_workspace", "delete_workspace"])
async def test_the_same_change_twice_at_once_is_one_build(tool: str) -> None:
    async with deployed() as whole:
        arguments = await prepared(whole, tool)
        whole.simulator.ledger.clear()
        one, other = await at_once(whole, arguments, arguments, tool=tool)
        assert one["outcome"] == other["outcome"]
        assert one["build_id"] == other["build_id"]
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]


async def test_a_start_that_was_overtaken_by_another_does_not_build_again() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        given = {"region": "eu", "repo": REPO}
        workspace = whole.world.create("params", "mine", parameters=given)
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        whole.simulator.faults.add(Fault(route=ASKED, action=Delay(9)))
        slow, quick = await at_once(
            whole,
            {"workspace": "mine", "parameters": {"cpu": "8"}},
            {"workspace": "mine"},
            tool="start_workspace",
        )
        assert quick["outcome"] == "ready"
        assert (slow["outcome"], slow["error"]) == ("rejected", "the workspace is running")
        assert whole.requests("POST").count("POST /workspaces/{workspace}/builds") == 1


@pytest.mark.fault("M26")
async def test_many_waits_on_a_workspace_share_a_watcher_and_its_sockets() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        alone: dict[str, object] = {"workspace": "mine"}
        answers = await at_once(whole, *[alone] * 20, tool="wait_for_workspace")
        assert {answer["outcome"] for answer in answers} == {"ready"}
        streams = [line for line in whole.requests() if line.startswith("WS")]
        assert len(streams) == 2
        assert whole.requests().count("GET /workspaces/{workspace}") <= 2


async def test_who_joins_a_wait_late_knows_what_the_log_said() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        async with anyio.create_task_group() as tasks:

            async def first() -> None:
                await whole.model.client.call_tool("wait_for_workspace", {"workspace": "mine"})

            tasks.start_soon(first)
            await anyio.sleep(8)
            answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1)
            assert answer["outcome"] == "in_progress"
            assert answer["last_log"].startswith("docker_image.main: ")
        assert len([line for line in whole.requests() if line.startswith("WS")]) == 2


async def test_who_leaves_does_not_end_the_watch_of_who_stays() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answers: list[Payload] = []
        async with anyio.create_task_group() as tasks:

            async def stay() -> None:
                answers.append(await whole.call("wait_for_workspace", workspace="mine"))

            tasks.start_soon(stay)
            with anyio.move_on_after(3):
                await whole.call("wait_for_workspace", workspace="mine")
        assert [answer["outcome"] for answer in answers] == ["ready"]
        assert len([line for line in whole.requests() if line.startswith("WS")]) == 2


@pytest.mark.fault("M2")
async def test_a_write_under_way_goes_on_when_its_call_is_canceled_and_is_joined() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=Delay(8)))
        with anyio.move_on_after(4) as scope:
            await whole.call("create_workspace", template="quick", name="mine")
        assert scope.cancelled_caught
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", False)
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]
        assert len(whole.world.workspace("mine").builds) == 1


CUTS = {
    "closed": CloseAfter(frames=3, code=1011),
    "cut": CutAfter(frames=3),
    "closed at once": CloseAfter(frames=0, code=1000),
}


@pytest.mark.fault("N14", "N17", "C22")
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
async def test_a_log_that_breaks_off_goes_on_with_no_line_twice_and_none_lost(
    cut: CloseAfter | CutAfter,
) -> None:
    async def failed(whole: Whole) -> str:
        answer = await whole.call("create_workspace", template="broken", name="mine")
        assert answer["outcome"] == "build_failed"
        return answer["log_tail"]

    async with deployed() as whole:
        as_it_is = await failed(whole)
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=LOGS, action=cut, times=3))
        assert await failed(whole) == as_it_is


async def test_without_streams_it_is_polled_and_they_are_taken_up_again() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        refused = Answer(status=502, text="<html>", content_type="text/html")
        for route in (WATCH, LOGS):
            whole.simulator.faults.add(Fault(route=route, action=refused, times=2))
        answer = await whole.call("create_workspace", template="agent-late", name="mine")
        assert answer["outcome"] == "ready"
        await anyio.sleep(1)  # until they are left
        opened = [entry for entry in whole.simulator.ledger if entry.status == 101]
        assert {entry.path.rpartition("/")[2] for entry in opened} >= {"watch-ws"}


@pytest.mark.fault("N15")
async def test_a_stream_that_says_nothing_is_not_trusted_alone() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        for route in (WATCH, LOGS):
            whole.simulator.faults.add(Fault(route=route, action=StaySilent(), times=None))
        began = anyio.current_time()
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer["outcome"] == "ready"
        assert anyio.current_time() - began < 60


async def test_who_joins_once_the_log_is_gone_knows_what_it_said() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="60") as whole:
        refused = Answer(status=502, text="<html>", content_type="text/html")
        whole.simulator.faults.add(Fault(route=LOGS, action=CloseAfter(frames=12, code=1011)))
        whole.simulator.faults.add(Fault(route=LOGS, action=refused, times=None))
        whole.world.create("slow", "mine")
        later: list[Payload] = []

        async def late() -> None:
            await anyio.sleep(9)
            later.append(await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(late)
            await whole.model.client.call_tool("wait_for_workspace", {"workspace": "mine"})
        assert [answer["outcome"] for answer in later] == ["in_progress"]
        assert later[0]["last_log"]


async def test_an_agent_that_does_not_come_is_given_up_when_its_time_is_up_and_not_later() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        answer = await whole.call("create_workspace", template="agent-never", name="mine")
        assert answer["outcome"] == "unreachable"
        completed = whole.world.workspace("mine").latest_build.job.completed_at
        assert completed is not None
        assert 119 <= (whole.world.now() - completed).total_seconds() <= 122


async def test_once_the_watch_is_gone_it_is_looked_more_often() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        refused = Answer(status=502, text="<html>", content_type="text/html")
        whole.simulator.faults.add(Fault(route=WATCH, action=CloseAfter(frames=2, code=1011)))
        whole.simulator.faults.add(Fault(route=WATCH, action=refused, times=None))
        answer = await whole.call("create_workspace", template="agent-late", name="mine")
        assert answer["outcome"] == "ready"
        (agent,) = whole.world.workspace("mine").latest_build.agents
        assert agent.ready_at is not None
        assert (whole.world.now() - agent.ready_at).total_seconds() <= 4
