"""What every tool is handed: the deployment, the window of this call, and a way to report."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from coder_mcp.api.client import CoderClient
from coder_mcp.errors import CoderMcpError
from coder_mcp.follow import Report

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool.

    Attributes:
        client: The deployment, as the person that is signed in.
        deadline: From the call's `wait_seconds` to the moment its window closes, in
            `anyio.current_time()`; counted from the call's arrival.
        report: Tells the client how far a build has come.
        others_allowed: Whether workspaces of other people may be changed.
    """

    client: CoderClient
    deadline: Callable[[int | None], float]
    report: Report
    others_allowed: bool

    @property
    def url(self) -> str:
        """The deployment's address."""
        return self.client.transport.login.url


async def or_none(reading: Awaitable[Read]) -> Read | None:
    """What is welcome if it can be read, and can be done without."""
    try:
        return await reading
    except CoderMcpError:
        return None
