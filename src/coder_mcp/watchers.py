"""The watchers of a deployment: one for each workspace that somebody waits for."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from uuid import UUID

import anyio
from anyio.abc import TaskGroup

from coder_mcp.api.client import CoderClient
from coder_mcp.core.progress import Progress
from coder_mcp.watcher import Following, Watcher

MOST_LOOKS_A_SECOND = 20.0
"""Of all watchers together: with many of them each looks less often, and never two at once."""


class Watchers:
    """The watchers of one deployment, one for each workspace that somebody waits for."""

    def __init__(self, client: CoderClient, tasks: TaskGroup) -> None:
        self.client = client
        self._tasks = tasks
        self._watchers: dict[UUID, Watcher] = {}
        self._turns = anyio.Lock()
        self._next_turn = 0.0

    @contextmanager
    def following(
        self, progress: Progress, seen: Callable[[Progress], None]
    ) -> Generator[Following]:
        """Bring the progress on until the block is left; `seen` is told of each one."""
        workspace = progress.workspace
        watcher = self._watchers.get(workspace.id)
        if watcher is None:
            watcher = Watcher(self.client, workspace, self._turn)
            self._watchers[workspace.id] = watcher
            self._tasks.start_soon(watcher.run)
        following = Following(progress, seen)
        watcher.join(following)
        try:
            yield following
        finally:
            if watcher.leave(following) and self._watchers.get(workspace.id) is watcher:
                del self._watchers[workspace.id]

    async def _turn(self) -> None:
        """Wait until one more look may be had; those that fall together take turns."""
        async with self._turns:
            await anyio.sleep_until(self._next_turn)
            self._next_turn = anyio.current_time() + 1 / MOST_LOOKS_A_SECOND
