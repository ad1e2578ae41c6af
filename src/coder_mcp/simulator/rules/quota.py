"""What a user has spent and may spend in an organization, and whether a build still fits.

Coder's own rules: coderd/database/queries/quotas.sql, enterprise/coderd/workspacequota.go.
"""

from dataclasses import dataclass

from coder_mcp.simulator.records.accounts import Organization, User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Workspace

UNLIMITED = -1


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Credits a day; a `budget` of -1 is no limit, and consumption may exceed the budget."""

    credits_consumed: int
    budget: int


def quota_of(
    deployment: Deployment,
    user: User,
    organization: Organization,
    *,
    leaving_out: Workspace | None = None,
) -> Quota:
    """What all of a user's workspaces, but one, hold by their latest builds, of what budget.

    The latest build counts whatever its transition and however its job ended, with the cost
    committed for it: so a queued or refused build counts nothing, although it takes the place
    of one that did (recorded: quota/after-start.json, quota/after-start-refusal.json).
    """
    if not deployment.is_licensed:
        return Quota(credits_consumed=0, budget=UNLIMITED)
    consumed = sum(
        workspace.latest_build.daily_cost
        for workspace in deployment.workspaces
        if workspace.owner is user
        and workspace.template.organization is organization
        and not workspace.is_deleted
        and workspace is not leaving_out
    )
    # By the source, Everyone counts for those who are not in the organization, too.
    groups = [group for group in organization.groups if user in group.members]
    budget = sum(group.quota_allowance for group in (organization.everyone, *groups))
    return Quota(credits_consumed=consumed, budget=budget)


def fits(others: Quota, *, cost: int, previous_cost: int) -> bool:
    """Whether a build of this cost is accepted, given what the *other* workspaces hold.

    Lowering the cost is always allowed, keeping it is not. `previous_cost` is that of the build
    before, and 0 without one: after a refused start even the stop is an increase.
    """
    if others.budget == UNLIMITED:
        return True
    return others.credits_consumed + cost <= others.budget or cost < previous_cost
