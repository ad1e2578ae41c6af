"""What the measures in simulated time use of the tests: the loop that skips, the whole height."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from virtual_time import virtual_time_loop
from whole import Whole, deployed

__all__ = ["Whole", "deployed", "in_simulated_time"]

Measured = TypeVar("Measured")


def in_simulated_time(measure: Callable[[], Awaitable[Measured]]) -> Measured:
    """Run a measure on a loop whose time jumps to its next timer."""
    return anyio.run(measure, backend_options={"loop_factory": virtual_time_loop})
