"""Any ASGI application on a port of this machine, in the test's own event loop.

httpx2's own ASGI transport buffers streams, so what streams is tested over a real socket.
"""

import asyncio  # noqa: TID251  # uvicorn's tasks are asyncio's
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncGenerator[str]:
    """The application's URL, as long as it is served."""
    # The protocol is named because asyncio else leaves Nagle's algorithm on: 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, ws="wsproto", lifespan="off", log_config=None, access_log=False, date_header=False
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for listening in server.servers:
                listening.close()
            tasks = tuple(server.server_state.tasks)
            for task in tasks:
                task.cancel()
            for connection in tuple(server.server_state.connections):
                connection.transport.abort()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)
