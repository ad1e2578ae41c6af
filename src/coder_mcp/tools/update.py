"""update_workspace: moved to its template's active version, and started from it."""

from dataclasses import replace

from coder_mcp.core import errands
from coder_mcp.core.confirmation import Changes, asked_to_stop, fits
from coder_mcp.core.errands import Errand, Verb, name_of, sentences
from coder_mcp.core.plans import UPDATE_PLANS, Act, next_act
from coder_mcp.core.progress import began
from coder_mcp.core.results import NeedsChoice, Rejected, Result
from coder_mcp.core.room import used
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import Workspace
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import Prepared
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.forecast import without_room
from coder_mcp.tools.lifecycle import prepared_start, started
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.restart import Halves, restarted
from coder_mcp.tools.targets import parameters_of

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
        errand = replace(errand, notes=(_CURRENT,))
        return await started(call, errand, found, parameters or {})
    key = call.client.transport.login.session_token

    async def prepare(current: Workspace) -> Prepared | Result:
        prepared = await prepared_start(
            call, current, parameters or {}, errand.again, updates=True, stops=True
        )
        stops = next_act(UPDATE_PLANS, began(current, call.client.now())) is Act.STOP
        if isinstance(prepared, Rejected) or not (stops and prepared.is_checked):
            return prepared
        if fits(confirm, "update", current, key):
            return prepared
        changes = await _changes(call, current)
        return asked_to_stop(current, key, given=confirm, again=written, changes=changes)

    halves = Halves(plans=UPDATE_PLANS, prepare=prepare, onward=written())
    return await restarted(call, errand, found, halves)


async def _changes(call: Call, workspace: Workspace) -> Changes:
    """What an update changes, as far as it can be read."""
    active = workspace.template_active_version_id
    classic = workspace.template_use_classic_parameter_flow
    version = await or_none(call.client.template_version(active))
    reading = parameters_of(call, active, classic=classic, owner_id=workspace.owner_id)
    known = await or_none(reading) or ()
    before = await or_none(call.client.build_parameters(workspace.latest_build.id))
    quota = await without_room(call, workspace)
    told = used(quota, workspace.latest_build) if quota is not None else ""
    had = {value.name for value in before or ()}
    new = tuple(one_line(one.name, 64) for one in known if one.name not in had)
    return Changes(
        active_version=one_line(version.name, 64) if version is not None else "",
        new_parameters=new if before is not None else (),
        warning=sentences("The quota may refuse this start.", told) if told else "",
    )
