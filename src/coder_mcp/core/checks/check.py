"""One thing that was looked at to find out why something does not work, and what came of it."""

from collections.abc import Iterable
from typing import Literal

from coder_mcp.core.results import Part

Status = Literal["ok", "warn", "fail", "skipped"]

LATE = "There was no time left to look at it."
"""Why a check is skipped that needs nothing more than time."""


class Check(Part, frozen=True):
    """What was looked at, and how it is.

    Attributes:
        name: Of what was looked at: a noun or two, the same in every run.
        status: `ok`; `warn`: it works, but not as well as it should; `fail`: it does not work;
            `skipped`: it could not be looked at.
        message: One sentence or two, ours: how it is.
        next_step: How to fix it, where something has to be fixed.
        error: What somebody else said of it: text from outside, cleaned and cut.
    """

    name: str
    status: Status
    message: str
    next_step: str | None = None
    error: str | None = None


def worst(checks: Iterable[Check]) -> Literal["ok", "warn", "fail"]:
    """The worst that was found; what could not be looked at counts as nothing."""
    found = {check.status for check in checks}
    return "fail" if "fail" in found else "warn" if "warn" in found else "ok"
