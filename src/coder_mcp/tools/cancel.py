"""cancel_build: the latest build of a workspace, if it is under way, and its end awaited."""

from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.core import cancels
from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.progress import Snapshot, advance, began, is_active, was_canceled
from coder_mcp.core.results import NeedsChoice, Result, Unknown
from coder_mcp.errors import CoderBroken
from coder_mcp.models.workspaces import JobStatus, Workspace
from coder_mcp.tools import arguments
from coder_mcp.tools.audit import audited
from coder_mcp.tools.builds import shown
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.recovery import recovered


async def cancel_build(call: Call, *, workspace: arguments.OnlyWorkspace = "") -> Result:
    """Cancel the build of a workspace that is under way, where its template allows that.

    Ends in `canceled`, or in what the build came to before. Half-made resources may stay.
    """
    found = await find_workspace(call, workspace, tool="cancel_build", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    build = found.latest_build
    underway = is_active(build)
    if not underway and not was_canceled(build):
        return cancels.nothing_to_cancel(found)
    if underway and build.job.status != JobStatus.CANCELING:
        refused = await _canceled(call, found)
        if refused is not None:
            return refused
    progress = began(found, call.client.now())
    now = await or_none(call.client.workspace(found.id)) if underway else None
    if now is not None:
        progress = advance(progress, Snapshot(workspace=now, at=call.client.now()))
    errand = Errand(verb=Verb.WAIT, url=call.url, joined=underway)
    return cancels.as_asked(await shown(call, errand, progress), found)


async def _canceled(call: Call, workspace: Workspace) -> Result | None:
    """Why the build goes on; nothing where it was canceled, or had ended before."""
    build = workspace.latest_build
    asked = call.client.cancel_build(build.id)
    answer = await audited(call, name_of(workspace), asked, build_id=build.id)
    match answer:
        case Refusal(status=status, response=response):
            return cancels.refused(workspace, status, response)
        case Lost(error=CoderBroken(response=response)) if cancels.is_refusal(response):
            return cancels.refused(workspace, 403, response)
        case Lost():
            return await _recovered(call, workspace, answer)
        case _:
            return None


async def _recovered(call: Call, workspace: Workspace, lost: Lost) -> Result | None:
    """What became of a cancel whose answer was lost: nothing where it did what it was for."""
    build = workspace.latest_build

    async def look() -> Workspace | None:
        now = await call.client.workspace(workspace.id)
        goes_on = now.latest_build.id == build.id and is_active(now.latest_build)
        return None if goes_on and not was_canceled(now.latest_build) else now

    found = await recovered(lost, look, cancels.lost(workspace, lost.error))
    return found if isinstance(found, Unknown) else None
