"""The audit lines on stderr: all of them, and none holds the process.

They are written by a thread of their own, which a pipe that nobody empties stops without stopping
anything else. What waits then is bounded, and what is left out is counted.
"""

import logging
import os
import threading
from queue import Empty, Full, Queue

MOST_WAITING = 1000
"""Lines that were not written yet."""
FLUSH_SECONDS = 0.3
"""For what still waits when the process ends."""


class AuditStderr(logging.Handler):
    """Writes each record's message as a line to a descriptor."""

    def __init__(self, descriptor: int = 2) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._waiting: Queue[bytes | threading.Event] = Queue(MOST_WAITING)
        self._left_out = 0
        self._thread = threading.Thread(target=self._write, daemon=True, name="audit")

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a line over; never waits, never raises."""
        if not self._thread.is_alive():
            self._thread.start()
        line = f"coder-mcp: {record.getMessage()}\n"
        if self._left_out:
            line = f"coder-mcp: audit lines left out: {self._left_out}\n{line}"
        try:
            self._waiting.put_nowait(line.encode(errors="replace"))
            self._left_out = 0
        except Full:
            self._left_out += 1

    def flush(self) -> None:
        """Wait for what was handed over, but not for long."""
        written = threading.Event()
        if self._thread.is_alive():
            try:
                self._waiting.put_nowait(written)
            except Full:
                return
            written.wait(FLUSH_SECONDS)

    def _write(self) -> None:
        while True:
            line = self._waiting.get()
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except OSError:  # nobody reads any more
                self._drop()

    def _drop(self) -> None:
        """Forget what waits; who waits for it is told."""
        while True:
            try:
                line = self._waiting.get_nowait()
            except Empty:
                return
            if isinstance(line, threading.Event):
                line.set()
