"""A Coder deployment in one process: the world, its provisioners, its API on a local port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from coder_mcp.simulator.http.app import App
from coder_mcp.simulator.http.faults import Faults
from coder_mcp.simulator.http.ledger import LedgerEntry
from coder_mcp.simulator.http.loopback import serving
from coder_mcp.simulator.provisioner import provision
from coder_mcp.simulator.seed import SEED, TOUR_SEED, plant
from coder_mcp.simulator.world import World


class Simulator:
    """A deployment that nobody has to install.

    `seeded` begins it with workspaces of dev1, `tour` with more of them, and templates, such as a
    person may ask about.

    `world` is its state, and what others do in it; `faults` is what goes wrong on the way;
    `ledger` is every request so far; `url` is where it runs, once it does. Time is the event
    loop's: builds last as long as they do in reality, or no time at all on a loop that skips.
    """

    def __init__(
        self,
        *,
        seeded: bool = False,
        tour: bool = False,
        provisioners: int = 3,
        build_version: str = "v2.36.1+c9a1e2b",
    ) -> None:
        self.world = World(provisioners=provisioners, build_version=build_version)
        self.faults = Faults()
        self.ledger: list[LedgerEntry] = []
        if seeded or tour:
            plant(self.world, TOUR_SEED if tour else SEED)

    @property
    def url(self) -> str:
        """Where it can be reached, once it runs."""
        return self.world.access_url

    @property
    def session_token(self) -> str:
        """A token of dev1 that may do everything dev1 may."""
        return self.world.session_tokens["dev1"]

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncGenerator["Simulator"]:
        """Serve on this port, or a free one, and let provisioners work, until left.

        An error that leaves the block comes out as it is, not in a group of one.
        """
        app = App(self.world, self.faults, self.ledger)
        error: Exception | None = None
        async with serving(app, port) as self.world.access_url, anyio.create_task_group() as tasks:
            tasks.start_soon(provision, self.world)
            try:
                yield self
            except Exception as raised:  # noqa: BLE001  # it is raised again below
                error = raised
            finally:
                tasks.cancel_scope.cancel()
        if error is not None:
            raise error
