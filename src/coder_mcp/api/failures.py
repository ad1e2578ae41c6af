"""Why no answer came, in words: from the transport's exceptions to ours."""

import socket
import ssl
from typing import cast

import httpx2

from coder_mcp.errors import CoderUnreachable

# Of these it is certain that no connection was made, so nothing was sent.
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


# What the first of its causes that is listed here says of a failure, in this order.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        (
            "has a certificate that this computer does not trust ({reason}). Its authority belongs"
            " into the system's trust store, or set SSL_CERT_FILE to a file that holds it."
        ),
    ),
    (ssl.SSLError, "could not agree on an encrypted connection (TLS). Is the port right?"),
    (socket.gaierror, "has a host name that cannot be found (DNS). Is CODER_URL right?"),
    (
        ConnectionRefusedError,
        "refused the connection. Is CODER_URL right, and the deployment running?",
    ),
    (httpx2.ProxyError, "cannot be reached through the proxy that the environment names."),
    (
        httpx2.ConnectTimeout,
        "could not be connected to in time. Is this computer's network (or VPN) up?",
    ),
    (httpx2.ConnectError, "could not be connected to. Is this computer's network (or VPN) up?"),
    (httpx2.TimeoutException, "accepted the connection but did not answer in time."),
    (TimeoutError, "accepted the connection but did not answer in time."),
    (httpx2.DecodingError, "answered with a body that cannot be decoded."),
)
_CUT = "cut the connection before the answer was complete."


def unreachable(error: Exception, url: str) -> CoderUnreachable:
    """The failure of a request to the deployment; the exception's own text is not repeated."""
    return CoderUnreachable(f"{url} {_words(error)}", sent=not isinstance(error, _NOT_SENT))


def _words(error: Exception) -> str:
    chain = _chain(error)
    for kind, words in _WORDS:
        for cause in chain:
            if isinstance(cause, kind):
                return words.format(reason=getattr(cause, "verify_message", "").rstrip("."))
    return _CUT


def _chain(error: BaseException | None) -> list[BaseException]:
    """The exception and what it came from, the latest first; of a group, each of it."""
    chain: list[BaseException] = []
    while error is not None and len(chain) < 10:
        chain.append(error)
        if isinstance(error, BaseExceptionGroup):  # a host of several addresses
            group = cast("BaseExceptionGroup[BaseException]", error)
            chain.extend(group.exceptions)
        error = error.__cause__ or error.__context__
    return chain
