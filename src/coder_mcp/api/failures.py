"""Why no answer came, in words: from the transport's exceptions to ours."""

import re
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
            "has a certificate that this computer does not trust ({reason}). Add its"
            " certificate authority to the system's trust store, or set CODER_MCP_CA_FILE to a file"
            " that contains it."
        ),
    ),
    (ssl.SSLError, "could not agree on an encrypted connection (TLS). Is the port right?"),
    (socket.gaierror, "has a host name that cannot be found (DNS). Is CODER_URL right?"),
    (
        ConnectionRefusedError,
        "refused the connection. Is CODER_URL right, and the deployment running?",
    ),
    (httpx2.ProxyError, "cannot be reached through the proxy{answered}."),
    (
        httpx2.ConnectTimeout,
        "could not be connected to in time. Is this computer's network (or VPN) up?",
    ),
    (httpx2.ConnectError, "could not be connected to. Is this computer's network (or VPN) up?"),
    (httpx2.TimeoutException, "accepted the connection but did not answer in time."),
    (TimeoutError, "accepted the connection but did not answer in time."),
    (httpx2.DecodingError, "answered with a body that cannot be decoded."),
)
# No failures: how Python's TLS says that it waits.
_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_CUT = "cut the connection before the answer was complete."

# The other side did not take our certificate, or missed one.
_REFUSES_US = re.compile(r"ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")
_REFUSED = (
    "wants a client certificate that it knows. Set CODER_CLIENT_TLS_CERT_FILE and"
    " CODER_CLIENT_TLS_KEY_FILE to the one that its administrator gave out."
)
_OF_A_PROXY = {
    "403": ", which does not allow this host: its administrator can, or name the host in NO_PROXY",
    "407": ", which wants a user name and password: http://name:password@host:port",
}


def unreachable(error: Exception, url: str, *, proxy: str = "") -> CoderUnreachable:
    """The failure of a request to the deployment; the exception's own text is not repeated.

    `proxy` is the variable of the environment that names one for this address, if one does.
    """
    chain = _chain(error)
    refused = any(_REFUSES_US.search(_reason(cause)) for cause in chain)
    sent = not isinstance(error, _NOT_SENT)
    words = _REFUSED if refused else _words(chain)
    hint = f" The connection goes through the proxy in {proxy}."
    return CoderUnreachable(
        f"{url} {words}{hint if proxy and not sent else ''}", sent=sent, layer=_layer(chain)
    )


def _layer(chain: list[BaseException]) -> str:
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return "TLS"
    return "proxy" if any(isinstance(cause, httpx2.ProxyError) for cause in chain) else ""


def _words(chain: list[BaseException]) -> str:
    for kind, words in _WORDS:
        for cause in chain:
            if isinstance(cause, kind):
                reason = getattr(cause, "verify_message", "").rstrip(".")
                return words.format(reason=reason, answered=_answered(cause))
    return _CUT


def _answered(error: BaseException) -> str:
    """What a proxy said that opens no tunnel: httpx2 begins its words with the status."""
    status = re.match(r"[1-5]\d\d\b", str(error))
    return f" (it answered {status[0]}){_OF_A_PROXY.get(status[0], '')}" if status else ""


def _reason(error: BaseException) -> str:
    """OpenSSL's name of what went wrong, empty where it was nothing of TLS."""
    return getattr(error, "reason", None) or "" if isinstance(error, ssl.SSLError) else ""


def _chain(error: BaseException | None) -> list[BaseException]:
    """The exception and what it came from, the latest first; of a group, each of it."""
    chain: list[BaseException] = []
    while error is not None and len(chain) < 10:
        chain.append(error)
        if isinstance(error, BaseExceptionGroup):  # a host of several addresses
            group = cast("BaseExceptionGroup[BaseException]", error)
            chain.extend(group.exceptions)
        error = error.__cause__ or error.__context__
    return [one for one in chain if not isinstance(one, _WAITING)]
