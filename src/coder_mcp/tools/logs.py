"""read_logs."""

from coder_mcp.core.logs.choice import LogChoice, log_choice, needs_agents, with_agents
from coder_mcp.core.logs.page import USUAL_LINES, LogLine, agent_lines, build_lines, part_of
from coder_mcp.core.logs.report import LogRequest, log_found
from coder_mcp.core.progress import began, is_deleted
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.errors import BadArguments
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call
from coder_mcp.tools.lookups import MOST_LISTED, find_workspace

_MOST_BUILDS = 10
"""Those that are looked at for the latest that has made an agent."""


async def read_logs(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
    source: arguments.LogSource = "",
    tail: arguments.Tail = None,
    level: arguments.Level = "",
    after: arguments.After = None,
    build: arguments.BuildNumber = None,
) -> Result:
    """Read the end of the log of a workspace's startup scripts or build; it never waits."""
    found = await find_workspace(call, workspace, tool="read_logs", changes=False)
    if isinstance(found, NeedsChoice):
        return found
    meant = await _build(call, found, source, build)
    latest = meant.id == found.latest_build.id
    progress = began(found, call.client.now()) if latest else None
    choice = log_choice(source, meant, progress, is_given=build is not None)
    lines = await _lines(call, meant, choice, after or 0)
    part = part_of(lines, most=tail or USUAL_LINES, level=level, after=after)
    request = LogRequest(source=source, tail=tail, level=level, after=after)
    return log_found(found, meant, choice, request, part)


async def _build(
    call: Call, workspace: Workspace, source: str, number: int | None
) -> WorkspaceBuild:
    """The build of this number; else the latest, or for an agent's log the latest that has one.

    Raises:
        BadArguments: There is none of this number.
    """
    latest = workspace.latest_build
    if number is not None and number != latest.build_number:
        build = await _earlier(call, workspace, number)
        if build is None:
            raise BadArguments(
                f"There is no build {number} of this workspace that this session token can see:"
                f" its latest is build {latest.build_number}."
            )
        return build
    if number is None and needs_agents(source, latest):
        builds = await call.client.builds(workspace.id, _MOST_BUILDS)
        return with_agents(builds) or latest
    return latest


async def _earlier(call: Call, workspace: Workspace, number: int) -> WorkspaceBuild | None:
    """A build that is not the latest; once deleted, a workspace is not found by its name."""
    if not is_deleted(workspace.latest_build):
        return await call.client.build_by_number(workspace.owner_name, workspace.name, number)
    back = workspace.latest_build.build_number - number
    builds = await call.client.builds(workspace.id, min(back + 1, MOST_LISTED)) if back > 0 else ()
    return next((build for build in builds if build.build_number == number), None)


async def _lines(call: Call, build: WorkspaceBuild, choice: LogChoice, after: int) -> list[LogLine]:
    if choice.agent is None:
        return build_lines(await call.client.build_logs(build.id, after))
    lines = await call.client.agent_logs(choice.agent.id, after)
    mine = [line for line in lines if choice.source_id in ("", line.source_id)]
    return agent_lines(mine, choice.agent)
