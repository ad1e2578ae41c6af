"""What comes of canceling a build, in words: what cannot be canceled, and what was.

Members may cancel only where the template says so, and the answers to those who may not differ:
403, also for a build that has ended; 500 where the second of two checks finds out, or where the
session token may not update the workspace (coderd/workspacebuilds.go, coderd/database/dbauthz;
recorded: builds/cancel-*.json).
"""

from coder_mcp.core import results
from coder_mcp.core.errands import call, name_of, start
from coder_mcp.core.refusals import actionable
from coder_mcp.core.text import one_line
from coder_mcp.models.wire import ErrorResponse
from coder_mcp.models.workspaces import JobStatus, Workspace, WorkspaceTransition

_LONGEST = 300
_NOT_ALLOWED = ("only owners can cancel", "unauthorized: ")
# A token without `template:read` cannot be asked what the template allows.
_NOT_VERIFIED = "Internal error verifying permission to cancel"


def nothing_to_cancel(workspace: Workspace) -> results.Rejected:
    """Why nothing is canceled: no build is under way."""
    build = workspace.latest_build
    stop = call("stop_workspace", workspace=name_of(workspace))
    runs = build.transition == WorkspaceTransition.START and build.job.status == JobStatus.SUCCEEDED
    return results.Rejected(
        message=(
            f"No build of workspace {name_of(workspace)} is under way: its latest, a"
            f" {one_line(build.transition, 20)}, has ended, and its state is"
            f" {one_line(build.status, 20)}. Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        next_step=(
            f"Ask the person whether to stop it, which ends what runs in it: {stop}."
            if runs
            else "Tell the person; nothing has to be done."
        ),
        error="no build is under way",
    )


def is_refusal(response: ErrorResponse) -> bool:
    """Whether the words of a 500 are a refusal: then it is certain that the build goes on."""
    return response.detail.startswith(_NOT_ALLOWED) or response.message.startswith(_NOT_VERIFIED)


def refused(workspace: Workspace, status: int, response: ErrorResponse) -> results.Rejected | None:
    """Why Coder does not cancel it; nothing where it has ended, or was canceled before (400)."""
    if status == 400:
        return None
    follow = call("wait_for_workspace", workspace=name_of(workspace))
    if response.message.startswith(_NOT_VERIFIED):
        why = "this session token may not read the template, which is asked whether that is allowed"
        mend = "it takes a token with the scope template:read"
    elif workspace.template_allow_user_cancel_workspace_jobs:
        why = "the person, or this session token, may not change this workspace"
        mend = "an administrator can allow it, or it takes a token with the scope workspace:update"
    else:
        why = "its template lets only the deployment's owners cancel builds"
        mend = "an owner can cancel it, or a template administrator can allow it to all users"
    return results.Rejected(
        message=(
            f"The build of workspace {name_of(workspace)} was not canceled: {why}. It goes on."
        ),
        workspace_name=name_of(workspace),
        template_id=workspace.template_id,
        next_step=f"Tell the person: {mend}. Otherwise call {follow}, which waits for its end.",
        error=one_line(response.message, _LONGEST),
        detail=actionable(response.detail) or None,
    )


def lost(workspace: Workspace, error: Exception) -> results.Unknown:
    """The payload where no answer came, and the build is seen to go on."""
    again = call("cancel_build", workspace=name_of(workspace))
    return results.Unknown(
        message=(
            f"The answer to the request to cancel the build of workspace {name_of(workspace)} was"
            " lost, and the build goes on so far."
        ),
        workspace_name=name_of(workspace),
        next_step=f"Call {again} again; to cancel a build twice does no harm.",
        error=str(error),
    )


def as_asked(result: results.Result, workspace: Workspace) -> results.Result:
    """The end of the build in the words of one who wanted it canceled."""
    if isinstance(result, results.Canceled):
        again = f"Tell the person. When the workspace is wanted, call {start(workspace)}."
        return result.model_copy(update={"next_step": again})
    if isinstance(result, results.InProgress | results.Superseded):
        return result
    early = "The build ended before it could be canceled."
    return result.model_copy(update={"message": f"{early} {result.message}"})
