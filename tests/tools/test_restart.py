"""restart_workspace."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, NeverAnswer
from coder_mcp.simulator.records.state import Workspace
from whole import Whole, deployed

BUILD = "POST /api/v2/workspaces/{workspace}/builds"


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
                "message": "Workspace dev1/mine is started and ready. The workspace was stopped for that.",
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


@pytest.mark.parametrize("status", [403, 409])
async def test_a_stop_that_is_refused_changes_nothing(status: int) -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        refused = Answer(status=status, body={"message": "No."})
        whole.simulator.faults.add(Fault(route=BUILD, action=refused))
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


async def test_a_stop_that_is_canceled_is_not_followed_by_a_start() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.hold_provisioners()
        whole.later(2, lambda: whole.world.cancel(workspace.latest_build))
        answer = await whole.call("restart_workspace", workspace="mine")
        assert answer["outcome"] == "canceled"
        assert transitions(workspace) == ["start", "stop"]


async def test_a_start_that_does_not_fit_the_quota_any_more_is_told_as_such() -> None:
    async with deployed() as whole:
        await running(whole, "gpu")
        whole.world.set_budget(20)
        answer = await whole.call("restart_workspace", workspace="mine")
        assert (answer["outcome"], answer["error_code"]) == ("quota_reached", "INSUFFICIENT_QUOTA")
        assert "The workspace was stopped for that." in answer["message"]


PARAMETERS = {"region": "eu", "repo": "https://example.com/a"}
