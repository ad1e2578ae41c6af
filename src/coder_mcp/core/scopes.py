"""Which scopes a session token lacks, where an answer makes that certain.

A token that is limited to scopes is answered 404 for what they do not cover, on reads and on
creates alike; a refused build is a 403 with the transition in its words. What each of eleven sets
of scopes gets was recorded (tests/recordings/users/scope-matrix.json). No composite scope holds
`user:read` or `organization:read` (coderd/rbac/scopes.go).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

OF_THE_PERSON = ("user:read",)
OF_THE_TOKEN = ("user:read", "api_key:read")
OF_ORGANIZATIONS = ("user:read", "organization:read")

HOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "workspace:create": "coder:workspaces.create",
        "workspace:start": "coder:workspaces.operate",
        "workspace:stop": "coder:workspaces.operate",
        "workspace:update": "coder:workspaces.operate",
        "workspace:delete": "coder:workspaces.delete",
    }
)
"""The composite scope that holds a permission and what else its use needs."""

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
    return _PERMISSIONS.get(message, "")


def needs(scopes: tuple[str, ...]) -> str:
    """A sentence: which scopes a token has to have; empty where that is not known."""
    if not scopes:
        return ""
    holders = [HOLDERS[scope] for scope in scopes if scope in HOLDERS]
    held = f" ({', '.join(holders)} holds it, and what else is needed)" if holders else ""
    several = "the scopes " if len(scopes) > 1 else "the scope "
    return f"A session token that is limited to scopes needs {several}{_listed(scopes)}{held}."


def _listed(scopes: tuple[str, ...]) -> str:
    return " and ".join(scopes)
