"""Which agents decide, how far, and how long one is waited for."""

import pytest

from builders import agent, at, build, ident, progress_of, stamp, workspace
from coder_mcp.core.agents import to_connect_to
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import TimePassed, advance, began
from coder_mcp.models.workspaces import WorkspaceAgent

# From the least advanced to the most.
ADVANCE = [
    agent("connecting", "created", "connecting"),
    agent("suspended", "ready", "unknown"),
    agent("connected", "starting", "preparing"),
    agent("connected", "start_error", "failed"),
    agent("connected", "ready", "ready"),
]
GONE = agent("timeout", "created", "gone")


def name_of(known: WorkspaceAgent) -> str:
    return known.name


@pytest.mark.parametrize("place", range(len(ADVANCE) - 1))
@pytest.mark.parametrize("turned", [False, True], ids=["first", "last"])
def test_of_several_agents_the_least_advanced_decides(place: int, *, turned: bool) -> None:
    those = ADVANCE[place:]
    progress = progress_of(build("succeeded", "start", *(those[::-1] if turned else those)))
    assert progress.agent == ADVANCE[place]
    assert progress.absent == ()


@pytest.mark.parametrize("here", ADVANCE, ids=name_of)
def test_one_that_cannot_be_reached_is_listed_while_another_can_be(here: WorkspaceAgent) -> None:
    progress = progress_of(build("succeeded", "start", GONE, here))
    assert (progress.agent, progress.absent) == (here, (GONE,))
    assert progress.phase == progress_of(build("succeeded", "start", here)).phase


def test_where_none_can_be_reached_the_one_with_the_most_time_left_decides() -> None:
    patient = agent("timeout", "created", "patient", connection_timeout_seconds=600)
    progress = progress_of(build("succeeded", "start", GONE, patient))
    assert (progress.phase, progress.agent) == (Phase.UNREACHABLE, patient)
    assert progress.limit == at(10 + 600)
    assert progress.absent == (GONE, patient)


def test_agents_of_dev_containers_do_not_count() -> None:
    main = agent("connected", "ready")
    sub = agent("connecting", "created", "sub", parent_id=str(main.id))
    assert progress_of(build("succeeded", "start", sub, main)).agent == main
    alone = progress_of(build("succeeded", "start", sub))
    assert (alone.phase, alone.agent) == (Phase.READY, None)


def test_agents_of_all_resources_count_and_a_resource_may_have_none() -> None:
    late = agent("connecting", "created", "late")
    resources = [{"agents": None}, {"agents": [agent()]}, {}, {"agents": [late]}]
    progress = progress_of(build("succeeded", "start", resources=resources))
    assert progress.agent == late


@pytest.mark.parametrize(
    ("timeout_seconds", "patience_seconds"),
    [(0, 120), (4, 120), (120, 120), (121, 121), (600, 600)],
)
@pytest.mark.parametrize("status", ["connecting", "timeout"])
def test_an_agent_is_given_two_minutes_from_the_builds_end_or_its_own_time_out(
    status: str, timeout_seconds: int, patience_seconds: int
) -> None:
    main = agent(status, "created", connection_timeout_seconds=timeout_seconds)
    progress = progress_of(build("succeeded", "start", main))
    assert progress.limit == at(10 + patience_seconds)
    waiting = advance(progress, TimePassed(at=at(10 + patience_seconds - 0.001)))
    assert not waiting.is_over
    over = advance(waiting, TimePassed(at=at(10 + patience_seconds)))
    assert (over.phase, over.is_over, over.agent) == (Phase.UNREACHABLE, True, main)


def test_without_the_time_of_the_builds_end_the_two_minutes_count_from_its_beginning() -> None:
    latest = build("succeeded", "start", agent("connecting", "created"), job={"completed_at": None})
    assert progress_of(latest).limit == at(120)


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("disconnected_seconds", "limit_seconds"),
    [(300, 300 + 120), (11, 11 + 120), (10, 10 + 600), (5, 10 + 600)],
    ids=["long after", "just after", "at the build's end", "before it"],
)
def test_an_agent_that_was_lost_after_the_build_is_given_two_minutes_from_then(
    disconnected_seconds: float, limit_seconds: float
) -> None:
    lost = agent(
        "disconnected",
        "ready",
        connection_timeout_seconds=600,
        disconnected_at=stamp(disconnected_seconds),
    )
    progress = progress_of(build("succeeded", "start", lost), disconnected_seconds)
    assert (progress.phase, progress.limit) == (Phase.UNREACHABLE, at(limit_seconds))


def test_a_late_agent_that_connects_within_its_limit_is_followed_to_the_end() -> None:
    waiting = progress_of(build("succeeded", "start", agent("timeout", "created")), 100)
    assert (waiting.phase, waiting.is_over) == (Phase.UNREACHABLE, False)
    later = build("succeeded", "start", agent("connected", "ready"))
    assert began(workspace(later), at(129)).phase is Phase.READY


@pytest.mark.parametrize("status", ["connecting", "timeout", "disconnected"])
def test_an_external_agent_that_is_not_connected_is_unreachable_at_once(status: str) -> None:
    latest = build("succeeded", "start", agent(status, "created"), has_external_agent=True)
    progress = progress_of(latest)
    assert (progress.phase, progress.is_over) == (Phase.UNREACHABLE, True)


@pytest.mark.parametrize(
    ("lifecycle_state", "phase", "is_over"),
    [("ready", Phase.READY, True), ("starting", Phase.PREPARING, False)],
)
def test_an_external_agent_that_is_connected_is_like_any_other(
    lifecycle_state: str, phase: Phase, *, is_over: bool
) -> None:
    main = agent("connected", lifecycle_state)
    progress = progress_of(build("succeeded", "start", main, has_external_agent=True))
    assert (progress.phase, progress.is_over) == (phase, is_over)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["main"], "main"),
        (["db", "dev"], "db"),
        (["db", "dev-coderd-chat"], "dev-coderd-chat"),
        (["db", "Dev-Coderd-Chat"], "Dev-Coderd-Chat"),
        (["a-coderd-chat", "b-coderd-chat"], "a-coderd-chat"),
        (["db", "x-coderd-chat", "y-coderd-chat"], "db"),
    ],
)
def test_a_person_is_sent_to_the_agent_marked_for_it_else_to_the_first(
    names: list[str], chosen: str
) -> None:
    agents = tuple(agent(name=name) for name in names)
    assert to_connect_to(agents).id == ident(f"agent {chosen}")
