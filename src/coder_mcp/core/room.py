"""Whether the quota has room for the start that follows the stop of a workspace that runs."""

from coder_mcp.core.errands import name_of
from coder_mcp.core.results import Rejected
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild


def has_room(quota: WorkspaceQuota, build: WorkspaceBuild) -> bool:
    """Whether a start like this one, which runs, fits after a stop of it.

    What is consumed holds this one, so that over the budget it has no room beside the others; and
    it is no lowering of what the stop holds. Coder refuses a build where what is consumed and its
    cost exceed the budget (enterprise/coderd/workspacequota.go).
    """
    costs = build.transition == "start" and build.daily_cost > 0
    return not costs or quota.credits_consumed <= quota.budget


def used(quota: WorkspaceQuota, build: WorkspaceBuild) -> str:
    """What is used of the budget, in a sentence."""
    return (
        f"{quota.credits_consumed} of {quota.budget} credits are used, {build.daily_cost} of them"
        " by this workspace."
    )


def no_room(workspace: Workspace, quota: WorkspaceQuota, again: str) -> Rejected:
    """Why a workspace is not stopped: the quota would not let it be started again.

    Args:
        workspace: That runs.
        quota: That has no room.
        again: The call written out.
    """
    build = workspace.latest_build
    if build.daily_cost > quota.budget:
        ask = "Ask the person to have the allowance raised: this workspace alone needs more than it"
    else:
        ask = (
            "Ask the person which other workspace to delete (get_quota() shows what each holds), or"
            " to have the allowance raised"
        )
    return Rejected(
        message=(
            f"Workspace {name_of(workspace)} was not stopped: the workspace quota is full, and"
            f" would refuse to start it again. {used(quota, build)} Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        next_step=f"{ask}. When there is room, call {again}.",
        error="the start would exceed the quota",
    )
