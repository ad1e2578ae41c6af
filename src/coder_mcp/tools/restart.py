"""restart_workspace: stopped, waited for, started; and these steps, which an update shares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from coder_mcp.api.writes import Refusal
from coder_mcp.core import errands
from coder_mcp.core.errands import Errand, Verb, name_of, sentences
from coder_mcp.core.halves import half_done, starting_next, stopping_first, unchecked
from coder_mcp.core.phases import Phase
from coder_mcp.core.plans import RESTART_PLANS, START_PLANS, Act, Plans
from coder_mcp.core.progress import began
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.core.room import no_room, used
from coder_mcp.core.unfinished import blocked
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
from coder_mcp.tools.forecast import without_room
from coder_mcp.tools.inputs import explained
from coder_mcp.tools.lifecycle import prepared_start
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.targets import Target

_STOPPED = "Before this start, the workspace was stopped."


@dataclass(frozen=True, kw_only=True)
class Halves:
    """What a restart is made of.

    Attributes:
        plans: What it does by the latest build.
        prepare: The start that is to be asked for, or why it is not.
        onward: The call that does what is left once it is stopped.
    """

    plans: Plans
    prepare: Callable[[Workspace], Awaitable[Prepared | Result]]
    onward: str


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
        return await prepared_start(call, current, parameters or {}, again, stops=True)

    errand = Errand(verb=Verb.START, url=call.url, again=again)
    halves = Halves(plans=RESTART_PLANS, prepare=prepare, onward=onward)
    return await restarted(call, errand, found, halves)


async def restarted(
    call: Call, errand: Errand, workspace: Workspace, halves: Halves, *, first: bool = True
) -> Result:
    """Start a workspace; one that runs is stopped first, once it is known what to start.

    Where Coder says that another build came before the stop (409), it is all decided once more.
    """
    decision = await decided(call, errand, workspace, halves.plans)
    if decision.act is Act.SETTLE:
        return blocked(errand, decision.progress)
    if decision.act is not Act.STOP:
        course = Course(plans=START_PLANS, prepare=halves.prepare)
        return await carried_out(call, errand, decision.workspace, course)
    result = await _in_two(call, errand, decision.workspace, halves)
    if not isinstance(result, Refusal):
        return result
    if result.status == 409 and first:
        again = await call.client.workspace(workspace.id, include_deleted=True)
        return await restarted(call, errand, again, halves, first=False)
    return await explained(call, Target.of(decision.workspace, again=errand.again), result)


async def _in_two(
    call: Call, errand: Errand, workspace: Workspace, halves: Halves
) -> Result | Refusal:
    """Stop a workspace that runs and start it, where nothing is known to refuse the start.

    A refusal is that of the stop: nothing was changed.
    """
    prepared = await halves.prepare(workspace)
    if isinstance(prepared, Result):
        return prepared
    if not prepared.is_checked:
        return unchecked(workspace, errand.again, halves.onward)
    quota = await without_room(call, workspace)
    if quota is not None and _is_as_before(prepared.request):
        return no_room(workspace, quota, errand.again)
    errand = replace(errand, again=halves.onward, whole=errand.again)
    stopping = errand
    if quota is not None:
        told = used(quota, workspace.latest_build)
        warning = sentences("The quota may refuse the start that follows.", told)
        stopping = replace(errand, warning=warning, notes=(warning,))
    stopped = await _stopped(call, stopping, workspace)
    if not isinstance(stopped, Workspace):
        return stopped
    return await _started(call, errand, stopped, prepared)


async def _started(call: Call, errand: Errand, stopped: Workspace, prepared: Prepared) -> Result:
    """Start a workspace that was stopped for it, with what was prepared before."""
    onward = errand.again
    call.so_far = lambda: starting_next(stopped, onward)
    start = replace(prepared, target=replace(prepared.target, again=onward))

    async def as_prepared(_: Workspace) -> Prepared:
        return start

    errand = replace(errand, whole="", notes=(*errand.notes, _STOPPED))
    course = Course(plans=START_PLANS, prepare=as_prepared)
    try:
        result = await carried_out(call, errand, stopped, course)
    except CoderMcpError as error:
        error.add_note(f"Workspace {name_of(stopped)} was stopped: to start it, call {onward}.")
        raise
    return half_done(result, stopped)


def _is_as_before(start: CreateWorkspaceBuildRequest) -> bool:
    """Whether a start is of the version and the values of the last build, so that it costs that."""
    return start.template_version_id is None and not start.rich_parameter_values


async def _stopped(
    call: Call, errand: Errand, workspace: Workspace
) -> Workspace | Result | Refusal:
    """The workspace once it is stopped, or why it is not."""
    request = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.STOP)
    made, is_ours = await made_build(call, workspace, request)
    if not isinstance(made, Workspace):
        return made
    errand = replace(errand, verb=Verb.STOP, made=is_ours, joined=not is_ours)
    progress = await followed(call, errand, began(made, call.client.now()), stopping_first)
    if not progress.is_over:
        return stopping_first(errand, progress)
    if progress.phase is Phase.STOPPED:
        return progress.workspace
    return await shown(call, errand, progress)
