"""Measure, print the table and write docs/benchmarks.md: `python3 dev.py bench`."""

from pathlib import Path

import anyio

from build_end import build_end
from startup import startup
from table import machine, markdown

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Every measure beside its baseline, in one run."""
    rows = [startup(), anyio.run(build_end)]
    table = markdown(rows)
    print(table, end="")
    PAGE.write_text(
        "# Benchmarks\n\n"
        "Written by `python3 dev.py bench`: one run, each figure beside a baseline of the same"
        f" run.\nThis one: {machine()}.\n\n{table}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
