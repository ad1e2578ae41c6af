"""Who uses a deployment: users, their session tokens, organizations."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(eq=False, kw_only=True)
class User:
    """An account. Owners see and may do everything; `linked` names external auth providers."""

    id: UUID
    username: str
    name: str
    created_at: datetime
    is_owner: bool = False
    status: str = "active"
    linked: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class Token:
    """A session token and what it may be used for; without scopes, for everything."""

    text: str
    user: User
    scopes: frozenset[str] | None = None


@dataclass(eq=False, kw_only=True)
class Organization:
    """An organization; `quota_allowance` is that of its group Everyone, in credits a user."""

    id: UUID
    name: str
    display_name: str
    description: str
    created_at: datetime
    is_default: bool
    members: list[User]
    quota_allowance: int = 60
