"""Who uses a deployment: users, their session tokens, organizations."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


@dataclass(eq=False, kw_only=True)
class Token:
    """A session token and what it may be used for; without scopes, for everything.

    `id` is the part of it that is no secret. One with a name ends at `expires_at` whatever
    happens; the end of a sign-in's moves while it is used.
    """

    id: str
    text: str
    user: User
    scopes: frozenset[str] | None
    name: str
    lifetime: timedelta
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    last_used: datetime | None = None

    @property
    def login_type(self) -> str:
        """How it came to be."""
        return "token" if self.name else "password"


@dataclass(eq=False, kw_only=True)
class Organization:
    """An organization; `quota_allowance` is that of its group Everyone, in credits a user.

    `groups` are the others.
    """

    id: UUID
    name: str
    display_name: str
    description: str
    created_at: datetime
    is_default: bool
    members: list[User]
    quota_allowance: int = 60
    groups: list["Group"] = field(default_factory=list["Group"])

    @property
    def everyone(self) -> "Group":
        """The group that all members are in, whose id is the organization's."""
        return Group(
            id=self.id, name="Everyone", members=self.members, quota_allowance=self.quota_allowance
        )


@dataclass(eq=False, kw_only=True)
class Group:
    """A group of an organization; each member may spend its `quota_allowance`, too."""

    id: UUID
    name: str
    members: list[User]
    quota_allowance: int
