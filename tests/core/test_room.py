"""Whether a workspace that runs could be started again after a stop, as far as the quota goes."""

import pytest
from inline_snapshot import snapshot

from builders import build, workspace
from coder_mcp.core.room import has_room, no_room, used
from coder_mcp.models.accounts import WorkspaceQuota


@pytest.mark.parametrize(
    ("used", "transition", "cost", "is_over"),
    [
        (31, "start", 30, True),
        (30, "start", 30, False),
        (31, "start", 0, False),
        (31, "stop", 30, False),
    ],
)
def test_over_the_budget_its_own_start_has_no_room(
    used: int, transition: str, cost: int, *, is_over: bool
) -> None:
    quota = WorkspaceQuota(credits_consumed=used, budget=30)
    latest = build("succeeded", transition, daily_cost=cost)
    assert has_room(quota, latest) is not is_over


def test_it_is_told_in_credits() -> None:
    quota = WorkspaceQuota(credits_consumed=41, budget=30)
    latest = build("succeeded", "start", daily_cost=35)
    assert used(quota, latest) == snapshot(
        "41 of 30 credits are used, 35 of them by this workspace."
    )


@pytest.mark.parametrize(("budget", "is_asked"), [(35, True), (34, False)])
def test_what_no_delete_makes_room_for_asks_for_none(budget: int, *, is_asked: bool) -> None:
    quota = WorkspaceQuota(credits_consumed=41, budget=budget)
    of = workspace(build("succeeded", "start", daily_cost=35))
    step = no_room(of, quota, "restart_workspace()").next_step
    assert ("which other workspace to delete" in step) is is_asked
    assert "to have the allowance raised" in step
    assert "call restart_workspace()" in step
