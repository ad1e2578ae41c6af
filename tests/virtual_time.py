"""An event loop whose time jumps to the next timer when nothing can run and no data is there.

Every timer of the program then belongs to simulated time: our windows, polls and time-outs,
httpx2's and uvicorn's too. A build of ten minutes takes a fraction of a second, and a test
that waits for something that never comes ends at once.

Work in threads and child processes is invisible to it, so tests of those run on the plain loop.
"""

import asyncio  # noqa: TID251  # the loop itself is replaced here
import selectors

# Loopback data is there as soon as it is written, but a loaded kernel may be late by this much.
GRACE_SECONDS = 0.001


class IdleSelector(selectors.DefaultSelector):
    """Where the loop would sleep until a timer is due, moves the loop's time to that moment."""

    skipped_seconds: float = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(min(timeout, GRACE_SECONDS))
        if not ready:
            self.skipped_seconds += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.selector = IdleSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return super().time() + self.selector.skipped_seconds


def virtual_time_loop() -> asyncio.AbstractEventLoop:
    return VirtualTimeLoop()
