"""cancel_build."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer
from coder_mcp.simulator.records.state import Workspace
from model import environ_for, model_on
from recorded import answered
from whole import Whole, deployed

CANCEL = "PATCH /api/v2/workspacebuilds/{workspacebuild}/cancel"


async def building(whole: Whole, seconds: float = 3) -> Workspace:
    """A workspace whose build takes 12 s, and may be canceled by its owner."""
    workspace = whole.world.create("slow", "mine")
    await whole.pass_time(seconds)
    return workspace


async def test_a_running_build_is_canceled_and_its_end_awaited() -> None:
    async with deployed() as whole:
        workspace = await building(whole)
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "canceled",
                "message": "The start build of workspace dev1/mine was canceled.",
                "workspace_name": "dev1/mine",
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "next_step": 'Tell the person. When the workspace is wanted, call start_workspace(workspace="dev1/mine").',
            }
        )
        assert workspace.latest_build.job.status == "failed"  # as Coder ends it
        assert whole.requests("P") == ["PATCH /workspacebuilds/{workspacebuild}/cancel"]


async def test_a_pending_build_is_canceled_at_once() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        workspace = await building(whole)
        answer = await whole.call("cancel_build")
        assert (answer["outcome"], answer["build_id"]) == (
            "canceled",
            str(workspace.latest_build.id),
        )
        assert workspace.latest_build.job.status == "canceled"


async def test_where_the_template_does_not_let_its_users_cancel_it_says_who_can() -> None:
    async with deployed() as whole:
        whole.world.template("slow").allow_user_cancel_workspace_jobs = False
        await building(whole)
        assert await whole.call("cancel_build", workspace="mine") == snapshot(
            {
                "outcome": "rejected",
                "message": "The build of workspace dev1/mine was not canceled: its template lets only the deployment's owners cancel builds. It goes on.",
                "workspace_name": "dev1/mine",
                "template_id": "de9fb44b-d125-4329-8192-c737d5690589",
                "next_step": 'Tell the person: an owner can cancel it, or a template administrator can allow it to all users. Otherwise call wait_for_workspace(workspace="dev1/mine"), which waits for its end.',
                "error": "User is not allowed to cancel workspace builds. Owner role is required.",
            }
        )


@pytest.mark.parametrize(
    "name", ["builds/cancel-pending-not-allowed-but-expected", "builds/cancel-finished"]
)
async def test_every_recorded_refusal_is_told_in_words_that_help(name: str) -> None:
    recorded = answered(name)
    status = 500 if "expected" in name else 403
    async with deployed() as whole:
        whole.world.template("slow").allow_user_cancel_workspace_jobs = False
        await building(whole)
        whole.simulator.faults.add(Fault(route=CANCEL, action=Answer(status=status, body=recorded)))
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer["outcome"] == "rejected"
        assert "lets only the deployment's owners cancel builds. It goes on." in answer["message"]
        assert answer["error"] == recorded["message"]
        assert 'wait_for_workspace(workspace="dev1/mine")' in answer["next_step"]
        assert len(whole.requests("P")) == 1


async def test_a_token_that_may_not_read_the_template_is_named_as_the_cause() -> None:
    message = "Internal error verifying permission to cancel workspace build."
    async with deployed() as whole:
        await building(whole)
        refused = Answer(status=500, body={"message": message})
        whole.simulator.faults.add(Fault(route=CANCEL, action=refused))
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer["outcome"] == "rejected"
        assert "a token with the scope template:read" in answer["next_step"]


async def test_a_token_that_may_not_change_the_workspace_is_refused_in_words_that_help() -> None:
    async with deployed() as whole:
        await building(whole)
        token = whole.world.add_token("dev1", {"workspace:read", "template:read", "user:read"})
        async with model_on(environ_for(whole.simulator.url, token)) as model:
            answer = await model.call("cancel_build", workspace="mine")
        assert answer["outcome"] == "rejected"
        assert "a token with the scope workspace:update" in answer["next_step"]
        assert "detail" not in answer
        assert "example.com" not in str(answer)


async def test_a_build_that_ended_before_the_cancel_came_is_told_by_its_end() -> None:
    async with deployed() as whole:
        workspace = await building(whole, 5)
        ended = Answer(status=400, body={"message": "Job has already completed!"})
        whole.simulator.faults.add(Fault(route=CANCEL, action=ended))
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer["outcome"] == "ready"
        assert answer["message"] == snapshot(
            "The build ended before it could be canceled. Workspace dev1/mine is ready."
        )
        assert workspace.latest_build.job.status == "succeeded"


async def test_where_no_build_is_under_way_nothing_is_sent() -> None:
    async with deployed() as whole:
        await building(whole, 60)
        assert await whole.call("cancel_build", workspace="mine") == snapshot(
            {
                "outcome": "rejected",
                "message": "No build of workspace dev1/mine is under way: its latest, a start, has ended, and its state is running. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'Ask the person whether to stop it, which ends what runs in it: stop_workspace(workspace="dev1/mine").',
                "error": "no build is under way",
            }
        )
        assert whole.requests("P") == []


async def test_a_build_that_somebody_canceled_is_told_and_not_canceled_again() -> None:
    async with deployed() as whole:
        workspace = await building(whole)
        whole.world.cancel(workspace.latest_build)
        going = await whole.call("cancel_build", workspace="mine")
        again = await whole.call("cancel_build", workspace="mine")
        assert [going["outcome"], again["outcome"]] == ["canceled", "canceled"]
        assert "ended_at" in again
        assert whole.requests("P") == []


async def test_a_cancel_whose_answer_was_lost_is_looked_up_and_not_sent_again() -> None:
    async with deployed() as whole:
        await building(whole)
        whole.simulator.faults.add(Fault(route=CANCEL, action=LoseAnswer()))
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer["outcome"] == "canceled"
        assert len(whole.requests("P")) == 1


async def test_a_cancel_that_was_not_heard_is_told_as_unknown() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        whole.world.hold_provisioners()
        await building(whole)
        whole.simulator.faults.add(Fault(route=CANCEL, action=NeverAnswer()))
        answer = await whole.call("cancel_build", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "unknown",
                "message": "The answer to the request to cancel the build of workspace dev1/mine was lost, and the build goes on so far.",
                "workspace_name": "dev1/mine",
                "next_step": 'Call cancel_build(workspace="dev1/mine") again; to cancel a build twice does no harm.',
                "error": "https://coder.test accepted the connection but did not answer in time.",
            }
        )
        assert len(whole.requests("P")) == 1


async def test_the_window_may_close_on_a_build_that_is_being_canceled() -> None:
    async with deployed() as whole:
        await building(whole)
        answer = await whole.call("cancel_build", workspace="mine", wait_seconds=0)
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            ("in_progress", 'Call wait_for_workspace(workspace="dev1/mine").')
        )
