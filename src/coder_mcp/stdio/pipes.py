"""Lines from one descriptor and to another, each by a thread of its own.

A read of stdin, or a write to a client that does not read, may never return. The threads are
daemons and touch no buffered stream, so neither can hold the process when it has to end.
"""

import os
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

import anyio
import anyio.from_thread
import anyio.lowlevel

LONGEST_LINE = 16 * 1024 * 1024
"""In bytes; of a longer one, the beginning is kept, which no longer is a message."""
MOST_WAITING = 16
"""Lines that were read and not taken yet."""
_CHUNK = 64 * 1024


class Lines:
    """Whole lines out of what is read piece by piece."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end in this piece, without their ends."""
        *ends, rest = data.split(b"\n")
        lines: list[bytes] = []
        for end in ends:
            self._keep(end)
            lines.append(bytes(self._rest))
            self._rest.clear()
        self._keep(rest)
        return lines

    def _keep(self, piece: bytes) -> None:
        self._rest += piece[: self._longest + 1 - len(self._rest)]


class LineReader:
    """The lines of a descriptor, until it ends; not read faster than they are taken."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._room = threading.Semaphore(MOST_WAITING)
        self._send, self._lines = anyio.create_memory_object_stream[bytes](MOST_WAITING)

    @contextmanager
    def lines(self) -> Generator[AsyncGenerator[bytes]]:
        """Read until the block is left."""
        token = anyio.lowlevel.current_token()
        threading.Thread(target=self._read, args=(token,), daemon=True, name="stdin").start()
        with self._send, self._lines:
            yield self._taken()

    async def _taken(self) -> AsyncGenerator[bytes]:
        async for line in self._lines:
            self._room.release()
            yield line

    def _read(self, token: anyio.lowlevel.EventLoopToken) -> None:
        lines = Lines()
        # The loop may have ended, or nobody takes lines any more: there is nothing left to do.
        with suppress(RuntimeError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            while data := self._piece():
                self._hand_over(lines.feed(data), token)
            self._hand_over(lines.feed(b"\n"), token)
            anyio.from_thread.run_sync(self._send.close, token=token)

    def _hand_over(self, lines: list[bytes], token: anyio.lowlevel.EventLoopToken) -> None:
        for line in lines:
            self._room.acquire()
            anyio.from_thread.run_sync(self._send.send_nowait, line, token=token)

    def _piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            return b""


class LineWriter:
    """Lines to a descriptor, one after the other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: SimpleQueue[tuple[bytes, anyio.Event]] = SimpleQueue()
        self._is_open = True

    def start(self) -> None:
        """Begin to write what is given."""
        token = anyio.lowlevel.current_token()
        threading.Thread(target=self._write, args=(token,), daemon=True, name="stdout").start()

    async def write(self, line: bytes) -> None:
        """Write a line and its end.

        Raises:
            BrokenResourceError: Nobody reads any more.
        """
        written = anyio.Event()
        self._lines.put((line + b"\n", written))
        await written.wait()
        if not self._is_open:
            raise anyio.BrokenResourceError

    def _write(self, token: anyio.lowlevel.EventLoopToken) -> None:
        with suppress(RuntimeError):  # the loop has ended
            while True:
                line, written = self._lines.get()
                try:
                    while self._is_open and line:
                        line = line[os.write(self._descriptor, line) :]
                except OSError:
                    self._is_open = False
                anyio.from_thread.run_sync(written.set, token=token)


@contextmanager
def standard_descriptors() -> Generator[tuple[int, int]]:
    """Descriptors of stdin and stdout that nothing else in the process reads or writes.

    Whatever prints meanwhile prints to stderr, and whatever reads finds an end.
    """
    descriptors = 0, 1
    with suppress(OSError):  # without any left, these serve too
        own = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        descriptors = own
    # Outside of the above: what fails while they are used is not about them.
    yield descriptors
