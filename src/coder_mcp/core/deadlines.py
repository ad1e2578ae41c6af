"""When a running workspace stops automatically, and putting that off."""

from datetime import datetime, timedelta

from coder_mcp.core import results
from coder_mcp.core.errands import call, name_of, sentences, start, wait_for
from coder_mcp.core.progress import is_active, is_deleted
from coder_mcp.core.scopes import needs
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.wire import ErrorResponse
from coder_mcp.models.workspaces import JobStatus, Workspace, WorkspaceTransition

_LEAST = timedelta(minutes=30)
"""From now to a new deadline (coderd/workspaces.go, `validWorkspaceDeadline`)."""
_LONGEST = 300
# The message of the 500 that a token without `workspace:update` gets (coderd/workspaces.go); it
# stands for a failure of the database too, which has changed nothing either.
_NOT_STORED = "Failed to extend workspace deadline."


def extended(workspace: Workspace, hours: float, now: datetime) -> datetime | results.Rejected:
    """The new deadline, which the template's own limit cuts; or why there is none to put off."""
    build = workspace.latest_build
    if build.transition != WorkspaceTransition.START or build.job.status != JobStatus.SUCCEEDED:
        return _rejected(
            workspace,
            f"Workspace {name_of(workspace)} is not running ({one_line(build.status, 20)}).",
            _to_a_running_one(workspace),
            "the workspace is not running",
        )
    if build.deadline is None:
        return _rejected(
            workspace,
            f"Workspace {name_of(workspace)} has no deadline: it runs until somebody stops it.",
            "Tell the person that it keeps running; nothing has to be done.",
            "the workspace is stopped by hand only",
        )
    wanted = max(max(build.deadline, now) + timedelta(hours=hours), now + _LEAST)
    latest = build.max_deadline
    if latest is None or wanted <= latest:
        return wanted
    if latest > max(build.deadline, now + _LEAST):
        return latest
    return _rejected(
        workspace,
        f"Workspace {name_of(workspace)} is stopped at {shown_time(build.deadline)}, and its"
        " template does not let it run longer without a restart.",
        "Tell the person; after the stop it can be started again.",
        "the template's limit is reached",
    )


def shown(workspace: Workspace, deadline: datetime, hours: float) -> results.Extended:
    """The payload once Coder has the new deadline."""
    before = workspace.latest_build.deadline
    cut = before is not None and deadline < before + timedelta(hours=hours)
    return results.Extended(
        message=(
            f"Workspace {name_of(workspace)} now runs until {shown_time(deadline)}, unless it is"
            " stopped before." + (" That is the longest that its template allows." if cut else "")
        ),
        workspace_name=name_of(workspace),
        deadline=shown_time(deadline),
        previous_deadline=shown_time(before) if before is not None else None,
    )


def refused(workspace: Workspace, response: ErrorResponse) -> results.Rejected:
    """Coder's own refusal."""
    look = call("get_workspace", workspace=name_of(workspace))
    said = one_line(response.message, _LONGEST)
    missing = needs(("workspace:update",)) if is_refusal(response) else ""
    return _rejected(
        workspace,
        f"Coder refused to let workspace {name_of(workspace)} run longer.",
        sentences(missing, f"Tell the person why; {look} shows how it stands."),
        said,
    ).model_copy(update={"detail": one_line(response.detail, _LONGEST) or None})


def is_refusal(response: ErrorResponse) -> bool:
    """Whether the words of a 500 say that the deadline is as it was."""
    return response.message == _NOT_STORED


def lost(workspace: Workspace, error: Exception) -> results.Unknown:
    """The payload where no answer came and the deadline is seen unchanged."""
    look = call("get_workspace", workspace=name_of(workspace))
    return results.Unknown(
        message=(
            f"The answer to the request to let workspace {name_of(workspace)} run longer was lost,"
            " and its deadline is unchanged so far."
        ),
        workspace_name=name_of(workspace),
        next_step=f"Before it is asked for again, call {look} and look at its deadline.",
        error=str(error),
    )


def _to_a_running_one(workspace: Workspace) -> str:
    """What leads to a workspace that runs and can be let run longer."""
    build = workspace.latest_build
    if is_active(build):
        return f"Call {wait_for(workspace, build)}, which waits for the build that is under way."
    if is_deleted(build):
        return "Tell the person; create_workspace makes another one."
    return f"Ask the person whether to start it: {start(workspace)}."


def _rejected(workspace: Workspace, message: str, next_step: str, error: str) -> results.Rejected:
    return results.Rejected(
        message=f"{message} Nothing was changed.",
        workspace_name=name_of(workspace),
        next_step=next_step,
        error=error,
    )
