"""Tokens in time: when they end, what moves their end, and what is told of them."""

from datetime import UTC, datetime, timedelta

import anyio
import httpx2
import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.accounts import Token
from coder_mcp.simulator.rules.access import identify, use
from coder_mcp.simulator.rules.quota import Quota
from coder_mcp.simulator.rules.refusals import Refusal
from simulator.stages import Stage, client_of, stage

HOUR = timedelta(hours=1)


def sign_in(world: World) -> Token:
    return world.tokens[world.session_tokens["dev1"]]


def named(world: World, lifetime: timedelta) -> Token:
    return world.tokens[world.add_token("dev1", lifetime=lifetime)]


def test_a_sign_in_lasts_as_long_as_it_is_used() -> None:
    world = World()
    token = sign_in(world)
    made = token.created_at
    use(token, made + 0.9 * HOUR)
    assert (token.last_used, token.expires_at) == (made + 0.9 * HOUR, made + 24 * HOUR)
    use(token, made + 1.5 * HOUR)
    assert (token.last_used, token.expires_at) == (made + 0.9 * HOUR, made + 25.5 * HOUR)
    assert token.updated_at == made + 1.5 * HOUR


def test_a_token_for_a_program_ends_when_it_was_made_to_end() -> None:
    world = World()
    token = named(world, 48 * HOUR)
    use(token, token.created_at + 47 * HOUR)
    assert token.expires_at == token.created_at + 48 * HOUR


def test_who_comes_with_a_token_that_has_ended_is_told_when() -> None:
    world = World()
    with world.shifted(-48 * HOUR):
        token = named(world, 24 * HOUR)
    token.expires_at = datetime(2026, 11, 23, 2, 12, 20, 782600, tzinfo=UTC)
    with pytest.raises(Refusal) as refused:
        identify(world, {"coder-session-token": token.text}, {}, {})
    assert refused.value.status == 401
    assert refused.value.detail == 'API key expired at "2026-11-23 02:12:20.7826 +0000 UTC".'


async def test_a_session_that_nobody_uses_ends_while_the_deployment_runs() -> None:
    async with stage() as deployment, me(deployment) as client:
        assert (await client.get("/api/v2/users/me")).status_code == 200
        await anyio.sleep(23 * 3600)
        assert (await client.get("/api/v2/users/me")).status_code == 200
        await anyio.sleep(25 * 3600)
        assert (await client.get("/api/v2/users/me")).status_code == 401


def me(deployment: Stage, token: str = "") -> httpx2.AsyncClient:
    return client_of(deployment.simulator, token or deployment.simulator.session_token)


async def test_a_token_tells_of_itself_what_it_is_for() -> None:
    scopes = ("api_key:read", "user:read", "coder:workspaces.operate")
    async with stage() as deployment:
        token = deployment.world.add_token("dev1", scopes, name="ci", lifetime=12 * HOUR)
        async with me(deployment, token) as client:
            own = (await client.get(f"/api/v2/users/me/keys/{token[:10]}")).json()
            listed = (await client.get("/api/v2/users/me/keys/tokens")).json()
            other = await client.get("/api/v2/users/me/keys/AAAAAAAAAA")
    assert (own["login_type"], own["token_name"], own["lifetime_seconds"]) == ("token", "ci", 43200)
    assert (own["scope"], own["scopes"]) == ("", sorted(scopes))
    made, ends = (datetime.fromisoformat(own[name]) for name in ("created_at", "expires_at"))
    assert ends - made == 12 * HOUR
    assert token[11:] not in str(own)
    # Nobody has used the other one yet.
    assert listed[0]["last_used"] == "0001-01-01T00:00:00Z"
    assert {key["token_name"] for key in listed} == {"read-only", "ci"}
    assert listed[1] == {**own, "username": "dev1"}
    assert other.status_code == 404


async def test_nobody_sees_the_tokens_of_others() -> None:
    async with stage() as deployment:
        theirs = deployment.world.session_tokens["dev2"][:10]
        async with me(deployment) as client:
            for path in (f"users/me/keys/{theirs}", f"users/dev2/keys/{theirs}"):
                assert (await client.get(f"/api/v2/{path}")).status_code == 404


async def test_groups_say_what_a_budget_is_made_of() -> None:
    async with stage() as deployment:
        world = deployment.world
        world.add_group("gpu-users", ["dev1"], 40)
        world.add_group("others", ["dev2"], 7)
        assert world.quota() == Quota(credits_consumed=0, budget=100)
        assert world.quota("dev2") == Quota(credits_consumed=0, budget=67)
        coder = world.organization("coder")
        async with me(deployment) as client:
            path = f"/api/v2/groups?organization={coder.id}&has_member=dev1"
            mine = (await client.get(path)).json()
            theirs = (await client.get("/api/v2/groups?has_member=dev2")).json()
            world.is_licensed = False
            refused = await client.get(path)
    assert [(group["name"], group["quota_allowance"]) for group in mine] == [
        ("Everyone", 60),
        ("gpu-users", 40),
    ]
    assert [member["username"] for member in mine[0]["members"]] == ["dev1"]
    assert {group["name"] for group in theirs} == {"Everyone"}
    assert refused.status_code == 403


async def test_organizations_are_listed_to_those_who_may_read_them() -> None:
    async with stage() as deployment:
        world = deployment.world
        world.organization("research").members.remove(world.user("dev1"))
        async with me(deployment) as client:
            mine = (await client.get("/api/v2/organizations")).json()
        async with me(deployment, world.session_tokens["admin"]) as client:
            all_of_them = (await client.get("/api/v2/organizations")).json()
        async with me(deployment, world.read_only_token) as client:
            none = (await client.get("/api/v2/organizations")).json()
    names = [[entry["name"] for entry in entries] for entries in (mine, all_of_them, none)]
    assert names == [["coder"], ["coder", "research"], []]
