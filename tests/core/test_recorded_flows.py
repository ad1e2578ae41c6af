"""The recorded builds of a real server, poll by poll: which phases each goes through."""

import itertools
from datetime import datetime, timedelta

import pytest

from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import (
    Progress,
    Snapshot,
    TimePassed,
    WorkspaceGone,
    advance,
    began,
)
from coder_mcp.models.workspaces import Workspace
from recorded import names, polled

# The answers name their phases in this order; what is in none of the tables is not expected.
READY = "provisioning connecting preparing ready"
PHASES = {
    # A script that does not block login is not waited for.
    "agent-background-script": READY,
    # Its connection time-out is shorter than our patience, so `timeout` is not the end.
    "agent-connects-late": "provisioning connecting unreachable preparing ready",
    # It was ready when it was looked at, and nobody waits any longer.
    "agent-goes-away": "ready",
    "agent-never-connects": "provisioning connecting unreachable",
    "agent-no-agent": "provisioning ready",
    "agent-startup-script-fails": "provisioning connecting preparing startup_failed",
    "agent-startup-script-slow": READY,
    "agent-startup-script-times-out": "provisioning connecting preparing startup_failed",
    # Its job ends as failed; that it was canceled is said by a time.
    "cancel-running": "provisioning canceled",
    "create-apply-fails": "provisioning failed",
    "create-costly-1": READY,
    "create-dynamic": READY,
    # A person starts it: nobody knows when.
    "create-external-agent": "provisioning unreachable",
    "create-long-log": READY,
    "create-odd-logs": "provisioning failed",
    "create-provider-quota-error": "provisioning failed",
    "create-quota-reached": "provisioning failed",
    "create-ready": READY,
    "create-slow": READY,
    "create-with-parameters": READY,
    "create-with-preset": READY,
    "delete": "provisioning deleted",
    "queued": f"queued {READY}",
    "start": READY,
    "start-after-failure": "provisioning failed",
    "start-after-room": READY,
    "start-again": READY,
    "start-canceled": READY,
    "start-over-budget": "provisioning failed",
    "start-quota-reached": "provisioning failed",
    "start-quota-reached-retry": "provisioning failed",
    "start-with-active-version": READY,
    "stop": "provisioning stopped",
    "stop-costly": "provisioning stopped",
    "stop-over-budget": "provisioning stopped",
    "stop-over-budget-still": "provisioning stopped",
    # The least advanced of them decides.
    "two-agents": READY,
}
NOT_OVER = {"agent-never-connects"}


def played(flow: str) -> list[Progress]:
    """The progress after each poll, at the time of the poll by the server's clock."""
    (_, _, first), *rest = polled(f"flows/{flow}")
    workspace = Workspace.model_validate(first)
    beginning = workspace.latest_build.created_at
    progress = began(workspace, beginning)
    return list(
        itertools.accumulate(
            rest,
            lambda progress, poll: advance(progress, event(*poll, beginning=beginning)),
            initial=progress,
        )
    )


def event(
    seconds: float, status: int, wire: dict[str, object], *, beginning: datetime
) -> Snapshot | WorkspaceGone:
    if status == 410:
        return WorkspaceGone()
    at = beginning + timedelta(seconds=seconds)
    return Snapshot(workspace=Workspace.model_validate(wire), at=at)


def test_every_recorded_flow_is_in_the_table() -> None:
    assert sorted(f"flows/{flow}" for flow in PHASES) == names("flows")


@pytest.mark.parametrize("flow", PHASES)
def test_a_recorded_flow_goes_through_its_phases(flow: str) -> None:
    progress = played(flow)
    phases = [phase for phase, _ in itertools.groupby(step.phase for step in progress)]
    assert " ".join(phases) == PHASES[flow]
    assert progress[-1].is_over is (flow not in NOT_OVER)


@pytest.mark.parametrize("flow", PHASES)
def test_no_recorded_flow_is_over_before_its_last_phase(flow: str) -> None:
    progress = played(flow)
    assert not any(step.is_over for step in progress if step.phase is not progress[-1].phase)


def test_the_agent_that_never_connects_is_given_up_two_minutes_after_the_build() -> None:
    last = played("agent-never-connects")[-1]
    completed = last.build.job.completed_at
    assert completed is not None
    limit = completed + timedelta(seconds=120)
    assert last.limit == limit
    over = advance(last, TimePassed(at=limit))
    assert (over.phase, over.is_over) == (Phase.UNREACHABLE, True)


def test_the_agent_that_went_away_is_given_two_minutes_from_then() -> None:
    _, (_, _, wire) = polled("flows/agent-goes-away")
    workspace = Workspace.model_validate(wire)
    agent = workspace.latest_build.resources[0].agents[0]
    assert agent.disconnected_at is not None
    progress = began(workspace, agent.disconnected_at)
    assert (progress.phase, progress.is_over) == (Phase.UNREACHABLE, False)
    assert progress.limit == agent.disconnected_at + timedelta(seconds=120)
