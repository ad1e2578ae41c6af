"""The end of a server, and the limit of each of its calls: who waits is let answer in time."""

from collections.abc import Generator
from contextlib import contextmanager

import anyio


class Ending:
    """Whether a server goes on taking its time over calls."""

    def __init__(self) -> None:
        self._calls: set[anyio.CancelScope] = set()
        self._has_come = False

    @contextmanager
    def limited(self, deadline: float) -> Generator[None]:
        """Leave the block at the deadline, or at once when the server ends."""
        with anyio.CancelScope(deadline=deadline) as scope:
            self._calls.add(scope)
            if self._has_come:
                scope.cancel()
            try:
                yield
            finally:
                self._calls.discard(scope)

    def come(self) -> None:
        """Let every call answer at once with what it knows; the builds go on."""
        self._has_come = True
        for scope in tuple(self._calls):
            scope.cancel()
