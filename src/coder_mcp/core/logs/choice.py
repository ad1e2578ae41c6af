"""Which of a workspace's logs is meant: that of its build, of an agent, or of one script."""

from dataclasses import dataclass

from coder_mcp.core.agents import root_agents, to_connect_to
from coder_mcp.core.progress import Progress
from coder_mcp.core.text import one_line
from coder_mcp.errors import BadArguments
from coder_mcp.models.workspaces import JobStatus, WorkspaceAgent, WorkspaceBuild

BUILD, AGENT = "build", "agent"
_MOST_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class LogChoice:
    """A log.

    Attributes:
        agent: Whose; none for the build's own.
        source_id: Of the one script that is meant; empty for all of the agent's.
    """

    agent: WorkspaceAgent | None = None
    source_id: str = ""


def folded(name: str) -> str:
    """A source or an agent as it is compared: neither letter case nor blanks around it count."""
    return " ".join(name.split()).casefold()


def needs_agents(source: str, build: WorkspaceBuild) -> bool:
    """Whether an earlier build has to be looked for: this one has made no agent."""
    return folded(source) not in ("", BUILD) and not agents_of(build)


def with_agents(builds: tuple[WorkspaceBuild, ...]) -> WorkspaceBuild | None:
    """The latest of the builds, newest first, that has made an agent."""
    return next((build for build in builds if agents_of(build)), None)


def log_choice(
    source: str, build: WorkspaceBuild, progress: Progress | None, *, is_given: bool = False
) -> LogChoice:
    """The log that is meant by `build`, `agent`, the name of an agent or script, or nothing.

    Nothing means what a person wants most: of a start that succeeded what its agent's scripts
    wrote, of any other build its own log.

    Args:
        source: As it was given.
        build: Whose log, or the log of whose agents.
        progress: Of the build, where it is the latest: its agent that decides is taken.
        is_given: Whether the call named the build, so that no other one was looked at.

    Raises:
        BadArguments: Nothing here is called that.
    """
    wanted, agents = folded(source), agents_of(build)
    if wanted == BUILD or (not wanted and not (_has_started(build) and agents)):
        return LogChoice()
    if wanted in ("", AGENT) and agents:
        return LogChoice(agent=_that_tells_most(build, progress))
    for agent in agents:
        if folded(agent.name) == wanted:
            return LogChoice(agent=agent)
    for agent in agents:
        for known in agent.log_sources:
            if folded(known.display_name) == wanted:
                return LogChoice(agent=agent, source_id=known.id)
    raise BadArguments(_nothing_called(source, build, is_given=is_given))


def _that_tells_most(build: WorkspaceBuild, progress: Progress | None) -> WorkspaceAgent:
    """Of the agents that something writes for, the one that decides, or that a person uses."""
    agents = root_agents(build) or agents_of(build)
    writing = tuple(agent for agent in agents if agent.log_sources) or agents
    decides = progress.agent if progress is not None else None
    return decides if decides is not None and decides in writing else to_connect_to(writing)


def agents_of(build: WorkspaceBuild) -> tuple[WorkspaceAgent, ...]:
    """All agents of the build, those of dev containers too."""
    return tuple(agent for resource in build.resources for agent in resource.agents)


def _has_started(build: WorkspaceBuild) -> bool:
    return build.transition == "start" and build.job.status == JobStatus.SUCCEEDED


def _nothing_called(source: str, build: WorkspaceBuild, *, is_given: bool) -> str:
    agents = agents_of(build)
    if not agents and is_given:
        return (
            f"Build {build.build_number} has made no agent, so that it has no log but its own. Call"
            f' again with source="{BUILD}", or without build for the latest that has made one.'
        )
    if not agents:
        return (
            "No recent build of this workspace has made an agent, so that there is no log but that"
            f' of the build. Call again with source="{BUILD}".'
        )
    names = [one_line(agent.name, 40) for agent in agents]
    names += [one_line(known.display_name, 60) for agent in agents for known in agent.log_sources]
    there = ", ".join(f'"{name}"' for name in dict.fromkeys((BUILD, AGENT, *names[:_MOST_NAMED])))
    return f'There is no log "{one_line(source, 80)}" here. As source there can be: {there}.'
