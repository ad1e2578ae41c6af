"""The line that is left of every attempt to change something."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time

_LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A request that changes something, and what became of it.

    Attributes:
        at: When it was answered, or given up, by the deployment's clock.
        tool: That asked for it.
        workspace: `owner/name`; `me/name` where it was not made, or that is not known.
        build_id: Of the build that it made or concerns; none where there is none.
        request_id: Coder's `X-Coder-Request-Id`; empty where it gave none.
        outcome: `accepted`; `refused`: nothing was changed; `lost`: it may have happened;
            `failed`: it was not taken, or never left.
        status: The HTTP status of a refusal or failure; none where there was no answer.
    """

    at: datetime
    tool: str
    workspace: str
    build_id: UUID | None = None
    request_id: str = ""
    outcome: str
    status: int | None = None


def audit_line(attempt: Attempt) -> str:
    """`audit` and one JSON object on one line; keys without a value are absent."""
    values = {
        "time": shown_time(attempt.at),
        "tool": attempt.tool,
        "workspace": one_line(attempt.workspace, _LONGEST),
        "build_id": str(attempt.build_id) if attempt.build_id is not None else None,
        "request_id": one_line(attempt.request_id, _LONGEST) or None,
        "outcome": attempt.outcome,
        "status": attempt.status,
    }
    given = {key: value for key, value in values.items() if value is not None}
    return f"audit {json.dumps(given, separators=(',', ':'))}"
