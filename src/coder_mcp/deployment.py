"""What the calls of one server share: the deployment's client, its watchers, its writes."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from coder_mcp.api.client import CoderClient
from coder_mcp.api.connections import http_client
from coder_mcp.api.transport import Transport
from coder_mcp.login import LoginSource
from coder_mcp.network import Network
from coder_mcp.token_end import TokenEnd
from coder_mcp.watching.flights import Flights
from coder_mcp.watching.watchers import Watchers


@dataclass(frozen=True, kw_only=True)
class Connected:
    """A deployment that somebody is signed in to."""

    client: CoderClient
    watchers: Watchers
    flights: Flights
    token_end: TokenEnd


class Deployment:
    """The deployment of one server, connected to when a call first needs it.

    Attributes:
        source: Where its login is found.
    """

    def __init__(
        self, source: LoginSource, network: Network, exits: AsyncExitStack, tasks: TaskGroup
    ) -> None:
        self.source = source
        self._network = network
        self._exits = exits
        self._tasks = tasks
        self._flights = Flights(tasks)
        self._connected: Connected | None = None
        self._lock = anyio.Lock()

    async def connected(self) -> Connected:
        """The deployment; where there is no login yet, it is looked for again at the next call.

        Raises:
            SettingsError: There is no login, or a certificate cannot be used, and what to set.
        """
        async with self._lock:
            if self._connected is None:
                login = await self.source.read()
                http = await self._exits.enter_async_context(http_client(self._network))
                client = CoderClient(Transport(login, self.source, http))
                watchers = Watchers(client, self._tasks)
                self._connected = Connected(
                    client=client,
                    watchers=watchers,
                    flights=self._flights,
                    token_end=TokenEnd(client, self._tasks),
                )
            return self._connected

    async def landed(self) -> None:
        """Give writes that are under way some time to end."""
        await self._flights.landed()


@asynccontextmanager
async def deployment_of(source: LoginSource, network: Network) -> AsyncGenerator[Deployment]:
    """The deployment that this login is for, until left; writes under way are let end."""
    async with AsyncExitStack() as exits, anyio.create_task_group() as tasks:
        deployment = Deployment(source, network, exits, tasks)
        try:
            yield deployment
        finally:
            await deployment.landed()
            tasks.cancel_scope.cancel()
