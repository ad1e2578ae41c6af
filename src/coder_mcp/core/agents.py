"""Which agents of a workspace count, how far each has come, and how long one is waited for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coder_mcp.core.phases import PHASE_OF_AGENT_STATUS, PHASE_OF_LIFECYCLE, Phase
from coder_mcp.models.workspaces import AgentStatus, LifecycleState, WorkspaceAgent, WorkspaceBuild

# An agent is given this long to connect, or its template's own time-out where that is longer.
PATIENCE = timedelta(seconds=120)

_LEAST_ADVANCED_FIRST = (
    Phase.UNREACHABLE,
    Phase.CONNECTING,
    Phase.UNKNOWN,
    Phase.PREPARING,
    Phase.STARTUP_FAILED,
    Phase.READY,
)


@dataclass(frozen=True, kw_only=True)
class AgentView:
    """One agent at one moment: how far it has come, and until when it may still come."""

    agent: WorkspaceAgent
    phase: Phase
    limit: datetime


def root_agents(build: WorkspaceBuild) -> tuple[WorkspaceAgent, ...]:
    """The agents that the template has, in Coder's order; those of dev containers do not count."""
    agents = (agent for resource in build.resources for agent in resource.agents)
    return tuple(agent for agent in agents if agent.parent_id is None)


def view(agent: WorkspaceAgent, build: WorkspaceBuild, at: datetime) -> AgentView:
    """The agent as it stands; one that has been connecting beyond its limit is unreachable."""
    phase, limit = phase_of(agent), _limit(agent, build)
    if phase is Phase.CONNECTING and (at >= limit or build.has_external_agent):
        phase = Phase.UNREACHABLE
    return AgentView(agent=agent, phase=phase, limit=limit)


def phase_of(agent: WorkspaceAgent) -> Phase:
    """How far the agent says it is; a value that no table has is `unknown`, never an end."""
    if agent.status != AgentStatus.CONNECTED:
        return PHASE_OF_AGENT_STATUS.get(agent.status, Phase.UNKNOWN)
    if runs_in_background(agent):
        return Phase.READY
    return PHASE_OF_LIFECYCLE.get(agent.lifecycle_state, Phase.UNKNOWN)


def runs_in_background(agent: WorkspaceAgent) -> bool:
    """Whether startup scripts still run that nobody has to wait for.

    The agent stays `starting` until all of them end, but only blocking ones hold back a login
    (coder/coder, agent/agent.go).
    """
    starting = agent.lifecycle_state == LifecycleState.STARTING
    return starting and agent.startup_script_behavior == "non-blocking"


def that_counts(views: tuple[AgentView, ...]) -> AgentView:
    """The least advanced; one that cannot be reached only where none of the others can be."""
    here = [seen for seen in views if seen.phase is not Phase.UNREACHABLE]
    if here:
        return min(here, key=lambda seen: _LEAST_ADVANCED_FIRST.index(seen.phase))
    return max(views, key=lambda seen: seen.limit)


def to_connect_to(agents: tuple[WorkspaceAgent, ...]) -> WorkspaceAgent:
    """The one that a person is sent to where there are several.

    Coder's own chat takes the one with this suffix, else the first in an order that the API shows
    nearly (coderd/x/chatd/agentselect).
    """
    marked = [agent for agent in agents if agent.name.casefold().endswith("-coderd-chat")]
    return marked[0] if len(marked) == 1 else agents[0]


def _limit(agent: WorkspaceAgent, build: WorkspaceBuild) -> datetime:
    built = build.job.completed_at or build.created_at
    if agent.disconnected_at is not None and agent.disconnected_at > built:
        return agent.disconnected_at + PATIENCE
    return built + max(PATIENCE, timedelta(seconds=agent.connection_timeout_seconds))
