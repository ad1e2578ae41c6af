"""What a call is for, what it has done so far, and what was read to explain an end."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.text import one_line
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild, WorkspaceTransition


class Verb(StrEnum):
    """What a tool does to a workspace; the word stands in its messages."""

    CREATE = "create"
    START = "start"
    STOP = "stop"
    DELETE = "delete"
    WAIT = "wait for"


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What a call is for, and what it has done so far.

    Attributes:
        verb: What it does.
        url: The deployment's address.
        server_version: As the deployment gave it.
        again: The call written out, to be made once more as long as it has changed nothing.
        whole: The call that a build is one half of, to be made anew where that half fails; empty
            where it is all there is.
        made: Whether this call's own request made the build.
        joined: Whether it found the build active, and so saw it end.
        updated: Whether the build moved the workspace to the template's active version.
        typical_seconds: How long a start of this template takes, half of the time.
        notes: Sentences that belong into the message.
        warning: What the first word of progress says beforehand.
    """

    verb: Verb
    url: str
    server_version: str = ""
    again: str = ""
    whole: str = ""
    made: bool = False
    joined: bool = False
    updated: bool = False
    typical_seconds: int | None = None
    notes: tuple[str, ...] = ()
    warning: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was read to explain an end.

    Attributes:
        log: The end of the build's log.
        agent_log: The end of the deciding agent's log, as it is shown.
        quota: Credits of the workspace's owner, where they could be had.
        others: The owner's other workspaces in the organization, as far as they could be had.
    """

    log: LogTail = field(default_factory=LogTail)
    agent_log: str = ""
    quota: WorkspaceQuota | None = None
    others: tuple[Workspace, ...] = ()


def call(tool: str, **arguments: JsonValue) -> str:
    """A call written out, such that it can be made as it stands; empty arguments are left out."""
    given = ", ".join(
        f"{name}={json.dumps(value)}" for name, value in arguments.items() if value or value == 0
    )
    return f"{tool}({given})"


def name_of(workspace: Workspace) -> str:
    """`owner/name`, which finds the workspace whoever asks."""
    return one_line(f"{workspace.owner_name}/{workspace.name}", 80)


def wait_for(workspace: Workspace, build: WorkspaceBuild) -> str:
    """The call that goes on waiting for the build; it changes nothing.

    Once deleted, a workspace is found by its id only.
    """
    deleting = build.transition == WorkspaceTransition.DELETE
    return call(
        "wait_for_workspace", workspace=str(workspace.id) if deleting else name_of(workspace)
    )


def start(workspace: Workspace) -> str:
    """The call that starts the workspace."""
    return call("start_workspace", workspace=name_of(workspace))


def after_stop(errand: Errand, workspace: Workspace) -> str | None:
    """What is left to do; who waited for a stop got it, and must not be told to undo it."""
    if errand.verb is Verb.WAIT and not errand.joined:
        return f"Ask the person whether to start it: {start(workspace)}."
    got = errand.verb in (Verb.STOP, Verb.WAIT)
    return None if got else f"To use it, call {start(workspace)}."


def page(errand: Errand, workspace: Workspace, build_number: int | None = None) -> str:
    """The dashboard's page of the workspace, or of one of its builds (site/src/router.tsx)."""
    address = f"{errand.url}/@{name_of(workspace)}"
    return address if build_number is None else f"{address}/builds/{build_number}"


def sentences(*parts: str) -> str:
    """A message of the sentences that are not empty."""
    return " ".join(part for part in parts if part)
