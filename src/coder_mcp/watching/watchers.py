"""The watchers of a deployment: one for each workspace that somebody waits for."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from uuid import UUID

from anyio.abc import TaskGroup

from coder_mcp.api.client import CoderClient
from coder_mcp.core.progress import Progress
from coder_mcp.watching.following import Following
from coder_mcp.watching.watcher import Manners, Watcher


class Watchers:
    """The watchers of one deployment, one for each workspace that somebody waits for."""

    def __init__(self, client: CoderClient, tasks: TaskGroup) -> None:
        self.client = client
        self._tasks = tasks
        self._watchers: dict[UUID, Watcher] = {}
        self._manners = Manners()

    @contextmanager
    def following(
        self, progress: Progress, seen: Callable[[Progress], None]
    ) -> Generator[Following]:
        """Bring the progress on until the block is left; `seen` is told of each one."""
        workspace = progress.workspace
        watcher = self._watchers.get(workspace.id)
        if watcher is None:
            watcher = Watcher(self.client, workspace, self._manners)
            self._watchers[workspace.id] = watcher
            self._tasks.start_soon(watcher.run)
        following = Following(progress, seen)
        watcher.join(following)
        try:
            yield following
        finally:
            if watcher.leave(following) and self._watchers.get(workspace.id) is watcher:
                del self._watchers[workspace.id]
