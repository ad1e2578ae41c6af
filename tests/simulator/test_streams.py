"""The workspace watch and the followed build log, over real WebSockets."""

from typing import Any, cast

import anyio
import httpx2
import pytest
from httpx2.websockets import WebSocketUpgradeError

from coder_mcp.simulator.records.state import Workspace
from simulator.listening import Heard, hear, listen, listened
from simulator.recorded import Json
from simulator.stages import Stage, client_of, stage


def me(deployment: Stage) -> httpx2.AsyncClient:
    return client_of(deployment.simulator, deployment.simulator.session_token)


def watch(workspace: Workspace) -> str:
    return f"/api/v2/workspaces/{workspace.id}/watch-ws"


def logs(workspace: Workspace) -> str:
    return f"/api/v2/workspacebuilds/{workspace.latest_build.id}/logs?follow"


def statuses(heard: Heard) -> list[object]:
    """The workspace statuses of the data frames."""
    data = [cast("dict[str, Json]", frame["data"]) for frame in heard.values if frame["data"]]
    return [workspace["latest_build"]["status"] for workspace in data]


async def test_a_watch_opens_with_a_ping_and_the_whole_workspace_a_little_later() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        heard = await listened(client, watch(workspace), 20)
        read = (await client.get(f"/api/v2/workspaces/{workspace.id}")).json()
    assert heard.values[0] == {"type": "ping", "data": None}
    assert heard.values[1]["type"] == "data"
    assert 0.02 < heard.frames[1][0] < 1
    assert cast("Json", heard.values[1]["data"]).keys() == read.keys()
    assert (len(heard.frames), heard.code) == (2, None)


async def test_no_frame_tells_of_queue_places_quota_commits_or_log_lines() -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.world.hold_provisioners()
        workspace = deployment.create("slow", "slow")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 40, heard)
            await anyio.sleep(1)
            other = deployment.world.create("quick", "other")
            await anyio.sleep(1)
            deployment.world.cancel(other.latest_build)
            await anyio.sleep(1)
            deployment.world.release_provisioners()
            # The build has committed its quota and logs on: one frame since, of the acquisition.
            await anyio.sleep(11)
            assert workspace.latest_build.daily_cost == 5
            assert statuses(heard) == ["pending", "starting"]
    assert statuses(heard)[2] == "running"


async def test_a_new_build_and_a_cancel_are_frames_of_their_own() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("slow", "slow")
        deployment.world.hold_provisioners()
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 3, heard)
            await anyio.sleep(1)
            build = deployment.world.build(workspace, "start", by="dev1")
            await anyio.sleep(1)
            deployment.world.cancel(build, by="dev1")
    assert statuses(heard) == ["running", "pending", "canceled"]


async def test_the_health_of_an_app_is_a_frame_of_its_own() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        agent = workspace.latest_build.agents[0]
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 2, heard)
            await anyio.sleep(1)
            deployment.world.set_app_health(agent, "code-server", "unhealthy")
    frames = [cast("Any", frame)["data"] for frame in heard.values[1:]]
    agents = [frame["latest_build"]["resources"][0]["agents"][0] for frame in frames]
    shown = [{app["slug"]: app["health"] for app in agent["apps"]} for agent in agents]
    assert [apps["code-server"] for apps in shown] == ["initializing", "unhealthy"]


async def test_events_of_one_moment_give_frames_that_are_equal() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 3, heard)
            await anyio.sleep(1)
            for _ in range(2):
                deployment.world.workspace_changed.emit(workspace)
    assert len(heard.frames) == 4
    assert heard.values[2] == heard.values[3]


async def test_a_new_active_version_is_a_frame_and_dormancy_is_none() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 3, heard)
            await anyio.sleep(1)
            deployment.world.set_dormant(workspace)
            await anyio.sleep(1)
            deployment.world.publish_version(workspace.template)
    outdated = [cast("Json", frame["data"])["outdated"] for frame in heard.values[1:]]
    assert outdated == [False, True]


async def test_a_watch_stays_open_after_the_workspace_was_deleted() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 300, heard)
            await anyio.sleep(1)
            deployment.world.build(workspace, "delete", by="dev1")
        assert (await client.get(f"/api/v2/workspaces/{workspace.id}")).status_code == 410
        with pytest.raises(WebSocketUpgradeError) as refused:
            await listened(client, watch(workspace))
    assert statuses(heard)[-1] == "deleted"
    assert heard.code is None
    assert refused.value.response.status_code == 410


@pytest.mark.parametrize(
    ("path", "code", "reason"),
    [(watch, 1002, "Clients cannot send messages for one-way WebSockets"), (logs, 1008, "")],
)
async def test_a_client_that_sends_is_closed_on(path: object, code: int, reason: str) -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.world.hold_provisioners()
        workspace = deployment.create("quick", "app")
        url = watch(workspace) if path is watch else logs(workspace)
        async with client.websocket(url) as websocket:
            await websocket.send_text("hello")
            heard = Heard()
            await hear(websocket, heard)
    assert (heard.code, heard.reason) == (code, reason)


async def test_the_log_of_a_queued_build_stays_open_and_silent_until_it_begins() -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.world.hold_provisioners()
        workspace = deployment.create("quick", "app")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, logs(workspace), 60, heard)
            await anyio.sleep(30)
            assert (heard.frames, heard.code) == ([], None)
            deployment.world.release_provisioners()
    assert heard.values[0]["stage"] == "Setting up"
    assert heard.values[-1]["stage"] == "Cleaning Up"
    assert (heard.code, heard.reason) == (1000, "done")


async def test_the_frame_that_shows_the_end_of_a_build_comes_after_its_log_has_closed() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = deployment.create("broken", "broken")
        watched, followed = Heard(), Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, watch(workspace), 3, watched)
            tasks.start_soon(listen, client, logs(workspace), 3, followed)
    assert statuses(watched)[-1] == "failed"
    assert 0 < watched.frames[-1][0] - followed.closed_after < 1


async def test_the_log_of_a_build_that_is_canceled_while_pending_never_closes() -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.world.hold_provisioners()
        workspace = deployment.create("quick", "app")
        heard = Heard()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, client, logs(workspace), 600, heard)
            await anyio.sleep(1)
            deployment.world.cancel(workspace.latest_build)
        assert (heard.frames, heard.code) == ([], None)
        later = await listened(client, logs(workspace))
    assert (later.frames, later.code, later.reason) == ([], 1000, "done")


async def test_a_log_can_be_followed_from_any_line_on() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        lines = workspace.latest_build.job.log
        heard = await listened(client, f"{logs(workspace)}=false&after={lines[-3].id}")
    assert [frame["id"] for frame in heard.values] == [line.id for line in lines[-2:]]


async def test_without_the_key_follow_an_upgrade_is_answered_like_a_plain_request() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        path = logs(workspace).removesuffix("?follow")
        with pytest.raises(WebSocketUpgradeError) as refused:
            await listened(client, path)
    assert refused.value.response.status_code == 200


async def test_a_silent_stream_is_kept_alive_by_pings() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        heard = await listened(client, watch(workspace), 3600)
    assert (len(heard.frames), heard.code) == (2, None)


async def test_a_watcher_that_leaves_is_forgotten() -> None:
    async with stage() as deployment, me(deployment) as client:
        workspace = await deployment.built("quick", "app")
        await listened(client, watch(workspace), 1)
        await anyio.sleep(1)
        entry = deployment.simulator.ledger[-1]
        assert (entry.is_websocket, entry.status) == (True, 101)
        deployment.world.build(workspace, "stop")
        await deployment.settle()
