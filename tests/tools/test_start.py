"""start_workspace: what it does with what it finds, cell by cell."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, LoseAnswer
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.templates import parts
from whole import Whole, deployed

BUILD = "POST /api/v2/workspaces/{workspace}/builds"
BY_NAME = "GET /users/{user}/workspace/{workspacename}"
VALUES = "GET /workspacebuilds/{workspacebuild}/parameters"


async def test_an_active_start_is_followed() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is ready.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert whole.requests("POST") == []


async def test_parameters_for_a_start_that_is_under_way_are_not_applied_and_that_is_said() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answer = await whole.call("start_workspace", workspace="mine", parameters={"size": "1"})
        assert answer["message"] == snapshot(
            "Workspace dev1/mine is ready. A start was under way already, so the parameters given were not applied."
        )


async def test_a_start_that_is_being_canceled_is_waited_out_and_then_started() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        await whole.pass_time(2)
        whole.world.cancel(workspace.latest_build)
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is started and ready.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "da064b96-2f60-420c-85f6-6c1cd2244a2c",
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert [build.transition for build in workspace.builds] == ["start", "start"]


async def test_an_active_stop_is_waited_out_and_then_started() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole, wait=False)
        answer = await whole.call("start_workspace", workspace="mine")
        assert (answer["outcome"], answer["started"]) == ("ready", True)
        assert [build.transition for build in workspace.builds] == ["start", "stop", "start"]


async def test_an_active_delete_is_followed_to_its_end_and_nothing_is_started() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "deleted",
                "message": "Workspace dev1/mine is deleted.",
                "workspace_name": "dev1/mine",
                "deleted": True,
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
                "next_step": 'Ask the person whether to make a new one: create_workspace(template="quick", name="mine").',
            }
        )
        assert whole.requests("POST") == []


@pytest.mark.fault("C25")
async def test_a_running_workspace_is_answered_with_exactly_one_request() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is ready.",
                "workspace_name": "dev1/mine",
                "started": True,
                "no_build": True,
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert whole.requests() == [BY_NAME]


async def test_a_parameter_of_a_newer_version_is_had_by_an_update() -> None:
    """read_template shows the active version, so to correct the name would lead nowhere."""
    async with deployed() as whole:
        await stopped(whole)
        template = whole.world.template("quick")
        team = replace(parts.CLASSIC_PARAMETERS[2], name="team", validation_regex=None)
        newest = replace(template.active_version.definition, parameters=(team,))
        whole.world.publish_version(template, newest)
        wanted = {"workspace": "mine", "parameters": {"team": "red"}}
        for tool in ("start_workspace", "restart_workspace"):
            answer = await whole.call(tool, **wanted)
            assert (answer["outcome"], answer["next_step"]) == snapshot(
                (
                    "rejected",
                    'The template\'s active version has what was given, and this workspace is of an older one. Ask the person whether to move it there: update_workspace(workspace="dev1/mine", parameters={"team": "red"}).',
                )
            )
        answer = await whole.call("start_workspace", workspace="mine", parameters={"tame": "red"})
        assert answer["next_step"].startswith("Correct them")
        answer = await whole.call("update_workspace", **wanted)
        assert answer["outcome"] == "ready"
        assert whole.world.workspace("mine").latest_build.parameters["team"] == "red"


async def test_a_running_workspace_takes_no_parameters_until_it_is_stopped() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="mine", parameters={"size": "1"})
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Workspace dev1/mine is running, and parameters are taken by a build only. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'Ask the person whether it may be stopped, which ends what runs in it: stop_workspace(workspace="dev1/mine"); then call start_workspace(workspace="dev1/mine", parameters={"size": "1"}).',
                "error": "the workspace is running",
            }
        )
        assert whole.requests() == [BY_NAME, VALUES]


async def test_a_stopped_workspace_is_started() -> None:
    async with deployed() as whole:
        await stopped(whole)
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is started and ready.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "60905b16-a4b0-4dca-baec-153b8ed9a959",
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )


@pytest.mark.fault("C24")
async def test_a_dormant_workspace_is_started_and_woken() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole)
        whole.world.set_dormant(workspace)
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer["outcome"] == "ready"
        assert workspace.dormant_at is None


async def test_a_failed_workspace_is_started_whatever_failed() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("broken", "mine")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer["outcome"] == "build_failed"
        assert answer["build_id"] == str(workspace.latest_build.id)
        assert [build.transition for build in workspace.builds] == ["start", "start"]
        assert "ended_at" not in answer


async def test_a_workspace_whose_build_was_canceled_is_started() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        workspace = whole.world.create("quick", "mine")
        whole.world.cancel(workspace.latest_build)
        whole.world.release_provisioners()
        answer = await whole.call("start_workspace", workspace="mine")
        assert (answer["outcome"], answer["started"]) == ("ready", True)


@pytest.mark.fault("H8")
async def test_a_deleted_workspace_is_told_by_its_id() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace=str(workspace.id))
        assert answer == snapshot(
            {
                "outcome": "deleted",
                "message": "Workspace dev1/mine is deleted.",
                "workspace_name": "dev1/mine",
                "deleted": True,
                "no_build": True,
                "next_step": 'Ask the person whether to make a new one: create_workspace(template="quick", name="mine").',
            }
        )


@pytest.mark.fault("C14")
async def test_a_workspace_behind_a_version_that_is_required_moves_to_it() -> None:
    async with deployed() as whole:
        template = whole.world.template("pinned")
        workspace = await stopped(whole, template="pinned")
        whole.world.publish_version(template)
        answer = await whole.call("start_workspace", workspace="mine")
        assert (answer["outcome"], answer["updated_to_active_version"]) == ("ready", True)
        assert answer["message"].endswith("Its version was v2 before.")
        assert workspace.latest_build.version is template.active_version


async def test_a_workspace_that_updates_always_moves_to_the_active_version() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole)
        workspace.automatic_updates = "always"
        whole.world.publish_version(whole.world.template("quick"))
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer["updated_to_active_version"] is True


async def test_an_outdated_workspace_keeps_its_version_otherwise() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole)
        before = workspace.latest_build.version
        whole.world.publish_version(whole.world.template("quick"))
        answer = await whole.call("start_workspace", workspace="mine")
        assert "updated_to_active_version" not in answer
        assert workspace.latest_build.version is before


@pytest.mark.fault("H7")
async def test_a_build_that_came_first_is_joined_after_one_more_look() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole)
        body = {"message": "A workspace build is already active."}
        whole.simulator.faults.add(Fault(route=BUILD, action=Answer(status=409, body=body)))
        answer = await whole.call("start_workspace", workspace="mine")
        assert answer["outcome"] == "ready"
        assert [build.transition for build in workspace.builds] == ["start", "stop", "start"]


async def test_a_start_whose_answer_is_lost_is_found_by_its_number() -> None:
    async with deployed() as whole:
        workspace = await stopped(whole)
        whole.simulator.faults.add(Fault(route=BUILD, action=LoseAnswer()))
        answer = await whole.call("start_workspace", workspace="mine")
        assert (answer["outcome"], answer["build_id"]) == ("ready", str(workspace.latest_build.id))
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]


async def test_the_only_workspace_need_not_be_named() -> None:
    async with deployed() as whole:
        await stopped(whole)
        answer = await whole.call("start_workspace")
        assert (answer["outcome"], answer["workspace_name"]) == ("ready", "dev1/mine")


async def test_of_several_workspaces_the_one_that_is_meant_has_to_be_named() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("start_workspace")
        assert answer == snapshot(
            {
                "outcome": "needs_choice",
                "message": "You have 4 workspaces; which one is meant was not said.",
                "candidates": [
                    "dev1/web",
                    "dev1/api-old",
                    "dev1/gpu-training",
                    "dev1/legacy-import",
                ],
                "next_step": 'Ask the person which one; then call start_workspace(workspace="<name>").',
            }
        )
        assert whole.requests("POST") == []


async def test_a_workspace_is_named_by_name_owner_and_name_id_or_page() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        page = f"{whole.simulator.url}/@dev1/mine/builds/1"
        for reference in ("MINE", "dev1/mine", "me/mine", str(workspace.id), page):
            answer = await whole.call("start_workspace", workspace=reference)
            assert (answer["outcome"], answer["no_build"]) == ("ready", True), reference


async def stopped(whole: Whole, *, template: str = "quick", wait: bool = True) -> Workspace:
    """A workspace of dev1's that is stopped, or being stopped."""
    workspace = whole.world.create(template, "mine")
    await whole.pass_time()
    whole.world.build(workspace, "stop")
    if wait:
        await whole.pass_time()
    return workspace
