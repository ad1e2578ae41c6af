"""What the quota lets expect of a start is said before its end, and costs a build nothing."""

import anyio
import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Delay, Fault, NeverAnswer
from whole import Whole, deployed

QUOTA = "GET /api/v2/organizations/{organization}/members/{user}/workspace-quota"
BUILDS = "GET /workspaces/{workspace}/builds"
LIST = "GET /workspaces"
NOTE = "Before this build, 20 of 60 credits were left, and the last start of this template took 40."


async def stopped_beside_another(whole: Whole) -> None:
    """A stopped `one`, which holds 10 credits and needs 40, and a running `two` that holds 40."""
    one = whole.world.create("gpu", "one")
    await whole.pass_time()
    whole.world.build(one, "stop")
    await whole.pass_time()
    whole.world.create("gpu", "two")
    await whole.pass_time()


async def test_a_start_that_may_not_fit_says_so_in_the_first_word_of_progress() -> None:
    async with deployed() as whole:
        await stopped_beside_another(whole)
        answer = await whole.call("start_workspace", workspace="one")
        assert answer["outcome"] == "quota_reached"
        assert "Before this build" not in answer["message"]  # it has come true, with its figures
        first, *others = [message for _, message in whole.model.progress]
        assert first == snapshot(
            "The quota may refuse this build. Before this build, 20 of 60 credits were left, and the last start of this template took 40. The build is queued for a provisioner."
        )
        assert not any("credits" in message for message in others)


async def test_a_create_is_told_by_the_other_workspaces_of_its_template() -> None:
    async with deployed() as whole:
        whole.world.create("gpu", "one")
        await whole.pass_time()
        answer = await whole.call("create_workspace", template="gpu", name="two", wait_seconds=0)
        assert answer["outcome"] == "in_progress"
        assert "credits" not in answer["message"]
        answer = await whole.call("create_workspace", template="gpu", name="three")
        assert answer["outcome"] == "quota_reached"
        assert "Before this build" not in answer["message"]  # it has come true, with its figures
        assert "The quota may refuse this build." in whole.model.progress[0][1]


async def test_a_create_finds_the_last_start_of_a_workspace_that_is_stopped_by_now() -> None:
    async with deployed() as whole:
        one = whole.world.create("gpu", "one")
        await whole.pass_time()
        whole.world.build(one, "stop")
        await whole.pass_time()
        whole.world.set_budget(30)
        read = await whole.call("read_template", template="gpu")
        assert read["last_start_cost"] == 40
        assert "The last start of a workspace of yours from it took 40 credits." in read["message"]
        assert whole.requests()[-2:] == [LIST, BUILDS]
        whole.simulator.ledger.clear()
        answer = await whole.call("create_workspace", template="gpu", name="two")
        assert answer["outcome"] == "quota_reached"
        assert "20 of 30 credits were left, and the last start" in whole.model.progress[0][1]
        sent = whole.requests()
        asked = sent.index("POST /users/{user}/workspaces")
        assert sent[asked + 1 : asked + 4] == [QUOTA.replace("/api/v2", ""), LIST, BUILDS]


async def test_of_a_template_that_nothing_was_started_from_no_cost_is_told() -> None:
    async with deployed() as whole:
        read = await whole.call("read_template", template="gpu")
        assert "last_start_cost" not in read
        assert "credits" not in read["message"]
        assert BUILDS not in whole.requests()


async def test_a_build_that_goes_on_or_comes_out_well_has_the_note_too() -> None:
    async with deployed() as whole:
        await stopped_beside_another(whole)
        whole.world.hold_provisioners()
        waited = await whole.call("start_workspace", workspace="one", wait_seconds=3)
        assert waited["outcome"] == "in_progress"
        assert waited["message"].endswith(NOTE)
    async with deployed() as whole:
        await stopped_beside_another(whole)
        whole.later(1, lambda: whole.world.set_budget(200))
        whole.world.hold_provisioners()
        whole.later(2, whole.world.release_provisioners)
        started = await whole.call("start_workspace", workspace="one")
        assert started["message"] == f"Workspace dev1/one is started and ready. {NOTE}"


@pytest.mark.parametrize(("budget", "licensed"), [(90, True), (60, False)])
async def test_where_there_is_room_or_no_quota_nothing_is_said(
    budget: int, *, licensed: bool
) -> None:
    async with deployed() as whole:
        await stopped_beside_another(whole)
        whole.world.set_budget(budget)
        whole.world.is_licensed = licensed
        answer = await whole.call("start_workspace", workspace="one")
        assert answer["message"] == "Workspace dev1/one is started and ready."
        assert not any("credits" in message for _, message in whole.model.progress)
        assert whole.requests().count(BUILDS) == licensed


async def test_it_costs_the_quota_and_one_read_more_after_the_build_was_asked_for() -> None:
    async with deployed() as whole:
        await stopped_beside_another(whole)
        await whole.call("start_workspace", workspace="one", wait_seconds=3)
        sent = whole.requests()
        asked = sent.index("POST /workspaces/{workspace}/builds")
        assert sent[:asked] == ["GET /users/{user}/workspace/{workspacename}"]
        assert sent[asked + 1 : asked + 3] == [QUOTA.replace("/api/v2", ""), BUILDS]


async def test_a_build_that_is_joined_or_there_already_asks_for_no_quota() -> None:
    async with deployed() as whole:
        whole.world.create("gpu", "one")
        await whole.call("start_workspace", workspace="one")
        await whole.call("create_workspace", template="gpu", name="one")
        await whole.call("stop_workspace", workspace="one")
        assert QUOTA.replace("/api/v2", "") not in whole.requests()


@pytest.mark.parametrize(
    "action",
    [Answer(status=500, body={"message": "no"}), NeverAnswer(), Delay(60)],
    ids=["an error", "no answer", "a late answer"],
)
async def test_a_quota_that_cannot_be_read_delays_nothing_and_is_not_told(
    action: Answer | NeverAnswer | Delay,
) -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=QUOTA, action=action, times=None))
        began = anyio.current_time()
        await whole.call("create_workspace", template="quick", name="mine", wait_seconds=1)
        assert anyio.current_time() - began < 6
        assert "POST /users/{user}/workspaces" in whole.requests()
        answer = await whole.call("wait_for_workspace", workspace="mine")
        assert answer["message"] == "Workspace dev1/mine is ready."
