"""get_quota and whoami: what is shown of the person, their credits and their session token."""

import json
from datetime import datetime, timedelta
from typing import Any

from inline_snapshot import snapshot

from coder_mcp import __version__
from coder_mcp.simulator import Answer, Fault, NeverAnswer
from model import environ_for, model_on
from whole import BESIDE, Whole, deployed

QUOTA = "GET /api/v2/organizations/{organization}/members/{user}/workspace-quota"


async def with_token(whole: Whole, token: str, tool: str, **arguments: object) -> dict[str, Any]:
    """What the tool answers who is signed in with the token, at an address that is the same."""
    async with model_on(environ_for(whole.simulator.url, token)) as model:
        answer = await model.call(tool, **arguments)
    return json.loads(json.dumps(answer).replace(whole.simulator.url, "https://coder.test"))


def until(whole: Whole, answer: dict[str, Any]) -> timedelta:
    """How long the token of the answer is good."""
    return datetime.fromisoformat(answer["token_expires_at"]) - whole.world.now()


async def test_the_credits_of_each_organization_and_what_holds_them_are_shown() -> None:
    async with deployed(seeded=True) as whole:
        assert await whole.call("get_quota") == snapshot(
            {
                "outcome": "found",
                "message": "In organization coder 21 of 60 credits are used; 39 are left. In organization research 0 of 60 credits are used; 60 are left. Deleting a workspace frees the credits that it holds; stopping one may free some, which is not known beforehand.",
                "quotas": [
                    {
                        "organization_name": "coder",
                        "credits_consumed": 21,
                        "budget": 60,
                        "credits_left": 39,
                        "enforced": True,
                    },
                    {
                        "organization_name": "research",
                        "credits_consumed": 0,
                        "budget": 60,
                        "credits_left": 60,
                        "enforced": True,
                    },
                ],
                "workspaces": [
                    {
                        "workspace_name": "dev1/gpu-training",
                        "daily_cost": 10,
                        "status": "stopped",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/legacy-import",
                        "daily_cost": 5,
                        "status": "failed",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/web",
                        "daily_cost": 5,
                        "status": "running",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/api-old",
                        "daily_cost": 1,
                        "status": "stopped",
                        "organization_name": "coder",
                    },
                ],
            }
        )


async def test_of_one_organization_only_what_counts_there_is_shown() -> None:
    async with deployed(seeded=True) as whole:
        assert await whole.call("get_quota", organization="Research") == snapshot(
            {
                "outcome": "found",
                "message": "In organization research 0 of 60 credits are used; 60 are left.",
                "quotas": [
                    {
                        "organization_name": "research",
                        "credits_consumed": 0,
                        "budget": 60,
                        "credits_left": 60,
                        "enforced": True,
                    }
                ],
                "workspaces": [],
            }
        )
        coder = await whole.call("get_quota", organization="coder")
        assert [row["daily_cost"] for row in coder["workspaces"]] == [10, 5, 5, 1]
        assert "organization_name" not in coder["workspaces"][0]


async def test_an_organization_that_the_person_is_not_in_is_told_with_those_that_they_are_in() -> (
    None
):
    async with deployed() as whole:
        text = await whole.model.refusal("get_quota", organization="nowhere")
        assert 'no organization "nowhere"' in text
        assert "There are: coder, research." in text


async def test_more_used_than_there_is_leaves_nothing_and_says_how_to_make_room() -> None:
    async with deployed(seeded=True) as whole:
        whole.world.set_budget(20)
        answer = await whole.call("get_quota", organization="coder")
        assert answer["quotas"][0]["credits_left"] == 0
        assert answer["message"] == snapshot(
            "In organization coder 21 of 20 credits are used; none are left. Deleting a workspace frees the credits that it holds; stopping one may free some, which is not known beforehand."
        )
        assert answer["next_step"] == snapshot(
            'To make room, ask the person which of these workspaces to delete; then call delete_workspace(workspace="<its workspace_name>").'
        )


async def test_quotas_that_are_not_enforced_are_no_limit() -> None:
    async with deployed() as whole:
        whole.world.is_licensed = False
        unlicensed = await whole.call("get_quota", organization="coder")
        assert unlicensed == snapshot(
            {
                "outcome": "found",
                "message": "In organization coder quotas are not enforced: no build is refused for them.",
                "quotas": [{"organization_name": "coder", "enforced": False}],
                "workspaces": [],
            }
        )
        missing = Answer(status=404, body={"message": "Route not found."})
        whole.simulator.faults.add(Fault(route=QUOTA, action=missing, times=None))
        assert await whole.call("get_quota", organization="coder") == unlicensed


async def test_a_token_that_does_not_see_the_quota_is_told_its_scopes_and_sees_what_is_held() -> (
    None
):
    async with deployed(seeded=True) as whole:
        token = whole.world.add_token("dev1", {"coder:workspaces.create"})
        answer = await with_token(whole, token, "get_quota")
        assert answer["message"] == snapshot(
            "The person's organizations and quota are not visible to this session token. A session token that is limited to scopes needs the scopes user:read and organization:read. Deleting a workspace frees the credits that it holds; stopping one may free some, which is not known beforehand."
        )
        assert answer["quotas"] == []
        assert [row["daily_cost"] for row in answer["workspaces"]] == [10, 5, 5, 1]


