"""Which tools a session token cannot be used with, by the scopes that it is limited to.

What a tool needs was recorded (tests/recordings/users/scope-matrix.json).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from coder_mcp.core.scopes import is_held, permissions

_SEEN = ("workspace:read", "template:read")

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "create_workspace": ("workspace:create", "template:use", *_SEEN),
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
        "diagnose_workspace": _SEEN,
        "read_logs": _SEEN,
        "list_templates": ("template:read",),
        "read_template": ("template:read",),
        "get_quota": ("user:read", "organization:read"),
        "whoami": (),
    }
)
"""The scopes without which a tool cannot do what it is for."""


def closed(scopes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The tools that cannot work with these scopes, each with the permissions that are lacking."""
    given = permissions(scopes)
    lacking = {
        tool: tuple(need for need in needs if not is_held(need, given))
        for tool, needs in NEEDS.items()
    }
    return {tool: missing for tool, missing in lacking.items() if missing}
