"""restart_workspace."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Delay, Fault, NeverAnswer
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.templates import parts
from coder_mcp.simulator.templates.definitions import Transition
from whole import Whole, deployed

BUILD = "POST /api/v2/workspaces/{workspace}/builds"

BY_NAME = "GET /users/{user}/workspace/{workspacename}"
QUOTA = "GET /organizations/{organization}/members/{user}/workspace-quota"


async def running(whole: Whole, template: str = "quick") -> Workspace:
    workspace = whole.world.create(template, "mine")
    await whole.pass_time()
    return workspace


def transitions(workspace: Workspace) -> list[str]:
    return [build.transition for build in workspace.builds]


async def test_a_running_workspace_is_stopped_and_started() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is started and ready. Before this start, the workspace was stopped.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "60905b16-a4b0-4dca-baec-153b8ed9a959",
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert transitions(workspace) == ["start", "stop", "start"]
        assert len(whole.requests("POST")) == 2


async def test_a_stopped_workspace_is_just_started() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        answer = await whole.call("restart_workspace", workspace="mine")
        assert (answer["outcome"], answer["message"]) == snapshot(
            ("ready", "Workspace dev1/mine is started and ready.")
        )
        assert transitions(workspace) == ["start", "stop", "start"]


async def test_a_start_that_is_under_way_is_waited_for_then_stopped_and_started() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer["outcome"] == "ready"
        assert transitions(workspace) == ["start", "stop", "start"]


async def test_where_the_window_closes_between_the_two_the_second_half_is_next() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        answer = await whole.call("restart_workspace", workspace="mine", wait_seconds=0)
        answer.pop("elapsed_seconds")
        assert answer == snapshot(
            {
                "outcome": "in_progress",
                "message": "Workspace dev1/mine is being stopped, and has still to be started after that. The build is queued, number 1 of 1. It goes on without this call.",
                "workspace_name": "dev1/mine",
                "phase": "queued",
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
                "queue_position": 1,
                "queue_size": 1,
                "next_step": 'Call start_workspace(workspace="dev1/mine"), which waits for the stop and starts it.',
            }
        )
        onward = await whole.call("start_workspace", workspace="dev1/mine")
        assert onward["outcome"] == "ready"
        assert transitions(workspace) == ["start", "stop", "start"]


async def test_where_a_call_ends_during_the_stop_the_second_half_is_next() -> None:
    """The whole call is limited, too: what is answered then is what was known."""
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.hold_provisioners()
        whole.simulator.faults.add(
            Fault(route="GET /api/v2/workspaces/{workspace}", action=NeverAnswer(), times=None)
        )
        answer = await whole.call("restart_workspace", workspace="mine", wait_seconds=5)
        assert answer["outcome"] == "in_progress"
        assert answer["next_step"].startswith('Call start_workspace(workspace="dev1/mine")')
        assert transitions(workspace) == ["start", "stop"]


async def test_parameters_are_checked_before_anything_is_stopped() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters=PARAMETERS)
        await whole.pass_time()
        answer = await whole.call("restart_workspace", workspace="mine", parameters={"memory": "4"})
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            (
                "rejected",
                'Correct them (read_template(template="c6147ea6-0058-4ebc-99bf-e9521b067f58") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: restart_workspace(workspace="dev1/mine", parameters={"memory": "4"}).',
            )
        )
        assert transitions(workspace) == ["start"]


async def test_parameters_are_applied_by_the_start() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters=PARAMETERS)
        await whole.pass_time()
        answer = await whole.call("restart_workspace", workspace="mine", parameters={"cpu": "8"})
        assert answer["outcome"] == "ready"
        assert workspace.latest_build.parameters["cpu"] == "8"


async def test_a_start_that_is_refused_after_the_stop_says_that_it_was_stopped() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        refused = Answer(status=403, body={"message": "You do not have permission."})
        whole.simulator.faults.add(Fault(route=BUILD, action=refused, skip=1))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Workspace dev1/mine was stopped, but Coder refused to start it again.",
                "workspace_name": "dev1/mine",
                "template_id": "de66bfe2-4be2-473c-a1ca-6d00bf483c0f",
                "next_step": 'Tell the person that they, or this session token, may not do this; an administrator can allow it. Once that is done, call start_workspace(workspace="dev1/mine").',
                "error": "You do not have permission.",
            }
        )
        assert transitions(workspace) == ["start", "stop"]


async def test_an_error_after_the_stop_says_that_it_was_stopped() -> None:
    async with deployed() as whole:
        await running(whole)
        limited = Answer(status=429, body={"message": "You've been rate limited."})
        whole.simulator.faults.add(Fault(route=BUILD, action=limited, skip=1))
        text = await whole.model.refusal("restart_workspace", workspace="mine")
        assert (
            "Workspace dev1/mine was stopped: to start it, call"
            ' start_workspace(workspace="dev1/mine").'
        ) in text


async def test_where_the_start_hangs_after_the_stop_it_is_said_to_be_stopped() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="10") as whole:
        workspace = await running(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=NeverAnswer(), skip=1))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "in_progress",
                "message": "Workspace dev1/mine was stopped, and its start is not seen yet. If it was asked for, it goes on without this call, and the same start is not made twice.",
                "workspace_name": "dev1/mine",
                "phase": "requesting",
                "next_step": 'Call start_workspace(workspace="dev1/mine"), which starts it, or waits for the start that is there.',
            }
        )
        assert transitions(workspace) == ["start", "stop"]
        await whole.pass_time()
        onward = await whole.call("start_workspace", workspace="dev1/mine")
        assert onward["outcome"] == "ready"


@pytest.mark.parametrize("status", [403, 409])
async def test_a_stop_that_is_refused_changes_nothing(status: int) -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        refused = Answer(status=status, body={"message": "No."})
        whole.simulator.faults.add(Fault(route=BUILD, action=refused, times=None))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert (answer["outcome"], answer["error"]) == ("rejected", "No.")
        assert transitions(workspace) == ["start"]


async def test_a_stop_whose_answer_was_not_heard_is_told_as_unknown() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        workspace = await running(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=NeverAnswer()))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer["outcome"] == "unknown"
        assert transitions(workspace) == ["start"]


async def test_a_stop_that_is_canceled_is_not_followed_by_a_start_and_the_restart_is_made_anew() -> (
    None
):
    """Whoever follows what is said to the letter ends with a workspace that was restarted."""
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters=PARAMETERS)
        await whole.pass_time()
        whole.world.hold_provisioners()
        whole.later(2, lambda: whole.world.cancel(workspace.latest_build))
        again = {"workspace": "dev1/mine", "parameters": {"cpu": "8"}}
        answer = await whole.call("restart_workspace", **again)
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            (
                "canceled",
                'Ask the person whether to try again: restart_workspace(workspace="dev1/mine", parameters={"cpu": "8"}).',
            )
        )
        assert transitions(workspace) == ["start", "stop"]
        whole.world.release_provisioners()
        answer = await whole.call("restart_workspace", **again)
        assert answer["outcome"] == "ready"
        assert transitions(workspace) == ["start", "stop", "stop", "start"]


@pytest.mark.parametrize("transition", ["stop", "start"])
async def test_where_another_build_came_before_the_stop_it_is_decided_once_more(
    transition: Transition,
) -> None:
    """Whoever asked for the other build, the workspace is restarted."""
    async with deployed() as whole:
        workspace = await running(whole, "gpu")
        # While the quota is read, somebody else is quicker.
        slow = f"GET /api/v2{QUOTA.removeprefix('GET ')}"
        whole.simulator.faults.add(Fault(route=slow, action=Delay(0.1)))
        whole.once_sent(QUOTA, lambda: whole.world.build(workspace, transition))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer["outcome"] == "ready"
        stops = ["stop"] if transition == "stop" else ["start", "stop"]
        assert transitions(workspace) == ["start", *stops, "start"]


async def test_where_another_build_comes_first_again_the_restart_is_what_is_next() -> None:
    async with deployed() as whole:
        await running(whole)
        refused = Answer(status=409, body={"message": "A workspace build is already active."})
        whole.simulator.faults.add(Fault(route=BUILD, action=refused, times=None))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert 'call restart_workspace(workspace="dev1/mine")' in answer["next_step"]
        assert len(whole.requests("POST")) == 2


async def test_a_start_that_does_not_fit_the_quota_any_more_is_told_as_such() -> None:
    async with deployed() as whole:
        await running(whole, "gpu")
        whole.once_sent(f"{BUILD.replace('/api/v2', '')}", lambda: whole.world.set_budget(20))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert (answer["outcome"], answer["error_code"]) == ("quota_reached", "INSUFFICIENT_QUOTA")
        assert answer["message"].endswith("Before this start, the workspace was stopped.")


async def test_over_the_budget_a_workspace_is_not_stopped_for_a_start_that_would_be_refused() -> (
    None
):
    async with deployed() as whole:
        workspace = await running(whole, "gpu")
        whole.world.set_budget(30)
        answer = await whole.call("restart_workspace", workspace="mine", wait_seconds=0)
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Workspace dev1/mine was not stopped: the workspace quota is full, and would refuse to start it again. 40 of 30 credits are used, 40 of them by this workspace. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'Ask the person to have the allowance raised: this workspace alone needs more than it. When there is room, call restart_workspace(workspace="dev1/mine").',
                "error": "the start would exceed the quota",
            }
        )
        assert transitions(workspace) == ["start"]
        assert whole.requests() == [BY_NAME, QUOTA]


async def test_over_the_budget_a_start_that_may_cost_less_is_tried_and_that_is_said_before() -> (
    None
):
    async with deployed() as whole:
        gpu = whole.world.template("gpu")
        asked = replace(gpu.active_version.definition, parameters=parts.CLASSIC_PARAMETERS[1:2])
        whole.world.publish_version(gpu, asked)
        await running(whole, "gpu")
        whole.world.set_budget(30)
        parameters = {"cpu": "8"}
        answer = await whole.call("restart_workspace", workspace="mine", parameters=parameters)
        assert answer["outcome"] == "quota_reached"
        assert whole.model.progress[0][1] == snapshot(
            "The quota may refuse the start that follows. 40 of 30 credits are used, 40 of them by this workspace. The build is queued for a provisioner."
        )


PARAMETERS = {"region": "eu", "repo": "https://example.com/a"}
