"""Whether the quota has room for the start that follows the stop of a workspace that runs."""

from coder_mcp.core.errands import name_of
from coder_mcp.core.results import Rejected
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild


def over_budget(quota: WorkspaceQuota, build: WorkspaceBuild) -> str:
    """A sentence where a start like this running one, after a stop, does not fit; else nothing.

    What is consumed holds this one, so that over the budget it has no room beside the others; and
    it is no lowering of what the stop holds (coder-api: `consumed + cost > budget`).
    """
    cost = build.daily_cost
    if build.transition != "start" or cost <= 0 or quota.credits_consumed <= quota.budget:
        return ""
    return (
        f"{quota.credits_consumed} of {quota.budget} credits are used, {cost} of them by this"
        " workspace."
    )


def no_room(workspace: Workspace, used: str, again: str) -> Rejected:
    """Why a workspace is not stopped: the quota would not let it be started again.

    Args:
        workspace: That runs.
        used: What is used of the budget, in a sentence.
        again: The call written out.
    """
    return Rejected(
        message=(
            f"Workspace {name_of(workspace)} was not stopped: the workspace quota is full, and"
            f" would refuse to start it again. {used} Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        next_step=(
            "Ask the person which other workspace to delete (get_quota() shows what each holds),"
            f" or to have the allowance raised. When there is room, call {again}."
        ),
        error="the start would exceed the quota",
    )
