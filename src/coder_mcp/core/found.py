"""The payloads of the tools that look: lists of workspaces and templates, and one template."""

from typing import Literal
from uuid import UUID

from coder_mcp.core.checks.check import Check
from coder_mcp.core.results import Holding, Part, Result


class WorkspaceRow(Part, frozen=True):
    """A workspace in a list; only what differs from the usual is said."""

    workspace_name: str
    status: str
    template_name: str
    last_used_at: str | None = None
    outdated: Literal[True] | None = None
    dormant: Literal[True] | None = None
    healthy: Literal[False] | None = None


class WorkspacesFound(Result, frozen=True):
    """Workspaces that match a query."""

    outcome: Literal["found"] = "found"
    next_step: str | None = None
    workspaces: tuple[WorkspaceRow, ...]


class TemplateRow(Part, frozen=True):
    """A template in a list."""

    name: str
    organization_name: str | None = None
    active_user_count: int | None = None
    your_workspace_count: int | None = None
    display_name: str | None = None
    description: str | None = None


class TemplatesFound(Result, frozen=True):
    """Templates that match the words of a query, best first."""

    outcome: Literal["found"] = "found"
    next_step: str
    templates: tuple[TemplateRow, ...]


class OptionShown(Part, frozen=True):
    """One value that a parameter may have; the name where it says more."""

    value: str
    name: str | None = None


class ParameterShown(Part, frozen=True):
    """A parameter of a template; values are text, a list is JSON."""

    name: str
    type: str
    required: bool
    default: str | None = None
    options: tuple[OptionShown, ...] | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    rule: str | None = None
    monotonic: str | None = None
    immutable: Literal[True] | None = None
    ephemeral: Literal[True] | None = None
    display_name: str | None = None
    description: str | None = None


class PresetShown(Part, frozen=True):
    """A preset and the parameters that it sets."""

    name: str
    default: Literal[True] | None = None
    parameters: dict[str, str]
    description: str | None = None


class ExternalAuthShown(Part, frozen=True):
    """A sign-in that the template needs, and where it is done."""

    id: str
    authenticated: bool
    optional: Literal[True] | None = None
    url: str
    display_name: str | None = None


class TemplateFound(Result, frozen=True):
    """A template with what it asks for."""

    outcome: Literal["found"] = "found"
    template_id: UUID
    name: str
    organization_name: str | None = None
    typical_seconds: int | None = None
    has_external_agent: Literal[True] | None = None
    last_start_cost: int | None = None
    next_step: str
    parameters: tuple[ParameterShown, ...]
    presets: tuple[PresetShown, ...] | None = None
    external_auth: tuple[ExternalAuthShown, ...] | None = None
    display_name: str | None = None
    description: str | None = None
    readme: str | None = None


class QuotaRow(Part, frozen=True):
    """Credits in one organization; no numbers where none are enforced, or none are visible."""

    organization_name: str
    credits_consumed: int | None = None
    budget: int | None = None
    credits_left: int | None = None
    enforced: bool | None = None


class HoldingRow(Holding, frozen=True):
    """A workspace that holds credits; its organization where there are several."""

    organization_name: str | None = None


class QuotaFound(Result, frozen=True):
    """What the person has used of their credits, and which workspaces hold them."""

    outcome: Literal["found"] = "found"
    next_step: str | None = None
    quotas: tuple[QuotaRow, ...]
    workspaces: tuple[HoldingRow, ...]


class NotConnected(Result, frozen=True):
    """The deployment cannot be used; each thing that was looked at to find out why."""

    outcome: Literal["not_connected"] = "not_connected"
    coder_mcp_version: str
    next_step: str
    checks: tuple[Check, ...]


class Connected(Result, frozen=True):
    """The deployment answers, and who the person is to it."""

    outcome: Literal["connected"] = "connected"
    url: str
    username: str | None = None
    organizations: tuple[str, ...] | None = None
    token_source: str
    token_expires_at: str | None = None
    token_scopes: tuple[str, ...] | None = None
    token_allow_list: tuple[str, ...] | None = None
    server_version: str | None = None
    coder_mcp_version: str
    next_step: str | None = None
