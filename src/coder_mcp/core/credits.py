"""What a person has used of their credits in each organization, and which workspaces hold them.

What is used is the sum of the `daily_cost` of the latest builds of the person's workspaces in the
organization, whatever the transition of the build and whatever became of it
(coderd/database/queries/quotas.sql). So a delete frees what the workspace holds, and a stop frees
what the stopped workspace costs less, which its build tells only when it is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coder_mcp.core.errands import name_of, sentences
from coder_mcp.core.found import HoldingRow, QuotaFound, QuotaRow
from coder_mcp.core.quota import enforced
from coder_mcp.core.results import Holding
from coder_mcp.core.scopes import OF_ORGANIZATIONS, needs
from coder_mcp.core.text import one_line
from coder_mcp.models.accounts import Organization, WorkspaceQuota
from coder_mcp.models.workspaces import Workspace

MOST_ORGANIZATIONS = 20
MOST_HOLDINGS = 50

_FREES = (
    "Deleting a workspace frees the credits that it holds; stopping one may free some, which is"
    " not known beforehand."
)
_HIDDEN = "The person's organizations and quota are not visible to this session token."


@dataclass(frozen=True, kw_only=True)
class Credits:
    """The quota in one organization; `None` where the session token does not see it."""

    organization: Organization
    quota: WorkspaceQuota | None


def first_of(read: int, count: int, noun: str) -> str:
    """A sentence where there are more than were read."""
    return f"Only the first {read} of {count} {noun} were read." if count > read else ""


def left(quota: WorkspaceQuota) -> int:
    """The credits that are left: none where more are used than there are by now."""
    return max(0, quota.budget - quota.credits_consumed)


def holding(workspaces: Iterable[Workspace]) -> list[Workspace]:
    """The workspaces that hold credits, those that hold most first."""
    found = [workspace for workspace in workspaces if workspace.latest_build.daily_cost > 0]
    return sorted(found, key=lambda held: (-held.latest_build.daily_cost, name_of(held)))


def held(workspace: Workspace) -> Holding:
    """What the workspace holds."""
    build = workspace.latest_build
    return Holding(
        workspace_name=name_of(workspace),
        daily_cost=build.daily_cost,
        status=one_line(build.status, 20),
    )


def quota_page(
    organizations: Sequence[Credits] | None, workspaces: Sequence[Workspace], *unread: str
) -> QuotaFound:
    """The payload of get_quota.

    Args:
        organizations: Those that are asked for; nothing where the session token sees none.
        workspaces: The person's own in them.
        unread: Sentences on what there is more.
    """
    found = holding(workspaces)
    several = organizations is None or len(organizations) > 1
    rows = tuple(_row(workspace, several=several) for workspace in found[:MOST_HOLDINGS])
    enforces = organizations is None or any(enforced(one.quota) for one in organizations)
    return QuotaFound(
        message=sentences(
            *(said(one) for one in organizations or ()),
            "" if organizations else f"{_HIDDEN} {needs(OF_ORGANIZATIONS)}",
            _FREES if rows and enforces else "",
            *unread,
        ),
        next_step=_room(organizations or (), found, several=several),
        quotas=tuple(_quota_row(one) for one in organizations or ()),
        workspaces=rows,
    )


def _room(
    organizations: Sequence[Credits], holders: Sequence[Workspace], *, several: bool
) -> str | None:
    """How to make room where no credit is left: only what holds some of the same organization's."""
    full = {one.organization.id for one in organizations if _is_full(one)}
    names = {one_line(h.organization_name, 40) for h in holders if h.organization_id in full}
    if not names:
        return None
    of = f" of organization {' or '.join(sorted(names))}" if several else ""
    return (
        f"To make room, ask the person which of these workspaces{of} to delete; then call"
        ' delete_workspace(workspace="<its workspace_name>").'
    )


def _is_full(one: Credits) -> bool:
    quota = enforced(one.quota)
    return quota is not None and left(quota) == 0


def said(one: Credits) -> str:
    """A sentence on the quota in one organization."""
    name = one_line(one.organization.name, 40)
    if one.quota is None:
        return f"The quota in organization {name} is not visible. {needs(OF_ORGANIZATIONS)}"
    quota = enforced(one.quota)
    if quota is None:
        return f"In organization {name} quotas are not enforced: no build is refused for them."
    return (
        f"In organization {name} {quota.credits_consumed} of {quota.budget} credits are used;"
        f" {left(quota) or 'none'} {'is' if left(quota) == 1 else 'are'} left."
    )


def _quota_row(one: Credits) -> QuotaRow:
    quota = enforced(one.quota)
    return QuotaRow(
        organization_name=one_line(one.organization.name, 40),
        credits_consumed=quota and quota.credits_consumed,
        budget=quota and quota.budget,
        credits_left=quota and left(quota),
        enforced=None if one.quota is None else quota is not None,
    )


def _row(workspace: Workspace, *, several: bool) -> HoldingRow:
    organization = one_line(workspace.organization_name, 40) if several else None
    return HoldingRow(**held(workspace).model_dump(), organization_name=organization or None)
