"""What is answered of a workspace that was built and is not ready: its script failed, no agent."""

from inline_snapshot import snapshot

from builders import agent, build, errand, progress_of
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.workspaces import WorkspaceBuild

NOTE = "A start was under way already, so the parameters given were not applied."


def answered(
    errand: Errand, latest: WorkspaceBuild, *, seconds: float = 10, agent_log: str = ""
) -> JsonObject:
    return payload(answer(errand, progress_of(latest, seconds), Evidence(agent_log=agent_log)))


def test_a_startup_script_that_failed_is_told_with_its_log() -> None:
    latest = build("succeeded", "start", agent("connected", "start_error"))
    made = errand(Verb.CREATE, made=True, notes=[NOTE])
    assert answered(made, latest, agent_log="installing\nE: no such package") == snapshot(
        {
            "outcome": "startup_failed",
            "message": "Workspace dev1/app is up and can be connected to, but its startup script failed. A start was under way already, so the parameters given were not applied.",
            "workspace_name": "dev1/app",
            "created": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "startup_scripts": "startup_scripts_failed",
            "lifecycle_state": "start_error",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
            "next_step": "Tell the person that the startup script failed and what its log says, and ask whether to use the workspace as it is.",
            "log_tail": """\
installing
E: no such package\
""",
        }
    )


def test_a_startup_script_that_timed_out_is_told_as_such() -> None:
    latest = build("succeeded", "start", agent("connected", "start_timeout"))
    assert answered(errand(Verb.START), latest) == snapshot(
        {
            "outcome": "startup_failed",
            "message": "Workspace dev1/app is up and can be connected to, but its startup script timed out.",
            "workspace_name": "dev1/app",
            "started": True,
            "no_build": True,
            "startup_scripts": "startup_scripts_failed",
            "lifecycle_state": "start_timeout",
            "url": "https://coder.example.com/@dev1/app",
            "ssh_command": "coder ssh dev1/app",
            "next_step": "Tell the person that the startup script timed out, and ask whether to use the workspace as it is.",
        }
    )


def test_an_agent_that_never_came_leaves_the_workspace_unreachable() -> None:
    main = agent("timeout", "created", troubleshooting_url="https://docs.example.com/agents")
    latest = build("succeeded", "start", main)
    assert answered(errand(Verb.CREATE, made=True), latest, seconds=130) == snapshot(
        {
            "outcome": "unreachable",
            "message": "Workspace dev1/app is built, but its agent main cannot be reached.",
            "workspace_name": "dev1/app",
            "created": True,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "agent_status": "not_ready",
            "url": "https://coder.example.com/@dev1/app",
            "next_step": 'Ask the person to look at the workspace\'s page; then call wait_for_workspace(workspace="dev1/app").',
            "agent_error": "timeout, created",
            "troubleshooting_url": "https://docs.example.com/agents",
        }
    )


def test_an_agent_that_was_lost_leaves_the_workspace_unreachable() -> None:
    latest = build("succeeded", "start", agent("disconnected", "off"))
    assert answered(errand(Verb.START), latest, seconds=130) == snapshot(
        {
            "outcome": "unreachable",
            "message": "Workspace dev1/app is built, but its agent main cannot be reached.",
            "workspace_name": "dev1/app",
            "started": True,
            "no_build": True,
            "agent_status": "not_ready",
            "url": "https://coder.example.com/@dev1/app",
            "next_step": 'Ask the person to look at the workspace\'s page; then call wait_for_workspace(workspace="dev1/app").',
            "agent_error": "disconnected, off",
        }
    )


def test_an_external_agent_is_started_by_a_person() -> None:
    main = agent("connecting", "created")
    latest = build("succeeded", "start", main, has_external_agent=True)
    assert answered(errand(Verb.WAIT, joined=True, notes=[NOTE]), latest) == snapshot(
        {
            "outcome": "unreachable",
            "message": "Workspace dev1/app is built, but its agent main is external: a person starts it. A start was under way already, so the parameters given were not applied.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "agent_status": "not_ready",
            "url": "https://coder.example.com/@dev1/app",
            "next_step": 'Ask the person to start the agent by hand; then call wait_for_workspace(workspace="dev1/app").',
            "agent_error": "connecting, created",
        }
    )
