"""A past for the deployment: workspaces that have been there for weeks.

There are two. `SEED` is small: one workspace of each kind. `TOUR_SEED` is what a person may ask
about, and brings templates of its own: the outdated, the idle, the failed, the dormant, the one
with a deadline; and dev2 with an only workspace.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from coder_mcp.simulator.records.state import Agent, Build
from coder_mcp.simulator.rules import agents, jobs
from coder_mcp.simulator.templates.definitions import TemplateDefinition, Transition
from coder_mcp.simulator.templates.tour import TOUR
from coder_mcp.simulator.world import World


@dataclass(frozen=True)
class History:
    """A workspace's life so far: its builds, the first of which made it, as (days ago, what).

    `version` is the place of the template version; `autostart` is its schedule; it has been
    dormant since `dormant_days_ago`.
    """

    name: str
    template: str
    builds: tuple[tuple[float, Transition], ...]
    last_used_days_ago: float
    owner: str = "dev1"
    version: int = -1
    autostart: str | None = None
    dormant_days_ago: float | None = None


@dataclass(frozen=True)
class Seed:
    """What is there in the beginning: histories, and the templates that only they need."""

    histories: tuple[History, ...]
    templates: tuple[TemplateDefinition, ...] = ()


OLD_API = History(
    "api-old", "quick", ((41.2, "start"), (40.8, "stop"), (33.4, "start"), (30.0, "stop")), 30.0
)
GPU_TRAINING = History("gpu-training", "gpu", ((15.3, "start"), (14.1, "stop")), 14.1)
LEGACY_IMPORT = History("legacy-import", "broken", ((9.5, "start"),), 9.5)

# They hold 21 of the 60 credits, 10 of them by a stopped one: another `gpu` does not fit.
SEED = Seed(
    (
        GPU_TRAINING,
        OLD_API,
        LEGACY_IMPORT,
        History("web", "quick", ((6.2, "start"), (3.4, "stop"), (0.1, "start")), 0.02),
    )
)
# They hold 35 of the 60 credits: another `python` fits, a `gpu` does not.
TOUR_SEED = Seed(
    (
        GPU_TRAINING,
        OLD_API,
        LEGACY_IMPORT,
        # The one in use, with a deadline later today.
        History("web", "python", ((6.2, "start"), (3.4, "stop"), (0.1, "start")), 0.02),
        # Outdated, and stopped.
        History("billing", "python", ((20.0, "start"), (2.5, "stop")), 2.5, version=0),
        # Running, and idle since before yesterday.
        History("storefront", "node", ((4.1, "start"),), 3.2, autostart="CRON_TZ=UTC 0 8 * * 1-5"),
        History("search-index", "quick", ((3.0, "start"),), 2.1),
        # Running, but its startup script has failed.
        History("notebook", "notebooks", ((0.3, "start"),), 0.3),
        # Stopped, and dormant: to be deleted in ten days.
        History(
            "prototype", "node", ((60.2, "start"), (58.0, "stop")), 58.0, dormant_days_ago=20.0
        ),
        # The only one that dev2 has.
        History("notes", "python", ((12.0, "start"), (1.8, "stop")), 1.8, owner="dev2"),
    ),
    TOUR,
)


def plant(world: World, seed: Seed) -> None:
    """Build what would have been built, at the times when it would have been."""

    def start_agents(build: Build) -> None:
        for agent in build.agents:
            at_once(world, agents.live(world, agent))

    def end_agent(agent: Agent) -> None:
        at_once(world, agents.leave(world, agent))

    with world.shifted(timedelta(days=-90)):
        for definition in seed.templates:
            world.add_template(definition, world.organization("coder"), world.user("admin"))
    with world.agents_created.heard_by(start_agents), world.agent_exits.heard_by(end_agent):
        for history in seed.histories:
            live(world, history)


def live(world: World, history: History) -> None:
    """Do the builds of a history, and leave its workspace as it is now."""
    for days_ago, transition in history.builds:
        with world.shifted(timedelta(days=-days_ago)):
            build_at_once(world, history, transition)
    workspace = world.workspace(history.name, history.owner)
    workspace.last_used_at = world.now() - timedelta(days=history.last_used_days_ago)
    if history.dormant_days_ago is not None:
        workspace.dormant_at = world.now() - timedelta(days=history.dormant_days_ago)


def build_at_once(world: World, history: History, transition: Transition) -> None:
    """Do one build of a history, the first of which creates the workspace."""
    owner = history.owner
    if any(w.name == history.name and w.owner.username == owner for w in world.workspaces):
        build = world.build(world.workspace(history.name, owner), transition, by=owner)
    else:
        version = world.template(history.template).versions[history.version]
        workspace = world.create(version.template, history.name, owner=owner, version=version)
        workspace.autostart_schedule = history.autostart
        build = workspace.latest_build
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
