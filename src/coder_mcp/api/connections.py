"""The HTTP client underneath: no cookies, no redirects, the system's trust and proxies."""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from coder_mcp import __version__
from coder_mcp.errors import SettingsError

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
"""One attempt of a read, from its start to the last byte of the answer."""


def http_client() -> httpx2.AsyncClient:
    """A client that forgets cookies, follows nothing, and trusts what the system trusts.

    Proxies, `SSL_CERT_FILE` and `SSL_CERT_DIR` come from the environment.

    Raises:
        SettingsError: The certificate file that the environment names cannot be used.
    """
    try:
        return httpx2.AsyncClient(
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            headers={"User-Agent": f"coder-mcp/{__version__}", "Accept": "application/json"},
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            # This computer is reached without a proxy, whatever the environment says.
            mounts=dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]")),
            # Each wait holds two sockets; they must not keep a short call from its own.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
        )
    except (OSError, ValueError, ImportError, httpx2.InvalidURL) as error:
        raise SettingsError(
            "SSL_CERT_FILE, SSL_CERT_DIR or a proxy variable of the environment cannot be used:"
            f" {type(error).__name__}. Correct or remove it in the server's configuration."
        ) from error
