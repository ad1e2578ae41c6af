"""A Coder deployment in one process, for demos and tests; it knows nothing of the rest of us.

It behaves as the recordings of a real server do. To understand how Coder works, read
`records.state`, then of the `rules` `workspaces`, `quota`, `jobs` and `agents`, then
`http.streams`.
"""

from coder_mcp.simulator.http.calls import Answer
from coder_mcp.simulator.http.faults import (
    CloseAfter,
    CutAfter,
    Delay,
    Fault,
    Faults,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.simulator.http.ledger import LedgerEntry
from coder_mcp.simulator.simulator import Simulator
from coder_mcp.simulator.world import World

__all__ = [
    "Answer",
    "CloseAfter",
    "CutAfter",
    "Delay",
    "Fault",
    "Faults",
    "LedgerEntry",
    "LoseAnswer",
    "NeverAnswer",
    "Simulator",
    "StaySilent",
    "World",
]
