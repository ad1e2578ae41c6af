"""update_workspace: moved to its template's active version, and started from it."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from coder_mcp.core import errands
from coder_mcp.core.confirmation import Changes, asked_to_stop, fits
from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.plans import RESTART_PLANS, Act, next_act
from coder_mcp.core.progress import began, is_active
from coder_mcp.core.results import NeedsChoice, Rejected, Result
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    Workspace,
    WorkspaceTransition,
)
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import Prepared, shown
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.inputs import Target, checked, parameters_of
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.restart import restarted

_CURRENT = "It is on its template's active version; there is nothing to update."


async def update_workspace(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
    parameters: arguments.Parameters = None,
    confirm: arguments.Confirm = "",
) -> Result:
    """Move a workspace to its template's active version, start it, wait until it can be used.

    One that runs has to be stopped for that: the first call then changes nothing and gives the
    code for `confirm`. Ask the person in between.
    """
    found = await find_workspace(call, workspace, tool="update_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found

    def written(code: str = "") -> str:
        name = name_of(found)
        return errands.call("update_workspace", workspace=name, parameters=parameters, confirm=code)

    errand = Errand(verb=Verb.START, url=call.url, again=written(confirm))
    if not found.outdated:
        errand = replace(errand, joined=is_active(found.latest_build), notes=(_CURRENT,))
        return await shown(call, errand, began(found, call.client.now()))
    key = call.client.transport.login.session_token

    async def prepare(current: Workspace) -> Prepared | Result:
        prepared = await _prepared(call, current, parameters or {}, errand.again)
        stops = next_act(RESTART_PLANS, began(current, call.client.now())) is Act.STOP
        if isinstance(prepared, Rejected) or not stops or fits(confirm, "update", current, key):
            return prepared
        changes = await _changes(call, current)
        return asked_to_stop(current, key, given=confirm, again=written, changes=changes)

    return await restarted(call, errand, found, prepare, onward=written())


async def _prepared(
    call: Call, workspace: Workspace, parameters: Mapping[str, JsonValue], again: str
) -> Prepared | Rejected:
    """The request for a start of the active version, with all that this version asks for."""
    active = workspace.template_active_version_id
    target = replace(Target.of(workspace, again=again), version_id=active)
    inputs = await checked(call, target, parameters, complete=True)
    if isinstance(inputs, Rejected):
        return inputs
    before = one_line(workspace.latest_build.template_version_name, 64)
    return Prepared(
        request=CreateWorkspaceBuildRequest(
            transition=WorkspaceTransition.START,
            template_version_id=active,
            rich_parameter_values=inputs.values,
        ),
        target=target,
        updated=True,
        notes=(*((f"Its version was {before} before.",) if before else ()), *inputs.notes),
    )


async def _changes(call: Call, workspace: Workspace) -> Changes:
    """What an update changes, as far as it can be read."""
    active = workspace.template_active_version_id
    classic = workspace.template_use_classic_parameter_flow
    version = await or_none(call.client.template_version(active))
    reading = parameters_of(call, active, classic=classic, owner_id=workspace.owner_id)
    known = await or_none(reading) or ()
    before = await or_none(call.client.build_parameters(workspace.latest_build.id))
    had = {value.name for value in before or ()}
    new = tuple(one_line(one.name, 64) for one in known if one.name not in had)
    return Changes(
        active_version=one_line(version.name, 64) if version is not None else "",
        new_parameters=new if before is not None else (),
    )
