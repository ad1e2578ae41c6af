"""A proxy between the server and the deployment, which damages what it passes on."""

import asyncio  # noqa: TID251  # its streams can be reset
import gzip
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import anyio

Writer = asyncio.StreamWriter
Damage = Callable[[Writer, bytes], Awaitable[None]]
"""What is answered in place of this body; then the connection is closed."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BROKEN = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)


class Relay:
    """What is between the two.

    Attributes:
        damage: What is done to answers to requests of a method.
        times: To how many more of them.
        piece: How many bytes are passed on at a time, where they are counted.
        closes: Whether the connection is closed after each answer, without a word before.
    """

    def __init__(self, method: str = "", damage: Damage | None = None, times: int = 1) -> None:
        self._method = method.encode()
        self.damage = damage
        self.times = times
        self.piece = 0
        self.closes = False

    @asynccontextmanager
    async def between(self, url: str) -> AsyncGenerator[str]:
        """Its own address, by which the deployment is reached."""
        tasks: set[asyncio.Task[None]] = set()
        port = int(url.rpartition(":")[2])

        async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            with suppress(*_BROKEN):
                await self._serve(reader, writer, port)
            writer.transport.abort()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, to_client: Writer, port: int) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", port)
        try:
            while True:
                head, body = await message(client)
                to_server.write(head + body)
                if b"upgrade: websocket" in head.lower():
                    await self._tunnel(client, to_server, server, to_client)
                    return
                answer, content = await message(server)
                if self.damage is not None and self.times > 0 and head.startswith(self._method):
                    self.times -= 1
                    await self.damage(to_client, content)
                    await to_client.drain()
                    to_client.close()
                    return
                await self._write(to_client, answer + content)
                if self.closes:
                    to_client.close()
                    return
        finally:
            to_server.transport.abort()

    async def _tunnel(
        self,
        client: asyncio.StreamReader,
        to_server: Writer,
        server: asyncio.StreamReader,
        to_client: Writer,
    ) -> None:
        """Pass on both ways until either side ends."""

        async def on(reader: asyncio.StreamReader, writer: Writer) -> None:
            with suppress(ConnectionError):
                while data := await reader.read(1 << 16):
                    await self._write(writer, data)
            tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(on, client, to_server)
            tasks.start_soon(on, server, to_client)

    async def _write(self, writer: Writer, data: bytes) -> None:
        size = self.piece or len(data)
        for start in range(0, len(data), size or 1):
            writer.write(data[start : start + size])
            await writer.drain()
            if self.piece:
                await asyncio.sleep(0)


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The head and the body of a request or an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head, await reader.readexactly(int(line.partition(b":")[2]))
    return head, b""


async def ends_early(writer: Writer, body: bytes) -> None:
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 100) + body)


async def ends_in_a_chunk(writer: Writer, body: bytes) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % (len(body) + 100) + body)


async def resets(writer: Writer, body: bytes) -> None:
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 100) + body)
    await writer.drain()
    linger = struct.pack("hh" if hasattr(socket, "SO_EXCLUSIVEADDRUSE") else "ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def cuts_silently(writer: Writer, body: bytes) -> None:
    writer.write(HEAD + b"Connection: close\r\n\r\n" + body[: len(body) // 2])


async def closes(writer: Writer, _: bytes) -> None:
    writer.close()


async def greets(writer: Writer, _: bytes) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")


async def packs_badly(writer: Writer, _: bytes) -> None:
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")


async def drips(writer: Writer, body: bytes) -> None:
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body))
    for byte in body:
        writer.write(bytes([byte]))
        await writer.drain()
        await anyio.sleep(1)


async def swells(writer: Writer, _: bytes) -> None:
    packed = gzip.compress(b" " * (64 << 20))
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed))
    writer.write(packed)


async def never_ends(writer: Writer, _: bytes) -> None:
    writer.write(HEAD + b"\r\n[")
    while True:
        writer.write(b" " * (1 << 20))
        await writer.drain()
