"""Faults: each kind does what it says, to the requests it names, as often as it is told."""

import anyio
import httpx2
import pytest
from httpx2.websockets import WebSocketUpgradeError

from coder_mcp.simulator import (
    Answer,
    CloseAfter,
    CutAfter,
    Delay,
    Fault,
    Faults,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.simulator.http.faults import Action
from coder_mcp.simulator.records.state import Workspace
from simulator.listening import listened
from simulator.stages import Stage, client_of, stage

ME = "GET /api/v2/users/{user}"
CREATE = "POST /api/v2/users/{user}/workspaces"
WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
BAD_GATEWAY = Answer(status=502, text="<html>502</html>", content_type="text/html")


def me(deployment: Stage) -> httpx2.AsyncClient:
    return client_of(deployment.simulator, deployment.simulator.session_token)


def break_next(deployment: Stage, route: str, action: Action) -> None:
    deployment.simulator.faults.add(Fault(route=route, action=action))


async def create(client: httpx2.AsyncClient, deployment: Stage) -> httpx2.Response:
    template = deployment.world.template("quick").id
    body = {"name": "app", "template_id": str(template)}
    return await client.post("/api/v2/users/me/workspaces", json=body)


def watch(workspace: Workspace) -> str:
    return f"/api/v2/workspaces/{workspace.id}/watch-ws"


def test_a_fault_meets_its_route_after_so_many_requests_so_many_times() -> None:
    faults = Faults()
    faults.add(Fault(route=ME, action=NeverAnswer(), skip=1, times=2))
    assert faults.take(CREATE) == []
    taken = [faults.take(ME) for _ in range(4)]
    assert taken == [[], [NeverAnswer()], [NeverAnswer()], []]


def test_a_fault_may_meet_every_route_for_ever_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(Fault(route="*", action=BAD_GATEWAY, times=None))
    assert [faults.take(route) for route in (ME, None, CREATE)] == [[BAD_GATEWAY]] * 3
    faults.clear()
    assert faults.take(ME) == []


def test_delays_add_up_before_the_first_other_fault() -> None:
    faults = Faults()
    for action in (Delay(1), Delay(2), BAD_GATEWAY, NeverAnswer()):
        faults.add(Fault(route=ME, action=action))
    assert faults.take(ME) == [Delay(1), Delay(2), BAD_GATEWAY]
    assert faults.take(ME) == [NeverAnswer()]


async def test_an_answer_can_be_given_in_place_of_the_routes_own() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, CREATE, BAD_GATEWAY)
        answer = await create(client, deployment)
        assert (answer.status_code, answer.text) == (502, "<html>502</html>")
        assert answer.headers["content-type"] == "text/html"
        assert deployment.world.workspaces == []
        assert (await create(client, deployment)).status_code == 201


async def test_an_answer_can_carry_json_and_headers() -> None:
    async with stage() as deployment, me(deployment) as client:
        limited = Answer(status=429, body={"message": "slow down"}, headers={"Retry-After": "60"})
        break_next(deployment, "*", limited)
        answer = await client.get("/api/v2/users/me")
    assert (answer.status_code, answer.json()) == (429, {"message": "slow down"})
    assert answer.headers["retry-after"] == "60"


async def test_the_answer_to_a_write_that_happened_can_be_cut() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, CREATE, LoseAnswer())
        with pytest.raises(httpx2.RemoteProtocolError):
            await create(client, deployment)
        assert deployment.world.workspace("app")
        assert deployment.simulator.ledger[-1].status == 201


async def test_the_answer_to_a_write_that_happened_can_never_come() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, CREATE, LoseAnswer(is_cut=False))
        with anyio.move_on_after(3600) as waiting:
            await create(client, deployment)
        assert waiting.cancelled_caught
        assert deployment.world.workspace("app")


async def test_a_request_can_be_swallowed_without_being_run() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, CREATE, NeverAnswer())
        with anyio.move_on_after(3600) as waiting:
            await create(client, deployment)
        assert waiting.cancelled_caught
        assert deployment.world.workspaces == []
        assert deployment.simulator.ledger[-1].status is None


async def test_a_request_can_be_delayed() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, ME, Delay(7))
        began = anyio.current_time()
        assert (await client.get("/api/v2/users/me")).status_code == 200
        assert 7 <= anyio.current_time() - began < 8


async def test_an_upgrade_can_be_refused() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        break_next(deployment, WATCH, BAD_GATEWAY)
        with pytest.raises(WebSocketUpgradeError) as refused:
            await listened(client, watch(workspace))
        assert refused.value.response.status_code == 502
        assert deployment.simulator.ledger[-1].status == 502


@pytest.mark.parametrize("action", [NeverAnswer(), LoseAnswer()])
async def test_an_upgrade_can_be_left_unanswered_or_cut(action: Action) -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        break_next(deployment, WATCH, action)
        with anyio.move_on_after(3600) as waiting:
            with pytest.raises(httpx2.RemoteProtocolError):
                await listened(client, watch(workspace))
        assert waiting.cancelled_caught is isinstance(action, NeverAnswer)


async def test_a_stream_can_be_accepted_and_stay_silent() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        break_next(deployment, WATCH, StaySilent())
        heard = await listened(client, watch(workspace), 3600)
    assert (heard.frames, heard.code) == ([], None)


@pytest.mark.parametrize("frames", [0, 1, 3])
async def test_a_stream_can_be_closed_after_so_many_frames(frames: int) -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        break_next(deployment, WATCH, CloseAfter(frames, 1000, "done"))
        heard = await listened(client, watch(workspace))
        assert (len(heard.frames), heard.code, heard.reason) == (frames, 1000, "done")
        assert workspace.latest_build.is_active


@pytest.mark.parametrize("frames", [0, 2])
async def test_a_stream_can_be_cut_after_so_many_frames(frames: int) -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("quick", "app")
        break_next(deployment, WATCH, CutAfter(frames))
        heard = await listened(client, watch(workspace))
    assert (len(heard.frames), heard.code) == (frames, 1006)


async def test_faults_of_streams_do_not_touch_plain_requests() -> None:
    async with stage() as deployment, me(deployment) as client:
        break_next(deployment, "*", StaySilent())
        assert (await client.get("/api/v2/users/me")).status_code == 200
