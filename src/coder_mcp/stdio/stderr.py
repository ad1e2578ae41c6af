"""What is said on stderr: single clean lines, cut, and few.

A client may never read it, and a full pipe would hold the process; so all of it together stays
below what the smallest pipe takes. What an exception says may hold what must not be logged, so
tracebacks are left out.
"""

import logging
from typing import TextIO

from coder_mcp.core.text import one_line

MOST_LINES = 60
LONGEST_LINE = 250


class BoundedStderr(logging.StreamHandler[TextIO]):
    """Writes the first messages, then one that there were more."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._left = MOST_LINES

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message, unless too much was said already; never raises."""
        if self._left:
            self._left -= 1
            super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        """The message on one line."""
        if not self._left:
            return "coder-mcp: there was more to say; it is left out."
        return f"coder-mcp: {one_line(record.getMessage(), LONGEST_LINE)}"

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """Say nothing: there is nowhere to say it."""
