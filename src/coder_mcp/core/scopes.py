"""Which scopes a session token lacks, where an answer makes that certain; and which are enough.

A token that is limited to scopes is answered 404 for what they do not cover, on reads and on
creates alike; a refused build is a 403 with the transition in its words. What each of eleven sets
of scopes gets was recorded (tests/recordings/users/scope-matrix.json). No composite scope holds
`user:read` or `organization:read` (coderd/rbac/scopes.go).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

OF_THE_PERSON = ("user:read",)
OF_THE_TOKEN = ("user:read", "api_key:read")
OF_ORGANIZATIONS = ("user:read", "organization:read")

NO_LIMIT = frozenset({"coder:all", "all"})
"""The scopes that leave nothing out: the second is that of older servers."""

HOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "workspace:create": "coder:workspaces.create",
        "workspace:start": "coder:workspaces.operate",
        "workspace:stop": "coder:workspaces.operate",
        "workspace:update": "coder:workspaces.operate",
        "workspace:delete": "coder:workspaces.delete",
        "template:use": "coder:workspaces.create",
    }
)
"""The composite scope that holds a permission and what else its use needs."""

_SEEN = {"workspace:read", "template:read"}
_OPERATED = {*_SEEN, "workspace:update", "workspace:start", "workspace:stop"}
HOLDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "coder:workspaces.create": frozenset({*_OPERATED, "workspace:create", "template:use"}),
        "coder:workspaces.operate": frozenset(_OPERATED),
        "coder:workspaces.delete": frozenset({*_SEEN, "workspace:delete", "template:use"}),
        "coder:workspaces.access": frozenset(_SEEN),
    }
)
"""What each composite holds of what the tools need (coderd/rbac/scopes.go).

Each holds `organization_member:read` too, which no other scope gives; where Coder asks for that,
`user:read` does as well.
"""


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a session token may be for, and the fewest scopes with which the tools do all of it.

    Attributes:
        name: One word.
        scopes: As `coder tokens create` takes them.
        environ: Variables with which the server offers only the tools that need no more.
    """

    name: str
    scopes: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


_OF_ALL_THREE = ("user:read", "user:read_personal", "organization:read", "api_key:read")
PURPOSES = (
    Purpose(
        name="reading",
        scopes=("workspace:read", "template:read", *_OF_ALL_THREE),
        environ={"CODER_MCP_READ_ONLY": "1"},
    ),
    Purpose(
        name="running",
        scopes=("coder:workspaces.operate", *_OF_ALL_THREE),
        environ={"CODER_MCP_EXCLUDE_TOOLS": "create_workspace,delete_workspace"},
    ),
    Purpose(
        name="everything",
        scopes=("coder:workspaces.create", "coder:workspaces.delete", *_OF_ALL_THREE),
    ),
)
"""Each holds what the one before it does. What the scopes are for: docs/security.md."""

# What is certain to be lacking where a route answers with a status. A workspace or a template may
# be missing as well, so a 404 of theirs is not here.
_LACKING: Mapping[tuple[int, str], tuple[str, ...]] = MappingProxyType(
    {
        (404, r"GET /users/me"): OF_THE_PERSON,
        (404, r"GET /users/me/keys/[^/]+"): OF_THE_TOKEN,
        (404, r"GET /users/me/organizations"): OF_ORGANIZATIONS,
        (404, r"GET /organizations/[^/]+/members/me/workspace-quota"): OF_ORGANIZATIONS,
        (404, r"POST /users/me/workspaces"): ("workspace:create",),
        # Whoever may read a workspace but not its template is told so.
        (403, r"GET /workspaces/[^/]+"): ("template:read",),
    }
)
# Coder's messages for what somebody, or their token, may not do (coderd/workspaces.go,
# coderd/wsbuilder).
_PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "Unauthorized to create workspace.": "workspace:create",
        "You do not have permission to start this workspace.": "workspace:start",
        "You do not have permission to stop this workspace.": "workspace:stop",
        "You do not have permission to delete this workspace.": "workspace:delete",
    }
)
_NOT_USED = "Unauthorized access to use the template"


def lacking(status: int, asked: str) -> tuple[str, ...]:
    """The scopes of which a token that got this answer lacks at least one; empty if unknown.

    Args:
        status: Of the answer.
        asked: Method and path: `GET /users/me`.
    """
    for (of, route), scopes in _LACKING.items():
        if status == of and re.fullmatch(route, asked):
            return scopes
    return ()


def permission(message: str) -> str:
    """The permission that Coder's refusal is about; empty where it is about something else."""
    if message.startswith(_NOT_USED):
        return "template:use"
    return _PERMISSIONS.get(message, "")


def enough_for(scopes: Iterable[str]) -> str:
    """The name of the widest purpose for which these scopes are enough; empty if there is none."""
    given = permissions(scopes)
    names = [
        purpose.name
        for purpose in PURPOSES
        if all(is_held(needed, given) for needed in permissions(purpose.scopes))
    ]
    return names[-1] if names else ""


def needs(scopes: tuple[str, ...]) -> str:
    """A sentence: which scopes a token has to have; empty where that is not known."""
    if not scopes:
        return ""
    holders = [HOLDERS[scope] for scope in scopes if scope in HOLDERS]
    held = f" ({', '.join(holders)} holds it, and what else is needed)" if holders else ""
    several = "the scopes " if len(scopes) > 1 else "the scope "
    return f"A session token that is limited to scopes needs {several}{_listed(scopes)}{held}."


def permissions(scopes: Iterable[str]) -> set[str]:
    """The scopes, each composite as what it holds of what the tools need."""
    return {held for scope in scopes for held in HOLDS.get(scope, {scope})}


def is_held(permission: str, given: set[str]) -> bool:
    """Whether it is given by itself or by all that there is, of its kind (`workspace:*`) or any."""
    return not given.isdisjoint({permission, f"{permission.partition(':')[0]}:*", *NO_LIMIT})


def _listed(scopes: tuple[str, ...]) -> str:
    return " and ".join(scopes)
