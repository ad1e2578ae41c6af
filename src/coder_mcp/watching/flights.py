"""Writes under way: one request for one change, whoever asks for it, and whoever leaves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import anyio
from anyio.abc import TaskGroup

from coder_mcp.api.writes import Refusal
from coder_mcp.core.results import Unknown
from coder_mcp.models.workspaces import Workspace

LINGER_SECONDS = 2.0
"""For writes that are under way when the server ends."""
MOST_REMEMBERED = 1000
"""Workspaces whose newest build of ours is remembered."""

Made = Workspace | Refusal | Unknown
"""The workspace with the build that was made, still pending; or why there is none."""


@dataclass
class _Flight:
    landed: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope(shield=True))
    made: Made | Exception | None = None


class Flights:
    """The writes of one server that are under way.

    A write is a task of the server's, not of the call that asks for it: who stops waiting does not
    stop it, and who asks for the same meanwhile is given what comes of it.
    """

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._flights: dict[str, _Flight] = {}
        self._newest: dict[UUID, int] = {}

    async def made(self, key: str, write: Callable[[], Awaitable[Made]]) -> tuple[Made, bool]:
        """What came of the write of this key, and whether it was begun for this call.

        Raises:
            CoderMcpError: As `write` does.
        """
        flight = self._flights.get(key)
        is_ours = flight is None
        if flight is None:
            flight = self._flights[key] = _Flight()
            self._tasks.start_soon(self._fly, key, flight, write)
        await flight.landed.wait()
        if isinstance(flight.made, Exception):
            raise flight.made
        if flight.made is None:
            raise RuntimeError("the server ended before the write did")
        return flight.made, is_ours

    def newest_build(self, workspace_id: UUID) -> int:
        """The number of the newest build made here; 0 where there is none."""
        return self._newest.get(workspace_id, 0)

    async def landed(self) -> None:
        """Give writes that are under way some time to end, then end them."""
        with anyio.move_on_after(LINGER_SECONDS, shield=True):
            for flight in tuple(self._flights.values()):
                await flight.landed.wait()
        for flight in tuple(self._flights.values()):
            flight.scope.cancel()

    async def _fly(self, key: str, flight: _Flight, write: Callable[[], Awaitable[Made]]) -> None:
        try:
            with flight.scope:
                flight.made = await write()
        except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
            flight.made = error
        if isinstance(flight.made, Workspace):
            self._remember(flight.made)
        del self._flights[key]
        flight.landed.set()

    def _remember(self, workspace: Workspace) -> None:
        self._newest.pop(workspace.id, None)
        while len(self._newest) >= MOST_REMEMBERED:
            del self._newest[next(iter(self._newest))]
        self._newest[workspace.id] = workspace.latest_build.build_number
