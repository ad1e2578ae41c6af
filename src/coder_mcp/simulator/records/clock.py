"""The time of a deployment, which others may shift."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import anyio


class Clock:
    """The wall clock when it was made, plus the event loop's time since."""

    def __init__(self) -> None:
        # At the full second, so that the `Date` header, which has no more, is right at first.
        self.made_at = datetime.now(UTC).replace(microsecond=0)
        self._loop_time_at_first_use: float | None = None
        self._shift = timedelta()

    def now(self) -> datetime:
        """The deployment's time."""
        try:
            loop_time = anyio.current_time()
        except RuntimeError:  # no event loop yet: the deployment's time has not begun to run
            return self.made_at + self._shift
        if self._loop_time_at_first_use is None:
            self._loop_time_at_first_use = loop_time
        elapsed = timedelta(seconds=loop_time - self._loop_time_at_first_use)
        return self.made_at + elapsed + self._shift

    @contextmanager
    def shifted(self, by: timedelta) -> Generator[None]:
        """Let it be another time in the block, so that a past can be made."""
        before = self._shift
        self._shift = before + by
        try:
            yield
        finally:
            self._shift = before
