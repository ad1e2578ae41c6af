"""restart_workspace: stopped, waited for, started; and these steps, which an update shares."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from coder_mcp.api.writes import Refusal
from coder_mcp.core import errands
from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.phases import Phase
from coder_mcp.core.plans import RESTART_PLANS, START_PLANS, Act
from coder_mcp.core.progress import began
from coder_mcp.core.refusals import half_done
from coder_mcp.core.results import NeedsChoice, Result, Unknown
from coder_mcp.core.unfinished import blocked, stopping_first
from coder_mcp.errors import CoderMcpError
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    Workspace,
    WorkspaceTransition,
)
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import (
    Course,
    Prepared,
    carried_out,
    decided,
    followed,
    made_build,
    shown,
)
from coder_mcp.tools.call import Call
from coder_mcp.tools.inputs import Target, explained
from coder_mcp.tools.lifecycle import prepared_start
from coder_mcp.tools.lookups import find_workspace

Prepare = Callable[[Workspace], Awaitable[Prepared | Result]]


async def restart_workspace(
    call: Call,
    *,
    workspace: arguments.OnlyWorkspace = "",
    parameters: arguments.Parameters = None,
) -> Result:
    """Stop a workspace, which ends what runs in it, start it again and wait until it can be used.

    Ends as start_workspace does; one that is stopped is started.
    """
    found = await find_workspace(call, workspace, tool="restart_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    name = name_of(found)
    again = errands.call("restart_workspace", workspace=name, parameters=parameters)
    onward = errands.call("start_workspace", workspace=name, parameters=parameters)

    async def prepare(current: Workspace) -> Prepared | Result:
        return await prepared_start(call, current, parameters or {}, again)

    errand = Errand(verb=Verb.START, url=call.url, again=again)
    return await restarted(call, errand, found, prepare, onward)


async def restarted(
    call: Call, errand: Errand, workspace: Workspace, prepare: Prepare, onward: str
) -> Result:
    """Start a workspace; one that runs is stopped first, once it is known what to start.

    Args:
        call: The call it is for.
        errand: What it is for.
        workspace: As it was found.
        prepare: The start that is to be asked for, or why it is not.
        onward: The call that does what is left once it is stopped.
    """
    decision = await decided(call, errand, workspace, RESTART_PLANS)
    if decision.act is Act.SETTLE:
        return blocked(errand, decision.progress)
    course = Course(plans=START_PLANS, prepare=prepare)
    if decision.act is not Act.STOP:
        return await carried_out(call, errand, decision.workspace, course)
    prepared = await prepare(decision.workspace)
    if isinstance(prepared, Result):
        return prepared
    errand = replace(errand, again=onward)
    stopped = await _stopped(call, errand, decision.workspace)
    if isinstance(stopped, Result):
        return stopped
    start = replace(prepared, target=replace(prepared.target, again=onward))

    async def as_prepared(_: Workspace) -> Prepared:
        return start

    errand = replace(errand, notes=(*errand.notes, "The workspace was stopped for that."))
    try:
        result = await carried_out(call, errand, stopped, replace(course, prepare=as_prepared))
    except CoderMcpError as error:
        error.add_note(f"Workspace {name_of(stopped)} was stopped: to start it, call {onward}.")
        raise
    return half_done(result, stopped)


async def _stopped(call: Call, errand: Errand, workspace: Workspace) -> Workspace | Result:
    """The workspace once it is stopped, or why it is not."""
    request = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.STOP)
    made, is_ours = await made_build(call, workspace, request)
    match made:
        case Refusal():
            return await explained(call, Target.of(workspace, again=errand.again), made)
        case Unknown():
            return made
        case Workspace():
            pass
    errand = replace(errand, verb=Verb.STOP, made=is_ours, joined=not is_ours)
    progress = await followed(call, errand, began(made, call.client.now()), stopping_first)
    if not progress.is_over:
        return stopping_first(errand, progress)
    if progress.phase is Phase.STOPPED:
        return progress.workspace
    return await shown(call, errand, progress)
