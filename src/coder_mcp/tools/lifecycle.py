"""start_workspace, stop_workspace, wait_for_workspace."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from coder_mcp.core import errands
from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.plans import START_PLANS, STOP_PLANS
from coder_mcp.core.progress import began, is_active
from coder_mcp.core.refusals import running_already
from coder_mcp.core.results import NeedsChoice, Rejected, Result
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    JobStatus,
    Workspace,
    WorkspaceTransition,
)
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import Course, Prepared, carried_out, shown
from coder_mcp.tools.call import Call
from coder_mcp.tools.inputs import Target, checked
from coder_mcp.tools.lookups import find_workspace

_NOT_APPLIED = "A start was under way already, so the parameters given were not applied."


async def start_workspace(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
    parameters: arguments.Parameters = None,
) -> Result:
    """Start a workspace and wait until it can be used; a running one is not built again.

    Ends in `ready`, `in_progress` or why not.
    """
    found = await find_workspace(call, workspace, tool="start_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    again = errands.call("start_workspace", workspace=name_of(found), parameters=parameters)
    errand = Errand(verb=Verb.START, url=call.url, again=again)

    async def prepare(stopped: Workspace) -> Prepared | Rejected:
        return await prepared_start(call, stopped, parameters or {}, again)

    def unbuilt(errand: Errand, started: Workspace) -> Errand | Result:
        return _parameters_left(errand, started) if parameters else errand

    course = Course(plans=START_PLANS, prepare=prepare, unbuilt=unbuilt)
    return await carried_out(call, errand, found, course)


async def stop_workspace(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
) -> Result:
    """Stop a workspace and wait until it is stopped. What runs in it ends; its disk stays."""
    found = await find_workspace(call, workspace, tool="stop_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    again = errands.call("stop_workspace", workspace=name_of(found))
    errand = Errand(verb=Verb.STOP, url=call.url, again=again)

    async def prepare(running: Workspace) -> Prepared:
        request = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.STOP)
        return Prepared(request=request, target=Target.of(running, again=again))

    course = Course(plans=STOP_PLANS, prepare=prepare)
    return await carried_out(call, errand, found, course)


async def wait_for_workspace(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
) -> Result:
    """Wait for the latest build of a workspace, whatever it does. Changes nothing."""
    found = await find_workspace(call, workspace, tool="wait_for_workspace", changes=False)
    if isinstance(found, NeedsChoice):
        return found
    joined = is_active(found.latest_build)
    errand = Errand(verb=Verb.WAIT, url=call.url, joined=joined)
    return await shown(call, errand, began(found, call.client.now()))


def _parameters_left(errand: Errand, workspace: Workspace) -> Errand | Result:
    """What becomes of parameters where a start is there already: they are of the next build."""
    build = workspace.latest_build
    if build.transition != WorkspaceTransition.START:
        return errand
    if build.job.status == JobStatus.SUCCEEDED:
        return running_already(workspace, errand.again)
    return replace(errand, notes=(*errand.notes, _NOT_APPLIED))


async def prepared_start(
    call: Call, workspace: Workspace, parameters: Mapping[str, JsonValue], again: str
) -> Prepared | Rejected:
    """The request for a start: of the active version where the workspace has to move to it.

    A plain start keeps the version of the latest build, and is refused where the template
    requires the active one (cli/start.go sends it for the same reasons).
    """
    moves = workspace.outdated and (
        workspace.template_require_active_version or workspace.automatic_updates == "always"
    )
    target = Target.of(workspace, again=again)
    if moves:
        target = replace(target, version_id=workspace.template_active_version_id)
    inputs = await checked(call, target, parameters)
    if isinstance(inputs, Rejected):
        return inputs
    return Prepared(
        request=CreateWorkspaceBuildRequest(
            transition=WorkspaceTransition.START,
            template_version_id=workspace.template_active_version_id if moves else None,
            rich_parameter_values=inputs.values,
        ),
        target=target,
        updated=moves,
        notes=inputs.notes,
    )
