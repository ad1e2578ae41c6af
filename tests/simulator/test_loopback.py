"""Serving and leaving: quick and clean, whatever clients do. Warnings fail these tests."""

import socket
from contextlib import AsyncExitStack

import anyio
import httpx2
import pytest

from coder_mcp.simulator import Delay, Fault, LoseAnswer, NeverAnswer, Simulator
from coder_mcp.simulator.http.faults import Action
from coder_mcp.simulator.records.state import Workspace
from simulator.listening import Heard, listen, listened
from simulator.stages import client_of

ME = "GET /api/v2/users/{user}"


async def test_it_serves_on_a_free_port_or_on_the_one_that_is_asked_for() -> None:
    simulator = Simulator()
    async with simulator.running():
        port = int(simulator.url.rpartition(":")[2])
    async with simulator.running(port), client_of(simulator) as client:
        assert simulator.url == f"http://127.0.0.1:{port}"
        assert (await client.get("/healthz")).text == "OK"


async def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(Simulator().running(taken.getsockname()[1]))


async def test_after_leaving_nobody_answers() -> None:
    simulator = Simulator()
    async with simulator.running(), client_of(simulator) as client:
        await client.get("/healthz")
    async with client_of(simulator) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("/healthz")


@pytest.mark.parametrize("action", [NeverAnswer(), LoseAnswer(is_cut=False), Delay(3600)])
async def test_leaving_does_not_wait_for_requests_that_hang(action: Action) -> None:
    simulator = Simulator()
    simulator.faults.add(Fault(route=ME, action=action))
    async with anyio.create_task_group() as tasks:
        async with simulator.running():
            tasks.start_soon(ask_in_vain, simulator)
            await anyio.sleep(1)
            began = anyio.current_time()
        assert anyio.current_time() - began < 1


async def ask_in_vain(simulator: Simulator) -> None:
    """A request whose connection breaks before it is answered."""
    async with client_of(simulator, simulator.session_token) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get("/api/v2/users/me")


async def test_leaving_breaks_open_streams() -> None:
    simulator, heard = Simulator(), Heard()
    workspace = simulator.world.create("slow", "slow")
    async with anyio.create_task_group() as tasks:
        async with simulator.running():
            tasks.start_soon(watch, simulator, workspace, heard)
            await anyio.sleep(1)
            began = anyio.current_time()
        assert anyio.current_time() - began < 1
    assert (len(heard.frames), heard.code) == (3, 1006)
    assert workspace.latest_build.is_active


async def watch(simulator: Simulator, workspace: Workspace, heard: Heard) -> None:
    """Watch a workspace until the connection breaks."""
    async with client_of(simulator, simulator.session_token) as client:
        await listen(client, f"/api/v2/workspaces/{workspace.id}/watch-ws", 60, heard)


async def test_leaving_does_not_wait_for_a_client_that_does_not_read() -> None:
    simulator = Simulator()
    async with simulator.running():
        workspace = simulator.world.create("chatty", "chatty")
        await anyio.sleep(10)
        path = f"/api/v2/workspacebuilds/{workspace.latest_build.id}/logs"
        port = int(simulator.url.rpartition(":")[2])
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCoder-Session-Token: "
            await client.send(f"{request}{simulator.session_token}\r\n\r\n".encode() * 50)
            await anyio.sleep(1)
            began = anyio.current_time()
    assert anyio.current_time() - began < 1


async def test_a_client_that_leaves_in_the_middle_of_its_request_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulator = Simulator()
    async with simulator.running():
        port = int(simulator.url.rpartition(":")[2])
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            head = (
                "POST /api/v2/users/me/workspaces HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            )
            await client.send(f"{head}{{".encode())
            await anyio.sleep(1)
        await anyio.sleep(1)
    assert simulator.ledger[-1].status is None
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_error_in_the_block_comes_out_as_it_is() -> None:
    simulator = Simulator()
    with pytest.raises(ZeroDivisionError):
        async with simulator.running():
            assert 1 / 0


async def test_it_can_be_cancelled_from_outside() -> None:
    simulator = Simulator()
    with anyio.move_on_after(1) as scope:
        async with simulator.running(), client_of(simulator, simulator.session_token) as client:
            workspace = simulator.world.create("slow", "slow")
            await listened(client, f"/api/v2/workspaces/{workspace.id}/watch-ws")
    assert scope.cancelled_caught
