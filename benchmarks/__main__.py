"""Measure, print the table and write docs/benchmarks.md: `python3 dev.py bench`."""

import inspect
import sys
from pathlib import Path
from types import ModuleType

import anyio

import build_end
import build_requests
import call_overhead
import growth
import many_waits
import reading
import startup
from simulated import in_simulated_time
from table import Row, aligned, machine, markdown

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `python3 dev.py bench`: one run, each figure beside a baseline of the same run.
This one: {machine}.

"""
MEASURES = (build_end, build_requests, startup, call_overhead, many_waits, growth, reading)


def main() -> None:
    """Every measure beside its baseline, in one run."""
    rows: list[Row] = []
    rows += _measured(build_end, anyio.run(build_end.build_end))
    rows += _measured(build_requests, in_simulated_time(build_requests.build_requests))
    rows += _measured(startup, [startup.startup()])
    rows += _measured(call_overhead, [anyio.run(call_overhead.call_overhead)])
    rows += _measured(many_waits, anyio.run(many_waits.many_waits))
    rows += _measured(growth, anyio.run(growth.growth))
    budgeted, answers = in_simulated_time(reading.reading)
    rows += _measured(reading, budgeted)
    tables = markdown(rows) + "\n" + aligned(("Answer", "Tokens"), *answers)
    print(tables, end="")
    notes = "".join(f"\n{_note(module)}\n" for module in MEASURES)
    PAGE.write_text(HEAD.format(machine=machine()) + tables + notes, encoding="utf-8")


def _measured(module: ModuleType, rows: list[Row]) -> list[Row]:
    """The rows, and a word to whoever waits for the end of it."""
    print(f"{module.__name__}: done", file=sys.stderr)
    return rows


def _note(module: ModuleType) -> str:
    """How something was measured, as the module says it."""
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n\n")
    return f"**{title.rstrip('.')}**\n\n{text}"


if __name__ == "__main__":
    main()
