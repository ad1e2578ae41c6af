"""When the session token ends: read beside the calls, and never waited for."""

from datetime import datetime

import anyio
from anyio.abc import TaskGroup

from coder_mcp.api.client import CoderClient
from coder_mcp.core.identity import fixed_end, soon_over
from coder_mcp.errors import CoderMcpError

LOOK_SECONDS = 3600.0
"""The least between two looks."""
READ_SECONDS = 10.0
"""For a look; one that fails is not repeated before its time."""


class TokenEnd:
    """When the session token of one deployment ends, as far as it is known.

    A renewed token is another one: its end is looked up at once.
    """

    def __init__(self, client: CoderClient, tasks: TaskGroup) -> None:
        self._client = client
        self._tasks = tasks
        self._ends_at: datetime | None = None
        self._looked: tuple[str, float] | None = None

    def note(self) -> str:
        """A sentence where the token ends soon; nothing where that is not so, or not known yet.

        Where it was not read within the hour, it is read by and by, for who asks after that.
        """
        self._look()
        return soon_over(self._ends_at, self._client.now(), self._client.transport.login.url)

    def _look(self) -> None:
        token, now = self._client.transport.login.session_token, anyio.current_time()
        if self._looked is not None:
            known, at = self._looked
            if known == token and now - at < LOOK_SECONDS:
                return
        self._looked = (token, now)
        self._ends_at = None
        self._tasks.start_soon(self._read)

    async def _read(self) -> None:
        with anyio.move_on_after(READ_SECONDS):
            try:
                self._ends_at = fixed_end(await self._client.own_key())
            except CoderMcpError:
                return
