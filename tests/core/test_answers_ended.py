"""What is answered of a workspace that is stopped or deleted."""

from inline_snapshot import snapshot

from builders import build, errand, progress_of
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.progress import WorkspaceGone, advance
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.workspaces import WorkspaceBuild


def answered(errand: Errand, latest: WorkspaceBuild) -> JsonObject:
    return payload(answer(errand, progress_of(latest), Evidence()))


def test_a_workspace_that_was_stopped_is_stopped() -> None:
    told = answered(errand(Verb.STOP, made=True, notes=["A note."]), build("succeeded", "stop"))
    assert told == snapshot(
        {
            "outcome": "stopped",
            "message": "Workspace dev1/app is stopped. A note.",
            "workspace_name": "dev1/app",
            "stopped": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
        }
    )


def test_a_stop_that_joined_another_is_stopped_by_it() -> None:
    assert answered(errand(Verb.STOP, joined=True), build("succeeded", "stop")) == snapshot(
        {
            "outcome": "stopped",
            "message": "Workspace dev1/app is stopped.",
            "workspace_name": "dev1/app",
            "stopped": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
        }
    )


def test_a_stop_of_a_stopped_workspace_built_nothing() -> None:
    assert answered(errand(Verb.STOP), build("succeeded", "stop")) == snapshot(
        {
            "outcome": "stopped",
            "message": "Workspace dev1/app is stopped.",
            "workspace_name": "dev1/app",
            "stopped": True,
            "no_build": True,
        }
    )


def test_a_create_that_finds_its_workspace_stopped_leaves_the_start_to_the_person() -> None:
    assert answered(errand(Verb.CREATE), build("succeeded", "stop")) == snapshot(
        {
            "outcome": "stopped",
            "message": "Workspace dev1/app is stopped.",
            "workspace_name": "dev1/app",
            "created": False,
            "no_build": True,
            "next_step": 'To use it, call start_workspace(workspace="dev1/app").',
        }
    )


def test_a_wait_for_a_stopped_workspace_asks_whether_to_start_it() -> None:
    assert answered(errand(Verb.WAIT), build("succeeded", "stop")) == snapshot(
        {
            "outcome": "stopped",
            "message": "Workspace dev1/app is stopped.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "next_step": 'Ask the person whether to start it: start_workspace(workspace="dev1/app").',
        }
    )


def test_who_waited_for_a_stop_is_not_told_to_start_it_again() -> None:
    told = answered(errand(Verb.WAIT, joined=True), build("succeeded", "stop"))
    assert told["outcome"] == "stopped"
    assert "next_step" not in told


def test_a_workspace_that_was_deleted_is_deleted() -> None:
    progress = advance(progress_of(build("running", "delete")), WorkspaceGone())
    told = payload(answer(errand(Verb.DELETE, made=True, notes=["A note."]), progress, Evidence()))
    assert told == snapshot(
        {
            "outcome": "deleted",
            "message": "Workspace dev1/app is deleted. A note.",
            "workspace_name": "dev1/app",
            "deleted": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
        }
    )


def test_a_delete_of_a_deleted_workspace_built_nothing() -> None:
    assert answered(errand(Verb.DELETE), build("succeeded", "delete")) == snapshot(
        {
            "outcome": "deleted",
            "message": "Workspace dev1/app is deleted.",
            "workspace_name": "dev1/app",
            "deleted": True,
            "no_build": True,
        }
    )


def test_a_start_of_a_deleted_workspace_leaves_a_new_one_to_the_person() -> None:
    assert answered(errand(Verb.START), build("succeeded", "delete")) == snapshot(
        {
            "outcome": "deleted",
            "message": "Workspace dev1/app is deleted.",
            "workspace_name": "dev1/app",
            "deleted": True,
            "no_build": True,
            "next_step": 'Ask the person whether to make a new one: create_workspace(template="quick", name="app").',
        }
    )


def test_a_wait_for_a_delete_ends_with_it() -> None:
    assert answered(errand(Verb.WAIT, joined=True), build("succeeded", "delete")) == snapshot(
        {
            "outcome": "deleted",
            "message": "Workspace dev1/app is deleted.",
            "workspace_name": "dev1/app",
            "deleted": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
        }
    )
