"""What a deployment was asked: a note of each request, for whoever wants to look at it later."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(kw_only=True)
class LedgerEntry:
    """One request, noted when it arrived.

    `route` is the route's name, None for an unknown path; `user` is None where nobody was
    identified. `status` is None until the route has answered, whether or not the answer arrives,
    and for a WebSocket while it is open; then it is 101.
    """

    method: str
    path: str
    query: str
    is_websocket: bool
    route: str | None
    user: str | None
    at: datetime
    status: int | None = None
