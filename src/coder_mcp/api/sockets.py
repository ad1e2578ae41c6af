"""What is needed of WebSockets: the text of their frames, and how they fail.

Apart from the transport, so that it is imported with the first stream and the server starts sooner.
"""

import ssl
from collections.abc import AsyncIterator

import httpx2
from httpx2.websockets import AsyncWebSocketSession, HTTPXWSException, WebSocketUpgradeError
from wsproto.utilities import ProtocolError

FAILURES = (httpx2.HTTPError, HTTPXWSException, ProtocolError, ssl.SSLError)
"""Whatever can be raised while one is opened or open."""


async def texts(socket: AsyncWebSocketSession) -> AsyncIterator[str]:
    """The text frames, until it ends for whatever reason."""
    while True:
        try:
            yield await socket.receive_text()
        except HTTPXWSException:
            return


def refusal(error: Exception) -> httpx2.Response | None:
    """The server's answer, where it refused to open one."""
    return error.response if isinstance(error, WebSocketUpgradeError) else None
