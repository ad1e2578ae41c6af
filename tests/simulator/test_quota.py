"""The quota: what counts, and what still fits (enterprise/coderd/workspacequota.go)."""

import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules.quota import Quota, fits


def holding(world: World, name: str, credits_held: int, *, owner: str = "dev1") -> Workspace:
    """A workspace whose latest build has committed this much."""
    workspace = world.create("quick", name, owner=owner)
    workspace.latest_build.daily_cost = credits_held
    workspace.latest_build.job.status = "succeeded"
    return workspace


def test_nothing_is_consumed_in_the_beginning() -> None:
    assert World().quota() == Quota(credits_consumed=0, budget=60)


def test_every_workspace_of_the_user_counts_with_its_latest_build() -> None:
    world = World()
    holding(world, "one", 40)
    holding(world, "two", 1)
    holding(world, "theirs", 5, owner="dev2")
    assert world.quota() == Quota(credits_consumed=41, budget=60)


def test_each_organization_has_a_quota_of_its_own() -> None:
    world = World()
    notebook = world.create(world.template("notebook", "research"), "notebook")
    notebook.latest_build.daily_cost = 2
    world.set_budget(7, "research")
    assert world.quota() == Quota(credits_consumed=0, budget=60)
    assert world.quota(organization="research") == Quota(credits_consumed=2, budget=7)


def test_a_queued_build_counts_nothing_and_hides_what_the_workspace_held() -> None:
    world = World()
    workspace = holding(world, "gpu-one", 10)
    world.build(workspace, "start", by="dev1")
    assert world.quota().credits_consumed == 0


def test_a_deleted_workspace_counts_nothing() -> None:
    world = World()
    holding(world, "gone", 10).is_deleted = True
    assert world.quota().credits_consumed == 0


def test_consumption_may_exceed_a_budget_that_was_lowered() -> None:
    world = World()
    holding(world, "big", 41)
    world.set_budget(20)
    assert world.quota() == Quota(credits_consumed=41, budget=20)


def test_without_a_licence_there_is_no_limit_and_nothing_is_counted() -> None:
    world = World()
    holding(world, "free", 5)
    world.is_licensed = False
    assert world.quota() == Quota(credits_consumed=0, budget=-1)


@pytest.mark.parametrize(
    ("others", "budget", "cost", "previous", "is_accepted"),
    [
        (0, 60, 60, 0, True),  # just fits
        (1, 60, 60, 0, False),  # one too many
        (41, 60, 40, 10, False),  # a start needs its whole cost beside the other workspaces
        (1, 20, 10, 40, True),  # over the budget before, within it after
        (1, 5, 10, 40, True),  # lowering the cost is always allowed
        (1, 5, 10, 10, False),  # keeping it is not
        (1, 5, 10, 0, False),  # after a refused start even the stop is an increase
        (100, -1, 1000, 0, True),  # no licence, no limit
        (0, 0, 1, 0, False),  # a budget of nothing is one
    ],
)
def test_a_build_fits_beside_what_the_other_workspaces_hold(
    others: int, budget: int, cost: int, previous: int, *, is_accepted: bool
) -> None:
    quota = Quota(credits_consumed=others, budget=budget)
    assert fits(quota, cost=cost, previous_cost=previous) is is_accepted
