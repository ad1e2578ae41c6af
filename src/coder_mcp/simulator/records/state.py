"""What a deployment remembers: the records that change while it runs.

Records are compared by identity and point at each other directly. What a reader of the API sees
as a status is computed from them, as Coder computes it, and never stored.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from coder_mcp.simulator.records.accounts import Organization, User
from coder_mcp.simulator.templates.definitions import (
    AgentDefinition,
    PresetDefinition,
    ResourceDefinition,
    ScriptDefinition,
    TemplateDefinition,
    Transition,
    VersionDefinition,
)

JobStatus = Literal["pending", "running", "succeeded", "canceling", "canceled", "failed"]
ACTIVE: frozenset[JobStatus] = frozenset({"pending", "running", "canceling"})

# codersdk/provisionerdaemons.go: what a workspace is called while and after its latest build.
WHILE_RUNNING = {"start": "starting", "stop": "stopping", "delete": "deleting"}
AFTER_SUCCESS = {"start": "running", "stop": "stopped", "delete": "deleted"}


@dataclass(eq=False, kw_only=True)
class Template:
    """A template. The settings that an administrator can change are copied off its definition."""

    id: UUID
    organization: Organization
    definition: TemplateDefinition
    created_at: datetime
    updated_at: datetime
    created_by: User
    deprecation_message: str
    allow_user_cancel_workspace_jobs: bool
    require_active_version: bool
    agents_allowed: bool
    default_ttl_ms: int
    autostop_days: tuple[str, ...]
    time_til_dormant_ms: int
    time_til_dormant_autodelete_ms: int
    versions: list["TemplateVersion"] = field(default_factory=list["TemplateVersion"])

    @property
    def name(self) -> str:
        """What it is called in its organization."""
        return self.definition.name

    @property
    def active_version(self) -> "TemplateVersion":
        """The version that new workspaces are made from: here always the newest."""
        return self.versions[-1]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A preset of one version: another version's have other ids."""

    id: UUID
    definition: PresetDefinition


@dataclass(eq=False, kw_only=True)
class TemplateVersion:
    """A template version whose import has succeeded."""

    id: UUID
    template: Template
    name: str
    definition: VersionDefinition
    created_at: datetime
    job_id: UUID
    file_id: UUID
    presets: tuple[Preset, ...]


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line of a build log. Its id counts over the whole deployment."""

    id: int
    created_at: datetime
    source: str
    level: str
    stage: str
    output: str


@dataclass(eq=False, kw_only=True)
class Job:
    """A provisioner job. `log_ended` is the marker on which follow streams close."""

    id: UUID
    created_at: datetime
    status: JobStatus = "pending"
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    error: str = ""
    error_code: str = ""
    worker_id: UUID | None = None
    log: list[LogLine] = field(default_factory=list[LogLine])
    logs_overflowed: bool = False
    log_ended: bool = False


@dataclass(eq=False, kw_only=True)
class Script:
    """A startup script of one agent, which may run again; its exit code is known at its end."""

    id: UUID
    log_source_id: UUID
    definition: ScriptDefinition
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AgentLogLine:
    """A line that a script printed. Its id counts over the whole deployment."""

    id: int
    created_at: datetime
    output: str
    level: str
    source_id: UUID


@dataclass(eq=False, kw_only=True)
class Agent:
    """An agent of one build.

    `connected_at` is when the present connection began and None without one; `timed_out` is set
    when the connection timeout has passed and never unset. `app_health` is by the apps' slugs.
    """

    id: UUID
    build: "Build"
    resource_id: UUID
    definition: AgentDefinition
    created_at: datetime
    updated_at: datetime
    app_ids: tuple[UUID, ...]
    scripts: tuple[Script, ...]
    lifecycle_state: str = "created"
    timed_out: bool = False
    first_connected_at: datetime | None = None
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    app_health: dict[str, str] = field(default_factory=dict[str, str])
    log: list[AgentLogLine] = field(default_factory=list[AgentLogLine])
    logs_overflowed: bool = False

    @property
    def status(self) -> str:
        """Coder computes it at read time (coderd/database/modelmethods.go)."""
        if self.connected_at is not None:
            return "connected"
        if self.first_connected_at is not None:
            return "disconnected"
        return "timeout" if self.timed_out else "connecting"


@dataclass(eq=False, kw_only=True)
class Resource:
    """A resource of one build, there once its job has succeeded."""

    id: UUID
    build: "Build"
    definition: ResourceDefinition
    created_at: datetime
    agents: list[Agent] = field(default_factory=list[Agent])


@dataclass(eq=False, kw_only=True)
class Build:
    """A workspace build; `daily_cost` is 0 until a provisioner has committed the quota."""

    id: UUID
    workspace: "Workspace"
    number: int
    transition: Transition
    version: TemplateVersion
    initiator: User
    reason: str
    parameters: dict[str, str]
    preset_id: UUID | None
    job: Job
    created_at: datetime
    updated_at: datetime
    daily_cost: int = 0
    resources: list[Resource] = field(default_factory=list[Resource])
    deadline: datetime | None = None
    max_deadline: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether its job is not over yet."""
        return self.job.status in ACTIVE

    @property
    def status(self) -> str:
        """The workspace status that this build, as the latest one, gives."""
        if self.job.status == "running":
            return WHILE_RUNNING[self.transition]
        if self.job.status == "succeeded":
            return AFTER_SUCCESS[self.transition]
        return self.job.status

    @property
    def agents(self) -> list[Agent]:
        """Its agents, in the order of the API."""
        return [agent for resource in self.resources for agent in resource.agents]


@dataclass(eq=False, kw_only=True)
class Workspace:
    """A workspace, and all its builds, oldest first."""

    id: UUID
    name: str
    owner: User
    template: Template
    created_at: datetime
    last_used_at: datetime
    automatic_updates: str = "never"
    autostart_schedule: str | None = None
    ttl_ms: int | None = None
    dormant_at: datetime | None = None
    is_deleted: bool = False
    builds: list[Build] = field(default_factory=list[Build])

    @property
    def latest_build(self) -> Build:
        """The build with the highest number; there always is one."""
        return self.builds[-1]

    @property
    def is_outdated(self) -> bool:
        """Whether the latest build's version is not the active one."""
        return self.latest_build.version is not self.template.active_version
