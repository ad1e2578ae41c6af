"""A past for the deployment: workspaces of dev1 that have been there for weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from coder_mcp.simulator.records.state import Agent, Build
from coder_mcp.simulator.rules import agents, jobs
from coder_mcp.simulator.templates.definitions import Transition
from coder_mcp.simulator.world import World


@dataclass(frozen=True)
class History:
    """A workspace's life so far: its builds, the first of which made it, as (days ago, what)."""

    name: str
    template: str
    builds: tuple[tuple[float, Transition], ...]
    last_used_days_ago: float


# They hold 21 of the 60 credits, 10 of them by a stopped one: another `gpu` does not fit.
HISTORIES = (
    History("gpu-training", "gpu", ((15.3, "start"), (14.1, "stop")), 14.1),
    History(
        "api-old", "quick", ((41.2, "start"), (40.8, "stop"), (33.4, "start"), (30.0, "stop")), 30.0
    ),
    History("legacy-import", "broken", ((9.5, "start"),), 9.5),
    History("web", "quick", ((6.2, "start"), (3.4, "stop"), (0.1, "start")), 0.02),
)


def seed(world: World) -> None:
    """Build what would have been built, at the times when it would have been."""

    def start_agents(build: Build) -> None:
        for agent in build.agents:
            at_once(world, agents.live(world, agent))

    def end_agent(agent: Agent) -> None:
        at_once(world, agents.leave(world, agent))

    with world.agents_created.heard_by(start_agents), world.agent_exits.heard_by(end_agent):
        for history in HISTORIES:
            for days_ago, transition in history.builds:
                with world.shifted(timedelta(days=-days_ago)):
                    build_at_once(world, history, transition)
            used = world.now() - timedelta(days=history.last_used_days_ago)
            world.workspace(history.name).last_used_at = used


def build_at_once(world: World, history: History, transition: Transition) -> None:
    """Do one build of a history, the first of which creates the workspace."""
    if not any(workspace.name == history.name for workspace in world.workspaces):
        build = world.create(history.template, history.name).latest_build
    else:
        build = world.build(world.workspace(history.name), transition, by="dev1")
    jobs.acquire(world, world.id)
    at_once(world, jobs.play(world, build))


def at_once(world: World, steps: Iterator[float]) -> None:
    """Go through steps without waiting, each at the deployment's time at which it is due."""
    at = 0.0
    while True:
        with world.shifted(timedelta(seconds=at)):
            due = next(steps, None)
        if due is None:
            return
        at = due
