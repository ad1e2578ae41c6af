"""What a person has to say before anything is done, and what stands in the way."""

import httpx2
import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from coder_mcp.simulator.records.state import Workspace
from whole import Whole, deployed


@pytest.mark.parametrize("tool", ["stop_workspace", "wait_for_workspace", "delete_workspace"])
async def test_of_several_workspaces_none_is_taken_for_the_one_that_is_meant(tool: str) -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call(tool, workspace="")
        assert answer["outcome"] == "needs_choice"
        assert answer["next_step"] == (
            f'Ask the person which one; then call {tool}(workspace="<name>").'
        )
        assert whole.requests("POST") == []


async def test_a_template_of_two_organizations_is_not_read_for_the_one_that_is_meant() -> None:
    async with deployed() as whole:
        answer = await whole.call("read_template", template="shared-name")
        assert answer["outcome"] == "needs_choice"
        assert answer["candidates"] == ["coder/shared-name", "research/shared-name"]


async def test_a_template_that_one_of_two_organizations_has_needs_no_organization() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="notebook", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert whole.world.workspace("mine").template.organization.name == "research"


async def test_a_create_from_a_template_of_two_organizations_asks_and_then_takes_either() -> None:
    async with deployed() as whole:
        asked = await whole.call("create_workspace", template="shared-name", name="one")
        assert asked == snapshot(
            {
                "outcome": "needs_choice",
                "message": "More than one organization has a template named shared-name.",
                "candidates": ["coder/shared-name", "research/shared-name"],
                "next_step": "Ask the person which one; then make the same call with it as template.",
            }
        )
        assert whole.requests("POST") == []
        first = await whole.call("create_workspace", template=asked["candidates"][1], name="one")
        second = await whole.call(
            "create_workspace", template="shared-name", organization="Coder", name="two"
        )
        assert (first["outcome"], second["outcome"]) == ("ready", "ready")
        organizations = [
            whole.world.workspace(name).template.organization.name for name in ("one", "two")
        ]
        assert organizations == ["research", "coder"]


async def test_an_organization_that_has_no_such_template_is_told_of_the_one_that_has() -> None:
    async with deployed() as whole:
        told = await whole.model.refusal(
            "create_workspace", template="notebook", organization="coder"
        )
        assert told.replace(whole.simulator.url, "https://coder.test") == snapshot(
            'There is no template "coder/notebook" on https://coder.test that this session token can see. It may mean: research/notebook. Nothing was created; list_templates() shows them all.'
        )
        assert "It may mean: coder/quick." in await whole.model.refusal(
            "create_workspace", template="quick", organization="nowhere"
        )
        assert whole.requests("POST") == []


async def test_a_workspace_of_a_template_named_by_its_id_is_found_again() -> None:
    async with deployed() as whole:
        template = str(whole.world.template("quick").id)
        first = await whole.call("create_workspace", template=template)
        again = await whole.call("create_workspace", template=template)
        assert first["workspace_name"] == again["workspace_name"] == "dev1/quick"
        assert (first["created"], again["created"]) == (True, False)


async def test_a_create_waits_out_a_delete_of_that_name_and_then_makes_it() -> None:
    async with deployed() as whole:
        first = await running(whole)
        whole.world.build(first, "delete")
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)


async def test_a_create_whose_window_closes_on_a_delete_changes_nothing() -> None:
    async with deployed() as whole:
        first = await running(whole)
        whole.world.hold_provisioners()
        whole.world.build(first, "delete")
        answer = await whole.call("create_workspace", template="quick", name="mine", wait_seconds=1)
        assert answer == snapshot(
            {
                "outcome": "in_progress",
                "message": "Another build of workspace dev1/mine has to end before this can be done, so it was not asked for yet. The build is queued, number 1 of 1. It goes on without this call.",
                "workspace_name": "dev1/mine",
                "phase": "queued",
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
                "elapsed_seconds": 1,
                "queue_position": 1,
                "queue_size": 1,
                "next_step": 'Call create_workspace(template="quick", name="mine") again.',
            }
        )
        assert whole.requests("POST") == []


async def test_parameters_are_checked_for_a_workspace_whose_start_failed() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("broken", "mine")
        await whole.pass_time()
        wrong = {"size": "1"}
        answer = await whole.call("start_workspace", workspace="mine", parameters=wrong)
        assert (answer["outcome"], answer["error"]) == ("rejected", "to be corrected: size")
        assert [build.transition for build in workspace.builds] == ["start"]


@pytest.mark.fault("H2")
async def test_a_token_that_is_revoked_while_a_build_is_followed_ends_the_call_not_the_build() -> (
    None
):
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        whole.later(1, lambda: whole.world.revoke(whole.simulator.session_token))
        text = await whole.model.refusal("wait_for_workspace", workspace="mine")
        assert "did not accept the session token" in text
        assert "Nothing was canceled: the build goes on without this call." in text
        await whole.pass_time()
        assert workspace.latest_build.job.status == "succeeded"


async def running(whole: Whole) -> Workspace:
    """A workspace of dev1's that runs."""
    workspace = whole.world.create("quick", "mine")
    await whole.pass_time()
    return workspace


async def test_one_of_several_is_not_the_only_one_though_only_it_can_be_seen() -> None:
    """Coder leaves out a row whose template it does not show, and counts it."""
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        body = await page_of_workspaces(whole)
        hidden = Answer(body={**body, "count": 2})
        whole.simulator.faults.add(Fault(route="GET /api/v2/workspaces", action=hidden))
        answer = await whole.call("stop_workspace")
        assert (answer["outcome"], answer["candidates"]) == ("needs_choice", ["dev1/mine"])
        assert whole.requests("POST") == []


async def page_of_workspaces(whole: Whole) -> dict[str, object]:
    headers = {"Coder-Session-Token": whole.simulator.session_token}
    async with httpx2.AsyncClient(base_url=whole.simulator.url, headers=headers) as client:
        return (await client.get("/api/v2/workspaces")).json()


async def test_a_token_that_finds_its_workspaces_only_in_lists_may_delete_one_by_its_id() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        unseen = Answer(status=404, body={"message": "Resource not found."})
        by_name = "GET /api/v2/users/{user}/workspace/{workspacename}"
        whole.simulator.faults.add(Fault(route=by_name, action=unseen, times=None))
        asked = await whole.call("delete_workspace", workspace="mine")
        (workspace,) = whole.world.workspaces
        answer = await whole.call(
            "delete_workspace", workspace=str(workspace.id), confirm=asked["confirm"]
        )
        assert answer["outcome"] == "deleted"


async def test_a_template_s_id_and_another_organization_are_not_taken_for_each_other() -> None:
    async with deployed() as whole:
        template = str(whole.world.template("quick").id)
        text = await whole.model.refusal(
            "create_workspace", template=template, organization="research", name="mine"
        )
        assert text == (
            f"The template {template} is of organization coder, not research. Nothing was created;"
            " call again with one of them."
        )
        assert whole.requests("P") == []
        made = await whole.call(
            "create_workspace", template=template, organization="coder", name="mine"
        )
        assert made["outcome"] == "ready"
        other = await whole.call(
            "create_workspace", template=template, organization="research", name="mine"
        )
        assert other["error"] == 'the name "mine" is taken'
