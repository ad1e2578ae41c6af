"""Tokens and scopes: which token counts, and what it may be used for."""

from typing import cast
from uuid import UUID

import httpx2
import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.rules.access import identify, shown_token
from coder_mcp.simulator.rules.refusals import Refusal
from simulator.differences import COUNTED_OTHERWISE
from simulator.listening import listened
from simulator.recorded import Json, load
from simulator.stages import Stage, client_of, stage

MATRIX = cast("dict[str, dict[str, list[object]]]", load("users/scope-matrix")["matrix"])


def refused(world: World, token: str) -> str:
    with pytest.raises(Refusal) as refusal:
        identify(world, {"coder-session-token": token}, {}, {})
    assert refusal.value.status == 401
    return refusal.value.detail


def test_the_first_place_that_has_a_token_counts() -> None:
    headers = {"coder-session-token": "header", "authorization": "bearer bearer"}
    query = {"coder_session_token": "query", "access_token": "access"}
    cookies = {"coder_session_token": "cookie"}
    assert shown_token(headers, query, cookies) == "cookie"
    assert shown_token(headers, query, {}) == "query"
    assert shown_token(headers, {"access_token": "access"}, {}) == "header"
    assert shown_token({"authorization": "Bearer b"}, {"access_token": "access"}, {}) == "b"
    assert shown_token({"authorization": "Basic b"}, {"access_token": "access"}, {}) == "access"
    assert shown_token({}, {}, {}) == ""


def test_a_token_of_the_wrong_shape_is_told_from_an_unknown_one() -> None:
    world = World()
    assert refused(world, "no-dash-here").endswith("expected 2 got 3")
    assert refused(world, "short-token") == "Invalid API key format: incorrect length"
    assert refused(world, "A" * 10 + "-" + "B" * 22) == "API key is invalid."


def test_a_revoked_token_is_unknown_and_others_go_on_working() -> None:
    world = World()
    token = world.add_token("dev1")
    assert identify(world, {"coder-session-token": token}, {}, {}).user.username == "dev1"
    world.revoke(token)
    assert refused(world, token) == "API key is invalid."
    mine = world.session_tokens["dev1"]
    assert identify(world, {"coder-session-token": mine}, {}, {}).scopes is None


def scopes_of(name: str) -> list[str] | None:
    """The scopes of a recorded set: `create+operate` stands for two composites."""
    if name == "all":
        return None
    parts = name.replace(" ", "+").split("+")
    return [part if ":" in part else f"coder:workspaces.{part}" for part in parts]


@pytest.mark.parametrize("name", MATRIX)
async def test_scopes_allow_what_they_were_recorded_to_allow(name: str) -> None:
    async with stage() as deployment:
        ids = await furnish(deployment)
        token = deployment.world.add_token("dev1", scopes_of(name))
        async with client_of(deployment.simulator, token) as client:
            ids["key"] = token.partition("-")[0]
            cells = {route: await asked(client, route, ids) for route in MATRIX[name]}
    differing = {route for route, cell in cells.items() if [*cell] != MATRIX[name][route]}
    # Only the length of a list may differ, and where it is listed it does.
    listed = {route for route in COUNTED_OTHERWISE if is_filled_list(MATRIX[name][route])}
    assert differing == listed
    assert all(is_filled_list([*cells[route]]) for route in listed)


def is_filled_list(cell: list[object]) -> bool:
    """Whether a route was answered with rows."""
    return cell[0] == 200 and isinstance(cell[1], int) and cell[1] > 0


