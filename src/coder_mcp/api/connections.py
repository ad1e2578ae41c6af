"""The HTTP client underneath: no cookies, no redirects, the system's trust and proxies."""

from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import httpx2

from coder_mcp import __version__
from coder_mcp.api.tls import tls_context
from coder_mcp.errors import SettingsError
from coder_mcp.network import Network
from coder_mcp.settings import is_loopback

HTTPClient = httpx2.AsyncClient

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
"""One attempt of a read, from its start to the last byte of the answer."""

_AS_IT_IS = Network()


def http_client(network: Network = _AS_IT_IS) -> httpx2.AsyncClient:
    """A client that forgets cookies, follows nothing, and trusts what the system trusts.

    Proxies, `SSL_CERT_FILE` and `SSL_CERT_DIR` come from the process's environment. Its headers
    are sent to the deployment alone: a proxy that a tunnel goes through does not see them.

    Raises:
        SettingsError: A certificate file or a proxy variable cannot be used, and which.
    """
    headers = [("User-Agent", f"coder-mcp/{__version__}"), ("Accept", "application/json")]
    context = tls_context(network)
    try:
        return httpx2.AsyncClient(
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            headers=[*headers, *network.headers],
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            verify=context,
            # This computer is reached without a proxy, whatever the environment says.
            mounts=dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]")),
            # Each wait holds two sockets; they must not keep a short call from its own.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
        )
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise SettingsError(
            f"A proxy variable of the environment cannot be used ({type(error).__name__}). It is an"
            " address such as http://proxy.example.com:3128; SOCKS is not supported. Correct or"
            " remove it in the server's configuration."
        ) from error


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """The proxy on the way to an address, without the user name and password that it may take.

    Attributes:
        variable: Which one of the environment names it; empty where the system's settings do.
        host: Its name or address.
        port: Where it listens.
    """

    variable: str
    host: str
    port: int


def proxy_to(url: str) -> Proxy | None:
    """The proxy for this address, if there is one.

    It is for words: which way is taken is the HTTP library's business, and `NO_PROXY` knows
    networks there that are not known here.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies()
    scheme = next((name for name in (parts.scheme, "all") if proxies.get(name)), "")
    # On macOS and Windows the latter may look the host up: only where there is a proxy at all.
    if not scheme or is_loopback(host) or bool(proxy_bypass(host)):
        return None
    variable = f"{scheme.upper()}_PROXY" if getproxies_environment().get(scheme) else ""
    text = proxies[scheme]
    try:
        address = urlsplit(text if "://" in text else f"http://{text}")
        port = address.port or (443 if address.scheme == "https" else 80)
        return Proxy(variable=variable, host=address.hostname or "", port=port)
    except ValueError:  # the HTTP client refuses it
        return Proxy(variable=variable, host="", port=0)


def proxy_variable(url: str) -> str:
    """The variable that names a proxy for this address; empty where there is none."""
    proxy = proxy_to(url)
    return "" if proxy is None else proxy.variable
