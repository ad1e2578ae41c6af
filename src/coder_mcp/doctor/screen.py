"""The checks as a person reads them in a terminal, and as a machine does. Pure."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import JsonValue

from coder_mcp.core.checks.check import Check, worst
from coder_mcp.core.text import CUT_MARK, clean

EXITS: Mapping[Literal["ok", "warn", "fail"], int] = {"ok": 0, "warn": 1, "fail": 2}
"""The exit status for the worst of the checks."""

_NAMES = 18
_STATUSES = 9


def screen(title: str, checks: Sequence[Check], width: int) -> str:
    """A line a check, and the step that fixes it below; ASCII alone, for any console."""
    lines = [title, ""]
    for check in checks:
        lines += _lines(check, width)
    return _ascii("\n".join([*lines, "", _sum(checks), ""]))


def machine(versions: Mapping[str, str], checks: Sequence[Check]) -> str:
    """One JSON object on one line."""
    found: list[JsonValue] = [check.model_dump(exclude_none=True) for check in checks]
    return json.dumps({"status": worst(checks), **versions, "checks": found})


def _lines(check: Check, width: int) -> list[str]:
    indent = " " * (_STATUSES + _NAMES)
    head = f"{check.status:<{_STATUSES}}{check.name:<{_NAMES}}"
    lines = _wrapped(check.message, width, head, indent)
    if check.error:
        lines += _wrapped(f"said: {check.error}", width, indent, f"{indent}      ")
    if check.next_step:
        lines += _wrapped(f"-> {check.next_step}", width, indent, f"{indent}   ")
    return lines


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        " ".join(clean(text).split()),
        max(width, 60),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(checks: Sequence[Check]) -> str:
    counts = dict.fromkeys(("fail", "warn", "skipped"), 0)
    for check in checks:
        if check.status != "ok":
            counts[check.status] += 1
    if not any(counts.values()):
        return "All is well."
    warnings = "warning" if counts["warn"] == 1 else "warnings"
    named = {"fail": "failed", "warn": warnings, "skipped": "skipped"}
    return f"{', '.join(f'{count} {named[status]}' for status, count in counts.items() if count)}."


def _ascii(text: str) -> str:
    return text.replace(CUT_MARK, " ... [cut]").encode("ascii", "replace").decode()
