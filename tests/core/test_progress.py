"""What a snapshot of a workspace means: the table of phases, and what changes a progress."""

from dataclasses import replace

import pytest

from builders import Wire, agent, at, build, log_line, progress_of, stamp, workspace
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import LogSeen, Snapshot, TimePassed, WorkspaceGone, advance, began
from coder_mcp.models.workspaces import WorkspaceBuild

TRANSITIONS = ("start", "stop", "delete", "hibernate")
CANCELED = {"canceled_at": stamp(5)}

OF_THE_JOB: list[tuple[str, Wire, Phase]] = [
    ("pending", {}, Phase.QUEUED),
    ("running", {}, Phase.PROVISIONING),
    ("running", CANCELED, Phase.PROVISIONING),
    ("canceling", CANCELED, Phase.PROVISIONING),
    ("failed", {}, Phase.FAILED),
    ("failed", {"error": "boom", "error_code": "INSUFFICIENT_QUOTA"}, Phase.FAILED),
    ("failed", {"canceled_at": "0001-01-01T00:00:00Z"}, Phase.FAILED),
    ("failed", CANCELED | {"error": "signal: interrupt"}, Phase.CANCELED),
    ("canceled", CANCELED, Phase.CANCELED),
    ("canceled", {}, Phase.CANCELED),
    ("reviewing", {}, Phase.UNKNOWN),
]

OF_THE_AGENT = [
    ("connecting", "created", "blocking", Phase.CONNECTING),
    ("timeout", "created", "blocking", Phase.UNREACHABLE),
    ("disconnected", "ready", "blocking", Phase.UNREACHABLE),
    ("disconnected", "off", "blocking", Phase.UNREACHABLE),
    ("connected", "shutting_down", "blocking", Phase.UNREACHABLE),
    ("connected", "shutdown_timeout", "blocking", Phase.UNREACHABLE),
    ("connected", "shutdown_error", "blocking", Phase.UNREACHABLE),
    ("connected", "off", "blocking", Phase.UNREACHABLE),
    ("connected", "created", "blocking", Phase.PREPARING),
    ("connected", "created", "non-blocking", Phase.PREPARING),
    ("connected", "starting", "blocking", Phase.PREPARING),
    ("connected", "starting", "a new behaviour", Phase.PREPARING),
    ("connected", "starting", "non-blocking", Phase.READY),
    ("connected", "start_error", "blocking", Phase.STARTUP_FAILED),
    ("connected", "start_error", "non-blocking", Phase.STARTUP_FAILED),
    ("connected", "start_timeout", "blocking", Phase.STARTUP_FAILED),
    ("connected", "ready", "blocking", Phase.READY),
    ("connected", "hibernating", "blocking", Phase.UNKNOWN),
    ("suspended", "ready", "blocking", Phase.UNKNOWN),
]


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize(("status", "job", "phase"), OF_THE_JOB)
def test_until_its_job_succeeded_the_job_alone_says_what_a_build_does(
    transition: str, status: str, job: Wire, phase: Phase
) -> None:
    progress = progress_of(build(status, transition, agent(), job=job))
    assert progress.phase is phase
    assert progress.agent is None


@pytest.mark.parametrize(("status", "lifecycle_state", "behavior", "phase"), OF_THE_AGENT)
def test_of_a_start_that_succeeded_the_agent_says_how_far_it_is(
    status: str, lifecycle_state: str, behavior: str, phase: Phase
) -> None:
    main = agent(status, lifecycle_state, startup_script_behavior=behavior)
    progress = progress_of(build("succeeded", "start", main))
    assert (progress.phase, progress.agent) == (phase, main)


@pytest.mark.parametrize(
    ("transition", "phase"),
    [
        ("start", Phase.READY),
        ("stop", Phase.STOPPED),
        ("delete", Phase.DELETED),
        ("hibernate", Phase.UNKNOWN),
    ],
)
def test_a_build_without_agents_is_over_with_its_job_if_its_transition_is_known(
    transition: str, phase: Phase
) -> None:
    progress = progress_of(build("succeeded", transition))
    assert (progress.phase, progress.is_over) == (phase, phase is not Phase.UNKNOWN)


def test_the_agents_of_a_stop_that_succeeded_have_no_word() -> None:
    progress = progress_of(build("succeeded", "stop", agent("connected", "shutting_down")))
    assert (progress.phase, progress.agent) == (Phase.STOPPED, None)


