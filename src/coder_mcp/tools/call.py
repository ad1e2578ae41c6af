"""What every tool is handed: the deployment, the window of this call, and a way to report."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from coder_mcp.api.client import CoderClient
from coder_mcp.core.progress import Progress
from coder_mcp.core.results import Result
from coder_mcp.errors import CoderMcpError
from coder_mcp.watching.flights import Flights
from coder_mcp.watching.watchers import Watchers

Read = TypeVar("Read")

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Call:
    """One call of a tool.

    Attributes:
        tool: Its name.
        client: The deployment, as the person that is signed in.
        watchers: Of its workspaces.
        flights: The writes to it that are under way.
        deadline: When the call's window closes, in `anyio.current_time()`.
        report: Tells the client how far a build has come, after a sentence of warning if any.
        others_allowed: Whether workspaces of other people may be changed.
        token_note: A sentence where the session token ends soon; who asks has it read.
        so_far: What is answered if the call has to end now.
        is_theirs: Whether it is about a workspace of somebody else that may not be changed.
    """

    tool: str
    client: CoderClient
    watchers: Watchers
    flights: Flights
    deadline: float
    report: Callable[[Progress, str], Awaitable[None]]
    others_allowed: bool
    token_note: Callable[[], str]
    so_far: Callable[[], Result]
    is_theirs: bool = False

    @property
    def url(self) -> str:
        """The deployment's address."""
        return self.client.transport.login.url


async def or_none(reading: Awaitable[Read]) -> Read | None:
    """What is welcome if it can be read, and can be done without."""
    try:
        return await reading
    except CoderMcpError as error:
        _log.debug("done without: %s", error)
        return None