async def test_who_is_signed_in_with_a_sign_in_that_use_prolongs() -> None:
    async with deployed() as whole:
        answer = await whole.call("whoami")
        assert timedelta() < until(whole, answer) <= timedelta(hours=24)
        shown = answer.pop("token_expires_at")
        assert answer.pop("coder_mcp_version") == __version__
        assert answer.pop("message").replace(shown, "<then>") == snapshot(
            "Connected to https://coder.test as dev1. The session token comes from CODER_SESSION_TOKEN, expires at <then> (using it extends that), and is not limited to scopes."
        )
        assert answer == snapshot(
            {
                "outcome": "connected",
                "url": "https://coder.test",
                "username": "dev1",
                "organizations": ["coder", "research"],
                "token_source": "CODER_SESSION_TOKEN",
                "server_version": "v2.36.1+c9a1e2b",
            }
        )


async def test_a_token_that_ends_soon_is_told_of() -> None:
    async with deployed() as whole:
        token = whole.world.add_token("dev1", name="laptop", lifetime=timedelta(hours=5.2))
        answer = await with_token(whole, token, "whoami")
        assert answer["next_step"] == snapshot(
            "Tell the person to make a new session token at https://coder.test/settings/tokens."
        )
        later = whole.world.add_token("dev1", name="server", lifetime=timedelta(hours=25))
        assert "next_step" not in await with_token(whole, later, "whoami")


async def test_a_limited_token_shows_its_scopes_where_it_may_read_itself() -> None:
    async with deployed() as whole:
        token = whole.world.add_token("dev1", {"workspace:read", "user:read", "api_key:read"})
        answer = await with_token(whole, token, "whoami")
        assert set(answer["token_scopes"]) == {"workspace:read", "user:read", "api_key:read"}
        assert "is limited to some scopes" in answer["message"]


async def test_a_token_that_sees_next_to_nothing_is_told_what_each_thing_needs() -> None:
    async with deployed() as whole:
        answer = await with_token(whole, whole.world.read_only_token, "whoami")
        assert answer.pop("coder_mcp_version") == __version__
        assert answer == snapshot(
            {
                "outcome": "connected",
                "message": "Connected to https://coder.test. The person is not visible to the session token. A session token that is limited to scopes needs the scope user:read. The session token comes from CODER_SESSION_TOKEN; its end and its scopes are not visible to it. A session token that is limited to scopes needs the scopes user:read and api_key:read.",
                "url": "https://coder.test",
                "token_source": "CODER_SESSION_TOKEN",
                "server_version": "v2.36.1+c9a1e2b",
            }
        )


async def test_a_workspace_that_is_ready_is_told_with_the_end_of_a_token_that_ends_soon() -> None:
    async with deployed() as whole:
        token = whole.world.add_token("dev1", name="laptop", lifetime=timedelta(hours=5.2))
        made = await with_token(whole, token, "create_workspace", template="quick")
        assert made["message"] == snapshot(
            "Workspace dev1/quick is created and ready. The session token ends in 5 hours; a new one can be made at https://coder.test/settings/tokens."
        )
        usual = await whole.call("create_workspace", template="quick", name="usual")
        assert usual["message"] == "Workspace dev1/usual is created and ready."


async def test_the_end_of_the_token_is_read_once_an_hour() -> None:
    async with deployed() as whole:

        def reads() -> int:
            return sum(entry.route == BESIDE for entry in whole.simulator.ledger)

        for name in ("one", "two", "three"):
            await whole.call("create_workspace", template="quick", name=name)
        assert reads() == 1
        await whole.pass_time(3600)
        for name in ("four", "five"):
            await whole.call("create_workspace", template="quick", name=name)
        assert reads() == 1


async def test_a_token_whose_end_is_not_visible_or_not_answered_changes_no_answer() -> None:
    async with deployed() as whole:
        silent = Fault(route=BESIDE, action=NeverAnswer(), times=None)
        whole.simulator.faults.add(silent)
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer["message"] == "Workspace dev1/mine is created and ready."


async def test_a_token_that_is_shown_no_organization_is_told_which_scope_it_lacks() -> None:
    async with deployed(seeded=True) as whole:
        token = whole.world.add_token("dev1", {"workspace:read", "user:read"})
        who, quota = [await with_token(whole, token, tool) for tool in ("whoami", "get_quota")]
        assert "organizations" not in who
        assert "The organizations are not visible to the token." in who["message"]
        assert "needs the scopes user:read and organization:read" in quota["message"]
        assert len(quota["workspaces"]) == 4


async def test_room_is_made_only_in_the_organization_that_is_full() -> None:
    async with deployed(seeded=True) as whole:
        whole.world.organization("research").quota_allowance = 0
        assert "next_step" not in await whole.call("get_quota")
        whole.world.organization("coder").quota_allowance = 21
        answer = await whole.call("get_quota")
        assert answer["next_step"] == snapshot(
            'To make room, ask the person which of these workspaces of organization coder to delete; then call delete_workspace(workspace="<its workspace_name>").'
        )
