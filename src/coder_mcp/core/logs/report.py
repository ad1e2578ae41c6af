"""A part of a log as the answer to who asked for it: whose it is, and how to read on."""

from dataclasses import dataclass

from coder_mcp.core.agents import root_agents
from coder_mcp.core.errands import call, name_of, sentences
from coder_mcp.core.logs.choice import BUILD, LogChoice, folded
from coder_mcp.core.logs.page import USUAL_LINES, LogPart
from coder_mcp.core.progress import is_active, is_deleted
from coder_mcp.core.seen import LogFound
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import (
    AgentStatus,
    LifecycleState,
    Workspace,
    WorkspaceAgent,
    WorkspaceBuild,
)


@dataclass(frozen=True, kw_only=True)
class LogRequest:
    """What of which log was asked for, as it was given."""

    source: str = ""
    tail: int | None = None
    level: str = ""
    after: int | None = None


def log_found(
    workspace: Workspace,
    build: WorkspaceBuild,
    choice: LogChoice,
    request: LogRequest,
    part: LogPart,
) -> LogFound:
    """The payload of read_logs."""
    agent = choice.agent
    overflowed = build.job.logs_overflowed if agent is None else agent.logs_overflowed
    return LogFound(
        message=sentences(
            f"{_subject(workspace, build, choice)}{_counted(request, part)}",
            "Coder has dropped what exceeded 1 MiB of it." if overflowed else "",
            _about_other_agents(build, request, agent),
        ),
        workspace_name=name_of(workspace),
        after=part.after,
        next_step=_next_step(workspace, build, choice, request, part),
        log_tail=part.text or None,
    )


def _subject(workspace: Workspace, build: WorkspaceBuild, choice: LogChoice) -> str:
    number, name = build.build_number, name_of(workspace)
    if choice.agent is None:
        return f"The log of build {number} ({one_line(build.transition, 20)}) of workspace {name}"
    what = "one script's log" if choice.source_id else "the startup log"
    earlier = "" if number == workspace.latest_build.build_number else f", build {number}"
    agent = one_line(choice.agent.name, 40)
    return f"{what.capitalize()} of agent {agent} of workspace {name}{earlier}"


def _counted(request: LogRequest, part: LogPart) -> str:
    """How much of it is shown."""
    of_level = f" of level {request.level} or above" if request.level else ""
    since = f" after line {request.after}" if request.after else ""
    which = "last" if part.before else "first" if part.behind else "all"
    if not part.shown:
        return f" has no lines{of_level}{since}."
    if which == "all":
        lines = "1 line" if part.shown == 1 else f"all {part.shown} lines"
        return f": {lines}{of_level}{since}."
    count = part.shown + part.before + part.behind
    return f": the {which} {part.shown} of {count} lines{of_level}{since}."


def _about_other_agents(
    build: WorkspaceBuild, request: LogRequest, agent: WorkspaceAgent | None
) -> str:
    """Which agents there are beside the one that was taken."""
    if agent is None or folded(request.source) == folded(agent.name):
        return ""
    others = [one_line(other.name, 40) for other in root_agents(build) if other.id != agent.id]
    return f"Other agents: {', '.join(others)}." if others else ""


def _next_step(
    workspace: Workspace,
    build: WorkspaceBuild,
    choice: LogChoice,
    request: LogRequest,
    part: LogPart,
) -> str | None:
    """How to read what is not shown, or what is still to be written.

    The log is named: which one nothing means changes while a build goes on, and ids are of one log.
    """
    source = _named(choice, request)
    # A few lines were asked for of the end; whoever reads on reads more at once.
    goes_on = request.after is not None or (request.tail or 0) > USUAL_LINES
    tail = request.tail if goes_on else None

    def again(source: str, after: int | None) -> str:
        return call(
            "read_logs",
            workspace=str(workspace.id)
            if is_deleted(workspace.latest_build)
            else name_of(workspace),
            source=source,
            build=build.build_number,
            tail=tail if after is not None else None,
            level=request.level if after is not None else "",
            after=after,
        )

    if part.behind:
        return f"Call {again(source, part.after)} to read on."
    if part.before:
        return f"Ask the person whether to read it from its beginning: {again(source, 0)}."
    latest = build.build_number == workspace.latest_build.build_number
    if latest and _is_written(build, choice.agent):
        more = again(source, part.after)
        return f"Ask the person whether to look again later for what is new: {more}."
    if not part.shown and choice.agent is not None and request.after is None:
        return f"Call {again(BUILD, None)} to see what the build wrote."
    return None


def _named(choice: LogChoice, request: LogRequest) -> str:
    """The source that means this log."""
    if choice.agent is None:
        return BUILD
    return one_line(request.source if choice.source_id else choice.agent.name, 80)


def _is_written(build: WorkspaceBuild, agent: WorkspaceAgent | None) -> bool:
    """Whether lines may still come."""
    if agent is None:
        return is_active(build)
    may_come = agent.status in (AgentStatus.CONNECTING, AgentStatus.CONNECTED)
    return may_come and agent.lifecycle_state in (LifecycleState.CREATED, LifecycleState.STARTING)
