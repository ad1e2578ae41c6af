"""What a tool does with the latest build that it finds: tables over transition and job."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.models.workspaces import JobStatus, WorkspaceTransition

START, STOP, DELETE = WorkspaceTransition


class Act(StrEnum):
    """What comes next.

    `answer`: follow that build, if it still runs, and answer by it. `settle`: follow it to its
    end, then decide again. `build`: make the build that the tool is for; for a create, the
    workspace. `stop`: stop it first, then make the build.
    """

    ANSWER = "answer"
    SETTLE = "settle"
    BUILD = "build"
    STOP = "stop"


class Standing(StrEnum):
    """How a build stands, as far as a plan depends on it."""

    ACTIVE = "active"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    ENDED = "ended"


_STANDINGS: Mapping[str, Standing] = MappingProxyType(
    {
        JobStatus.PENDING: Standing.ACTIVE,
        JobStatus.RUNNING: Standing.ACTIVE,
        JobStatus.CANCELING: Standing.CANCELING,
        JobStatus.SUCCEEDED: Standing.SUCCEEDED,
        JobStatus.FAILED: Standing.ENDED,
        JobStatus.CANCELED: Standing.ENDED,
    }
)

Plans = Mapping[tuple[WorkspaceTransition, Standing], Act]

# A create that finds a workspace of its name and template answers by it; it never starts it.
CREATE_PLANS: Plans = MappingProxyType(
    {
        (START, Standing.ACTIVE): Act.ANSWER,
        (START, Standing.CANCELING): Act.ANSWER,
        (START, Standing.SUCCEEDED): Act.ANSWER,
        (START, Standing.ENDED): Act.ANSWER,
        (STOP, Standing.ACTIVE): Act.ANSWER,
        (STOP, Standing.CANCELING): Act.ANSWER,
        (STOP, Standing.SUCCEEDED): Act.ANSWER,
        (STOP, Standing.ENDED): Act.ANSWER,
        (DELETE, Standing.ACTIVE): Act.SETTLE,
        (DELETE, Standing.CANCELING): Act.SETTLE,
        (DELETE, Standing.SUCCEEDED): Act.BUILD,
        (DELETE, Standing.ENDED): Act.ANSWER,
    }
)
# A start joins one that runs, waits out what stands in its way, and starts after any failure.
START_PLANS: Plans = MappingProxyType(
    {
        (START, Standing.ACTIVE): Act.ANSWER,
        (START, Standing.CANCELING): Act.SETTLE,
        (START, Standing.SUCCEEDED): Act.ANSWER,
        (START, Standing.ENDED): Act.BUILD,
        (STOP, Standing.ACTIVE): Act.SETTLE,
        (STOP, Standing.CANCELING): Act.SETTLE,
        (STOP, Standing.SUCCEEDED): Act.BUILD,
        (STOP, Standing.ENDED): Act.BUILD,
        (DELETE, Standing.ACTIVE): Act.ANSWER,
        (DELETE, Standing.CANCELING): Act.SETTLE,
        (DELETE, Standing.SUCCEEDED): Act.ANSWER,
        (DELETE, Standing.ENDED): Act.BUILD,
    }
)
STOP_PLANS: Plans = MappingProxyType(
    {
        (START, Standing.ACTIVE): Act.SETTLE,
        (START, Standing.CANCELING): Act.SETTLE,
        (START, Standing.SUCCEEDED): Act.BUILD,
        (START, Standing.ENDED): Act.BUILD,
        (STOP, Standing.ACTIVE): Act.ANSWER,
        (STOP, Standing.CANCELING): Act.SETTLE,
        (STOP, Standing.SUCCEEDED): Act.ANSWER,
        (STOP, Standing.ENDED): Act.BUILD,
        (DELETE, Standing.ACTIVE): Act.ANSWER,
        (DELETE, Standing.CANCELING): Act.SETTLE,
        (DELETE, Standing.SUCCEEDED): Act.ANSWER,
        (DELETE, Standing.ENDED): Act.BUILD,
    }
)
# An update is a start that stops what runs first.
UPDATE_PLANS: Plans = MappingProxyType(
    {
        **START_PLANS,
        (START, Standing.ACTIVE): Act.SETTLE,
        (START, Standing.SUCCEEDED): Act.STOP,
    }
)
# A restart too; after a stop that did not end well something may still run. An update starts there:
# its version may be what fixes the stop.
RESTART_PLANS: Plans = MappingProxyType({**UPDATE_PLANS, (STOP, Standing.ENDED): Act.STOP})
DELETE_PLANS: Plans = MappingProxyType(
    {
        (START, Standing.ACTIVE): Act.SETTLE,
        (START, Standing.CANCELING): Act.SETTLE,
        (START, Standing.SUCCEEDED): Act.BUILD,
        (START, Standing.ENDED): Act.BUILD,
        (STOP, Standing.ACTIVE): Act.SETTLE,
        (STOP, Standing.CANCELING): Act.SETTLE,
        (STOP, Standing.SUCCEEDED): Act.BUILD,
        (STOP, Standing.ENDED): Act.BUILD,
        (DELETE, Standing.ACTIVE): Act.ANSWER,
        (DELETE, Standing.CANCELING): Act.SETTLE,
        (DELETE, Standing.SUCCEEDED): Act.ANSWER,
        (DELETE, Standing.ENDED): Act.BUILD,
    }
)


_TRANSITIONS = frozenset(WorkspaceTransition)


def next_act(plans: Plans, progress: Progress) -> Act:
    """What the tool does next. What a newer Coder calls otherwise is followed, never acted on."""
    build = progress.build
    if progress.phase is Phase.DELETED:
        return plans[DELETE, Standing.SUCCEEDED]
    standing = _STANDINGS.get(build.job.status)
    if standing is None or build.transition not in _TRANSITIONS:
        return Act.ANSWER
    return plans[WorkspaceTransition(build.transition), standing]
