"""What every answer carries, what the ledger notes, and what unknown paths are told."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import anyio
import httpx2
import pytest

from coder_mcp.simulator import Simulator
from simulator.stages import Stage, client_of, stage

ROUTE_NOT_FOUND = {"message": "Route not found."}


def me(deployment: Stage) -> httpx2.AsyncClient:
    return client_of(deployment.simulator, deployment.simulator.session_token)


async def test_every_answer_carries_the_version_an_id_and_the_deployments_time() -> None:
    simulator = Simulator(build_version="v2.33.1+abc")
    async with simulator.running(), client_of(simulator) as client:
        began = simulator.world.now()
        await anyio.sleep(3600)
        answers = [await client.get(path) for path in ("/api/v2/nope", "/healthz", "/login")]
    for answer in answers:
        assert answer.headers["x-coder-build-version"] == "v2.33.1+abc"
        passed = parsedate_to_datetime(answer.headers["date"]) - began
        assert 3598 < passed.total_seconds() < 3660
        assert "server" not in answer.headers
    assert len({answer.headers["x-coder-request-id"] for answer in answers}) == 3


async def test_the_ledger_notes_each_request_by_its_route() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        before = deployment.world.now()
        await client.get(f"/api/v2/workspaces/{workspace.id}?include_deleted=true")
        await client.get("/api/v2/nope")
        await client.get("/api/v2/buildinfo", headers={"Coder-Session-Token": ""})
        first, second, third = deployment.simulator.ledger
    assert first.route == "GET /api/v2/workspaces/{workspace}"
    assert first.path == f"/api/v2/workspaces/{workspace.id}"
    assert (first.method, first.query, first.user) == ("GET", "include_deleted=true", "dev1")
    assert (first.status, first.is_websocket) == (200, False)
    assert before <= first.at <= second.at
    assert (second.route, second.status) == (None, 404)
    assert (third.route, third.user, third.status) == ("GET /api/v2/buildinfo", None, 200)


async def test_a_websocket_is_open_in_the_ledger_until_it_ends() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        async with client.websocket(f"/api/v2/workspaces/{workspace.id}/watch-ws"):
            entry = deployment.simulator.ledger[-1]
            assert (entry.is_websocket, entry.status) == (True, None)
        await anyio.sleep(1)
        assert entry.status == 101


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/v2/nope", 404, ROUTE_NOT_FOUND),
        ("/api/experimental/chats", 404, ROUTE_NOT_FOUND),
        ("/api/v2/workspaces/x/nope", 401, None),
    ],
)
async def test_an_unknown_path_is_told_so_to_those_who_may_know(
    path: str, status: int, body: object
) -> None:
    async with stage() as deployment:
        answer = await deployment.client.get(path)
        assert answer.status_code == status
        assert body in (None, answer.json())
        async with me(deployment) as client:
            assert (await client.get(path)).json() == ROUTE_NOT_FOUND


async def test_a_wrong_method_is_an_empty_405() -> None:
    async with stage() as deployment, me(deployment) as client:
        answer = await client.delete("/api/v2/users/me")
    assert (answer.status_code, answer.text) == (405, "")


async def test_a_path_beside_the_api_is_the_dashboard() -> None:
    async with stage() as deployment:
        answer = await deployment.client.get("/coder/api/v2/users/me")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")


async def test_repeated_slashes_are_tolerated() -> None:
    async with stage() as deployment, me(deployment) as client:
        answer = await client.get(f"{deployment.simulator.url}//api//v2/users/me")
    assert answer.json()["username"] == "dev1"


async def test_an_organization_has_an_id_a_name_and_may_be_the_default() -> None:
    async with stage() as deployment, me(deployment) as client:
        organization = deployment.world.organization("coder")
        for named in (organization.id, "coder", "default", "0" * 8 + "-0000" * 3 + "-" + "0" * 12):
            answer = await client.get(f"/api/v2/organizations/{named}")
            assert answer.json()["name"] == "coder"
        assert (await client.get("/api/v2/organizations/nobodys")).status_code == 404


async def test_a_token_without_the_scope_reads_no_organizations() -> None:
    async with stage() as deployment:
        token = deployment.world.add_token("dev1", ["user:read"])
        async with client_of(deployment.simulator, token) as client:
            assert (await client.get("/api/v2/users/me/organizations")).json() == []


async def test_builds_are_paged_and_the_newest_comes_first() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app", "stop", "start")
        path = f"/api/v2/workspaces/{workspace.id}/builds"
        numbers = [build["build_number"] for build in (await client.get(path)).json()]
        page = (await client.get(f"{path}?limit=1&offset=1")).json()
    assert numbers == [3, 2, 1]
    assert [build["build_number"] for build in page] == [2]


async def test_a_deleted_workspace_is_found_by_name_where_it_is_asked_for_the_newest() -> None:
    async with stage() as deployment, me(deployment) as client:
        await deployment.built("quick", "app", "delete")
        newest = await deployment.built("quick", "app", "delete")
        path = "/api/v2/users/me/workspace/app"
        assert (await client.get(path)).status_code == 404
        found = (await client.get(f"{path}?include_deleted=true")).json()
    assert found["id"] == str(newest.id)


async def test_parameters_of_an_unknown_owner_cannot_be_evaluated() -> None:
    async with stage() as deployment, me(deployment) as client:
        version = deployment.world.template("dynamic").active_version.id
        path = f"/api/v2/templateversions/{version}/dynamic-parameters/evaluate"
        answer = (await client.post(path, json={"id": 1, "inputs": {}})).json()
    assert (answer["id"], answer["parameters"]) == (0, None)
    assert answer["diagnostics"][0]["extra"]["code"] == "owner_not_found"


async def test_an_owner_reads_agent_logs_whatever_the_format() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("quick", "app")
        agent = workspace.latest_build.agents[0].id
        token = deployment.world.session_tokens["admin"]
        async with client_of(deployment.simulator, token) as client:
            answer = await client.get(f"/api/v2/workspaceagents/{agent}/logs?format=text")
    assert len(answer.json()) == 2


async def test_an_owner_sees_all_users_and_workspaces() -> None:
    async with stage() as deployment:
        deployment.create("quick", "app")
        token = deployment.world.session_tokens["admin"]
        async with client_of(deployment.simulator, token) as client:
            assert (await client.get("/api/v2/users/dev2")).json()["username"] == "dev2"
            assert (await client.get("/api/v2/workspaces")).json()["count"] == 1


async def test_a_template_of_the_other_organization_is_not_found_by_name_in_this_one() -> None:
    async with stage() as deployment, me(deployment) as client:
        assert (await client.get("/api/v2/organizations/coder/templates/notebook")).is_error
        found = await client.get("/api/v2/organizations/research/templates/Notebook")
    assert found.json()["organization_name"] == "research"


async def test_time_is_told_as_go_prints_it() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        moments = {
            datetime(2026, 11, 23, 2, 12, 44, 85310, tzinfo=UTC): "2026-11-23T02:12:44.08531Z",
            datetime(2026, 11, 23, 16, 30, tzinfo=UTC): "2026-11-23T16:30:00Z",
        }
        for moment, text in moments.items():
            workspace.last_used_at = moment
            read = (await client.get(f"/api/v2/workspaces/{workspace.id}")).json()
            assert read["last_used_at"] == text
