"""stop_workspace, wait_for_workspace, delete_workspace."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator.records.state import Workspace
from whole import Whole, deployed


async def test_a_running_workspace_is_stopped() -> None:
    async with deployed() as whole:
        await running(whole)
        answer = await whole.call("stop_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "stopped",
                "message": "Workspace dev1/mine is stopped.",
                "workspace_name": "dev1/mine",
                "stopped": True,
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
            }
        )


@pytest.mark.fault("C25")
async def test_a_stopped_workspace_is_not_stopped_again() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        answer = await whole.call("stop_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "stopped",
                "message": "Workspace dev1/mine is stopped.",
                "workspace_name": "dev1/mine",
                "stopped": True,
                "no_build": True,
            }
        )
        assert whole.requests("POST") == []


async def test_a_stop_that_is_under_way_is_followed() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "stop")
        answer = await whole.call("stop_workspace", workspace="mine")
        assert (answer["outcome"], answer["build_id"]) == (
            "stopped",
            str(workspace.latest_build.id),
        )
        assert whole.requests("POST") == []


async def test_a_stop_waits_out_a_start_first() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        answer = await whole.call("stop_workspace", workspace="mine")
        assert answer["outcome"] == "stopped"
        assert [build.transition for build in workspace.builds] == ["start", "stop"]
        assert workspace.builds[0].job.status == "succeeded"


async def test_a_failed_workspace_can_be_stopped() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("broken", "mine")
        await whole.pass_time()
        answer = await whole.call("stop_workspace", workspace="mine")
        assert answer["outcome"] == "stopped"
        assert [build.transition for build in workspace.builds] == ["start", "stop"]


async def test_where_the_window_closes_on_a_build_that_is_in_the_way_the_same_call_is_next() -> (
    None
):
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answer = await whole.call("stop_workspace", workspace="mine", wait_seconds=3)
        answer.pop("elapsed_seconds")
        assert answer == snapshot(
            {
                "outcome": "in_progress",
                "message": "Another build of workspace dev1/mine has to end before this can be done, so it was not asked for yet. The start build is running. It goes on without this call.",
                "workspace_name": "dev1/mine",
                "phase": "provisioning",
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "next_step": 'Call stop_workspace(workspace="dev1/mine") again.',
                "last_log": "docker_image.main: Still creating... [2s elapsed]",
            }
        )
        assert whole.requests("POST") == []


async def test_waiting_follows_whatever_build_is_the_latest_and_changes_nothing() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        ready = await whole.call("wait_for_workspace", workspace="mine")
        whole.world.build(workspace, "stop")
        stopped = await whole.call("wait_for_workspace", workspace="mine")
        whole.world.build(workspace, "delete")
        deleted = await whole.call("wait_for_workspace", workspace=str(workspace.id))
        again = await whole.call("wait_for_workspace", workspace=str(workspace.id))
        assert [ready, stopped, deleted, again] == snapshot(
            [
                {
                    "outcome": "ready",
                    "message": "Workspace dev1/mine is ready.",
                    "workspace_name": "dev1/mine",
                    "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                    "url": "https://coder.test/@dev1/mine",
                    "ssh_command": "coder ssh dev1/mine",
                },
                {
                    "outcome": "stopped",
                    "message": "Workspace dev1/mine is stopped.",
                    "workspace_name": "dev1/mine",
                    "build_id": "b695bedd-c827-466f-960b-d26c44bbe623",
                },
                {
                    "outcome": "deleted",
                    "message": "Workspace dev1/mine is deleted.",
                    "workspace_name": "dev1/mine",
                    "deleted": True,
                    "build_id": "436bc681-516f-4f81-929a-8a23ba4ad1df",
                },
                {
                    "outcome": "deleted",
                    "message": "Workspace dev1/mine is deleted.",
                    "workspace_name": "dev1/mine",
                    "deleted": True,
                    "build_id": "436bc681-516f-4f81-929a-8a23ba4ad1df",
                },
            ]
        )
        assert whole.requests("POST") == []


async def test_a_wait_of_no_seconds_looks_once() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        await whole.pass_time(5)
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=0)
        assert answer["outcome"] == "in_progress"
        assert [request for request in whole.requests() if request.startswith("WS")] == []


@pytest.mark.fault("C2")
async def test_waiting_tells_of_a_build_that_took_the_place_of_the_one_it_followed() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("agent-late", "mine")
        whole.later(3, lambda: whole.world.build(workspace, "stop"))
        answer = await whole.call("wait_for_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "superseded",
                "message": "While it was waited for, a stop build of workspace dev1/mine was begun, which took the place of this one.",
                "workspace_name": "dev1/mine",
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "next_step": 'Call wait_for_workspace(workspace="dev1/mine") to follow the newer build.',
                "superseded_by": {
                    "build_id": "b695bedd-c827-466f-960b-d26c44bbe623",
                    "transition": "stop",
                    "initiator_name": "admin",
                },
            }
        )


async def test_a_delete_takes_two_calls_and_the_first_changes_nothing() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        asked = await whole.call("delete_workspace", workspace="mine")
        assert whole.requests() == ["GET /users/{user}/workspace/{workspacename}"]
        confirm = asked["confirm"]
        assert {**asked, "confirm": ""} == {
            **asked,
            "confirm": "",
            "next_step": (
                "Ask the person whether it may be lost. Only after a yes, call"
                f' delete_workspace(workspace="{workspace.id}", confirm="{confirm}").'
            ),
        }
        done = await whole.call("delete_workspace", workspace=str(workspace.id), confirm=confirm)
        assert done == snapshot(
            {
                "outcome": "deleted",
                "message": "Workspace dev1/mine is deleted.",
                "workspace_name": "dev1/mine",
                "deleted": True,
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
            }
        )
        assert workspace.is_deleted


@pytest.mark.fault("M32")
@pytest.mark.parametrize("confirm", ["", "00000000", "yes", "dev1/mine"])
async def test_only_the_code_that_was_given_deletes(confirm: str) -> None:
    async with deployed() as whole:
        await running(whole)
        answer = await whole.call("delete_workspace", workspace="mine", confirm=confirm)
        assert answer["outcome"] == "needs_confirmation"
        assert whole.requests("POST") == []


@pytest.mark.fault("M32")
async def test_a_newer_build_voids_the_code() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        asked = await whole.call("delete_workspace", workspace="mine")
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        again = await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
        assert again["outcome"] == "needs_confirmation"
        assert again["confirm"] != asked["confirm"]
        assert whole.requests("POST") == []


async def test_a_build_that_begins_while_the_delete_waits_voids_the_code_too() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        workspace = whole.world.create("quick", "mine")
        asked = await whole.call("delete_workspace", workspace="mine")

        def build_anew() -> None:
            whole.world.cancel(workspace.latest_build)
            whole.world.build(workspace, "start")
            whole.world.release_provisioners()

        whole.later(1, build_anew)
        answer = await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
        assert answer["outcome"] == "needs_confirmation"
        assert whole.requests("POST") == []


async def test_a_delete_waits_out_the_build_it_was_confirmed_for() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        asked = await whole.call("delete_workspace", workspace="mine")
        answer = await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
        assert answer["outcome"] == "deleted"
        assert [build.transition for build in workspace.builds] == ["start", "delete"]


@pytest.mark.fault("H8")
async def test_a_deleted_workspace_needs_no_code_to_be_called_deleted() -> None:
    async with deployed() as whole:
        workspace = await running(whole)
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        answer = await whole.call("delete_workspace", workspace=str(workspace.id))
        assert answer == snapshot(
            {
                "outcome": "deleted",
                "message": "Workspace dev1/mine is deleted.",
                "workspace_name": "dev1/mine",
                "deleted": True,
                "no_build": True,
            }
        )


async def running(whole: Whole) -> Workspace:
    workspace = whole.world.create("quick", "mine")
    await whole.pass_time()
    return workspace


async def test_somebody_who_builds_without_end_is_not_waited_for_without_end() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")

        def build_again(changed: Workspace) -> None:
            if changed.latest_build.job.status == "succeeded":
                other = "stop" if changed.latest_build.transition == "start" else "start"
                whole.world.build(changed, other)

        asked = await whole.call("delete_workspace", workspace="mine")
        with whole.world.workspace_changed.heard_by(build_again):
            answer = await whole.call(
                "delete_workspace", workspace="mine", confirm=asked["confirm"], wait_seconds=1800
            )
        assert answer["outcome"] == "in_progress"
        assert answer["next_step"].startswith("Call delete_workspace(")
        assert {build.transition for build in workspace.builds} == {"start", "stop"}
        assert len(workspace.builds) == 4
