"""What is used and left of credits, what holds them, and what a build before says of the next."""

import pytest

from builders import at, build, errand, ident, progress_of, workspace
from coder_mcp.core.answers import answer
from coder_mcp.core.credits import Credits, first_of, holding, left, quota_page
from coder_mcp.core.errands import Evidence, Verb
from coder_mcp.core.quota import cost_before, may_refuse, missing
from coder_mcp.core.results import QuotaReached
from coder_mcp.core.schema import payload
from coder_mcp.models.accounts import Organization, WorkspaceQuota
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild
from recorded import answered


def quota(credits_consumed: int, budget: int) -> WorkspaceQuota:
    return WorkspaceQuota(credits_consumed=credits_consumed, budget=budget)


def organization(name: str = "coder") -> Organization:
    return Organization(id=ident(name), name=name)


def costing(daily_cost: int, name: str = "app") -> Workspace:
    return workspace(build("succeeded", "stop", daily_cost=daily_cost), name=name)


@pytest.mark.parametrize(
    ("recording", "credits_left"),
    [
        ("quota/empty", 60),
        ("quota/forty-one-of-sixty", 19),
        ("quota/over-budget", 0),
        ("quota/still-over-budget", 0),
    ],
)
def test_of_a_recorded_quota_never_less_than_nothing_is_left(
    recording: str, credits_left: int
) -> None:
    recorded = WorkspaceQuota.model_validate(answered(recording))
    assert left(recorded) == credits_left
    page = quota_page([Credits(organization=organization(), quota=recorded)], [])
    assert page.quotas[0].credits_left == credits_left


def test_a_recorded_budget_of_minus_one_is_no_quota() -> None:
    none = WorkspaceQuota.model_validate(answered("quota/no-licence"))
    page = payload(quota_page([Credits(organization=organization(), quota=none)], []))
    assert page["quotas"] == [{"organization_name": "coder", "enforced": False}]
    assert page["message"] == (
        "In organization coder quotas are not enforced: no build is refused for them."
    )


def test_what_holds_most_comes_first_whatever_its_build_was_and_what_holds_nothing_does_not() -> (
    None
):
    found = holding([costing(0, "none"), costing(1, "b"), costing(40, "c"), costing(1, "a")])
    assert [one.name for one in found] == ["c", "a", "b"]


def test_one_quota_that_is_not_visible_leaves_the_others() -> None:
    page = quota_page(
        [
            Credits(organization=organization("coder"), quota=None),
            Credits(organization=organization("research"), quota=quota(59, 60)),
        ],
        [costing(40)],
        first_of(20, 25, "organizations"),
    )
    assert page.message == (
        "The quota in organization coder is not visible. A session token that is limited to scopes"
        " needs the scopes user:read and organization:read. In organization research 59 of 60"
        " credits are used; 1 is left. Deleting a workspace frees the credits that it holds;"
        " stopping one may free some, which is not known beforehand. Only the first 20 of 25"
        " organizations were read."
    )
    assert page.next_step is None
    assert page.workspaces[0].organization_name == "coder"


@pytest.mark.parametrize(
    ("consumed", "budget", "cost", "lacks"),
    [
        (41, 60, 40, 21),
        (41, 20, 1, 22),
        (11, 5, 40, 46),
        (20, 60, 40, None),
        (0, 60, 40, None),
        (41, 60, None, None),
    ],
)
def test_what_is_missing_is_what_the_build_needs_beyond_what_is_left(
    consumed: int, budget: int, cost: int | None, lacks: int | None
) -> None:
    assert missing(quota(consumed, budget), cost) == lacks
    assert missing(None, cost) is None


def started(number: int, cost: int, transition: str = "start") -> WorkspaceBuild:
    seconds = at(number).isoformat()
    return build("succeeded", transition, number=number, daily_cost=cost, created_at=seconds)


MADE = build("pending", "start", number=9)


@pytest.mark.parametrize(
    ("builds", "cost"),
    [
        ([], None),
        ([MADE], None),
        ([started(1, 0), MADE], None),
        ([started(2, 10, "stop"), started(1, 40), MADE], 40),
        ([started(1, 30), started(3, 40), started(2, 20)], 40),
        # A start that the quota refused holds nothing, and tells nothing.
        ([started(3, 0), started(1, 40)], 40),
        # The build has its cost: the quota let it pass, or counts it already.
        ([build("running", "start", number=9, daily_cost=40), started(1, 40)], None),
    ],
)
def test_the_latest_start_tells_the_cost_as_long_as_the_new_one_has_none(
    builds: list[WorkspaceBuild], cost: int | None
) -> None:
    assert cost_before(builds, MADE) == cost


@pytest.mark.parametrize(("cost", "is_told"), [(19, False), (20, True), (0, False)])
def test_only_what_is_more_than_what_is_left_is_told(cost: int, *, is_told: bool) -> None:
    assert bool(may_refuse(quota(41, 60), cost)) is is_told


def test_a_full_quota_names_the_ten_workspaces_that_hold_most() -> None:
    refused = build("failed", job={"error_code": "INSUFFICIENT_QUOTA"})
    others = tuple(costing(cost, f"w{cost}") for cost in range(12))
    shown = answer(errand(Verb.CREATE), progress_of(refused), Evidence(others=others))
    assert isinstance(shown, QuotaReached)
    assert [row.daily_cost for row in shown.workspaces or ()] == list(range(11, 1, -1))
    assert shown.next_step.startswith("Ask the person which of these workspaces to delete, or")
