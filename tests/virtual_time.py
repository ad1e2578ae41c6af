"""An event loop whose time jumps to the next timer when nothing can run and no data is there.

Every timer of the program then belongs to simulated time: our windows, polls and time-outs,
httpx2's and uvicorn's too. A build of ten minutes takes a fraction of a second, and a test
that waits for something that never comes ends at once.

While a thread of anyio's works for the test, time passes as it does. Child processes, and threads
that somebody else starts, are invisible to it, so tests of those run on the plain loop.
"""

import asyncio  # noqa: TID251  # the loop itself is replaced here
import selectors

import anyio.to_thread

# Loopback data is there as soon as it is written, but a loaded kernel may be late by this much. The
# further the jump, the more there is that must not be passed over: a token ends within a day.
GRACE_SECONDS = 0.001
LONGEST_GRACE_SECONDS = 0.05
GRACE_A_SECOND = 0.0001


class IdleSelector(selectors.DefaultSelector):
    """Where the loop would sleep until a timer is due, moves the loop's time to that moment."""

    skipped_seconds: float = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        grace = min(LONGEST_GRACE_SECONDS, max(GRACE_SECONDS, timeout * GRACE_A_SECOND))
        ready = super().select(min(timeout, grace))
        if ready or threads_work():
            return ready or super().select(timeout)
        self.skipped_seconds += timeout
        return ready


def threads_work() -> bool:
    """Whether a thread of anyio's is at work: it wakes the loop when it is done."""
    try:
        return anyio.to_thread.current_default_thread_limiter().borrowed_tokens > 0
    except (RuntimeError, LookupError):  # no loop runs, or nothing of it
        return False


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.selector = IdleSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return super().time() + self.selector.skipped_seconds


def virtual_time_loop() -> asyncio.AbstractEventLoop:
    return VirtualTimeLoop()
