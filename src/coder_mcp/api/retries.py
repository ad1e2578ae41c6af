"""When a request is sent again, and after which pause. Pure but for the jitter."""

import random

from coder_mcp.api.answers import Answer, retry_after_seconds
from coder_mcp.errors import CoderUnreachable

MOST_ATTEMPTS = 4

# A proxy or the server is restarting, or asks for a pause; a 500 may be a lost race.
_PASSING = frozenset({429, 500, 502, 503, 504})


def read_again(outcome: Answer | CoderUnreachable, attempt: int) -> float | None:
    """Seconds until a read is repeated, or nothing where repeating it would not help."""
    if isinstance(outcome, CoderUnreachable):
        return _pause(attempt)
    if outcome.status in _PASSING:
        return max(_pause(attempt), retry_after_seconds(outcome.headers) or 0.0)
    return None


def write_again(outcome: Answer | CoderUnreachable, attempt: int) -> float | None:
    """Seconds until a write is repeated: only where it is certain that it never left."""
    if isinstance(outcome, CoderUnreachable) and not outcome.sent:
        return _pause(attempt)
    return None


def _pause(attempt: int) -> float:
    """Doubling with full jitter, so that many clients do not come back at the same moment."""
    return random.uniform(0.1, 0.25 * 2**attempt)  # noqa: S311  # spreads load, guards nothing
