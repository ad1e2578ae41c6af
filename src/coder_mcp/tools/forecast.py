"""What the quota lets expect of a start that was just made."""

from dataclasses import replace
from uuid import UUID

import anyio

from coder_mcp.core.errands import Errand, sentences
from coder_mcp.core.progress import Progress
from coder_mcp.core.quota import cost_before, enforced, last_cost, may_refuse
from coder_mcp.core.room import has_room
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild, WorkspaceTransition
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.lookups import MOST_LISTED

FORECAST_SECONDS = 2.0
"""At most, and within the call's window; the build is on its way and does not wait for it."""
_MOST_BUILDS = 10


async def forewarned(call: Call, errand: Errand, progress: Progress) -> Errand:
    """The errand with a note where its start needs more credits than are left, as it seems.

    The quota is read, and only where it is enforced, the builds that tell the cost: in this order,
    so that it shows whether the new build was counted by then.
    """
    if progress.build.transition != WorkspaceTransition.START:
        return errand
    note = ""
    now = anyio.current_time()
    with anyio.CancelScope(deadline=min(now + FORECAST_SECONDS, call.deadline)):
        note = await or_none(_forecast(call, progress.workspace)) or ""
    if not note:
        return errand
    warning = sentences("The quota may refuse this build.", note)
    return replace(errand, notes=(*errand.notes, note), warning=warning)


async def without_room(call: Call, workspace: Workspace) -> WorkspaceQuota | None:
    """The quota, where it would not let a workspace that runs be started again as it is.

    One read, and none where it holds no credits: nothing that costs nothing is refused.
    """
    build = workspace.latest_build
    if build.daily_cost <= 0:
        return None
    with anyio.move_on_after(FORECAST_SECONDS):
        reading = call.client.quota(workspace.organization_id, workspace.owner_id)
        quota = enforced(await or_none(reading))
        return None if quota is None or has_room(quota, build) else quota
    return None


async def _forecast(call: Call, workspace: Workspace) -> str:
    owned = (workspace.organization_id, workspace.owner_id)
    quota = enforced(await call.client.quota(*owned))
    if quota is None:
        return ""
    cost = cost_before(await _builds(call, workspace), workspace.latest_build)
    return "" if cost is None else may_refuse(quota, cost)


async def _builds(call: Call, workspace: Workspace) -> tuple[WorkspaceBuild, ...]:
    """The builds of the workspace; of its first, those of others of its template."""
    if workspace.latest_build.build_number > 1:
        return await call.client.builds(workspace.id, _MOST_BUILDS)
    return await builds_of_template(
        call, workspace.template_id, workspace.template_name, owner=workspace.owner_name
    )


async def builds_of_template(
    call: Call, template_id: UUID, name: str, *, owner: str
) -> tuple[WorkspaceBuild, ...]:
    """The latest builds of the owner's workspaces of a template, with a start if that can be had.

    In at most two reads: where none of these is a start that costs something, the builds before
    the one that was made last are read too.

    Raises:
        CoderMcpError: They cannot be read.
    """
    page = await call.client.workspaces(f"owner:{owner} template:{name}", MOST_LISTED)
    known = [one for one in page.workspaces if one.template_id == template_id]
    latest = tuple(one.latest_build for one in known)
    built_anew = [one for one in known if one.latest_build.build_number > 1]
    if last_cost(latest) is not None or not built_anew:
        return latest
    newest = max(built_anew, key=lambda one: one.latest_build.created_at)
    return (*latest, *await call.client.builds(newest.id, _MOST_BUILDS))
