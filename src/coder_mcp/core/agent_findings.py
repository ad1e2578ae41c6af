"""What is wrong with the agents of a workspace that was built: connections, scripts, apps."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from coder_mcp.core.agents import PATIENCE, AgentView, root_agents, view
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.core.seen import Finding
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.workspaces import (
    AgentScriptTiming,
    AgentStatus,
    JobStatus,
    LifecycleState,
    WorkspaceAgent,
)

_MOST_APPS = 5
# Of an agent that is connected; `ready` where its scripts run beside the work.
_COMING = frozenset({Phase.PREPARING, Phase.READY})


def of_agents(progress: Progress, timings: Sequence[AgentScriptTiming]) -> Iterator[Finding]:
    """The findings of every agent that the template has; none before the build's end.

    Args:
        progress: Of the latest build.
        timings: How scripts ended, for agents that do not say it themselves (before v2.34).
    """
    build = progress.build
    if build.transition != "start" or build.job.status != JobStatus.SUCCEEDED:
        return
    for agent in root_agents(build):
        seen, failed = view(agent, build, progress.at), [*_of_scripts(agent, timings)]
        findings = [*_of_connection(agent, progress, seen.limit), *failed]
        yield from findings
        in_trouble = failed or (findings and not _is_coming(seen, progress.at))
        link = one_line(agent.troubleshooting_url, 300)
        if link and in_trouble:
            yield Finding(finding="The deployment's help on agents is here.", detail=link)
        yield from _of_apps(agent)


def _is_coming(seen: AgentView, now: datetime) -> bool:
    """Whether an agent that is not ready is on its way as it should be."""
    agent = seen.agent
    if agent.status != AgentStatus.CONNECTED:
        return agent.status == AgentStatus.CONNECTING and seen.phase is Phase.CONNECTING
    began = agent.started_at
    return seen.phase in _COMING and (began is None or now - began < PATIENCE)


def needs_timings(progress: Progress) -> bool:
    """Whether a startup script failed and its agent does not say which and how."""
    agents = root_agents(progress.build)
    told = any(
        script.status or script.exit_code is not None for a in agents for script in a.scripts
    )
    return progress.phase is Phase.STARTUP_FAILED and not told


def _of_connection(agent: WorkspaceAgent, progress: Progress, limit: datetime) -> Iterator[Finding]:
    """How it stands with an agent that is not there, or not ready."""
    name, given = one_line(agent.name, 40), agent.connection_timeout_seconds
    if agent.status == AgentStatus.CONNECTED:
        yield from _of_lifecycle(agent, name, progress.at)
    elif progress.build.has_external_agent and agent.first_connected_at is None:
        yield Finding(finding=f"Agent {name} is external: a person has to start it.")
    elif agent.status == AgentStatus.DISCONNECTED:
        at = agent.disconnected_at or agent.last_connected_at
        since = f" at {shown_time(at)}" if at is not None else ""
        ended = "; its process had ended" if agent.lifecycle_state == LifecycleState.OFF else ""
        yield Finding(finding=f"Agent {name} lost its connection{since}{ended}.")
    elif agent.status == AgentStatus.TIMEOUT:
        yield Finding(
            finding=f"Agent {name} did not connect within {given} s, its template's limit."
        )
    elif agent.status == AgentStatus.CONNECTING:
        late = progress.at >= limit
        how = "did not connect within" if late else "has not connected yet; it is given"
        built = progress.build.job.completed_at or progress.build.created_at
        seconds = round((limit - built).total_seconds())
        yield Finding(finding=f"Agent {name} {how} {seconds} s after the build.")
    else:
        state = one_line(agent.status, 40)
        yield Finding(finding=f"Agent {name} is in a state new to this server.", detail=state)


def _of_lifecycle(agent: WorkspaceAgent, name: str, now: datetime) -> Iterator[Finding]:
    match agent.lifecycle_state:
        case LifecycleState.STARTING if agent.started_at is not None:
            seconds = max(0, round((now - agent.started_at).total_seconds()))
            yield Finding(finding=f"Agent {name} began its startup scripts {seconds} s ago.")
        case (
            LifecycleState.SHUTTING_DOWN
            | LifecycleState.SHUTDOWN_TIMEOUT
            | LifecycleState.SHUTDOWN_ERROR
            | LifecycleState.OFF
        ):
            yield Finding(finding=f"Agent {name} is shutting down, or off.")
        case _:
            return


def _of_scripts(agent: WorkspaceAgent, timings: Sequence[AgentScriptTiming]) -> Iterator[Finding]:
    """The startup scripts that ended badly."""
    name = one_line(agent.name, 40)
    told = [script for script in agent.scripts if script.run_on_start]
    read = [run for run in timings if run.stage == "start" and run.workspace_agent_id == agent.id]
    for script in read or told:
        how = _how_it_ended(script.status, script.exit_code)
        if how:
            which = one_line(script.display_name, 80)
            yield Finding(finding=f"A startup script of agent {name} {how}.", detail=which or None)


def _how_it_ended(status: str, exit_code: int | None) -> str:
    """Empty where it ended well, or has not ended."""
    if status == "timed_out":
        return "did not end in its time and was ended"
    if status == "pipes_left_open":
        return "ended, but left something running that holds its output"
    return f"failed with exit code {exit_code}" if exit_code else ""


def _of_apps(agent: WorkspaceAgent) -> Iterator[Finding]:
    """The apps that do not answer."""
    if agent.status != AgentStatus.CONNECTED:
        return
    ill = [app for app in agent.apps if app.health == "unhealthy" and not app.hidden]
    name = one_line(agent.name, 40)
    for app in ill[:_MOST_APPS]:
        slug = one_line(app.slug, 60)
        yield Finding(
            finding=f"An app of agent {name} does not answer its health check.", detail=slug
        )
