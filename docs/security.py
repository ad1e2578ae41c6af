"""What docs/security.md says of scopes, made from `core/scopes.py` and from what is here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coder_mcp.core.scopes import PURPOSES, Purpose
from coder_mcp.server import offered
from coder_mcp.settings import Settings

BEGIN, END = "<!-- tokens: made by dev.py docs -->\n", "<!-- tokens: end -->\n"
LIFETIME = "720h"
"""In hours: every version of the coder CLI takes them."""


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
_LOOK = ("get_workspace", "diagnose_workspace", "read_logs", "wait_for_workspace")
_SEE = (*_LOOK, "list_workspaces", "get_quota", "list_templates")
WITHOUT: Mapping[str, Loss] = {
    "workspace:read": Loss("workspaces, and all that is said of them", _SEE),
    "template:read": Loss(
        "templates, and each workspace by itself",
        (*_LOOK, "list_templates", "read_template"),
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
        ("whoami", "get_quota", "create_workspace", "wait_for_workspace", "diagnose_workspace"),
    ),
    "user:read_personal": Loss(
        "whether you have signed in to what a template needs", ("read_template",)
    ),
    "organization:read": Loss(
        "your organizations and your quota, also where it is used up",
        ("whoami", "get_quota", "wait_for_workspace", "diagnose_workspace"),
    ),
    "api_key:read": Loss("the token's own end and scopes", ("whoami",)),
}


def page(now: str) -> str:
    """The page with a section a purpose, and what each scope is for."""
    before, _, rest = now.partition(BEGIN)
    _, _, after = rest.partition(END)
    sections = "\n".join([*map(_section, PURPOSES), _table()])
    return f"{before}{BEGIN}\n{sections}\n{END}{after}"


def _section(purpose: Purpose) -> str:
    tools = _names(tool.name for tool in offered(Settings.from_environ(purpose.environ)))
    settings = " ".join(f"{name}={value}" for name, value in purpose.environ.items())
    beside = f"Beside it set `{settings}`" if settings else "No setting is needed beside it"
    scopes = "".join(f" \\\n  --scope {scope}" for scope in purpose.scopes)
    command = f"coder tokens create --name coder-mcp-{purpose.name} --lifetime {LIFETIME}{scopes}"
    return "\n".join(
        [
            f"### For {purpose.name}\n",
            f"{beside}; offered are {tools}.\n",
            f"```sh\n{command}\n```\n",
        ]
    )


def _table() -> str:
    """What each scope is for: what a token without it does not get."""
    rows = [
        f"| `{scope}` | {loss.words} | {_names(loss.tools)} |" for scope, loss in WITHOUT.items()
    ]
    head = ["### What each scope is for\n", "| without | is lost | in |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
