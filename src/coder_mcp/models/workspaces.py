"""Workspaces, their builds, provisioner jobs and agents, and what is sent to make a build."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from coder_mcp.models.wire import Moment, Time, Wire


class WorkspaceTransition(StrEnum):
    START = "start"
    STOP = "stop"
    DELETE = "delete"


class JobStatus(StrEnum):
    """`ProvisionerJobStatus`; the first, second and fourth are active."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    CANCELING = "canceling"
    CANCELED = "canceled"
    FAILED = "failed"


class AgentStatus(StrEnum):
    """`WorkspaceAgentStatus`, computed by Coder when it is read."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    TIMEOUT = "timeout"


class LifecycleState(StrEnum):
    """`WorkspaceAgentLifecycle`, reported by the agent itself."""

    CREATED = "created"
    STARTING = "starting"
    START_TIMEOUT = "start_timeout"
    START_ERROR = "start_error"
    READY = "ready"
    SHUTTING_DOWN = "shutting_down"
    SHUTDOWN_TIMEOUT = "shutdown_timeout"
    SHUTDOWN_ERROR = "shutdown_error"
    OFF = "off"


class JobErrorCode(StrEnum):
    INSUFFICIENT_QUOTA = "INSUFFICIENT_QUOTA"


class ProvisionerJob(Wire):
    id: UUID
    status: str
    created_at: Time = None
    started_at: Time = None
    completed_at: Time = None
    canceled_at: Time = None
    error: str = ""
    error_code: str = ""
    queue_position: int = 0
    queue_size: int = 0
    # Since v2.26: what exceeded 1 MiB of log was dropped.
    logs_overflowed: bool = False


class MatchedProvisioners(Wire):
    """How many provisioner daemons can run the job; real only while it is pending."""

    count: int = 0
    available: int = 0


class WorkspaceApp(Wire):
    """What an agent serves, or a link that the template shows beside it.

    `url` of one that is not `external` is the agent's own view of it, no address for a person;
    `subdomain_name` takes the place of the `*` in the deployment's application host.
    """

    slug: str
    display_name: str = ""
    url: str = ""
    external: bool = False
    command: str = ""
    subdomain: bool = False
    subdomain_name: str = ""
    health: str = "disabled"
    hidden: bool = False


class AgentScript(Wire):
    """A script of an agent; how it ended is told since v2.34, once it has."""

    display_name: str = ""
    log_source_id: UUID | None = None
    run_on_start: bool = False
    exit_code: int | None = None
    status: str = ""


class AgentLogSource(Wire):
    """What writes into an agent's log: a script, or a program beside it."""

    id: str = ""
    display_name: str = ""


class AgentHealth(Wire):
    healthy: bool = True
    reason: str = ""


class WorkspaceAgent(Wire):
    id: UUID
    name: str
    parent_id: UUID | None = None
    status: str
    lifecycle_state: str
    startup_script_behavior: str = "blocking"
    first_connected_at: Time = None
    last_connected_at: Time = None
    started_at: Time = None
    ready_at: Time = None
    operating_system: str = ""
    version: str = ""
    directory: str = ""
    expanded_directory: str = ""
    logs_overflowed: bool = False
    apps: tuple[WorkspaceApp, ...] = ()
    display_apps: tuple[str, ...] = ()
    log_sources: tuple[AgentLogSource, ...] = ()
    scripts: tuple[AgentScript, ...] = ()
    health: AgentHealth = AgentHealth()
    # 32 bits on the wire, so that it can be added to a time.
    connection_timeout_seconds: int = Field(0, lt=2**31)
    disconnected_at: Time = None
    troubleshooting_url: str = ""


class WorkspaceResource(Wire):
    agents: tuple[WorkspaceAgent, ...] = ()


class WorkspaceBuild(Wire):
    id: UUID
    build_number: int
    transition: str
    status: str = ""
    created_at: Moment
    template_version_id: UUID
    template_version_name: str = ""
    initiator_name: str = ""
    reason: str = ""
    # None: it is never stopped by itself, or that is not known before the job's end.
    deadline: Time = None
    max_deadline: Time = None
    job: ProvisionerJob
    resources: tuple[WorkspaceResource, ...] = ()
    matched_provisioners: MatchedProvisioners | None = None
    daily_cost: int = 0
    has_external_agent: bool = False


class WorkspaceHealth(Wire):
    """False where an agent of the template's own cannot be reached; only of a running one."""

    healthy: bool = True


class Workspace(Wire):
    id: UUID
    name: str
    owner_id: UUID
    owner_name: str
    organization_id: UUID
    organization_name: str = ""
    template_id: UUID
    template_name: str = ""
    template_active_version_id: UUID
    template_require_active_version: bool = False
    template_allow_user_cancel_workspace_jobs: bool = False
    template_use_classic_parameter_flow: bool = True
    automatic_updates: str = "never"
    outdated: bool = False
    last_used_at: Time = None
    dormant_at: Time = None
    deleting_at: Time = None
    # Milliseconds from a start to its stop; absent where there is no such limit.
    ttl_ms: int | None = None
    autostart_schedule: str = ""
    next_start_at: Time = None
    health: WorkspaceHealth = WorkspaceHealth()
    latest_build: WorkspaceBuild


class WorkspacesResponse(Wire):
    """A page of `GET /workspaces`; `count` is the total that matches the query."""

    workspaces: tuple[Workspace, ...] = ()
    count: int = 0


class AgentScriptTiming(Wire):
    """One run of an agent's script that has ended."""

    display_name: str = ""
    stage: str = ""
    exit_code: int = 0
    status: str = ""
    workspace_agent_id: UUID | None = None


class WorkspaceBuildTimings(Wire):
    """How long the parts of a build took; only what its agents ran is read."""

    agent_script_timings: tuple[AgentScriptTiming, ...] = ()


class RichParameterValue(Wire):
    """One answer to a parameter; every value on the wire is a string."""

    name: str
    value: str


class CreateWorkspaceRequest(BaseModel):
    name: str
    template_id: UUID
    rich_parameter_values: tuple[RichParameterValue, ...] = ()
    template_version_preset_id: UUID | None = None


class PutExtendWorkspaceRequest(BaseModel):
    """The new end of a running workspace's build (codersdk/workspaces.go)."""

    deadline: AwareDatetime


class CreateWorkspaceBuildRequest(BaseModel):
    transition: WorkspaceTransition
    template_version_id: UUID | None = None
    rich_parameter_values: tuple[RichParameterValue, ...] = ()
