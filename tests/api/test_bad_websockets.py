"""Streams whose server misbehaves once it has accepted: each ends, and nothing is raised."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from builders import login
from coder_mcp.api.connections import http_client
from coder_mcp.api.transport import LARGEST_FRAME, Transport
from coder_mcp.login import LoginSource

Misbehave = Callable[[SocketStream], Awaitable[None]]
FIRST = b"\x81\x05first"
"""A text frame."""


async def accept(stream: SocketStream) -> None:
    """The handshake of RFC 6455, 4.2.2."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += await stream.receive()
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
    assert key is not None
    digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False)
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    answer += b"Sec-WebSocket-Accept: " + base64.b64encode(digest.digest()) + b"\r\n\r\n"
    await stream.send(answer + FIRST)


async def closes(_: SocketStream) -> None:
    """Close the connection without a word."""


async def silent(_: SocketStream) -> None:
    """Answer no ping, and never speak again."""
    await anyio.sleep_forever()


def sending(garbage: bytes) -> Misbehave:
    async def misbehave(stream: SocketStream) -> None:
        await stream.send(garbage)
        await anyio.sleep_forever()

    return misbehave


MISBEHAVIORS = {
    "connection closed": closes,
    "pings not answered": silent,
    "reserved bits": sending(b"\xf1\x00"),
    "reserved opcode": sending(b"\x83\x00"),
    "masked by the server": sending(b"\x81\x81\x00\x00\x00\x00x"),
    "continuation of nothing": sending(b"\x80\x01x"),
    "text that is not UTF-8": sending(b"\x81\x02\xff\xfe"),
    "close with a code that does not exist": sending(b"\x88\x02\x00\x01"),
    "close with half a code": sending(b"\x88\x01\x03"),
    "HTTP": sending(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "too large in one frame": sending(
        b"\x81\x7f" + (LARGEST_FRAME + 1).to_bytes(8) + b" " * (LARGEST_FRAME + 1)
    ),
    "half a frame": sending(b"\x81\x7e\x10\x00half"),
}


@pytest.mark.parametrize("misbehave", MISBEHAVIORS.values(), ids=MISBEHAVIORS)
async def test_a_stream_that_breaks_ends_with_what_had_arrived(misbehave: Misbehave) -> None:
    async def serve(stream: SocketStream) -> None:
        async with stream:
            await accept(stream)
            await misbehave(stream)

    seen: list[str] = []
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra_attributes[SocketAttribute.local_port]()
    async with listener, anyio.create_task_group() as tasks, http_client() as http:
        tasks.start_soon(listener.serve, serve)
        transport = Transport(login(f"http://127.0.0.1:{port}"), LoginSource({}), http)
        with anyio.fail_after(60):
            async with transport.stream("/api/v2/stream") as frames:
                async for frame in frames:
                    seen.append(frame)  # noqa: PERF401  # what came before it broke counts
        tasks.cancel_scope.cancel()
    assert seen == ["first"]
