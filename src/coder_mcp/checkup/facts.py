"""What was found so far. A fact that is `None` could not be looked at, or not in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from coder_mcp.api.connections import Proxy
from coder_mcp.api.probes import Greeting
from coder_mcp.core.credits import Credits
from coder_mcp.errors import CoderMcpError
from coder_mcp.login import Address, Login
from coder_mcp.models.accounts import APIKey, Organization, User


@dataclass(kw_only=True)
class Facts:
    """What was found so far; where an error came instead, it stands there.

    Attributes:
        address: The deployment's.
        login: The deployment with a session token.
        certificates: Whether they can be read.
        proxies: Whether the variables that name proxies can be understood.
        proxy: The one on the way to the deployment.
        addresses: Of the host that is connected to: the proxy's, or the deployment's own.
        connection: Whether it takes connections.
        greeting: What the deployment says to anyone.
        user: Whose the session token is.
        key: The session token without its secret.
        at: When these were read, by the deployment's clock.
        has_workspace: Whether the person has a workspace that could be watched.
        stream: Whether watching it brings something.
        organizations: Those that the person belongs to.
        credits: In each of them.
        templates: How many the person may use.
    """

    address: Address | CoderMcpError | None = None
    login: Login | CoderMcpError | None = None
    certificates: bool | CoderMcpError | None = None
    proxies: bool | CoderMcpError | None = None
    proxy: Proxy | None = None
    addresses: tuple[str, ...] | CoderMcpError | None = None
    connection: bool | CoderMcpError | None = None
    greeting: Greeting | CoderMcpError | None = None
    user: User | CoderMcpError | None = None
    key: APIKey | CoderMcpError | None = None
    at: datetime | None = None
    has_workspace: bool | CoderMcpError | None = None
    stream: bool | CoderMcpError | None = None
    organizations: Sequence[Organization] | CoderMcpError | None = None
    credits: Sequence[Credits] | CoderMcpError | None = None
    templates: int | CoderMcpError | None = None

    def place(self, url: str) -> tuple[str, int]:
        """Host and port of what is connected to: the proxy, where there is one on the way."""
        if self.proxy is not None:
            return self.proxy.host, self.proxy.port
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