REQUESTS = {
    "GET /users/me": "GET users/me",
    "GET /users/me/organizations": "GET users/me/organizations",
    "GET /users/me/keys/{own id}": "GET users/me/keys/{key}",
    "GET /templates": "GET templates",
    "GET /templates/{id}": "GET templates/{template}",
    "GET /organizations/{org}/templates/{name}": "GET organizations/coder/templates/quick",
    "GET /templateversions/{id}": "GET templateversions/{presets_version}",
    "GET /templateversions/{id}/rich-parameters": (
        "GET templateversions/{presets_version}/rich-parameters"
    ),
    "GET /templateversions/{id}/presets": "GET templateversions/{presets_version}/presets",
    "GET /templateversions/{id}/external-auth": (
        "GET templateversions/{auth_version}/external-auth"
    ),
    "POST evaluate": "POST templateversions/{presets_version}/dynamic-parameters/evaluate",
    "GET /workspaces?q=owner:me": "GET workspaces?q=owner:me",
    "GET /workspaces/{id}": "GET workspaces/{workspace}",
    "GET /users/me/workspace/{name}": "GET users/me/workspace/app",
    "GET /workspacebuilds/{id}": "GET workspacebuilds/{build}",
    "GET /workspacebuilds/{id}/logs": "GET workspacebuilds/{build}/logs",
    "GET /workspaceagents/{id}/logs": "GET workspaceagents/{agent}/logs",
    "GET workspace-quota": "GET organizations/coder/members/me/workspace-quota",
    "watch-ws": "GET workspaces/{workspace}/watch-ws",
    "POST /users/me/workspaces": "POST users/me/workspaces",
    "POST builds stop": "POST workspaces/{to_stop}/builds",
    "POST builds start": "POST workspaces/{to_start}/builds",
    "POST builds delete": "POST workspaces/{to_delete}/builds",
    "PATCH cancel (allowed by the template)": "PATCH workspacebuilds/{slow_build}/cancel",
}


async def furnish(deployment: Stage) -> dict[str, str]:
    """What the requests are about."""
    world = deployment.world
    world.set_budget(200)
    app = await deployment.built("quick", "app")
    others = {name: await deployment.built("quick", name) for name in ("stop", "start", "delete")}
    slow = await deployment.built("slow", "slow")
    return {
        "template": str(world.template("quick").id),
        "presets_version": str(world.template("presets").active_version.id),
        "auth_version": str(world.template("external-auth").active_version.id),
        "workspace": str(app.id),
        "build": str(app.latest_build.id),
        "agent": str(app.latest_build.agents[0].id),
        "slow_build": str(slow.latest_build.id),
        **{f"to_{name}": str(workspace.id) for name, workspace in others.items()},
    }


async def asked(client: httpx2.AsyncClient, row: str, ids: dict[str, str]) -> tuple[int, object]:
    """The status, and the message of a refusal or the number of rows."""
    method, _, path = REQUESTS[row].partition(" ")
    path = f"/api/v2/{path.format(**ids)}"
    if row == "watch-ws":
        return 101, len((await listened(client, path, 1)).frames)
    body = {
        "name": "made",
        "template_id": ids["template"],
        "transition": row.rpartition(" ")[2],
        "owner_id": str(UUID(int=0)),
    }
    answer = await client.request(method, path, json=body if method == "POST" else None)
    content: object = answer.json()
    if isinstance(content, list):
        return answer.status_code, len(cast("list[object]", content))
    said = cast("Json", content)
    return answer.status_code, said.get("message" if answer.status_code >= 400 else "count")


SEES = {"workspace:read", "template:read", "user:read"}
REFUSED_BY_SOURCE = {
    # What the source asks for beyond the recorded cells: scopes, the request, status and words.
    "a template that may not be used": (
        SEES | {"workspace:create"},
        "POST /users/me/workspaces",
        (403, 'Unauthorized access to use the template "quick".'),
    ),
    "a link that is personal": (
        SEES,
        "GET /templateversions/{id}/external-auth",
        (500, "Internal error fetching external auth link."),
    ),
}


@pytest.mark.parametrize(
    ("scopes", "route", "cell"), REFUSED_BY_SOURCE.values(), ids=REFUSED_BY_SOURCE
)
async def test_what_was_not_recorded_is_refused_as_the_source_says(
    scopes: set[str], route: str, cell: tuple[int, str]
) -> None:
    async with stage() as deployment:
        ids = await furnish(deployment)
        deployment.world.authenticate("dev1", "github")
        token = deployment.world.add_token("dev1", scopes)
        async with client_of(deployment.simulator, token) as client:
            assert await asked(client, route, ids) == cell


async def test_an_owner_whom_the_token_does_not_see_is_none_to_an_evaluation() -> None:
    async with stage() as deployment:
        world = deployment.world
        version = world.template("dynamic").active_version.id
        path = f"/api/v2/templateversions/{version}/dynamic-parameters/evaluate"
        found = dict[str, bool]()
        for scope in ("user:read", "coder:workspaces.access", "api_key:read"):
            token = world.add_token("dev1", {"template:read", scope})
            async with client_of(deployment.simulator, token) as client:
                body: Json = {"inputs": {}, "owner_id": str(world.user("dev1").id)}
                found[scope] = bool((await client.post(path, json=body)).json()["parameters"])
    assert found == {"user:read": True, "coder:workspaces.access": True, "api_key:read": False}
