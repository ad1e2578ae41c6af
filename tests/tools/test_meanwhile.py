"""What others do between a call's look and its request, and deployments that take their time."""

import pytest

from coder_mcp.simulator import Answer, Delay, Fault, LoseAnswer
from whole import Whole, deployed

BUILD = "POST /api/v2/workspaces/{workspace}/builds"
CREATE = "POST /api/v2/users/{user}/workspaces"
NOT_APPLIED = "so the parameters given were not applied"
REPO = "https://git.example.com/a.git"
GIVEN = {"region": "eu", "repo": REPO}


async def stopped(whole: Whole) -> None:
    workspace = whole.world.create("params", "mine", parameters=GIVEN)
    await whole.pass_time()
    whole.world.build(workspace, "stop")
    await whole.pass_time()


@pytest.mark.parametrize("seconds", [8, 15, 25])
async def test_a_deployment_may_take_its_time_over_a_create(seconds: float) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=Delay(seconds)))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)


async def test_parameters_are_not_applied_by_a_start_that_came_first_and_that_is_said() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        await stopped(whole)
        (workspace,) = whole.world.workspaces
        whole.simulator.faults.add(Fault(route=BUILD, action=Delay(1)))
        whole.later(0.5, lambda: whole.world.build(workspace, "start", by="admin"))
        answer = await whole.call(
            "start_workspace", workspace="mine", parameters={"repo": f"{REPO}/other"}
        )
        assert answer["outcome"] == "ready"
        assert NOT_APPLIED in answer["message"]


async def test_parameters_are_not_applied_by_a_start_after_a_stop_and_that_is_said() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        await stopped(whole)
        (workspace,) = whole.world.workspaces
        whole.world.build(workspace, "start")
        await whole.pass_time()
        stop = whole.world.build(workspace, "stop")

        def start_again(_: object) -> None:
            if stop.job.status == "succeeded" and workspace.latest_build is stop:
                whole.world.build(workspace, "start", by="admin")

        with whole.world.workspace_changed.heard_by(start_again):
            answer = await whole.call(
                "start_workspace", workspace="mine", parameters={"repo": f"{REPO}/other"}
            )
        assert answer["outcome"] == "ready"
        assert NOT_APPLIED in answer["message"]
        assert whole.requests("POST") == []


async def test_a_create_that_lost_the_race_for_its_name_is_not_told_as_its_own() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        body = {
            "message": "Internal error creating workspace.",
            "detail": 'duplicate key value violates "workspaces_owner_id_lower_idx"',
        }
        whole.simulator.faults.add(Fault(route=CREATE, action=Delay(1)))
        whole.simulator.faults.add(Fault(route=CREATE, action=Answer(status=500, body=body)))
        whole.later(0.5, lambda: whole.world.create("quick", "mine"))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", False)


@pytest.mark.fault("H19")
async def test_what_refuses_a_request_on_its_way_is_no_lost_answer() -> None:
    async with deployed() as whole:
        page = Answer(status=403, text="<html>blocked", content_type="text/html")
        whole.simulator.faults.add(Fault(route=CREATE, action=page))
        text = await whole.model.refusal("create_workspace", template="quick", name="mine")
        assert "HTTP 403 and a web page, which is not how Coder answers" in text


async def test_an_administrators_lost_start_of_somebody_elses_workspace_is_found() -> None:
    async with deployed(user="admin", CODER_MCP_OTHERS="1") as whole:
        await stopped(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=LoseAnswer()))
        answer = await whole.call("start_workspace", workspace="dev1/mine")
        assert (answer["outcome"], answer["started"]) == ("ready", True)


async def test_an_owners_start_is_not_taken_for_the_administrators_that_was_lost() -> None:
    async with deployed(user="admin", CODER_MCP_OTHERS="1", CODER_MCP_WAIT_SECONDS="120") as whole:
        await stopped(whole)
        (workspace,) = whole.world.workspaces
        broken = Answer(status=502, text="<html>", content_type="text/html")
        whole.simulator.faults.add(Fault(route=BUILD, action=broken))
        whole.later(0.2, lambda: whole.world.build(workspace, "start", by="dev1"))
        answer = await whole.call("start_workspace", workspace="dev1/mine")
        assert answer["outcome"] == "unknown"
        assert "failed to answer (HTTP 502)" in answer["error"]


async def test_a_stop_that_is_under_way_after_a_start_is_not_told_as_not_asked_for() -> None:
    async with deployed() as whole:
        whole.world.create("external-agent", "mine")
        whole.simulator.faults.add(Fault(route=BUILD, action=Delay(12)))
        answer = await whole.call("stop_workspace", workspace="mine", wait_seconds=3)
        assert (answer["outcome"], answer["phase"]) == ("in_progress", "requesting")
        assert "nothing was changed" not in answer["message"]
        await whole.pass_time()
        assert [build.transition for build in whole.world.builds()] == ["start", "stop"]
