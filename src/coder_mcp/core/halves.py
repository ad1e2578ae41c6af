"""What is answered of a start that a workspace is stopped for: before the stop, and after it."""

from coder_mcp.core.errands import Errand, call, name_of
from coder_mcp.core.progress import Progress
from coder_mcp.core.results import InProgress, Rejected, Result
from coder_mcp.core.unfinished import in_progress
from coder_mcp.models.workspaces import Workspace


def unchecked(workspace: Workspace, again: str, onward: str) -> Rejected:
    """Why a workspace is not stopped: whether it could be started again is not known.

    Args:
        workspace: That runs.
        again: The call written out.
        onward: The call that starts it once it is stopped; it sends what cannot be checked.
    """
    stop = call("stop_workspace", workspace=name_of(workspace))
    return Rejected(
        message=(
            f"Workspace {name_of(workspace)} was not stopped: what its template asks for could not"
            " be read, so that it is not known whether it could be started again. Nothing was"
            " changed."
        ),
        workspace_name=name_of(workspace),
        template_id=workspace.template_id,
        next_step=(
            f"Call {again} again. If that ends as this did, ask the person whether to stop it"
            f" all the same: {stop}; then call {onward}."
        ),
        error="the parameters could not be checked",
    )


def stopping_first(errand: Errand, progress: Progress) -> InProgress:
    """The payload where the window closed on the stop that comes before a start."""
    return in_progress(
        errand,
        progress,
        message=(
            f"Workspace {name_of(progress.workspace)} is being stopped, and has still to be started"
            " after that."
        ),
        next_step=f"Call {errand.again}, which waits for the stop and starts it.",
    )


def starting_next(workspace: Workspace, onward: str) -> InProgress:
    """The payload where a call has to end after the stop, before it knows of the start."""
    return InProgress(
        message=(
            f"Workspace {name_of(workspace)} was stopped, and its start is not seen yet. If it was"
            " asked for, it goes on without this call, and the same start is not made twice."
        ),
        workspace_name=name_of(workspace),
        phase="requesting",
        next_step=f"Call {onward}, which starts it, or waits for the start that is there.",
    )


def half_done(result: Result, workspace: Workspace) -> Result:
    """The answer where a workspace was stopped first: a refusal of its start comes after that."""
    if not isinstance(result, Rejected):
        return result
    message = f"Workspace {name_of(workspace)} was stopped, but Coder refused to start it again."
    return result.model_copy(update={"message": message})
