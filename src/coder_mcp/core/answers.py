"""From progress to the payload that the model reads. Pure: what had to be read is `Evidence`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, TypedDict
from uuid import UUID

from coder_mcp.core import results
from coder_mcp.core.agents import root_agents, runs_in_background, to_connect_to
from coder_mcp.core.errands import (
    Errand,
    Evidence,
    Verb,
    after_stop,
    call,
    name_of,
    page,
    sentences,
    wait_for,
)
from coder_mcp.core.failures import canceled, failed, superseded
from coder_mcp.core.links import named
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.core.text import one_line
from coder_mcp.core.unfinished import going_on


def answer(errand: Errand, progress: Progress, evidence: Evidence) -> results.Result:
    """The payload for a progress: how it ended, or that it goes on without this call."""
    if progress.is_over:
        return _ENDS[progress.phase](errand, progress, evidence)
    return going_on(errand, progress)


def _ready(errand: Errand, progress: Progress, _: Evidence) -> results.Ready:
    agent = progress.agent
    in_background = agent is not None and runs_in_background(agent)
    return results.Ready(
        message=sentences(
            f"Workspace {name_of(progress.workspace)} {_done(errand)}"
            + ("built; it has no agent to connect to." if agent is None else "ready."),
            "Its startup scripts still run in the background." if in_background else "",
            _about_absent(progress),
            *errand.notes,
        ),
        startup_scripts="startup_scripts_running" if in_background else None,
        agent_status="no_agent" if agent is None else None,
        ssh_command=_ssh_command(progress),
        **_built(errand, progress),
    )


def _startup_failed(
    errand: Errand, progress: Progress, evidence: Evidence
) -> results.StartupFailed:
    state = progress.agent.lifecycle_state if progress.agent is not None else ""
    how = "timed out" if state == "start_timeout" else "failed"
    return results.StartupFailed(
        message=sentences(
            f"Workspace {name_of(progress.workspace)} is up and can be connected to, but its"
            f" startup script {how}.",
            _about_absent(progress),
            *errand.notes,
        ),
        lifecycle_state=state,
        ssh_command=_ssh_command(progress),
        next_step=(
            f"Tell the person that the startup script {how}"
            + (" and what its log says" if evidence.agent_log else "")
            + ", and ask whether to use the workspace as it is."
        ),
        log_tail=evidence.agent_log or None,
        **_built(errand, progress),
    )


def _unreachable(errand: Errand, progress: Progress, _: Evidence) -> results.Unreachable:
    workspace, agent = progress.workspace, progress.agent
    name = one_line(agent.name, 40) if agent is not None else ""
    external = progress.build.has_external_agent
    why = "is external: a person starts it" if external else "cannot be reached"
    ask = "start the agent by hand" if external else "look at the workspace's page"
    link = one_line(agent.troubleshooting_url, 300) if agent is not None else ""
    return results.Unreachable(
        message=sentences(
            f"Workspace {name_of(workspace)} is built, but its agent {name} {why}.", *errand.notes
        ),
        next_step=f"Ask the person to {ask}; then call {wait_for(workspace, progress.build)}.",
        agent_error=one_line(f"{agent.status}, {agent.lifecycle_state}", 100) if agent else "",
        troubleshooting_url=link or None,
        **_built(errand, progress),
    )


def _stopped(errand: Errand, progress: Progress, _: Evidence) -> results.Stopped:
    workspace = progress.workspace
    return results.Stopped(
        message=sentences(f"Workspace {name_of(workspace)} is stopped.", *errand.notes),
        workspace_name=name_of(workspace),
        stopped=True if errand.verb is Verb.STOP else None,
        created=False if errand.verb is Verb.CREATE else None,
        build_id=_build_id(errand, progress),
        no_build=_no_build(errand),
        next_step=after_stop(errand, workspace),
    )


def _deleted(errand: Errand, progress: Progress, _: Evidence) -> results.Deleted:
    workspace = progress.workspace
    anew = call("create_workspace", template=workspace.template_name, name=workspace.name)
    wanted = errand.verb in (Verb.DELETE, Verb.WAIT)
    return results.Deleted(
        message=sentences(f"Workspace {name_of(workspace)} is deleted.", *errand.notes),
        workspace_name=name_of(workspace),
        build_id=_build_id(errand, progress),
        no_build=_no_build(errand),
        next_step=None if wanted else f"Ask the person whether to make a new one: {anew}.",
    )


_ENDS: Mapping[Phase, Callable[[Errand, Progress, Evidence], results.Result]] = MappingProxyType(
    {
        Phase.READY: _ready,
        Phase.STARTUP_FAILED: _startup_failed,
        Phase.UNREACHABLE: _unreachable,
        Phase.STOPPED: _stopped,
        Phase.DELETED: _deleted,
        Phase.FAILED: failed,
        Phase.CANCELED: canceled,
        Phase.SUPERSEDED: superseded,
    }
)


class _Built(TypedDict):
    """The keys that every payload of a workspace that is up shares."""

    workspace_name: str
    created: bool | None
    started: bool | None
    status: Literal["already_exists"] | None
    build_id: UUID | None
    no_build: Literal[True] | None
    updated_to_active_version: Literal[True] | None
    url: str


def _built(errand: Errand, progress: Progress) -> _Built:
    created = errand.made if errand.verb is Verb.CREATE else None
    return _Built(
        workspace_name=name_of(progress.workspace),
        created=created,
        started=True if errand.verb is Verb.START else None,
        status="already_exists" if created is False else None,
        build_id=_build_id(errand, progress),
        no_build=_no_build(errand),
        updated_to_active_version=True if errand.updated else None,
        url=page(errand, progress.workspace),
    )


def _build_id(errand: Errand, progress: Progress) -> UUID | None:
    return None if _no_build(errand) else progress.build.id


def _no_build(errand: Errand) -> Literal[True] | None:
    """Whether nothing had to be built: said by the tools that would have."""
    idle = not errand.made and not errand.joined
    return True if idle and errand.verb is not Verb.WAIT else None


def _done(errand: Errand) -> str:
    if errand.made:
        return "is created and " if errand.verb is Verb.CREATE else "is started and "
    return "is "


def _about_absent(progress: Progress) -> str:
    names = ", ".join(one_line(agent.name, 40) for agent in progress.absent)
    return f"Of its agents, {names} cannot be reached." if names else ""


def _ssh_command(progress: Progress) -> str | None:
    """How to get in; with the agent's name where there are several."""
    agents = root_agents(progress.build)
    here = tuple(agent for agent in agents if agent not in progress.absent)
    if not here:
        return None
    target = named(progress.workspace, to_connect_to(here) if len(agents) > 1 else None)
    return f"coder ssh {target}" if target else None
