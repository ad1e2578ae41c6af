"""The lives of agents step by step, without waiting."""

import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.state import Agent
from coder_mcp.simulator.rules import agents, jobs
from coder_mcp.simulator.seed import at_once
from coder_mcp.simulator.wire.agents import agent_json, health_json, startup_script_behavior


def built(world: World, template: str) -> list[Agent]:
    """The agents of a new workspace, just after its build."""
    build = world.create(template, template).latest_build
    jobs.acquire(world, world.id)
    at_once(world, jobs.play(world, build))
    return build.agents


def states(template: str) -> list[tuple[str, str]]:
    """The states that the first agent of a template passes through, with the healths' reasons."""
    world = World()
    agent = built(world, template)[0]
    seen = [(agent.status, agent.lifecycle_state)]

    def look(_: object) -> None:
        state = (agent.status, agent.lifecycle_state)
        if state != seen[-1]:
            seen.append(state)

    with world.workspace_changed.heard_by(look):
        at_once(world, agents.live(world, agent))
    return seen


@pytest.mark.parametrize(
    ("template", "last"),
    [
        ("quick", "ready"),
        ("script-slow", "ready"),
        ("script-background", "ready"),
        ("script-fails", "start_error"),
        ("script-timeout", "start_timeout"),
    ],
)
def test_an_agent_connects_runs_its_scripts_and_is_as_they_ended(template: str, last: str) -> None:
    assert states(template) == [
        ("connecting", "created"),
        ("connected", "created"),
        ("connected", "starting"),
        ("connected", last),
    ]


def test_an_agent_that_never_connects_times_out() -> None:
    assert states("agent-never") == [("connecting", "created"), ("timeout", "created")]


def test_a_late_agent_connects_after_it_has_timed_out() -> None:
    assert states("agent-late")[:3] == [
        ("connecting", "created"),
        ("timeout", "created"),
        ("connected", "created"),
    ]


def test_an_agent_without_scripts_is_ready_and_does_not_block() -> None:
    world = World()
    db, dev = built(world, "two-agents")
    at_once(world, agents.live(world, db))
    assert (db.lifecycle_state, dev.status) == ("ready", "connecting")
    assert startup_script_behavior(db) == "non-blocking"
    assert startup_script_behavior(dev) == "blocking"


def test_the_exit_code_of_a_script_is_absent_until_it_has_ended() -> None:
    world = World()
    agent = built(world, "script-fails")[0]
    before = agent_json(world, agent)["scripts"]
    assert isinstance(before, list)
    assert "exit_code" not in before[0]
    at_once(world, agents.live(world, agent))
    after = agent_json(world, agent)["scripts"]
    assert isinstance(after, list)
    assert (after[0]["exit_code"], after[0]["status"]) == (3, "exit_failure")


@pytest.mark.parametrize(
    ("template", "health"),
    [
        ("quick", {"healthy": True}),
        ("script-timeout", {"healthy": True}),
        (
            "script-fails",
            {"healthy": False, "reason": "agent startup script exited with an error"},
        ),
        ("agent-never", {"healthy": False, "reason": "agent is taking too long to connect"}),
    ],
)
def test_health_is_as_the_scripts_and_the_connection_are(
    template: str, health: dict[str, object]
) -> None:
    world = World()
    agent = built(world, template)[0]
    assert health_json(agent) == {
        "healthy": False,
        "reason": "agent has not yet connected",
    }
    at_once(world, agents.live(world, agent))
    assert health_json(agent) == health


def test_an_agent_that_leaves_is_shutting_down_then_off_and_disconnected() -> None:
    world = World()
    agent = built(world, "quick")[0]
    at_once(world, agents.live(world, agent))
    reasons: list[object] = []
    with world.workspace_changed.heard_by(lambda _: reasons.append(health_json(agent)["reason"])):
        at_once(world, agents.leave(world, agent))
    assert reasons == ["agent is shutting down", "agent is not running", "agent is not running"]
    assert (agent.status, agent.lifecycle_state) == ("disconnected", "off")
    assert "latency" not in agent_json(world, agent)


def test_an_agent_that_is_not_there_does_not_leave() -> None:
    world = World()
    agent = built(world, "agent-never")[0]
    assert list(agents.leave(world, agent)) == []
    assert agent.status == "connecting"


def test_an_agent_that_connects_again_starts_again() -> None:
    world = World()
    agent = built(world, "quick")[0]
    at_once(world, agents.live(world, agent))
    first_connected_at = agent.first_connected_at
    world.disconnect_agent(agent, is_clean=False)
    assert (agent.status, agent.lifecycle_state) == ("disconnected", "ready")
    assert health_json(agent)["reason"] == "agent has lost connection"
    steps = agents.start(world, agent)
    next(steps)
    assert (agent.status, agent.lifecycle_state) == ("connected", "created")
    at_once(world, steps)
    assert agent.lifecycle_state == "ready"
    assert agent.first_connected_at == first_connected_at


def test_only_the_first_line_of_an_agent_is_a_watch_event() -> None:
    world = World()
    agent = built(world, "script-slow")[0]
    lines: list[int] = []
    with world.workspace_changed.heard_by(lambda _: lines.append(len(agent.log))):
        at_once(world, agents.live(world, agent))
    assert lines == [0, 0, 1, 10]
