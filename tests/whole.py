"""A model, the server, and the embedded simulator over loopback: the whole height."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import anyio
from anyio.abc import TaskGroup

from coder_mcp.simulator import LedgerEntry, Simulator
from model import Era, Model, environ_for, model_on

# Longer than any build of the catalog, agents and startup scripts included.
A_WHILE = 60.0
BESIDE = "GET /api/v2/users/{user}/keys/{keyid}"
"""The session token's end is read when a build is first followed, and then each hour."""


class Whole:
    """A simulator and a model that is signed in to it as dev1."""

    def __init__(self, simulator: Simulator, model: Model, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self.simulator = simulator
        self.world = simulator.world
        self.model = model

    async def call(self, tool: str, **arguments: object) -> dict[str, Any]:
        """The payload of a call that is no error, with a URL that is the same in each run."""
        answer = await self.model.call(tool, **arguments)
        return json.loads(json.dumps(answer).replace(self.simulator.url, "https://coder.test"))

    def requests(self, method: str = "") -> list[str]:
        """What was sent so far, by route: of this method, or all.

        Without what is read beside the calls: whenever that happens, no call waits for it.
        """
        return [
            _line(entry)
            for entry in self.simulator.ledger
            if entry.method.startswith(method) and entry.route != BESIDE
        ]

    async def pass_time(self, seconds: float = A_WHILE) -> None:
        """Let the deployment go on by itself, then forget what was sent."""
        await anyio.sleep(seconds)
        self.simulator.ledger.clear()

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Let somebody do something after a while."""

        async def wait() -> None:
            await anyio.sleep(seconds)
            action()

        self._tasks.start_soon(wait)

    def once_sent(self, request: str, action: Callable[[], object]) -> None:
        """Let somebody do something as soon as such a request has arrived."""

        async def wait() -> None:
            while request not in self.requests():  # noqa: ASYNC110  # the simulator has no event for it
                await anyio.sleep(0.01)
            action()

        self._tasks.start_soon(wait)


@asynccontextmanager
async def deployed(
    *,
    era: Era = "auto",
    client_name: str = "a-client",
    user: str = "dev1",
    token: str = "",
    seeded: bool = False,
    tour: bool = False,
    provisioners: int = 3,
    build_version: str = "v2.36.1+c9a1e2b",
    through: Callable[[str], AbstractAsyncContextManager[str]] = nullcontext,
    **settings: str,
) -> AsyncGenerator[Whole]:
    """Run all of it; `settings` are environment variables of the server.

    `token` is one that the server is given in place of that of `user`; `through` is what stands
    between the two, by the address that the server is given in place of the simulator's.
    """
    simulator = Simulator(
        seeded=seeded, tour=tour, provisioners=provisioners, build_version=build_version
    )
    async with simulator.running(), through(simulator.url) as url:
        environ = environ_for(url, token or simulator.world.session_tokens[user], **settings)
        async with (
            model_on(environ, era=era, client_name=client_name) as model,
            anyio.create_task_group() as tasks,
        ):
            yield Whole(simulator, model, tasks)
            tasks.cancel_scope.cancel()


def _line(entry: LedgerEntry) -> str:
    """`GET /workspaces/{workspace}`, `WS ...` for a stream; the query where there is one."""
    name = (entry.route or entry.path).removeprefix(f"{entry.method} ").removeprefix("/api/v2")
    return f"{'WS' if entry.is_websocket else entry.method} {name}"
