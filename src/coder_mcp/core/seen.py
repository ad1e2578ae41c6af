"""The payloads of the tools that look at one workspace: how it stands, its logs, what is wrong."""

from typing import Literal

from coder_mcp.core.results import OfWorkspace, Part


class AppShown(Part, frozen=True):
    """An app and where it opens; its health where that is not good."""

    slug: str
    url: str | None = None
    health: str | None = None
    display_name: str | None = None


class AgentShown(Part, frozen=True):
    """An agent, and what a person opens it with once it is connected."""

    name: str
    status: str
    lifecycle_state: str
    ssh_command: str | None = None
    vscode_url: str | None = None
    cursor_url: str | None = None
    terminal_url: str | None = None
    port_url: str | None = None
    port_command: str | None = None
    apps: tuple[AppShown, ...] | None = None


class WorkspaceFound(OfWorkspace, frozen=True):
    """How a workspace stands, and how it is opened."""

    outcome: Literal["found"] = "found"
    phase: str
    status: str
    template_name: str
    template_version: str | None = None
    outdated: Literal[True] | None = None
    last_used_at: str | None = None
    url: str | None = None
    deadline: str | None = None
    autostart_schedule: str | None = None
    next_start_at: str | None = None
    dormant_at: str | None = None
    deleting_at: str | None = None
    next_step: str | None = None
    agents: tuple[AgentShown, ...] | None = None
    error: str | None = None


class LogFound(OfWorkspace, frozen=True):
    """A part of a log; `after` is what the same call takes to read on."""

    outcome: Literal["found"] = "found"
    after: int
    next_step: str | None = None
    log_tail: str | None = None


class Finding(Part, frozen=True):
    """One thing that explains a state, in our words; `detail` has those from outside."""

    finding: str
    detail: str | None = None


class Diagnosed(OfWorkspace, frozen=True):
    """What is wrong with a workspace, the most important first; nothing found, nothing wrong."""

    outcome: Literal["diagnosed"] = "diagnosed"
    phase: str
    url: str | None = None
    next_step: str | None = None
    findings: tuple[Finding, ...] | None = None
    error: str | None = None
    log_tail: str | None = None
