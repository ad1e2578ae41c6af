"""Clients that only listen: to a WebSocket until it closes, to an answer as it changes."""

from dataclasses import dataclass, field
from typing import cast

import anyio
import httpx2
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect, WebSocketNetworkError

from simulator.recorded import Json

# Frames hold a whole workspace; the client's default limit is 64 KiB.
MAX_FRAME_BYTES = 4 * 1024 * 1024


@dataclass
class Heard:
    """What came on a WebSocket, as (seconds since it was opened, JSON), and how it was closed.

    `code` is None while it is open, and 1006 where the connection broke; `closed_after` is in
    seconds, too.
    """

    frames: list[tuple[float, Json]] = field(default_factory=list[tuple[float, Json]])
    code: int | None = None
    reason: str = ""
    closed_after: float = 0

    @property
    def values(self) -> list[Json]:
        """The frames without their times."""
        return [frame for _, frame in self.frames]


async def listen(client: httpx2.AsyncClient, path: str, seconds: float, heard: Heard) -> None:
    """Listen on a WebSocket for so long, or until it is closed."""
    async with client.websocket(path, max_message_size_bytes=MAX_FRAME_BYTES) as websocket:
        with anyio.move_on_after(seconds):
            await hear(websocket, heard)


async def hear(websocket: AsyncWebSocketSession, heard: Heard) -> None:
    """Note what comes until the end."""
    began = anyio.current_time()
    try:
        while True:
            frame = cast("Json", await websocket.receive_json())
            heard.frames.append((anyio.current_time() - began, frame))
    except WebSocketDisconnect as end:
        heard.code, heard.reason = end.code, end.reason
    except WebSocketNetworkError:
        heard.code = 1006
    heard.closed_after = anyio.current_time() - began


async def listened(client: httpx2.AsyncClient, path: str, seconds: float = 60) -> Heard:
    """What comes on a WebSocket in so many seconds."""
    heard = Heard()
    await listen(client, path, seconds, heard)
    return heard


async def poll(
    client: httpx2.AsyncClient, path: str, seconds: float, answers: list[httpx2.Response]
) -> None:
    """Ask four times a second, as the recorder did."""
    with anyio.move_on_after(seconds):
        while True:
            answers.append(await client.get(path))
            await anyio.sleep(0.25)
