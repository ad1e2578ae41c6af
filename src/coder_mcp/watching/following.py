"""What one call knows of the build that it waits for."""

from collections.abc import Callable

import anyio

from coder_mcp.core.progress import Event, Progress, advance


class Following:
    """What one call knows of the build that it waits for.

    Attributes:
        progress: How far the build has come.
        failure: Why it can no longer be followed.
        changed: Set at the next change of either, and then replaced by another.
    """

    def __init__(self, progress: Progress, seen: Callable[[Progress], None]) -> None:
        self.progress = progress
        self.failure: Exception | None = None
        self.changed = anyio.Event()
        self._seen = seen

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.progress.is_over or self.failure is not None

    def take(self, event: Event) -> None:
        """Bring the progress on."""
        progress = advance(self.progress, event)
        if progress is not self.progress:
            self.progress = progress
            self._seen(progress)
            self._tell()

    def fail(self, error: Exception) -> None:
        """Give up, for this reason."""
        self.failure = error
        self._tell()

    def _tell(self) -> None:
        changed, self.changed = self.changed, anyio.Event()
        changed.set()
