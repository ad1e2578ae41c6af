"""From the start of the process to its first answer, as a client that launches it waits for it.

Both are compiled already, as from the second start on: a first round is not counted, and what
keeps Python from writing what it compiled is left out of their environment.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from table import Row

ROUNDS = 15
BARE = Path(__file__).with_name("bare_server.py")
INITIALIZE = (
    b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",'
    b'"capabilities":{},"clientInfo":{"name":"benchmark","version":"1"}}}\n'
)


def startup() -> Row:
    """The median of rounds in which both are started in turn."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(1 + ROUNDS):
        bare.append(_seconds(str(BARE)))
        ours.append(_seconds("-m", "coder_mcp"))
    del bare[0], ours[0]
    ratio = statistics.median(ours) / statistics.median(bare)
    return Row(
        what="Process start to first answer",
        ours=f"{statistics.median(ours) * 1000:.0f} ms",
        baseline=f"{statistics.median(bare) * 1000:.0f} ms, a bare server of the same SDK",
        compared=f"x {ratio:.2f}",
        goal="at most x 1.15",
        met=ratio <= 1.15,
    )


def _seconds(*arguments: str) -> float:
    environ = {**os.environ}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(INITIALIZE)
        process.stdin.flush()
        answer = process.stdout.readline()
        seconds = time.perf_counter() - began
    if b'"result"' not in answer:
        raise RuntimeError(f"no answer of {arguments}: {answer!r}")
    return seconds
