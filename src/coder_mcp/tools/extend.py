"""extend_workspace: the time at which a running workspace stops automatically, put off."""

from datetime import datetime, timedelta

from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.core import deadlines
from coder_mcp.core.errands import name_of
from coder_mcp.core.results import NeedsChoice, Rejected, Result, Unknown
from coder_mcp.errors import CoderBroken
from coder_mcp.models.workspaces import Workspace
from coder_mcp.tools import arguments
from coder_mcp.tools.audit import audited
from coder_mcp.tools.call import Call
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.recovery import recovered

_SAME = timedelta(seconds=2)
"""Coder keeps times more exactly than they are sent."""


async def extend_workspace(
    call: Call, *, workspace: arguments.OnlyWorkspace = "", hours: arguments.Hours
) -> Result:
    """Let a running workspace run longer than until its deadline, by so many hours."""
    found = await find_workspace(call, workspace, tool="extend_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    deadline = deadlines.extended(found, hours, call.client.now())
    if isinstance(deadline, Rejected):
        return deadline
    asked = call.client.extend_workspace(found.id, deadline)
    match await audited(call, name_of(found), asked, build_id=found.latest_build.id):
        case Refusal(response=response):
            return deadlines.refused(found, response)
        case Lost(error=CoderBroken(response=response)) if deadlines.is_refusal(response):
            return deadlines.refused(found, response)
        case Lost() as lost:
            now = await _recovered(call, found, deadline, lost)
            if isinstance(now, Unknown):
                return now
        case _:
            pass
    return deadlines.shown(found, deadline, hours)


async def _recovered(
    call: Call, workspace: Workspace, deadline: datetime, lost: Lost
) -> Workspace | Unknown:
    """The workspace with the new deadline, if it was taken all the same."""

    async def look() -> Workspace | None:
        now = await call.client.workspace(workspace.id)
        has = now.latest_build.deadline
        return now if has is not None and abs(has - deadline) < _SAME else None

    return await recovered(lost, look, deadlines.lost(workspace, lost.error))
