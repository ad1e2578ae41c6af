"""start_workspace, stop_workspace, wait_for_workspace."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from coder_mcp.core import errands
from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.parameters import spelled
from coder_mcp.core.plans import START_PLANS, STOP_PLANS
from coder_mcp.core.progress import began, is_active
from coder_mcp.core.refusals import running_already
from coder_mcp.core.results import NeedsChoice, Rejected, Result
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    JobStatus,
    Workspace,
    WorkspaceTransition,
)
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import Course, Prepared, carried_out, shown
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.inputs import checked
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.targets import Target, values_before

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
    return await started(call, errand, found, parameters or {})


async def started(
    call: Call, errand: Errand, workspace: Workspace, parameters: Mapping[str, JsonValue]
) -> Result:
    """Start a workspace that does not run; one that does is waited for as it is."""

    async def prepare(stopped: Workspace) -> Prepared | Rejected:
        return await prepared_start(call, stopped, parameters, errand.again)

    async def unbuilt(errand: Errand, there: Workspace) -> Errand | Result:
        return await _parameters_left(call, errand, there, parameters)

    course = Course(plans=START_PLANS, prepare=prepare, unbuilt=unbuilt)
    return await carried_out(call, errand, workspace, course)


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


async def _parameters_left(
    call: Call, errand: Errand, workspace: Workspace, parameters: Mapping[str, JsonValue]
) -> Errand | Result:
    """What becomes of parameters where a start is there already: they are of the next build.

    A call that is made again, with those that the build was made with, is answered by it.
    """
    build = workspace.latest_build
    if not parameters or build.transition != WorkspaceTransition.START:
        return errand
    wanted = spelled(parameters)
    reading = values_before(call, Target.of(workspace, again=errand.again))
    if wanted.items() <= (await or_none(reading) or {}).items():
        return errand
    if build.job.status == JobStatus.SUCCEEDED:
        return running_already(workspace, errand.again)
    return replace(errand, notes=(*errand.notes, _NOT_APPLIED))


async def prepared_start(
    call: Call,
    workspace: Workspace,
    parameters: Mapping[str, JsonValue],
    again: str,
    *,
    updates: bool = False,
    stops: bool = False,
) -> Prepared | Rejected:
    """The request for a start: of the active version where the workspace has to move to it.

    A plain start keeps the version of the latest build, and is refused where the template
    requires the active one (cli/start.go sends it for the same reasons).

    Args:
        call: The call it is for.
        workspace: That is to be started.
        parameters: Of those that the template asks for.
        again: The call written out.
        updates: Whether it moves in any case, as it was asked to.
        stops: Whether the workspace may be stopped first: then what is missing in the version that
            it moves to is looked for too. Else Coder refuses it, and nothing is lost.
    """
    moves = workspace.outdated and (updates or _follows(workspace))
    target = _target(workspace, parameters, again, moves=moves)
    inputs = await checked(call, target, parameters, complete=moves and stops)
    if isinstance(inputs, Rejected):
        return inputs
    before = one_line(workspace.latest_build.template_version_name, 64) if moves else ""
    return Prepared(
        request=CreateWorkspaceBuildRequest(
            transition=WorkspaceTransition.START,
            template_version_id=target.version_id if moves else None,
            rich_parameter_values=inputs.values,
        ),
        target=target,
        updated=moves,
        notes=(*((f"Its version was {before} before.",) if before else ()), *inputs.notes),
        is_checked=inputs.is_checked,
    )


def _follows(workspace: Workspace) -> bool:
    """Whether a start moves the workspace to its template's active version by itself."""
    return workspace.template_require_active_version or workspace.automatic_updates == "always"


def _target(
    workspace: Workspace, parameters: Mapping[str, JsonValue], again: str, *, moves: bool
) -> Target:
    """The version that is started: that of the last build, or the active one."""
    target = Target.of(workspace, again=again)
    if not workspace.outdated:
        return target
    active = workspace.template_active_version_id
    if moves:
        return replace(target, version_id=active)
    name = name_of(workspace)
    update = errands.call("update_workspace", workspace=name, parameters=dict(parameters))
    return replace(target, newer_id=active, update=update)
