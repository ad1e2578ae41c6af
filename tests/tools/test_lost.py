"""Writes whose answer is lost, and reads that fail beside them: what is told, what is sent."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer
from whole import Whole, deployed

BUILD = "POST /api/v2/workspaces/{workspace}/builds"
CREATE = "POST /api/v2/users/{user}/workspaces"
BY_ID = "GET /api/v2/workspaces/{workspace}"
BY_NAME = "GET /api/v2/users/{user}/workspace/{workspacename}"
LOGS = "GET /api/v2/workspacebuilds/{workspacebuild}/logs"
BROKEN = Answer(status=500, body={"message": "Internal server error."})


async def stopped(whole: Whole) -> None:
    workspace = whole.world.create("quick", "mine")
    await whole.pass_time()
    whole.world.build(workspace, "stop")
    await whole.pass_time()


@pytest.mark.fault("N6")
async def test_a_start_that_was_not_heard_is_told_as_unknown_and_not_sent_again() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        await stopped(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=NeverAnswer()))
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "unknown",
                "message": "The answer to the request for a start build of workspace dev1/mine was lost, and no such build is to be seen yet. It may still come.",
                "workspace_name": "dev1/mine",
                "next_step": 'Tell the person. Before anything is tried again, look whether it has come: call wait_for_workspace(workspace="dev1/mine").',
                "error": "https://coder.test accepted the connection but did not answer in time.",
            }
        )
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]


async def test_a_start_that_the_deployment_failed_at_is_an_error() -> None:
    async with deployed() as whole:
        await stopped(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=BROKEN))
        text = await whole.model.refusal("start_workspace", workspace="mine")
        assert "failed to answer (HTTP 500)" in text
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]


async def test_a_create_that_can_not_be_looked_up_either_is_told_as_unknown() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=LoseAnswer()))
        whole.simulator.faults.add(Fault(route=BY_NAME, action=BROKEN, times=None, skip=1))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer == snapshot(
            {
                "outcome": "unknown",
                "message": "The answer to the request to create workspace mine was lost, and there is no such workspace to be seen yet. It may still come.",
                "workspace_name": "me/mine",
                "next_step": "Tell the person; before anything is tried again, call list_workspaces() and look whether it has come.",
                "error": "https://coder.test cut the connection before the answer was complete.",
            }
        )
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


async def test_somebody_elses_build_is_not_taken_for_the_one_that_was_lost() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        await stopped(whole)
        (workspace,) = whole.world.workspaces
        whole.simulator.faults.add(Fault(route=BUILD, action=NeverAnswer()))
        whole.later(1, lambda: whole.world.build(workspace, "start", by="admin"))
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer["outcome"] == "unknown"


async def test_a_lost_delete_is_done_where_the_workspace_is_gone() -> None:
    async with deployed() as whole:
        await stopped(whole)
        asked = await whole.call("delete_workspace", workspace="mine")
        confirm = asked["next_step"].partition('confirm="')[2].partition('"')[0]
        (workspace,) = whole.world.workspaces
        # While the answer is awaited the build is made and ends.
        whole.simulator.faults.add(Fault(route=BUILD, action=LoseAnswer(is_cut=False)))
        answer = await whole.call("delete_workspace", workspace=str(workspace.id), confirm=confirm)
        assert (answer["outcome"], answer["deleted"]) == ("deleted", True)
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]


async def test_a_failed_build_is_told_without_its_log_where_that_cannot_be_read() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=LOGS, action=BROKEN, times=None))
        answer = await whole.call("create_workspace", template="broken", name="mine")
        assert answer["outcome"] == "build_failed"
        assert "log_tail" not in answer


async def test_a_refusal_is_told_without_what_would_be_allowed_where_that_cannot_be_read() -> None:
    async with deployed() as whole:
        message = 'Unable to validate parameter "region"'
        refused = Answer(status=400, body={"message": message, "detail": "not an option"})
        whole.simulator.faults.add(Fault(route=CREATE, action=refused))
        asked = "GET /api/v2/templateversions/{templateversion}/rich-parameters"
        whole.simulator.faults.add(Fault(route=asked, action=BROKEN, times=None, skip=1))
        given = {"region": "eu", "repo": "https://git.example.com/a.git"}
        answer = await whole.call("create_workspace", template="params", parameters=given)
        assert (answer["outcome"], answer["error"]) == ("rejected", message)
        assert answer["validations"] == [{"field": "region", "detail": "not an option"}]


async def test_a_build_is_followed_though_each_look_at_the_workspace_fails() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=BY_ID, action=BROKEN, times=None))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer["outcome"] == "ready"


@pytest.mark.parametrize("wait_seconds", [0, 5])
async def test_a_build_that_cannot_be_seen_at_all_goes_on_for_all_we_know(
    wait_seconds: int,
) -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        whole.simulator.faults.add(Fault(route=BY_ID, action=BROKEN, times=None))
        whole.simulator.faults.add(Fault(route=f"{BY_ID}/watch-ws", action=BROKEN, times=None))
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=wait_seconds)
        assert answer["outcome"] == "in_progress"
