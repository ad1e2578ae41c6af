"""delete_workspace: in two calls, so that a person is asked what would be lost."""

from coder_mcp.core import errands
from coder_mcp.core.confirmation import asked, fits
from coder_mcp.core.errands import Errand, Verb
from coder_mcp.core.plans import DELETE_PLANS, Act, next_act
from coder_mcp.core.progress import began
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    Workspace,
    WorkspaceTransition,
)
from coder_mcp.tools import arguments
from coder_mcp.tools.builds import Course, Prepared, carried_out
from coder_mcp.tools.call import Call
from coder_mcp.tools.lookups import find_workspace
from coder_mcp.tools.targets import Target


async def delete_workspace(
    call: Call,
    *,
    workspace: arguments.Workspace,
    confirm: arguments.Confirm = "",
) -> Result:
    """Delete a workspace and what is in it, for good; wait until it is gone.

    Takes two calls: the first changes nothing and says what would be lost and the code for
    `confirm`. Ask the person in between.
    """
    found = await find_workspace(call, workspace, tool="delete_workspace", changes=True)
    if isinstance(found, NeedsChoice):
        return found
    again = errands.call("delete_workspace", workspace=str(found.id), confirm=confirm)
    key = call.client.transport.login.session_token
    act = next_act(DELETE_PLANS, began(found, call.client.now()))
    if act is not Act.ANSWER and not fits(confirm, "delete", found, key):
        return asked(found, key, given=confirm)
    errand = Errand(verb=Verb.DELETE, url=call.url, again=again)

    async def prepare(doomed: Workspace) -> Prepared | Result:
        if not fits(confirm, "delete", doomed, key):
            return asked(doomed, key, given=confirm)
        request = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.DELETE)
        return Prepared(request=request, target=Target.of(doomed, again=again))

    course = Course(plans=DELETE_PLANS, prepare=prepare)
    return await carried_out(call, errand, found, course)
