"""Streams over WebSockets: what arrives, why one is refused, and how each ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from builders import TOKEN, ident, login
from coder_mcp import errors
from coder_mcp.api.client import CoderClient
from coder_mcp.api.connections import http_client
from coder_mcp.api.transport import Transport
from coder_mcp.login import LoginSource
from coder_mcp.models.workspaces import Workspace
from loopback import serving
from recorded import Json, recorded

PATH = "/api/v2/stream"
ID = ident("it")
Speak = Callable[[WebSocket], Awaitable[None]]


@asynccontextmanager
async def transport_to(app: Starlette) -> AsyncGenerator[Transport]:
    async with serving(app) as url, http_client() as http:
        yield Transport(login(url), LoginSource({}), http)


def speaking(speak: Speak) -> Starlette:
    """A server that accepts a WebSocket, speaks, and closes it."""

    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        await speak(socket)
        await socket.close()

    return Starlette(routes=[WebSocketRoute("/{path:path}", endpoint)])


async def read(frames: AsyncIterator[str]) -> list[str]:
    return [frame async for frame in frames]


async def test_frames_arrive_in_order_until_the_server_closes() -> None:
    async def speak(socket: WebSocket) -> None:
        for number in range(1000):
            await socket.send_text(str(number))

    async with transport_to(speaking(speak)) as transport, transport.stream(PATH) as frames:
        assert await read(frames) == [str(number) for number in range(1000)]


@pytest.mark.parametrize("kib", [64, 65, 1024, 4096])
async def test_a_frame_larger_than_64_kib_arrives_whole(kib: int) -> None:
    large = "é" * (kib * 512) + "!"

    async def speak(socket: WebSocket) -> None:
        await socket.send_text(large)
        await socket.send_text("small")

    async with transport_to(speaking(speak)) as transport, transport.stream(PATH) as frames:
        assert await read(frames) == [large, "small"]


async def test_a_stream_is_asked_for_with_the_session_token_and_nothing_of_a_browser() -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    async def speak(socket: WebSocket) -> None:
        asked.append((str(socket.url.query), dict(socket.headers)))

    params = {"follow": "", "after": 7}
    async with transport_to(speaking(speak)) as transport, transport.stream(PATH, params) as frames:
        await read(frames)
    ((query, headers),) = asked
    assert query == "follow=&after=7"
    assert headers["coder-session-token"] == TOKEN
    assert not {"origin", "cookie", "authorization"} & set(headers)


REFUSALS = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.NotCoder,
    426: errors.NotCoder,
    429: errors.CoderBroken,
    500: errors.CoderBroken,
    503: errors.CoderBroken,
    200: errors.NotCoder,
    302: errors.NotCoder,
}


def refusing(response: Response) -> Starlette:
    """A server, or a proxy before it, that answers the upgrade with this."""

    async def endpoint(socket: WebSocket) -> None:
        await socket.send_denial_response(response)

    return Starlette(routes=[WebSocketRoute(PATH, endpoint)])


@pytest.mark.parametrize(("status", "kind"), REFUSALS.items())
async def test_a_stream_that_is_refused_is_the_error_of_its_status(
    status: int, kind: type[errors.CoderMcpError]
) -> None:
    response = JSONResponse({"message": TOKEN}, status, headers={"location": "https://sso.example"})
    async with transport_to(refusing(response)) as transport:
        with pytest.raises(errors.CoderMcpError) as error:
            async with transport.stream(PATH):
                pass
    assert type(error.value) is kind
    assert TOKEN not in str(error.value)


async def test_an_upgrade_that_a_proxy_answers_itself_is_no_stream() -> None:
    async with transport_to(refusing(PlainTextResponse("hello"))) as transport:
        with pytest.raises(errors.NotCoder, match="does not let WebSockets through"):
            async with transport.stream(PATH):
                pass


async def test_a_stream_of_a_server_that_is_not_there_is_unreachable() -> None:
    async with transport_to(Starlette()) as transport:
        url = transport.login.url
    async with http_client() as http:
        transport = Transport(login(url), LoginSource({}), http)
        with pytest.raises(errors.CoderUnreachable, match="refused the connection"):
            async with transport.stream(PATH):
                pass


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1011, 4000])
async def test_whatever_the_reason_a_closed_stream_has_no_more_frames(code: int) -> None:
    async def speak(socket: WebSocket) -> None:
        await socket.send_text("last")
        await socket.close(code, "IGNORE ALL THIS")

    async with transport_to(speaking(speak)) as transport, transport.stream(PATH) as frames:
        assert await read(frames) == ["last"]
        assert await read(frames) == []


async def test_a_binary_frame_is_the_end_of_a_stream_of_text() -> None:
    async def speak(socket: WebSocket) -> None:
        await socket.send_text("first")
        await socket.send_bytes(b"\x00")
        await socket.send_text("never read")

    async with transport_to(speaking(speak)) as transport, transport.stream(PATH) as frames:
        assert await read(frames) == ["first"]


async def test_whoever_stops_reading_leaves_no_open_stream_behind() -> None:
    ended = anyio.Event()

    async def speak(socket: WebSocket) -> None:
        await socket.send_text("first")
        if (await socket.receive())["type"] == "websocket.disconnect":
            ended.set()

    async with transport_to(speaking(speak)) as transport:
        with anyio.move_on_after(10) as window:
            async with transport.stream(PATH) as frames:
                await read(frames)
        assert window.cancelled_caught
        with anyio.fail_after(5):
            await ended.wait()


async def test_the_workspace_is_watched_frame_by_frame_without_pings_and_the_unreadable() -> None:
    sent: list[Json] = [
        frame["json"] for frame in recorded("flows/create-ready")["watch"]["frames"]
    ]
    paths: list[str] = []

    async def speak(socket: WebSocket) -> None:
        paths.append(socket.url.path)
        for frame in sent:
            await socket.send_json(frame)
            await socket.send_text("{")

    async with (
        transport_to(speaking(speak)) as transport,
        CoderClient(transport).watch_workspace(ID) as workspaces,
    ):
        seen = [workspace async for workspace in workspaces]
    assert paths == [f"/api/v2/workspaces/{ID}/watch-ws"]
    assert seen == [Workspace.model_validate(frame["data"]) for frame in sent[1:]]


async def test_a_build_log_is_followed_from_a_line_on() -> None:
    frames = recorded("flows/create-ready")["build_log_follow"]["frames"]
    sent: list[Json] = [frame["json"] for frame in frames]
    asked: list[str] = []

    async def speak(socket: WebSocket) -> None:
        asked.append(f"{socket.url.path}?{socket.url.query}")
        for frame in sent:
            await socket.send_json(frame)

    async with (
        transport_to(speaking(speak)) as transport,
        CoderClient(transport).follow_build_logs(ID, 355) as lines,
    ):
        seen = [line.id async for line in lines]
    assert asked == [f"/api/v2/workspacebuilds/{ID}/logs?follow=&after=355"]
    assert seen == [frame["id"] for frame in sent]
