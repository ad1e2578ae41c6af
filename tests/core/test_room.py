"""Whether a workspace that runs could be started again after a stop, as far as the quota goes."""

import pytest
from inline_snapshot import snapshot

from builders import build
from coder_mcp.core.room import over_budget
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
    assert bool(over_budget(quota, latest)) is is_over


def test_it_is_told_in_credits() -> None:
    quota = WorkspaceQuota(credits_consumed=41, budget=30)
    latest = build("succeeded", "start", daily_cost=35)
    assert over_budget(quota, latest) == snapshot(
        "41 of 30 credits are used, 35 of them by this workspace."
    )
