"""What each tool does with the latest build that it finds."""

import pytest

from builders import agent, build, progress_of
from coder_mcp.core.plans import (
    CREATE_PLANS,
    DELETE_PLANS,
    RESTART_PLANS,
    START_PLANS,
    STOP_PLANS,
    UPDATE_PLANS,
    Act,
    Plans,
    Standing,
    next_act,
)
from coder_mcp.core.progress import WorkspaceGone, advance
from coder_mcp.models.workspaces import JobStatus, WorkspaceTransition

PLANS = {
    "create": CREATE_PLANS,
    "start": START_PLANS,
    "stop": STOP_PLANS,
    "delete": DELETE_PLANS,
    "restart": RESTART_PLANS,
    "update": UPDATE_PLANS,
}

# answer: follow that build and answer by it. settle: follow it, then decide again.
# build: make the build, or the workspace, that the tool is for. stop: stop it first, then that.
TABLE = """
    latest build      create  start   stop    delete  restart update
    pending start     answer  answer  settle  settle  settle  settle
    running start     answer  answer  settle  settle  settle  settle
    canceling start   answer  settle  settle  settle  settle  settle
    succeeded start   answer  answer  build   build   stop    stop
    failed start      answer  build   build   build   build   build
    canceled start    answer  build   build   build   build   build
    pending stop      answer  settle  answer  settle  settle  settle
    running stop      answer  settle  answer  settle  settle  settle
    canceling stop    answer  settle  settle  settle  settle  settle
    succeeded stop    answer  build   answer  build   build   build
    failed stop       answer  build   build   build   stop    build
    canceled stop     answer  build   build   build   stop    build
    pending delete    settle  answer  answer  answer  answer  answer
    running delete    settle  answer  answer  answer  answer  answer
    canceling delete  settle  settle  settle  settle  settle  settle
    succeeded delete  build   answer  answer  answer  answer  answer
    failed delete     answer  build   build   build   build   build
    canceled delete   answer  build   build   build   build   build
"""
ROWS = [row.split() for row in TABLE.strip().splitlines()[1:]]
CELLS = [
    (tool, status, transition, Act(act))
    for status, transition, *acts in ROWS
    for tool, act in zip(PLANS, acts, strict=True)
]


def test_the_table_has_every_transition_and_every_status() -> None:
    combinations = {(status, transition) for status, transition, *_ in ROWS}
    assert combinations == {
        (status.value, transition.value)
        for status in JobStatus
        for transition in WorkspaceTransition
    }


@pytest.mark.parametrize("plans", PLANS.values(), ids=PLANS)
def test_the_plans_of_every_tool_have_every_transition_and_standing(plans: Plans) -> None:
    assert set(plans) == {
        (transition, standing) for transition in WorkspaceTransition for standing in Standing
    }


@pytest.mark.parametrize(("tool", "status", "transition", "act"), CELLS)
def test_a_tool_does_this_with_the_latest_build(
    tool: str, status: str, transition: str, act: Act
) -> None:
    assert next_act(PLANS[tool], progress_of(build(status, transition))) is act


@pytest.mark.parametrize("tool", PLANS)
@pytest.mark.parametrize(
    ("status", "transition"),
    [("reviewing", "start"), ("reviewing", "delete"), ("succeeded", "hibernate"), ("new", "new")],
)
def test_what_a_newer_coder_calls_otherwise_is_followed_and_never_acted_on(
    tool: str, status: str, transition: str
) -> None:
    assert next_act(PLANS[tool], progress_of(build(status, transition))) is Act.ANSWER


@pytest.mark.parametrize(
    ("tool", "act"),
    [
        ("create", Act.BUILD),
        ("start", Act.ANSWER),
        ("stop", Act.ANSWER),
        ("delete", Act.ANSWER),
    ],
)
def test_a_workspace_that_is_gone_is_deleted_whatever_was_seen_of_it_last(
    tool: str, act: Act
) -> None:
    gone = advance(progress_of(build("running", "start")), WorkspaceGone())
    assert next_act(PLANS[tool], gone) is act


@pytest.mark.parametrize("lifecycle_state", ["starting", "start_error", "off"])
def test_a_start_that_succeeded_is_started_whatever_its_agent_does(lifecycle_state: str) -> None:
    latest = build("succeeded", "start", agent("connected", lifecycle_state))
    assert next_act(START_PLANS, progress_of(latest)) is Act.ANSWER
