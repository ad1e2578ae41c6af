"""What holds of every progress, whatever is seen and in whatever order."""

import itertools
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import agent, at, build, log_line, progress_of, stamp, workspace
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import (
    Event,
    LogSeen,
    Progress,
    Snapshot,
    TimePassed,
    WorkspaceGone,
    advance,
    began,
)
from coder_mcp.models.workspaces import (
    AgentStatus,
    JobStatus,
    LifecycleState,
    Workspace,
    WorkspaceTransition,
)

NEW = "a value of a newer Coder"
TRANSITIONS = (*WorkspaceTransition, NEW)
JOBS = (*JobStatus, NEW)
AGENTS = (*AgentStatus, NEW)
LIFECYCLES = (*LifecycleState, NEW)
BEHAVIORS = ("blocking", "non-blocking", NEW)
HOUR = 3600


def decided_by_an_unknown_value(
    transition: str, status: str, agent_status: str, lifecycle_state: str
) -> bool:
    """Whether the value that has the word is one that no table has."""
    if status != "succeeded":
        return status == NEW
    if transition != "start":
        return transition == NEW
    return agent_status == NEW or (agent_status == "connected" and lifecycle_state == NEW)


@pytest.mark.fault("H24")
def test_every_combination_of_values_has_a_phase_and_an_unknown_one_is_never_an_end() -> None:
    seen: set[Phase] = set()
    for transition, status, agent_status, lifecycle_state, behavior in itertools.product(
        TRANSITIONS, JOBS, AGENTS, LIFECYCLES, BEHAVIORS
    ):
        main = agent(agent_status, lifecycle_state, startup_script_behavior=behavior)
        latest = build(status, transition, main)
        unknown = decided_by_an_unknown_value(transition, status, agent_status, lifecycle_state)
        for seconds in (10, HOUR):
            progress = progress_of(latest, seconds)
            assert (progress.phase is Phase.UNKNOWN) == unknown
            assert not (unknown and progress.is_over)
            seen.add(progress.phase)
    assert seen == set(Phase) - {Phase.SUPERSEDED}


moments = st.integers(0, HOUR).map(at)


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    agents = [
        agent(
            draw(st.sampled_from(AGENTS)),
            draw(st.sampled_from(LIFECYCLES)),
            name,
            startup_script_behavior=draw(st.sampled_from(BEHAVIORS)),
        )
        for name in draw(st.sampled_from([(), ("main",), ("main", "db")]))
    ]
    latest = build(
        draw(st.sampled_from(JOBS)),
        draw(st.sampled_from(TRANSITIONS)),
        *agents,
        number=draw(st.integers(1, 3)),
        job=draw(st.sampled_from([{}, {"canceled_at": stamp(5)}])),
        has_external_agent=draw(st.booleans()),
    )
    return workspace(latest, name=draw(st.sampled_from(["app", "app", "app", "other"])))


events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Snapshot, workspace=workspaces(), at=moments),
    st.builds(TimePassed, at=moments),
    st.integers(1, 50).map(lambda number: LogSeen(line=log_line(number, f"line {number}"))),
    st.just(WorkspaceGone()),
)
firsts = st.builds(
    began,
    workspaces().filter(lambda workspace: workspace.name == "app"),
    moments,
    st.sampled_from(["built", "usable"]),
)


def after(progress: Progress, seen: list[Event]) -> list[Progress]:
    """The progress after each of the events."""
    return list(itertools.accumulate(seen, advance, initial=progress))


@given(firsts, st.lists(events, max_size=8))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_an_end_absorbs_all_that_is_seen_after_it(first: Progress, seen: list[Event]) -> None:
    for before, then in itertools.pairwise(after(first, seen)):
        assert then is before or not before.is_over


@given(firsts, st.lists(events, max_size=5), events)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_what_is_seen_twice_is_the_same_as_seen_once(
    first: Progress, seen: list[Event], event: Event
) -> None:
    once = advance(after(first, seen)[-1], event)
    assert advance(once, event) == once


@given(firsts, st.lists(events, max_size=8))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_build_gives_way_only_to_a_newer_one_of_its_transition_and_workspace(
    first: Progress, seen: list[Event]
) -> None:
    for before, then in itertools.pairwise(after(first, seen)):
        assert then.build.build_number >= before.build.build_number
        newer = then.build.build_number > before.build.build_number
        assert not newer or then.build.transition == before.build.transition
        assert then.workspace.id == before.workspace.id


@given(firsts, moments)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_only_an_agent_that_may_still_come_has_a_limit_that_ends_the_wait(
    first: Progress, later: datetime
) -> None:
    waited = advance(first, TimePassed(at=later))
    if waited.is_over and not first.is_over:
        assert first.phase in (Phase.CONNECTING, Phase.UNREACHABLE)
        assert waited.phase is Phase.UNREACHABLE
        assert waited.limit is not None
        assert waited.limit <= later


@given(firsts, st.lists(events, max_size=8))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_limit_that_has_passed_ends_the_wait(first: Progress, seen: list[Event]) -> None:
    for progress in after(first, seen):
        assert progress.is_over or progress.limit is None or progress.limit > progress.at
