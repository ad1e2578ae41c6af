"""extend_workspace."""

import json
import re
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer
from coder_mcp.simulator.records.state import Workspace
from model import Payload, environ_for, model_on
from whole import Whole, deployed

EXTEND = "PUT /api/v2/workspaces/{workspace}/extend"
HOUR_MS = 3600 * 1000


async def running(whole: Whole, hours: int = 8) -> Workspace:
    """A workspace that stops automatically after so many hours."""
    whole.world.template("quick").default_ttl_ms = hours * HOUR_MS
    workspace = whole.world.create("quick", "mine")
    await whole.pass_time()
    return workspace


def masked(answer: Payload) -> Payload:
    """The answer without its times, which are those of the run."""
    return json.loads(re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", json.dumps(answer)))


async def test_a_running_workspace_runs_so_many_hours_longer() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        before = workspace.latest_build.deadline
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert masked(answer) == snapshot(
            {
                "outcome": "extended",
                "message": "Workspace dev1/mine now runs until <time>, unless it is stopped before.",
                "workspace_name": "dev1/mine",
                "deadline": "<time>",
                "previous_deadline": "<time>",
            }
        )
        after = workspace.latest_build.deadline
        assert before is not None
        assert after is not None
        assert (after - before).total_seconds() == 2 * 3600
        assert answer["deadline"] == f"{after:%Y-%m-%dT%H:%M:%SZ}"
        assert whole.requests("P") == ["PUT /workspaces/{workspace}/extend"]


async def test_the_template_s_limit_cuts_the_extension_and_that_is_said() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        build = workspace.latest_build
        assert build.deadline is not None
        build.max_deadline = build.deadline + timedelta(hours=1)
        answer = await whole.call("extend_workspace", workspace="mine", hours=5)
        assert masked(answer)["message"] == snapshot(
            "Workspace dev1/mine now runs until <time>, unless it is stopped before. That is the longest that its template allows."
        )
        assert build.deadline == build.max_deadline


async def test_at_the_template_s_limit_nothing_is_sent() -> None:
    async with deployed() as whole:
        build = (await running(whole)).latest_build
        build.max_deadline = build.deadline
        assert masked(await whole.call("extend_workspace", workspace="mine", hours=5)) == snapshot(
            {
                "outcome": "rejected",
                "message": "Workspace dev1/mine is stopped at <time>, and its template does not let it run longer without a restart. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": "Tell the person; after the stop it can be started again.",
                "error": "the template's limit is reached",
            }
        )
        assert whole.requests("P") == []


async def test_a_workspace_without_a_deadline_needs_no_extension() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        assert await whole.call("extend_workspace", workspace="mine", hours=2) == snapshot(
            {
                "outcome": "rejected",
                "message": "Workspace dev1/mine has no deadline: it runs until somebody stops it. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": "Tell the person that it keeps running; nothing has to be done.",
                "error": "the workspace is stopped by hand only",
            }
        )
        assert whole.requests("P") == []


async def test_a_stopped_workspace_cannot_run_longer() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            (
                "rejected",
                'Ask the person whether to start it: start_workspace(workspace="dev1/mine").',
            )
        )
        assert whole.requests("P") == []


async def test_what_coder_refuses_is_told_in_its_words() -> None:
    async with deployed() as whole:
        await running(whole)
        refused = Answer(status=409, body={"message": "Workspace shutdown is manual."})
        whole.simulator.faults.add(Fault(route=EXTEND, action=refused))
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert masked(answer) == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused to let workspace dev1/mine run longer. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'Tell the person why; get_workspace(workspace="dev1/mine") shows how it stands.',
                "error": "Workspace shutdown is manual.",
            }
        )


async def test_an_extension_whose_answer_was_lost_is_looked_up_and_not_sent_again() -> None:
    async with deployed() as whole:
        await running(whole)
        whole.simulator.faults.add(Fault(route=EXTEND, action=LoseAnswer()))
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert answer["outcome"] == "extended"
        assert len(whole.requests("P")) == 1


async def test_an_extension_that_was_not_heard_is_told_as_unknown() -> None:
    # The tool does not wait, so its window is that of a look: a cut connection ends soon enough.
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        await running(whole)
        whole.simulator.faults.add(Fault(route=EXTEND, action=NeverAnswer()))
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert masked(answer) == snapshot(
            {
                "outcome": "unknown",
                "message": "The answer to the request to let workspace dev1/mine run longer was lost, and its deadline is unchanged so far.",
                "workspace_name": "dev1/mine",
                "next_step": 'Before it is asked for again, call get_workspace(workspace="dev1/mine") and look at its deadline.',
                "error": "https://coder.test accepted the connection but did not answer in time.",
            }
        )
        assert len(whole.requests("P")) == 1


@pytest.mark.parametrize("hours", [0, -1, 169, "soon", True, None])
async def test_hours_that_make_no_sense_are_refused(hours: object) -> None:
    async with deployed() as whole:
        await running(whole)
        text = await whole.model.refusal("extend_workspace", workspace="mine", hours=hours)
        assert text.startswith("The arguments of extend_workspace are not right: hours")
        assert whole.requests() == []


async def test_a_token_that_may_not_change_workspaces_is_told_the_scope_that_it_lacks() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        before = workspace.latest_build.deadline
        token = whole.world.add_token("dev1", {"workspace:read", "template:read"})
        async with model_on(environ_for(whole.simulator.url, token)) as model:
            answer = await model.call("extend_workspace", workspace="mine", hours=2)
        assert masked(answer) == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused to let workspace dev1/mine run longer. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'A session token that is limited to scopes needs the scope workspace:update (coder:workspaces.operate holds it, and what else is needed). Tell the person why; get_workspace(workspace="dev1/mine") shows how it stands.',
                "error": "Failed to extend workspace deadline.",
            }
        )
        assert workspace.latest_build.deadline == before
        assert len(whole.requests("P")) == 1


async def test_a_workspace_that_is_being_built_is_to_be_waited_for() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        answer = await whole.call("extend_workspace", workspace="mine", hours=2)
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            (
                "rejected",
                'Call wait_for_workspace(workspace="dev1/mine"), which waits for the build that is under way.',
            )
        )


async def test_a_deleted_workspace_is_not_said_to_be_startable() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        answer = await whole.call("extend_workspace", workspace=str(workspace.id), hours=2)
        assert (answer["outcome"], answer["next_step"]) == snapshot(
            ("rejected", "Tell the person; create_workspace makes another one.")
        )
