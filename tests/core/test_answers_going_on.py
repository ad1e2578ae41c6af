"""What is answered where a call's window closes before the build is over."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from builders import agent, at, build, errand, log_line, progress_of, workspace
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.progress import LogSeen, TimePassed, advance
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.core.unfinished import blocked
from coder_mcp.models.workspaces import WorkspaceBuild

RUNNING = build("running")


def answered(errand: Errand, latest: WorkspaceBuild = RUNNING) -> JsonObject:
    return payload(answer(errand, progress_of(latest, 31.6), Evidence()))


def test_a_create_that_goes_on_is_waited_for() -> None:
    assert answered(errand(Verb.CREATE, made=True)) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The start build is running. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_what_the_log_said_last_is_repeated() -> None:
    progress = progress_of(RUNNING, 20)
    line = log_line(1, "\x1b[1mdocker_volume.home:\x1b[0m Creating...")
    progress = advance(progress, LogSeen(line=line))
    assert payload(answer(errand(Verb.START, made=True), progress, Evidence())) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The start build is running. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 20,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
            "last_log": "docker_volume.home: Creating...",
        }
    )


def test_how_long_a_start_takes_is_told_where_it_is_known() -> None:
    asked = replace(errand(Verb.CREATE, made=True, notes=["A note."]), typical_seconds=95)
    assert answered(asked) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The start build is running. It goes on without this call. A note.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "typical_seconds": 95,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_a_place_in_the_queue_is_told() -> None:
    latest = build("pending", job={"queue_position": 2, "queue_size": 3})
    assert answered(errand(Verb.CREATE, joined=True), latest) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The build is queued, number 2 of 3. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "queued",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "queue_position": 2,
            "queue_size": 3,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_a_stop_that_goes_on_is_waited_for() -> None:
    assert answered(errand(Verb.STOP, made=True), build("running", "stop")) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not stopped yet. The stop build is running. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_a_create_that_met_a_stop_goes_on_by_the_same_call() -> None:
    told = answered(errand(Verb.CREATE, joined=True), build("running", "stop"))
    assert told["outcome"] == "in_progress"
    assert told["next_step"] == 'Call create_workspace(workspace="dev1/app") again.'


def test_a_delete_that_goes_on_is_waited_for_by_the_workspaces_id() -> None:
    assert answered(errand(Verb.DELETE, made=True), build("running", "delete")) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not deleted yet. The delete build is running. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="97e574b3-fb5a-5950-b6ce-85b7abbd0a18").',
        }
    )


@pytest.mark.parametrize("verb", [Verb.WAIT, Verb.START, Verb.STOP])
def test_whoever_waits_for_a_delete_goes_on_by_the_workspaces_id(verb: Verb) -> None:
    told = answered(errand(verb, joined=True), build("running", "delete"))
    assert told["next_step"] == f'Call wait_for_workspace(workspace="{workspace().id}").'


def test_a_wait_is_repeated() -> None:
    assert answered(errand(Verb.WAIT, joined=True), build("canceling")) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The start build is being canceled. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_an_agent_that_has_not_connected_yet_is_named() -> None:
    latest = build("succeeded", "start", agent("connecting", "created"))
    assert answered(errand(Verb.START, made=True), latest) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The build is done; its agent main has not connected yet. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "connecting",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_an_agent_whose_startup_script_runs_is_named() -> None:
    latest = build("succeeded", "start", agent("connected", "starting"))
    assert answered(errand(Verb.START, made=True), latest) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The agent main is connected and runs its startup script. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "preparing",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_an_agent_that_may_still_come_is_waited_for() -> None:
    latest = build("succeeded", "start", agent("timeout", "created"))
    assert answered(errand(Verb.WAIT), latest) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Workspace dev1/app is not ready yet. The build is done, but its agent main cannot be reached so far. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "unreachable",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_a_state_that_is_new_to_us_goes_on() -> None:
    assert answered(errand(Verb.WAIT), build("reviewing")) == snapshot(
        {
            "outcome": "in_progress",
            "message": 'Workspace dev1/app is not ready yet. The build is in a state that is new to this server: "start, reviewing". It goes on without this call.',
            "workspace_name": "dev1/app",
            "phase": "unknown",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_a_transition_that_is_new_to_us_goes_on() -> None:
    assert answered(errand(Verb.WAIT), build("succeeded", "hibernate")) == snapshot(
        {
            "outcome": "in_progress",
            "message": 'Workspace dev1/app is not done yet. The build is in a state that is new to this server: "hibernate, succeeded". It goes on without this call.',
            "workspace_name": "dev1/app",
            "phase": "unknown",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 32,
            "next_step": 'Call wait_for_workspace(workspace="dev1/app").',
        }
    )


@pytest.mark.parametrize("verb", Verb)
def test_a_call_that_a_build_stood_in_the_way_of_is_made_again(verb: Verb) -> None:
    asked = errand(verb)
    progress = progress_of(build("running", "stop"))
    told = payload(blocked(asked, progress))
    assert told["next_step"] == f"Call {asked.again} again."
    assert told["outcome"] == "in_progress"


def test_what_a_call_waits_out_before_it_acts_is_told() -> None:
    progress = progress_of(build("running", "stop"), 3)
    assert payload(blocked(errand(Verb.START), progress)) == snapshot(
        {
            "outcome": "in_progress",
            "message": "Another build of workspace dev1/app has to end before this can be done, so it was not asked for yet. The stop build is running. It goes on without this call.",
            "workspace_name": "dev1/app",
            "phase": "provisioning",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "elapsed_seconds": 3,
            "next_step": 'Call start_workspace(workspace="dev1/app") again.',
        }
    )


@pytest.mark.fault("C27")
def test_a_build_made_by_a_clock_ahead_of_ours_has_taken_no_time() -> None:
    progress = advance(progress_of(RUNNING), TimePassed(at=at(-2)))
    told = payload(answer(errand(Verb.WAIT), progress, Evidence()))
    assert told["elapsed_seconds"] == 0
