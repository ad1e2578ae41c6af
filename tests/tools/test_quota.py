"""The quota: each path to it through a real client in both protocol eras, and what is no quota."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from model import ERAS, Era
from whole import deployed

QUOTA = "GET /api/v2/organizations/{organization}/members/{user}/workspace-quota"
both_eras = pytest.mark.parametrize("era", ERAS, ids=["2025-11-25", "2026-07-28"])


@pytest.mark.fault("C19")
@both_eras
async def test_a_create_that_the_quota_refuses_is_the_typed_payload(era: Era) -> None:
    async with deployed(era=era) as whole:
        result = await whole.model.result("create_workspace", template="too-big", name="huge")
        assert result.is_error is False
        assert await whole.call("create_workspace", template="too-big", name="huge-2") == snapshot(
            {
                "outcome": "quota_reached",
                "message": "Could not create workspace dev1/huge-2: the workspace quota is full (0 of 60 credits are used, this build needs 100). 40 credits are missing. To delete workspaces is not enough, since the build alone needs more than the budget: ask an administrator to raise the group's quota allowance.",
                "workspace_name": "dev1/huge-2",
                "error_code": "INSUFFICIENT_QUOTA",
                "title": "Workspace quota reached",
                "build_id": "38977b8f-e7bb-4d73-9b39-4899e3dbb082",
                "quota": {"credits_consumed": 0, "budget": 60},
                "build_cost": 100,
                "credits_missing": 40,
                "next_step": 'Ask the person to have the allowance raised. When there is room, call start_workspace(workspace="dev1/huge-2").',
                "error": "insufficient quota",
            }
        )


@both_eras
async def test_a_build_that_was_joined_and_is_refused_is_the_same_payload(era: Era) -> None:
    async with deployed(era=era) as whole:
        workspace = whole.world.create("too-big", "huge")
        answer = await whole.call("start_workspace", workspace="huge")
        assert (answer["outcome"], answer["build_id"]) == (
            "quota_reached",
            str(workspace.latest_build.id),
        )
        assert answer["message"] == snapshot(
            "Could not start workspace dev1/huge: the workspace quota is full (0 of 60 credits are used, this build needs 100). 40 credits are missing. To delete workspaces is not enough, since the build alone needs more than the budget: ask an administrator to raise the group's quota allowance."
        )
        assert whole.requests("POST") == []


@both_eras
async def test_a_start_of_ours_that_is_refused_is_the_same_payload(era: Era) -> None:
    async with deployed(era=era) as whole:
        first = whole.world.create("gpu", "one")
        await whole.pass_time()
        whole.world.build(first, "stop")
        await whole.pass_time()
        whole.world.create("gpu", "two")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="one")
        assert answer == snapshot(
            {
                "outcome": "quota_reached",
                "message": "Could not start workspace dev1/one: the workspace quota is full (40 of 60 credits are used, this build needs 40). 20 credits are missing. Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance.",
                "workspace_name": "dev1/one",
                "error_code": "INSUFFICIENT_QUOTA",
                "title": "Workspace quota reached",
                "build_id": "01545cd6-6e2f-4d2d-ae79-c48c9141c8dd",
                "quota": {"credits_consumed": 40, "budget": 60},
                "build_cost": 40,
                "credits_missing": 20,
                "next_step": 'Ask the person which of these workspaces to delete, or to have the allowance raised. When there is room, call start_workspace(workspace="dev1/one").',
                "error": "insufficient quota",
                "workspaces": [
                    {"workspace_name": "dev1/two", "daily_cost": 40, "status": "running"}
                ],
            }
        )


async def test_a_wait_says_what_the_build_was_for() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("too-big", "huge")
        await whole.pass_time()
        created = await whole.call("wait_for_workspace", workspace="huge")
        whole.world.build(workspace, "start")
        started = await whole.call("wait_for_workspace", workspace="huge")
        assert created["message"].startswith("Could not create workspace dev1/huge: ")
        assert started["message"].startswith("Could not start workspace dev1/huge: ")


async def test_a_create_that_finds_a_refused_workspace_answers_by_that() -> None:
    async with deployed() as whole:
        whole.world.create("too-big", "huge")
        await whole.pass_time()
        answer = await whole.call("create_workspace", template="too-big", name="huge")
        assert answer["outcome"] == "quota_reached"
        assert whole.requests("POST") == []


@pytest.mark.fault("C19")
@pytest.mark.parametrize(
    "template", ["cloud-limit", "broken", "plan-fails", "odd-logs"], ids=lambda name: name
)
async def test_every_other_failure_is_a_build_failure_without_code_or_quota(template: str) -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template=template)
        assert answer["outcome"] == "build_failed"
        assert {"error_code", "quota", "title", "build_cost"} & answer.keys() == set()


async def test_a_server_that_sends_no_code_yet_is_understood_by_its_exact_words() -> None:
    async with deployed(build_version="v2.33.9+abc") as whole:
        answer = await whole.call("create_workspace", template="too-big")
        assert whole.world.workspace("too-big").latest_build.job.error_code == ""
        assert (answer["outcome"], answer["error_code"]) == ("quota_reached", "INSUFFICIENT_QUOTA")
        cloud = await whole.call("create_workspace", template="cloud-limit")
        assert cloud["outcome"] == "build_failed"


async def test_without_the_figures_the_payload_goes_out_all_the_same() -> None:
    async with deployed() as whole:
        missing = Answer(status=404, body={"message": "Route not found."})
        whole.simulator.faults.add(Fault(route=QUOTA, action=missing, times=None))
        answer = await whole.call("create_workspace", template="too-big")
        assert (answer["outcome"], answer["build_cost"]) == ("quota_reached", 100)
        assert "quota" not in answer


async def test_a_deployment_without_quotas_builds_what_is_asked() -> None:
    async with deployed() as whole:
        whole.world.is_licensed = False
        answer = await whole.call("create_workspace", template="too-big")
        assert answer["outcome"] == "ready"


async def test_room_is_made_by_a_stop_and_the_start_succeeds() -> None:
    async with deployed() as whole:
        await whole.call("create_workspace", template="gpu", name="one")
        refused = await whole.call("create_workspace", template="gpu", name="two")
        await whole.call("stop_workspace", workspace="one")
        started = await whole.call("start_workspace", workspace="two")
        assert (refused["outcome"], started["outcome"]) == ("quota_reached", "ready")
