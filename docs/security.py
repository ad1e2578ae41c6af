"""What docs/security.md says of scopes, made from `core/scopes.py` and from what is here."""

from collections.abc import Mapping
from dataclasses import dataclass

LIFETIME = "90d"


@dataclass(frozen=True)
class Loss:
    """What a token without a scope does not get: in words, and of which tools.

    A test holds the tools to what they answer (tests/test_least_tokens.py).
    """

    words: str
    tools: tuple[str, ...]


_RUN = (
    "start_workspace",
    "stop_workspace",
    "restart_workspace",
    "update_workspace",
    "cancel_build",
    "extend_workspace",
)
_SEE = ("get_workspace", "list_workspaces", "wait_for_workspace", "get_quota", "list_templates")
WITHOUT: Mapping[str, Loss] = {
    "workspace:read": Loss("workspaces, and all that is said of them", _SEE),
    "template:read": Loss(
        "templates, and each workspace by itself",
        ("get_workspace", "wait_for_workspace", "list_templates", "read_template"),
    ),
    "coder:workspaces.operate": Loss(
        "workspaces and templates, and all that changes them", (*_RUN, *_SEE, "read_template")
    ),
    "coder:workspaces.create": Loss(
        "making workspaces, and running them", ("create_workspace", *_RUN)
    ),
    "coder:workspaces.delete": Loss("deleting workspaces", ("delete_workspace",)),
    "user:read": Loss(
        "who you are, your quota, and what a template asks for that depends on who asks",
        ("whoami", "get_quota", "create_workspace", "wait_for_workspace"),
    ),
    "user:read_personal": Loss(
        "whether you have signed in to what a template needs", ("read_template",)
    ),
    "organization:read": Loss(
        "your organizations and your quota, also where it is used up",
        ("whoami", "get_quota", "wait_for_workspace"),
    ),
    "api_key:read": Loss("the token's own end and scopes", ("whoami",)),
}