def test_a_place_in_the_queue_is_kept_for_the_answer() -> None:
    progress = progress_of(build("pending", job={"queue_position": 2, "queue_size": 3}))
    job = progress.build.job
    assert (progress.phase, job.queue_position, job.queue_size) == (Phase.QUEUED, 2, 3)


def test_a_newer_build_of_the_same_transition_is_followed_instead_with_a_log_of_its_own() -> None:
    first = progress_of(build("running", number=1))
    first = advance(first, LogSeen(line=log_line(7, "of the first build")))
    second = build("pending", number=2)
    progress = advance(first, Snapshot(workspace=workspace(second), at=at(20)))
    assert progress == began(workspace(second), at(20))


def test_a_newer_build_of_another_transition_supersedes() -> None:
    first = progress_of(build("running", number=1))
    newer = workspace(build("pending", "stop", number=2))
    progress = advance(first, Snapshot(workspace=newer, at=at(20)))
    assert progress.phase is Phase.SUPERSEDED
    assert progress.is_over
    assert progress.superseded_by == newer.latest_build
    assert progress.build == first.build
    assert (progress.workspace, progress.at) == (newer, at(20))


def test_a_snapshot_of_an_older_build_changes_nothing() -> None:
    progress = progress_of(build("running", number=2))
    older = Snapshot(workspace=workspace(build("succeeded", "stop", number=1)), at=at(20))
    assert advance(progress, older) is progress


@pytest.mark.fault("C4")
def test_a_snapshot_of_another_workspace_changes_nothing() -> None:
    progress = progress_of(build("running"))
    other = Snapshot(workspace=workspace(build("failed"), name="other"), at=at(20))
    assert advance(progress, other) is progress


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        ("running", "pending"),
        ("canceling", "pending"),
        ("canceling", "running"),
        ("succeeded", "pending"),
        ("succeeded", "running"),
        ("succeeded", "canceling"),
    ],
)
def test_a_job_shown_in_a_state_that_it_has_left_changes_nothing(known: str, seen: str) -> None:
    progress = progress_of(build(known, "start", agent("connecting", "created")))
    assert advance(progress, Snapshot(workspace=workspace(build(seen)), at=at(20))) is progress


@pytest.mark.parametrize(
    ("known", "seen"),
    [("pending", "running"), ("running", "canceling"), ("running", "reviewing")],
)
def test_a_job_that_moved_on_is_followed(known: str, seen: str) -> None:
    later = Snapshot(workspace=workspace(build(seen)), at=at(20))
    assert advance(progress_of(build(known)), later) == progress_of(build(seen), 20)


def test_a_state_that_is_new_to_us_may_lead_to_any_other() -> None:
    progress = progress_of(build("reviewing"))
    pending = Snapshot(workspace=workspace(build("pending")), at=at(20))
    assert advance(progress, pending).phase is Phase.QUEUED


def test_a_workspace_that_is_gone_was_deleted() -> None:
    progress = progress_of(build("running", "delete"))
    gone = advance(progress, WorkspaceGone())
    assert gone == replace(progress, phase=Phase.DELETED)
    assert gone.is_over


def test_a_line_of_the_log_changes_the_log_and_nothing_else() -> None:
    progress = progress_of(build("running"))
    line = log_line(7, "creating")
    seen = advance(progress, LogSeen(line=line))
    assert seen == replace(progress, log=progress.log.with_line(line))


def test_time_that_passes_changes_the_time_of_a_build_that_runs_and_nothing_else() -> None:
    progress = progress_of(build("running"))
    assert advance(progress, TimePassed(at=at(3600))) == replace(progress, at=at(3600))


@pytest.mark.parametrize(
    ("latest", "is_over"),
    [
        (build("running"), False),
        (build("succeeded", "start", agent("connecting", "created")), True),
        (build("succeeded", "start", agent("timeout", "created")), True),
        (build("succeeded", "stop"), True),
        (build("failed"), True),
        (build("reviewing"), False),
    ],
    ids=["running", "connecting", "unreachable", "stopped", "failed", "unknown"],
)
def test_whoever_waits_for_the_build_only_does_not_wait_for_its_agents(
    latest: WorkspaceBuild, *, is_over: bool
) -> None:
    assert began(workspace(latest), at(10), until="built").is_over is is_over
