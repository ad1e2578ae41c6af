"""Faults on request: what goes wrong between a client and the deployment, as a script.

A fault names a route by its template, as the ledger does: `"GET /api/v2/workspaces/{workspace}"`;
`"*"` is every route. It is looked for before the route runs.
"""

from dataclasses import dataclass

from coder_mcp.simulator.http.calls import Answer


@dataclass(frozen=True)
class Delay:
    """Wait, then go on with the route, or with the next fault that fits."""

    seconds: float


@dataclass(frozen=True)
class NeverAnswer:
    """Take the request, do nothing, say nothing."""


@dataclass(frozen=True)
class LoseAnswer:
    """Run the route, and lose what it says: cut off in the body, or never sent at all.

    To a WebSocket it is a connection that breaks before the upgrade.
    """

    is_cut: bool = True


@dataclass(frozen=True)
class StaySilent:
    """Accept a WebSocket, and send nothing on it."""


@dataclass(frozen=True)
class CloseAfter:
    """Close a WebSocket in good order once this many frames were sent on it."""

    frames: int
    code: int
    reason: str = ""


@dataclass(frozen=True)
class CutAfter:
    """Break the connection of a WebSocket once this many frames were sent on it."""

    frames: int


# An Answer is given without running the route; to a WebSocket it is a refused upgrade.
Action = Answer | Delay | NeverAnswer | LoseAnswer | StaySilent | CloseAfter | CutAfter


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is to go wrong: after `skip` requests that pass, `times` times, or without end."""

    route: str
    action: Action
    times: int | None = 1
    skip: int = 0


@dataclass
class Pending:
    """A fault, and how many requests it has let pass and how many it has met."""

    fault: Fault
    skipped: int = 0
    met: int = 0

    def is_due(self, route: str | None) -> bool:
        """Whether the fault meets a request to this route; counts those that it lets pass."""
        if self.fault.route not in {"*", route}:
            return False
        if self.skipped < self.fault.skip:
            self.skipped += 1
            return False
        return self.fault.times is None or self.met < self.fault.times


class Faults:
    """The faults of one deployment, in the order in which they are looked for."""

    def __init__(self) -> None:
        self._pending: list[Pending] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        self._pending.append(Pending(fault))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._pending.clear()

    def take(self, route: str | None) -> list[Action]:
        """What happens to a request: any delays, and at most one other fault, the last."""
        actions: list[Action] = []
        for pending in self._pending:
            if pending.is_due(route):
                pending.met += 1
                actions.append(pending.fault.action)
                if not isinstance(pending.fault.action, Delay):
                    break
        return actions
