"""What a measure comes to, and how it is written."""

import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass

TITLES = ("What", "coder-mcp", "Baseline", "Compared", "Goal", "Met")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure beside that of its baseline, both of this run.

    Attributes:
        what: What was measured, and on what.
        ours: The figure, with its unit.
        baseline: That of the baseline, and what the baseline is.
        compared: How the two compare, in the terms of the goal.
        goal: What it should be.
        met: Whether it is.
    """

    what: str
    ours: str
    baseline: str
    compared: str
    goal: str
    met: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        met = "yes" if self.met else "no"
        return (self.what, self.ours, self.baseline, self.compared, self.goal, met)


def markdown(rows: Iterable[Row]) -> str:
    """The table, its columns aligned so that a terminal shows it too."""
    return aligned(TITLES, *(row.cells for row in rows))


def aligned(*lines: tuple[str, ...]) -> str:
    """A table of these lines, the first of which are its titles."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    ruler = tuple("-" * width for width in widths)
    return "".join(
        "| " + " | ".join(map(str.ljust, line, widths)) + " |\n"
        for line in (lines[0], ruler, *lines[1:])
    )


def machine() -> str:
    """What it was measured on, in a line."""
    return (
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
        f" ({sys.implementation.name})"
    )
