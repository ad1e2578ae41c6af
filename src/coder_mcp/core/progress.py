"""From what was seen of a workspace to how far its build has come: the state machine.

`advance` is the only way on: progress and an event give the next progress. It knows no clock, no
socket and no limit of ours on a build: Coder's own reaper ends those that hang. Ends absorb, and
what is older than what was seen already changes nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from coder_mcp.core import agents
from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.phases import ACTIVE_JOBS, ENDS, PHASE_OF_JOB, PHASE_OF_TRANSITION, Phase
from coder_mcp.models.wire import ProvisionerJobLog
from coder_mcp.models.workspaces import (
    JobStatus,
    Workspace,
    WorkspaceAgent,
    WorkspaceBuild,
    WorkspaceTransition,
)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The workspace as it was read or watched, and when, by the deployment's clock."""

    workspace: Workspace
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LogSeen:
    """A line of the log of the build that is followed."""

    line: ProvisionerJobLog


@dataclass(frozen=True, kw_only=True)
class WorkspaceGone:
    """The workspace was deleted: a read of it answered 410."""


@dataclass(frozen=True, kw_only=True)
class TimePassed:
    """Nothing was seen until this moment, by the deployment's clock."""

    at: datetime


Event = Snapshot | LogSeen | WorkspaceGone | TimePassed


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a build has come.

    Attributes:
        workspace: As it was seen last.
        build: The build that is followed, as it was seen last.
        at: When that was, by the deployment's clock.
        until: Whether the end of the build is waited for, or that its workspace can be used.
        phase: What it is doing, or how it ended.
        limit: Until when an agent that is `connecting` or `unreachable` may still come; of a
            progress that is not over it lies ahead.
        agent: The one that decides; none before the build's end, and where there are none.
        absent: Agents that cannot be reached while the workspace can be used without them.
        superseded_by: The newer build of another transition.
        log: The end of the build's log.
    """

    workspace: Workspace
    build: WorkspaceBuild
    at: datetime
    until: Literal["built", "usable"] = "usable"
    phase: Phase
    limit: datetime | None = None
    agent: WorkspaceAgent | None = None
    absent: tuple[WorkspaceAgent, ...] = ()
    superseded_by: WorkspaceBuild | None = None
    log: LogTail = field(default_factory=LogTail)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for."""
        if self.phase in ENDS:
            return True
        if self.phase is Phase.UNREACHABLE and self.limit is not None and self.at >= self.limit:
            return True
        return self.until == "built" and self.build.job.status == JobStatus.SUCCEEDED


def began(
    workspace: Workspace, at: datetime, until: Literal["built", "usable"] = "usable"
) -> Progress:
    """The progress of the workspace's latest build at first sight."""
    build = workspace.latest_build
    first = Progress(workspace=workspace, build=build, at=at, until=until, phase=Phase.UNKNOWN)
    return _observed(first, workspace, at)


def advance(progress: Progress, event: Event) -> Progress:
    """The next progress. A progress that is over stays as it is."""
    if progress.is_over:
        return progress
    match event:
        case Snapshot(workspace=workspace, at=at):
            return _seen(progress, workspace, at)
        case TimePassed(at=at):
            return _observed(progress, progress.workspace, at)
        case LogSeen(line=line):
            return replace(progress, log=progress.log.with_line(line))
        case WorkspaceGone():
            return replace(progress, phase=Phase.DELETED)


def is_active(build: WorkspaceBuild) -> bool:
    """Whether Coder would refuse another build because of this one."""
    return build.job.status in ACTIVE_JOBS


def is_deleted(build: WorkspaceBuild) -> bool:
    """Whether the workspace is gone because of it."""
    return (
        build.transition == WorkspaceTransition.DELETE and build.job.status == JobStatus.SUCCEEDED
    )


def was_canceled(build: WorkspaceBuild) -> bool:
    """Whether someone canceled it: a running job that is canceled ends as `failed`.

    The time of the cancel is what tells (coderd/workspacebuilds.go).
    """
    return build.job.status == JobStatus.CANCELED or build.job.canceled_at is not None


def _seen(progress: Progress, workspace: Workspace, at: datetime) -> Progress:
    build, latest = progress.build, workspace.latest_build
    if workspace.id != progress.workspace.id or latest.build_number < build.build_number:
        return progress
    if latest.build_number == build.build_number:
        return progress if _is_older(latest, build) else _observed(progress, workspace, at)
    if latest.transition == build.transition:
        return _observed(replace(progress, log=LogTail()), workspace, at)
    return replace(
        progress, workspace=workspace, at=at, phase=Phase.SUPERSEDED, superseded_by=latest
    )


def _is_older(build: WorkspaceBuild, known: WorkspaceBuild) -> bool:
    """Whether a job is shown in a state that it has left: a slow read overtaken by a frame."""
    order = (*PHASE_OF_JOB, JobStatus.SUCCEEDED)
    return is_active(build) and _place(order, build) < _place(order, known)


def _place(order: tuple[str, ...], build: WorkspaceBuild) -> int:
    return order.index(build.job.status) if build.job.status in order else 0


def _observed(progress: Progress, workspace: Workspace, at: datetime) -> Progress:
    build = workspace.latest_build
    progress = replace(progress, workspace=workspace, build=build, at=at, limit=None, agent=None)
    phase = _phase_of_build(build)
    if phase is not None:
        return replace(progress, phase=phase)
    seen = tuple(agents.view(agent, build, at) for agent in agents.root_agents(build))
    if not seen:
        return replace(progress, phase=Phase.READY)
    counts = agents.that_counts(seen)
    may_come = counts.phase in (Phase.CONNECTING, Phase.UNREACHABLE)
    return replace(
        progress,
        phase=counts.phase,
        agent=counts.agent,
        limit=(at if build.has_external_agent else counts.limit) if may_come else None,
        absent=tuple(other.agent for other in seen if other.phase is Phase.UNREACHABLE),
    )


def _phase_of_build(build: WorkspaceBuild) -> Phase | None:
    """What the job says; nothing where its agents have the word."""
    if build.job.status != JobStatus.SUCCEEDED:
        phase = PHASE_OF_JOB.get(build.job.status, Phase.UNKNOWN)
        return Phase.CANCELED if phase is Phase.FAILED and was_canceled(build) else phase
    return (
        None
        if build.transition == "start"
        else PHASE_OF_TRANSITION.get(build.transition, Phase.UNKNOWN)
    )
