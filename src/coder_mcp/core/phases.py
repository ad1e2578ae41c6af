"""How far a build and the agents it made have come: the words, and the tables over Coder's."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from coder_mcp.models.workspaces import AgentStatus, JobStatus, LifecycleState, WorkspaceTransition


class Phase(StrEnum):
    """What a build is doing, or how it ended. `unknown` is a state of a newer Coder than ours."""

    QUEUED = "queued"
    PROVISIONING = "provisioning"
    CONNECTING = "connecting"
    PREPARING = "preparing"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"

    READY = "ready"
    STARTUP_FAILED = "startup_failed"
    STOPPED = "stopped"
    DELETED = "deleted"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"


# Nothing follows these. `unreachable` is an end too, but only once its time is up.
ENDS = frozenset(
    {
        Phase.READY,
        Phase.STARTUP_FAILED,
        Phase.STOPPED,
        Phase.DELETED,
        Phase.FAILED,
        Phase.CANCELED,
        Phase.SUPERSEDED,
    }
)

ACTIVE_JOBS = frozenset({JobStatus.PENDING, JobStatus.RUNNING, JobStatus.CANCELING})

PHASE_OF_JOB: Mapping[str, Phase] = MappingProxyType(
    {
        JobStatus.PENDING: Phase.QUEUED,
        JobStatus.RUNNING: Phase.PROVISIONING,
        JobStatus.CANCELING: Phase.PROVISIONING,
        JobStatus.FAILED: Phase.FAILED,
        JobStatus.CANCELED: Phase.CANCELED,
    }
)
# Of a job that succeeded; what a start came to, its agents say.
PHASE_OF_TRANSITION: Mapping[str, Phase] = MappingProxyType(
    {
        WorkspaceTransition.STOP: Phase.STOPPED,
        WorkspaceTransition.DELETE: Phase.DELETED,
    }
)
# Of an agent that is not connected, its status alone speaks,
PHASE_OF_AGENT_STATUS: Mapping[str, Phase] = MappingProxyType(
    {
        AgentStatus.CONNECTING: Phase.CONNECTING,
        AgentStatus.TIMEOUT: Phase.UNREACHABLE,
        AgentStatus.DISCONNECTED: Phase.UNREACHABLE,
    }
)
# of one that is, what it reports of itself.
PHASE_OF_LIFECYCLE: Mapping[str, Phase] = MappingProxyType(
    {
        LifecycleState.CREATED: Phase.PREPARING,
        LifecycleState.STARTING: Phase.PREPARING,
        LifecycleState.READY: Phase.READY,
        LifecycleState.START_ERROR: Phase.STARTUP_FAILED,
        LifecycleState.START_TIMEOUT: Phase.STARTUP_FAILED,
        LifecycleState.SHUTTING_DOWN: Phase.UNREACHABLE,
        LifecycleState.SHUTDOWN_TIMEOUT: Phase.UNREACHABLE,
        LifecycleState.SHUTDOWN_ERROR: Phase.UNREACHABLE,
        LifecycleState.OFF: Phase.UNREACHABLE,
    }
)
