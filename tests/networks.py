"""What may stand between the server and the deployment: TLS in front of it, and a proxy.

Both pass on what they are given, and keep the head of each request that they can read.
"""

import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.abc import AnyByteStream, Listener, SocketAttribute
from anyio.streams.tls import TLSListener

HERE = "127.0.0.1"
_BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


class Between:
    """One of them, at a port of this machine.

    Attributes:
        heads: Of every request, as they came in.
        answer: What is said in place of passing a request on, where that is something.
        port: Where it listens.
    """

    def __init__(self, answer: bytes = b"") -> None:
        self.heads: list[bytes] = []
        self.answer = answer
        self.port = 0

    @asynccontextmanager
    async def tls(self, url: str, context: ssl.SSLContext) -> AsyncGenerator[str]:
        """The address by which a deployment is reached over TLS."""

        async def serve(stream: AnyByteStream) -> None:
            port = int(url.rpartition(":")[2])
            async with stream, await anyio.connect_tcp(HERE, port) as there:
                await self._joined(stream, there)

        async with self._listening(serve, context):
            yield f"https://{HERE}:{self.port}"

    @asynccontextmanager
    async def strict_tls(self, context: ssl.SSLContext) -> AsyncGenerator[str]:
        """The address of a deployment that says why it shakes no hands, as real ones do."""

        async def serve(stream: AnyByteStream) -> None:
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = context.wrap_bio(incoming, outgoing, server_side=True)
            async with stream:
                with suppress(anyio.EndOfStream, *_BROKEN):
                    while True:
                        with suppress(ssl.SSLError):
                            tls.do_handshake()
                        await stream.send(outgoing.read())
                        incoming.write(await stream.receive())

        async with self._listening(serve):
            yield f"https://{HERE}:{self.port}"

    @asynccontextmanager
    async def proxy(self) -> AsyncGenerator[str]:
        """The address of a proxy to whom every name is one of this machine."""

        async def serve(stream: AnyByteStream) -> None:
            async with stream:
                try:
                    head = await stream.receive()
                except anyio.EndOfStream:  # somebody only looked whether it listens
                    return
                self.heads.append(head)
                if self.answer:
                    await stream.send(self.answer)
                    return
                port = int(head.split()[1].rpartition(b":")[2])
                async with await anyio.connect_tcp(HERE, port) as there:
                    await stream.send(b"HTTP/1.1 200 Connected\r\n\r\n")
                    await self._joined(stream, there)

        async with self._listening(serve):
            yield f"http://{HERE}:{self.port}"

    @asynccontextmanager
    async def _listening(
        self,
        serve: Callable[[AnyByteStream], Awaitable[None]],
        context: ssl.SSLContext | None = None,
    ) -> AsyncGenerator[None]:
        tcp = await anyio.create_tcp_listener(local_host=HERE)
        self.port = tcp.extra_attributes[SocketAttribute.local_port]()
        listener: Listener[Any] = (
            tcp if context is None else TLSListener(tcp, context, standard_compatible=False)
        )
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, serve)
            yield
            tasks.cancel_scope.cancel()

    async def _joined(self, one: AnyByteStream, other: AnyByteStream) -> None:
        """Pass on both ways until either side ends; what is sent at once begins with its head."""

        async def on(source: AnyByteStream, target: AnyByteStream) -> None:
            with suppress(anyio.EndOfStream, *_BROKEN):  # TLS says so of a write to who has left
                async for data in source:
                    if source is one and b" HTTP/1.1\r\n" in data:
                        self.heads.append(data.partition(b"\r\n\r\n")[0])
                    await target.send(data)
            tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(on, one, other)
            tasks.start_soon(on, other, one)
