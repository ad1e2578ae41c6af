"""Provisioner daemons, agents and schedules at work: what `rules` say, each at its time."""

import math
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import anyio
from anyio.abc import TaskGroup

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Agent, Build, Job
from coder_mcp.simulator.rules import agents, autobuilds, jobs

# How long a free daemon takes to take a job (recorded: 8 to 24 ms).
ACQUIRE_SECONDS = 0.012


async def provision(deployment: Deployment) -> None:
    """Run the daemons, and the agents of what they build, until cancelled."""
    async with anyio.create_task_group() as tasks:
        workshop = Workshop(deployment, tasks)
        with ExitStack() as listening:
            listening.enter_context(deployment.agents_created.heard_by(workshop.start_agents))
            listening.enter_context(deployment.agent_connects.heard_by(workshop.connect_agent))
            listening.enter_context(deployment.agent_exits.heard_by(workshop.end_agent))
            listening.enter_context(deployment.agent_is_lost.heard_by(workshop.drop_agent))
            tasks.start_soon(keep_schedules, deployment)
            for daemon_id in deployment.daemon_ids:
                tasks.start_soon(run_daemon, deployment, daemon_id)
            await anyio.sleep_forever()


async def keep_schedules(deployment: Deployment) -> None:
    """Build what is due, each at its time."""
    tried: set[autobuilds.Autobuild] = set()
    while True:
        autobuilds.build_what_is_due(deployment, tried)
        first = min((one.at for one in autobuilds.coming(deployment, tried)), default=None)
        seconds = math.inf if first is None else (first - deployment.now()).total_seconds()
        with anyio.move_on_after(seconds):
            await deployment.schedule_changed.next()


async def run_daemon(deployment: Deployment, daemon_id: UUID) -> None:
    """Take one job after the other."""
    while True:
        await work_arrives(deployment)
        await anyio.sleep(ACQUIRE_SECONDS)
        # Another daemon may have been quicker.
        build = jobs.acquire(deployment, daemon_id)
        if build is not None:
            await run_job(deployment, build)


async def work_arrives(deployment: Deployment) -> None:
    """Wait until a job may be taken."""
    while deployment.is_held or not deployment.queue():
        await deployment.work_arrived.next()


async def run_job(deployment: Deployment, build: Build) -> None:
    """Play a job in time; stop where it is canceled."""
    began = anyio.current_time()

    def hear(canceled: Job) -> None:
        if canceled is build.job:
            work.cancel()

    with anyio.CancelScope() as work, deployment.job_canceled.heard_by(hear):
        await in_time(jobs.play(deployment, build), began)
    if work.cancelled_caught:
        since = anyio.current_time() - began
        await in_time(jobs.interrupted(deployment, build, since), began)


async def in_time(steps: Iterator[float], began: float) -> None:
    """Go through steps, each when it wants to be taken."""
    for at in steps:
        await anyio.sleep_until(began + at)


class Workshop:
    """The agents' processes that run now; each can be ended, and an ended one begun again."""

    def __init__(self, deployment: Deployment, tasks: TaskGroup) -> None:
        self._deployment = deployment
        self._tasks = tasks
        self._running: dict[Agent, anyio.CancelScope] = {}

    def start_agents(self, build: Build) -> None:
        """Begin the life of a new build's agents, all at the same moment."""
        began = anyio.current_time()
        for agent in build.agents:
            self._run(agent, agents.live(self._deployment, agent), began)

    def connect_agent(self, agent: Agent) -> None:
        """Let an agent connect now, whatever its definition says."""
        self._run(agent, agents.start(self._deployment, agent), anyio.current_time())

    def end_agent(self, agent: Agent) -> None:
        """Let an agent's process end, or never connect."""
        self._run(agent, agents.leave(self._deployment, agent), anyio.current_time())

    def drop_agent(self, agent: Agent) -> None:
        """Let nothing more be heard of an agent."""
        if agent in self._running:
            self._running.pop(agent).cancel()

    def _run(self, agent: Agent, steps: Iterator[float], began: float) -> None:
        """Let an agent do this, in place of what it was doing."""
        self.drop_agent(agent)
        scope = self._running[agent] = anyio.CancelScope()
        self._tasks.start_soon(self._take, steps, began, scope)

    async def _take(self, steps: Iterator[float], began: float, scope: anyio.CancelScope) -> None:
        with scope:
            await in_time(steps, began)
