"""Why no answer came: every exception of the transport's, and the words for it."""

import inspect
import socket
import ssl

import httpx2
import pytest
from inline_snapshot import snapshot

from builders import TOKEN, URL
from coder_mcp.api.failures import unreachable

NOTHING_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
}
KINDS = {
    name: kind
    for name, kind in vars(httpx2).items()
    if inspect.isclass(kind) and issubclass(kind, httpx2.HTTPError)
}


def made(kind: type[httpx2.HTTPError]) -> httpx2.HTTPError:
    """An exception of this kind whose own text holds what must not be repeated."""
    if issubclass(kind, httpx2.HTTPStatusError):
        request = httpx2.Request("GET", URL)
        return kind(TOKEN, request=request, response=httpx2.Response(500))
    return kind(TOKEN)


def raised(*causes: Exception) -> Exception:
    """The last of these, raised from the one before it, and so on."""
    error: Exception | None = None
    for cause in causes:
        try:
            raise cause from error
        except type(cause) as caught:
            error = caught
    assert error is not None
    return error


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"{TOKEN} certificate verify failed")
    error.verify_message = "self-signed certificate."
    return error


def test_the_transport_has_the_exceptions_that_are_known() -> None:
    assert set(KINDS) >= NOTHING_SENT | {"HTTPStatusError", "RemoteProtocolError", "ReadTimeout"}


@pytest.mark.parametrize("name", KINDS)
def test_every_exception_says_whether_the_request_may_have_arrived(name: str) -> None:
    failure = unreachable(made(KINDS[name]), URL)
    assert failure.sent is (name not in NOTHING_SENT)
    assert str(failure).startswith(f"{URL} ")
    assert TOKEN not in str(failure)


def test_a_time_out_of_ours_may_have_come_after_the_request_arrived() -> None:
    assert unreachable(TimeoutError(), URL).sent


def refused() -> ConnectionRefusedError:
    return ConnectionRefusedError(111, f"{TOKEN} Connect call failed")


def over() -> OSError:
    return OSError("All connection attempts failed")


CHAINS = {
    "certificate": raised(untrusted(), httpx2.ConnectError(TOKEN)),
    "TLS": raised(ssl.SSLError(1, f"{TOKEN} wrong version number"), httpx2.ConnectError(TOKEN)),
    "DNS": raised(socket.gaierror(-2, f"{TOKEN} not known"), over(), httpx2.ConnectError(TOKEN)),
    "refused": raised(refused(), over(), httpx2.ConnectError(TOKEN)),
    "proxy": raised(httpx2.ProxyError(TOKEN)),
    "proxy wants a name": raised(httpx2.ProxyError("407 Proxy Authentication Required")),
    "proxy does not allow it": raised(httpx2.ProxyError("403 Forbidden")),
    "proxy fails": raised(httpx2.ProxyError(f"502 {TOKEN}")),
    "connecting": raised(TimeoutError(), httpx2.ConnectTimeout(TOKEN)),
    "no route": raised(OSError(113, "No route to host"), httpx2.ConnectError(TOKEN)),
    "reading": raised(TimeoutError(), httpx2.ReadTimeout(TOKEN)),
    "in all": raised(TimeoutError()),
    "decoding": raised(httpx2.DecodingError(TOKEN)),
    "cut": raised(httpx2.RemoteProtocolError(TOKEN)),
    "reset": raised(ConnectionResetError(104, "reset"), httpx2.ReadError(TOKEN)),
}


def test_the_words_name_the_cause_and_what_to_look_at() -> None:
    words = {why: str(unreachable(error, "It")) for why, error in CHAINS.items()}
    assert words == snapshot(
        {
            "certificate": "It has a certificate that this computer does not trust (self-signed certificate). Add its certificate authority to the system's trust store, or set CODER_MCP_CA_FILE to a file that contains it.",
            "TLS": "It could not agree on an encrypted connection (TLS). Is the port right?",
            "DNS": "It has a host name that cannot be found (DNS). Is CODER_URL right?",
            "refused": "It refused the connection. Is CODER_URL right, and the deployment running?",
            "proxy": "It cannot be reached through the proxy.",
            "proxy wants a name": "It cannot be reached through the proxy (it answered 407), which wants a user name and password: http://name:password@host:port.",
            "proxy does not allow it": "It cannot be reached through the proxy (it answered 403), which does not allow this host: its administrator can, or name the host in NO_PROXY.",
            "proxy fails": "It cannot be reached through the proxy (it answered 502).",
            "connecting": "It could not be connected to in time. Is this computer's network (or VPN) up?",
            "no route": "It could not be connected to. Is this computer's network (or VPN) up?",
            "reading": "It accepted the connection but did not answer in time.",
            "in all": "It accepted the connection but did not answer in time.",
            "decoding": "It answered with a body that cannot be decoded.",
            "cut": "It cut the connection before the answer was complete.",
            "reset": "It cut the connection before the answer was complete.",
        }
    )


ALERTS = [
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "TLSV1_ALERT_UNKNOWN_CA",
    "TLSV1_ALERT_ACCESS_DENIED",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
]


@pytest.mark.parametrize("reason", ALERTS)
def test_a_deployment_that_refuses_our_certificate_is_told_with_what_to_set(reason: str) -> None:
    alert = ssl.SSLError(1, f"{TOKEN} alert")
    alert.reason = reason
    for error in (alert, raised(alert, httpx2.ReadError(TOKEN))):
        failure = unreachable(error, "It")
        assert failure.sent is True  # a connection that was kept may have carried it
        assert str(failure) == snapshot(
            "It wants a client certificate that it knows. Set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE to the one that its administrator gave out."
        )


def test_where_there_is_a_proxy_a_connection_that_was_not_made_names_its_variable() -> None:
    refusal = unreachable(CHAINS["refused"], "It", proxy="HTTPS_PROXY")
    assert str(refusal) == snapshot(
        "It refused the connection. Is CODER_URL right, and the deployment running? The connection goes through the proxy in HTTPS_PROXY."
    )
    answered = unreachable(CHAINS["reading"], "It", proxy="HTTPS_PROXY")
    assert "PROXY" not in str(answered)


def test_an_address_that_was_refused_is_named_where_a_name_has_several() -> None:
    # Each of them fails for itself, as with `localhost` where nothing listens.
    both = ExceptionGroup("multiple connection attempts failed", [refused(), refused()])
    error = raised(both, over(), httpx2.ConnectError(TOKEN))
    assert str(unreachable(error, "It")) == str(unreachable(CHAINS["refused"], "It"))


def test_a_chain_of_causes_without_end_is_followed_to_its_tenth() -> None:
    first, second = httpx2.ReadError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert str(unreachable(first, "It")) == "It cut the connection before the answer was complete."
