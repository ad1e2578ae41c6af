"""The application on a port of this machine, served in the running event loop."""

import socket
from asyncio import Transport  # noqa: TID251  # what uvicorn's protocol is handed
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from coder_mcp.simulator.http.app import App

HOST = "127.0.0.1"
# Coder pings WebSockets this often, and waits this long for an answer.
PING_SECONDS = 15.0
# Go's server keeps idle connections; a short limit would close them between two polls.
KEEP_ALIVE_SECONDS = 3600


@asynccontextmanager
async def serving(app: App, port: int) -> AsyncGenerator[str]:
    """Serve `app` on this port, or on a free one for 0; gives the URL.

    uvicorn's own loop is not run: it takes over signals, and wakes up ten times a second.
    """
    # The protocol is named because asyncio sends small packets at once only where it is: without
    # it the body of an answer waits up to 40 ms for the client's kernel to acknowledge the head.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        server = uvicorn.Server(configuration(app))
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup(sockets=[listener])
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            with anyio.CancelScope(shield=True):
                await end(server, app)


def configuration(app: App) -> uvicorn.Config:
    """How uvicorn serves, so that nothing on the wire is its own."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="wsproto",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,
    )


class Connection(H11Protocol):
    """A connection that can be broken by what is served on it.

    The state of a request's scope is a copy of `app_state`, a WebSocket's too.
    """

    def connection_made(self, transport: Transport) -> None:
        """Put the transport where `streams.abort` finds it."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


async def end(server: uvicorn.Server, app: App) -> None:
    """Break all connections and end all that is being served, without waiting for clients."""
    for listening in server.servers:
        listening.close()
    for connection in tuple(server.server_state.connections):
        connection.transport.abort()
    app.leave()
    for task in tuple(server.server_state.tasks):
        await task
    # Idle connections hear of their end in the next round of the event loop.
    await anyio.lowlevel.checkpoint()
