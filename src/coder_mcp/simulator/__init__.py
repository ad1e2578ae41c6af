"""A Coder deployment in one process, for demos and tests; it knows nothing of the rest of us.

It behaves as the recordings of a real server do. To understand how Coder works, read `state`,
`workspaces`, `quota`, `jobs`, `agents` and `streams`, in that order.
"""

from coder_mcp.simulator.calls import Answer
from coder_mcp.simulator.faults import (
    CloseAfter,
    CutAfter,
    Delay,
    Fault,
    Faults,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.simulator.ledger import LedgerEntry
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
