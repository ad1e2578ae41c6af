"""Which tools a session token cannot be used with, by the scopes that it is limited to.

What a tool needs was recorded (tests/recordings/users/scope-matrix.json); what a composite scope
holds is in coderd/rbac/scopes.go.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_ALL = {"coder:all", "all"}
_RUN = ("template:read", "workspace:read", "workspace:start", "workspace:stop", "workspace:update")
_COMPOSITES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "coder:workspaces.create": ("workspace:create", *_RUN),
        "coder:workspaces.operate": _RUN,
        "coder:workspaces.delete": ("template:read", "workspace:read", "workspace:delete"),
        "coder:workspaces.access": ("template:read", "workspace:read"),
        "coder:templates.build": ("template:read",),
        "coder:templates.author": ("template:read",),
        "coder:apikeys.manage_self": ("api_key:read",),
    }
)
_SEEN = ("workspace:read", "template:read")

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "create_workspace": ("workspace:create", *_SEEN),
        "start_workspace": ("workspace:start", *_SEEN),
        "wait_for_workspace": _SEEN,
        "stop_workspace": ("workspace:stop", *_SEEN),
        "restart_workspace": ("workspace:start", "workspace:stop", *_SEEN),
        "update_workspace": ("workspace:start", "workspace:update", *_SEEN),
        "delete_workspace": ("workspace:delete", *_SEEN),
        "cancel_build": ("workspace:update", *_SEEN),
        "extend_workspace": ("workspace:update", *_SEEN),
        "list_workspaces": ("workspace:read",),
        "get_workspace": _SEEN,
        "list_templates": ("template:read",),
        "read_template": ("template:read",),
        "get_quota": ("user:read", "organization:read"),
        "whoami": (),
    }
)
"""The permissions without which a tool cannot do what it is for."""


def closed(scopes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The tools that cannot work with these scopes, each with the permissions that are lacking."""
    held = {one for scope in scopes for one in _COMPOSITES.get(scope, (scope,))}
    lacking = {
        tool: tuple(need for need in needs if not _is_held(need, held))
        for tool, needs in NEEDS.items()
    }
    return {tool: missing for tool, missing in lacking.items() if missing}


def _is_held(permission: str, held: set[str]) -> bool:
    return bool(held & _ALL) or permission in held or f"{permission.partition(':')[0]}:*" in held
