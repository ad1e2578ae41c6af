"""What is said of a session token and of what it may do, on the simulator."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from canary import TOKEN
from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer, Simulator, StaySilent
from examining import lines, of_status, skipped_for
from model import environ_for

WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
BROKEN = Answer(status=500, body={"message": "Internal error.", "detail": "pq: too many"})
NEEDS_TOKEN = ["scopes", "WebSocket", "organizations", "quota", "templates"]


@asynccontextmanager
async def simulated(*, seeded: bool = True) -> AsyncGenerator[Simulator]:
    async with Simulator(seeded=seeded).running() as simulator:
        yield simulator


async def told_of(simulator: Simulator, token: str = "", **more: str) -> dict[str, str]:
    token = token or simulator.session_token
    told = await lines(environ_for(simulator.url, token, **more))
    assert {entry.method for entry in simulator.ledger} <= {"GET"}
    return told


async def test_all_is_well() -> None:
    async with simulated() as simulator:
        told = await told_of(simulator)
        assert [name for name in told if not told[name].startswith("ok: ")] == []
        told.pop("token")
        assert told == snapshot(
            {
                "settings": "ok: All settings are valid. From the environment: CODER_URL=http://127.0.0.1, CODER_SESSION_TOKEN=set.",
                "deployment": "ok: http://127.0.0.1, from CODER_URL.",
                "certificates": "ok: Trusted: the operating system's trust store.",
                "proxy": "ok: No proxy is used.",
                "DNS": "ok: 127.0.0.1 is an IP address; no name to look up.",
                "TCP": "ok: 127.0.0.1 takes connections.",
                "TLS": "ok: Not used: it is on this computer.",
                "API": "ok: Coder answers at http://127.0.0.1.",
                "version": "ok: Coder v2.36.1+c9a1e2b has all that is used.",
                "clock": "ok: This computer's clock agrees with the deployment's.",
                "scopes": "ok: The token is not limited to scopes.",
                "WebSocket": "ok: WebSockets work: builds are watched live.",
                "organizations": "ok: The person belongs to coder, research.",
                "quota": "ok: In organization coder 21 of 60 credits are used; 39 are left. In organization research 0 of 60 credits are used; 60 are left.",
                "templates": "ok: There are 26 to create workspaces from.",
            }
        )


async def test_a_token_that_is_not_accepted() -> None:
    async with simulated() as simulator:
        told = await told_of(simulator, TOKEN)
        assert of_status(told, "fail") == ["token"]
        assert told["token"] == snapshot(
            "fail: http://127.0.0.1 did not accept the session token from CODER_SESSION_TOKEN. [You are signed out or your session has expired. Please sign in again to continue. API key is invalid.] -> Make a new one at http://127.0.0.1/settings/tokens and put it where the old one was."
        )
        assert skipped_for(told, "token") == NEEDS_TOKEN


async def test_a_token_that_cannot_be_one() -> None:
    async with simulated() as simulator:
        told = await told_of(simulator, "two words")
        assert told["token"] == snapshot(
            "fail: What CODER_SESSION_TOKEN holds is not a session token. -> Copy it again."
        )


async def test_an_account_that_is_not_active() -> None:
    async with simulated() as simulator:
        simulator.world.user("dev1").status = "suspended"
        assert (await told_of(simulator))["token"] == snapshot(
            'fail: The account that the session token from CODER_SESSION_TOKEN belongs to is not active on http://127.0.0.1. [User is not active (status = "suspended"). Contact an admin to reactivate your account.] -> Only an administrator of the deployment can change that; tell the person.'
        )


async def test_a_token_that_ends_soon_and_one_that_has_ended() -> None:
    async with simulated() as simulator:
        soon = simulator.world.add_token("dev1", name="laptop", lifetime=timedelta(hours=5.2))
        told = (await told_of(simulator, soon))["token"]
        assert told.startswith("warn: Connected to http://127.0.0.1 as dev1.")
        assert told.endswith(
            "The session token ends in 5 hours; a new one can be made at"
            " http://127.0.0.1/settings/tokens. -> Tell the person to make a new session token at"
            " http://127.0.0.1/settings/tokens."
        )
        ended = simulator.world.add_token("dev1", name="old", lifetime=timedelta(seconds=-5))
        told = (await told_of(simulator, ended))["token"]
        assert told.startswith("fail: ")
        assert "API key expired at" in told


async def test_a_token_for_reading_alone_says_which_tools_it_closes() -> None:
    async with simulated() as simulator:
        scopes = {"workspace:read", "template:read", "user:read", "api_key:read"}
        told = await told_of(simulator, simulator.world.add_token("dev1", scopes))
        assert told["scopes"] == snapshot(
            "warn: The token is limited to api_key:read, template:read, user:read, workspace:read. With that these tools cannot work: create_workspace, start_workspace, stop_workspace, restart_workspace, update_workspace, delete_workspace, cancel_build, extend_workspace, get_quota. -> Where more is needed, make a token that has organization:read, template:use, workspace:create, workspace:delete, workspace:start, workspace:stop, workspace:update too at http://127.0.0.1/settings/tokens."
        )
        assert told["organizations"] == snapshot(
            "warn: The person belongs to no organization that the token sees. -> Ask an administrator of the deployment to add them to one. A session token that is limited to scopes needs the scopes user:read and organization:read."
        )
        assert told["quota"] == "skipped: Needs organizations."


async def test_a_token_that_does_not_see_itself() -> None:
    async with simulated() as simulator:
        told = await told_of(simulator, simulator.world.read_only_token)
        assert told["token"] == snapshot(
            "ok: Connected to http://127.0.0.1. The person is not visible to the session token. A session token that is limited to scopes needs the scope user:read. The session token comes from CODER_SESSION_TOKEN; its end and its scopes are not visible to it. A session token that is limited to scopes needs the scopes user:read and api_key:read."
        )
        assert told["scopes"] == snapshot(
            "warn: The scopes of the token are not visible to it. -> A session token that is limited to scopes needs the scopes user:read and api_key:read."
        )
        assert of_status(told, "fail") == []


async def test_without_a_template_no_workspace_can_be_created() -> None:
    async with simulated() as simulator:
        simulator.world.templates.clear()
        assert (await told_of(simulator))["templates"] == snapshot(
            "warn: There is no template that the person may use, so no workspace can be created. -> Ask an administrator of the deployment for one, or for the group that may use it."
        )
        token = simulator.world.add_token("dev1", {"workspace:read", "user:read"})
        assert (await told_of(simulator, token))["templates"] == snapshot(
            "warn: There is no template that the person may use, so no workspace can be created. -> Ask an administrator of the deployment for one, or for the group that may use it. A session token that is limited to scopes needs the scope template:read."
        )


async def test_credits_that_are_used_up() -> None:
    async with simulated() as simulator:
        simulator.world.set_budget(20)
        assert (await told_of(simulator))["quota"] == snapshot(
            "warn: In organization coder 21 of 20 credits are used; none are left. In organization research 0 of 60 credits are used; 60 are left. -> Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance."
        )


STREAMS: dict[str, tuple[object, str]] = {
    "a proxy refuses it": (
        Answer(status=403, text="no", content_type="text/plain"),
        snapshot(
            "warn: The stream is refused (HTTP 403). Builds are looked at every few seconds in place of being watched; nothing else is lost. -> Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
    "an answer in place of an upgrade": (
        Answer(status=200, body={}),
        snapshot(
            "warn: http://127.0.0.1 does not let WebSockets through. Builds are looked at every few seconds in place of being watched; nothing else is lost. -> Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
    "a connection that is cut": (
        LoseAnswer(),
        snapshot(
            "warn: http://127.0.0.1 cut the connection before the answer was complete. Builds are looked at every few seconds in place of being watched; nothing else is lost. -> Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
    "opened, and silent": (
        StaySilent(),
        snapshot(
            "warn: http://127.0.0.1 brings nothing through a WebSocket. Builds are looked at every few seconds in place of being watched; nothing else is lost. -> Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
    "never answered": (
        NeverAnswer(),
        snapshot(
            "warn: http://127.0.0.1 brings nothing through a WebSocket. Builds are looked at every few seconds in place of being watched; nothing else is lost. -> Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
    "an older server": (
        Answer(status=404, body={"message": "Route not found."}),
        snapshot(
            "warn: The stream is refused (HTTP 404). Builds are looked at every few seconds in place of being watched; nothing else is lost. -> A server before v2.22 has none. Have WebSockets let through by whatever stands before the deployment."
        ),
    ),
}


@pytest.mark.parametrize(("fault", "words"), STREAMS.values(), ids=STREAMS)
async def test_where_streams_do_not_get_through_builds_are_polled(
    fault: Answer, words: str
) -> None:
    async with simulated() as simulator:
        simulator.faults.add(Fault(route=WATCH, action=fault, times=None))
        told = await told_of(simulator)
        assert of_status(told, "warn") == ["WebSocket"]
        assert told["WebSocket"] == words


async def test_without_a_workspace_there_is_no_stream_to_open() -> None:
    async with simulated(seeded=False) as simulator:
        told = await told_of(simulator)
        assert told["WebSocket"] == snapshot(
            "skipped: There is no workspace that could be watched: whether WebSockets get through shows with the first."
        )
        assert of_status(told, "skipped") == ["WebSocket"]


OF_ROUTES = {
    "GET /api/v2/users/{user}": "token",
    "GET /api/v2/users/{user}/keys/{keyid}": "token",
    "GET /api/v2/workspaces": "WebSocket",
    "GET /api/v2/users/{user}/organizations": "organizations",
    "GET /api/v2/organizations/{organization}/members/{user}/workspace-quota": "quota",
    "GET /api/v2/templates": "templates",
}


@pytest.mark.parametrize(("route", "name"), OF_ROUTES.items())
async def test_a_route_that_fails_fails_its_own_check(route: str, name: str) -> None:
    async with simulated() as simulator:
        simulator.faults.add(Fault(route=route, action=BROKEN, times=None))
        told = await told_of(simulator)
        assert of_status(told, "fail") == [name]
        assert "failed to answer (HTTP 500). [Internal error. pq: too many.]" in told[name]
        assert [entry.route for entry in simulator.ledger].count(route) == 1
        assert name == "token" or "not visible" not in told["token"]


async def test_an_older_server_says_what_is_lost() -> None:
    async with Simulator(seeded=True, build_version="v2.21.3+abc").running() as simulator:
        assert (await told_of(simulator))["version"] == snapshot(
            "warn: Coder v2.21.3+abc is old: builds are not watched (watch-ws) but looked at every few seconds (from 2.22 on); parameters are not checked as the template's code has them (dynamic parameters) (from 2.24 on); a quota failure has no code of its own and is known by its exact text alone (from 2.34 on). -> An administrator of the deployment can update it."
        )


async def test_a_clock_that_is_off() -> None:
    async with simulated() as simulator:
        with simulator.world.shifted(timedelta(minutes=-10)):
            told = await told_of(simulator)
        assert told["clock"].startswith("warn: This computer's clock is ")
        assert "seconds ahead of the deployment's." in told["clock"]


async def test_nothing_that_hangs_lasts_longer_than_it_may() -> None:
    async with simulated() as simulator:
        simulator.faults.add(Fault(route="*", action=NeverAnswer(), times=None))
        told = await told_of(simulator)
        assert of_status(told, "fail") == ["API"]
