"""What is answered of a workspace that is ready."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from builders import agent, build, errand, progress_of
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.workspaces import WorkspaceBuild

READY = build("succeeded", "start", agent())
NOTE = "A start was under way already, so the parameters given were not applied."


def answered(errand: Errand, latest: WorkspaceBuild = READY) -> JsonObject:
    return payload(answer(errand, progress_of(latest), Evidence()))


def test_a_workspace_that_was_created_is_ready() -> None:
    assert answered(errand(Verb.CREATE, made=True)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is created and ready.",
            "workspace_name": "dev1/app",
            "created": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_create_that_found_its_workspace_being_built_did_not_make_it() -> None:
    assert answered(errand(Verb.CREATE, joined=True)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is ready.",
            "workspace_name": "dev1/app",
            "created": False,
            "status": "already_exists",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_create_that_found_its_workspace_ready_built_nothing() -> None:
    assert answered(errand(Verb.CREATE)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is ready.",
            "workspace_name": "dev1/app",
            "created": False,
            "status": "already_exists",
            "no_build": True,
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_workspace_that_was_started_is_ready() -> None:
    assert answered(errand(Verb.START, made=True)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is started and ready.",
            "workspace_name": "dev1/app",
            "started": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_start_that_joined_another_says_what_it_did_not_do() -> None:
    assert answered(errand(Verb.START, joined=True, notes=[NOTE])) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is ready. A start was under way already, so the parameters given were not applied.",
            "workspace_name": "dev1/app",
            "started": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_start_of_a_workspace_that_runs_built_nothing() -> None:
    assert answered(errand(Verb.START)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is ready.",
            "workspace_name": "dev1/app",
            "started": True,
            "no_build": True,
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "found"])
def test_a_workspace_that_was_waited_for_is_ready_by_its_latest_build(*, joined: bool) -> None:
    assert answered(errand(Verb.WAIT, joined=joined)) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is ready.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_build_that_moved_to_the_active_version_says_so() -> None:
    moved = replace(errand(Verb.START, made=True), updated=True)
    assert answered(moved) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is started and ready.",
            "workspace_name": "dev1/app",
            "started": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "updated_to_active_version": True,
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_a_workspace_without_an_agent_is_built_and_has_nothing_to_connect_to() -> None:
    latest = build("succeeded", "start")
    assert answered(errand(Verb.CREATE, made=True), latest) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is created and built; it has no agent to connect to.",
            "workspace_name": "dev1/app",
            "created": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "agent_status": "no_agent",
            "url": "https://coder.example.com/@dev1/app",
        }
    )


def test_startup_scripts_that_nobody_has_to_wait_for_are_mentioned() -> None:
    main = agent("connected", "starting", startup_script_behavior="non-blocking")
    latest = build("succeeded", "start", main)
    assert answered(errand(Verb.CREATE, made=True), latest) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is created and ready. Its startup scripts still run in the background.",
            "workspace_name": "dev1/app",
            "created": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "startup_scripts": "startup_scripts_running",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
        }
    )


def test_of_several_agents_the_one_to_connect_to_is_named_and_the_absent_ones_are_listed() -> None:
    here = [agent(name="db"), agent(name="dev")]
    absent = [agent("timeout", "created", "gpu"), agent("disconnected", "off", "old")]
    latest = build("succeeded", "start", *absent, *here)
    assert answered(errand(Verb.START, made=True), latest) == snapshot(
        {
            "outcome": "ready",
            "message": "Workspace dev1/app is started and ready. Of its agents, gpu, old cannot be reached.",
            "workspace_name": "dev1/app",
            "started": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app.db",
        }
    )
