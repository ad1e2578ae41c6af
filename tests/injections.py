"""Faults by number: what goes wrong in a call of a tool, and what the simulator says came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from coder_mcp.simulator import (
    Answer,
    CloseAfter,
    CutAfter,
    Delay,
    Fault,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.simulator.http.faults import Action
from coder_mcp.simulator.records.state import Agent, Build, Workspace
from coder_mcp.simulator.templates.definitions import Transition
from coder_mcp.simulator.world import World
from model import Payload

API = "/api/v2"
BY_ID = f"GET {API}/workspaces/{{workspace}}"
BY_NAME = f"GET {API}/users/{{user}}/workspace/{{workspacename}}"
WATCH = f"{BY_ID}/watch-ws"
LOGS = f"GET {API}/workspacebuilds/{{workspacebuild}}/logs"
CREATE = f"POST {API}/users/{{user}}/workspaces"
BUILD = f"POST {API}/workspaces/{{workspace}}/builds"
TEMPLATES = f"GET {API}/templates"
LIST = f"GET {API}/workspaces"
ME = f"GET {API}/users/{{user}}"
QUOTA = f"GET {API}/organizations/{{organization}}/members/{{user}}/workspace-quota"
AGENT_LOGS = f"GET {API}/workspaceagents/{{workspaceagent}}/logs"
ANY = "*"

READS = (BY_ID, BY_ID, BY_NAME, WATCH, LOGS, QUOTA, AGENT_LOGS, ANY)
# What else a tool asks for, the write more often than the rest.
ROUTES = {
    "create_workspace": (*READS, *(CREATE,) * 5, TEMPLATES),
    "start_workspace": (*READS, *(BUILD,) * 5, ME, LIST),
    "stop_workspace": (*READS, *(BUILD,) * 5, ME),
    "delete_workspace": (*READS, *(BUILD,) * 5, ME),
    "wait_for_workspace": (*READS, LIST),
}
TEMPLATE_NAMES = (
    *("quick", "slow", "broken", "gpu", "no-agent", "two-agents", "script-background"),
    *("agent-late", "agent-never", "external-agent", "script-fails", "script-timeout"),
)
# The builds of a workspace before the call; the last may be under way.
STATES: dict[str, tuple[Transition, ...]] = {
    "none": (),
    "starting": ("start",),
    "started": ("start",),
    "stopping": ("start", "stop"),
    "stopped": ("start", "stop"),
    "deleting": ("start", "delete"),
    "canceled": ("start",),
}
WINDOWS = (0, 0, 3, 10, 45, 150)
SCARCE_CREDITS = 3
"""Less than most templates cost."""
PLENTY_OF_CREDITS = 1000

PAGE = "<!doctype html><title>Proxy</title>"
_UPSTREAM = [
    Answer(status=status, text=PAGE, content_type="text/html") for status in (200, 403, 502, 504)
]
_CODERS = [
    Answer(status=status, body={"message": "Not this time.", "detail": "A fault."})
    for status in (400, 401, 403, 404, 409, 500)
]
_LATER = [
    Answer(status=status, body={"message": "Later."}, headers={"Retry-After": "3"})
    for status in (429, 503)
]
_SPOILED = [Answer(text='{"id": "5870349f-8c'), Answer(body={}), Answer(text="")]
_ELSEWHERE = Answer(status=302, text="", headers={"Location": "https://sso.example.com/"})
_ANSWERS = (*_UPSTREAM, *_CODERS, *_LATER, *_SPOILED, _ELSEWHERE)
_LOSSES = (NeverAnswer(), LoseAnswer(), LoseAnswer(is_cut=False))
_DELAYS = [Delay(seconds) for seconds in (0.5, 4, 12, 28, 31, 45)]
_ENDS = [
    *(CutAfter(frames) for frames in range(4)),
    *(CloseAfter(frames, code) for frames in range(3) for code in (1000, 1001, 1011)),
]


@dataclass(frozen=True, kw_only=True)
class Injection:
    """A call, what it meets, and what goes wrong in it."""

    seed: int
    tool: str
    template: str
    state: str
    window: int
    is_scarce: bool
    faults: tuple[Fault, ...]

    def loses_the_write(self) -> bool:
        """Whether a write may have happened and its answer does not tell."""
        # A proxy that refuses has not passed the write on, one that gave up may have; Coder that
        # failed has undone it.
        told = (_UPSTREAM[1], *_CODERS, *_LATER, _ELSEWHERE)
        quick = [Delay(seconds) for seconds in (0.5, 4, 12)]
        return any(
            fault.route in (CREATE, BUILD, ANY) and fault.action not in (*told, *quick)
            for fault in self.faults
        )

    def hides_the_workspace(self) -> bool:
        """Whether a look at the end of the window may show nothing."""
        return any(fault.route in (BY_ID, ANY) for fault in self.faults)


def injection(seed: int) -> Injection:
    """The one of this number, always the same."""
    random = Random(seed)  # noqa: S311  # guards nothing
    tool = random.choice([*ROUTES, "create_workspace", "create_workspace", "start_workspace"])
    state = random.choice([*["none"] * 6, "deleting", "stopped", "stopping", "started"])
    if tool != "create_workspace":
        state = random.choice([name for name in STATES if name != "none"])
    return Injection(
        seed=seed,
        tool=tool,
        template=random.choice(TEMPLATE_NAMES),
        state=state,
        window=random.choice(WINDOWS),
        is_scarce=random.random() < 0.2,
        faults=tuple(_fault(random, ROUTES[tool]) for _ in range(random.choice((1, 1, 2, 3)))),
    )


def _fault(random: Random, routes: Sequence[str]) -> Fault:
    route = random.choice(routes)
    return Fault(
        route=route,
        action=_action(random, is_stream=route in (WATCH, LOGS)),
        times=random.choice((1, 1, 2, 5, None)),
        skip=random.choice((0, 0, 0, 1, 3)),
    )


def _action(random: Random, *, is_stream: bool) -> Action:
    kinds: list[Sequence[Action]] = [_ANSWERS, _LOSSES, _DELAYS]
    if is_stream:
        kinds += [_ENDS, _ENDS, [StaySilent()]]
    return random.choice(random.choice(kinds))


# What the simulator knows


def newest(world: World, name: str) -> Workspace | None:
    """The workspace of that name that was made last, deleted or not."""
    return next((each for each in reversed(world.workspaces) if each.name == name), None)


def truth(world: World, workspace: Workspace | None) -> str:
    """The outcome that is true of the workspace now."""
    if workspace is None:
        return "none"
    build = workspace.latest_build
    if build.is_active:
        return "in_progress"
    if build.job.canceled_at is not None:
        return "canceled"
    if build.job.status == "failed":
        quota = build.job.error_code == "INSUFFICIENT_QUOTA"
        return "quota_reached" if quota else "build_failed"
    if build.transition == "start":
        return _start_came_to(world, build)
    return {"stop": "stopped", "delete": "deleted"}[build.transition]


def _start_came_to(world: World, build: Build) -> str:
    states = {_agent_state(world, agent) for agent in build.agents}
    for state in ("in_progress", "unreachable", "startup_failed"):
        if state in states:
            return state
    return "ready"


def _agent_state(world: World, agent: Agent) -> str:
    if agent.status != "connected":
        completed = agent.build.job.completed_at or world.now()
        # The deployment's clock is known to a second.
        is_late = world.now() - completed >= timedelta(seconds=119)
        is_external = agent.build.version.definition.has_external_agent
        return "unreachable" if is_late or is_external else "in_progress"
    if agent.lifecycle_state in ("start_error", "start_timeout"):
        return "startup_failed"
    blocking = any(script.definition.start_blocks_login for script in agent.scripts)
    may_enter = agent.lifecycle_state == "starting" and agent.scripts and not blocking
    return "ready" if agent.lifecycle_state == "ready" or may_enter else "in_progress"


def is_fresh(world: World, workspace: Workspace | None) -> bool:
    """Whether the workspace came to where it is within the last moments."""
    if workspace is None:
        return False
    build = workspace.latest_build
    times = [build.job.completed_at, *(agent.ready_at for agent in build.agents)]
    limit = timedelta(seconds=1)
    return any(time is not None and world.now() - time < limit for time in times) or (
        build.job.completed_at is not None
        and abs(world.now() - build.job.completed_at - timedelta(seconds=120)) < 2 * limit
    )


@dataclass(frozen=True, kw_only=True)
class Before:
    """The workspaces and builds that there were before a call."""

    workspaces: tuple[Workspace, ...]
    builds: tuple[Build, ...]

    @classmethod
    def of(cls, world: World) -> "Before":
        return cls(workspaces=tuple(world.workspaces), builds=tuple(world.builds()))

    def builds_made(self, world: World) -> int:
        return len(list(world.builds())) - len(self.builds)

    def workspaces_made(self, world: World) -> int:
        return len(world.workspaces) - len(self.workspaces)


def wrong(inject: Injection, world: World, before: Before, answer: Payload) -> list[str]:
    """What an answer says that is not so, at the moment when it is given."""
    outcome, workspace = answer["outcome"], newest(world, "mine")
    true, made = truth(world, workspace), before.builds_made(world)
    found = {
        "an outcome that is not true": outcome
        not in (true, "in_progress", "unknown", "rejected", "needs_confirmation"),
        "in progress, though it is over": outcome == "in_progress"
        and answer["phase"] != "requesting"
        and true != "in_progress"
        and not inject.hides_the_workspace()
        and not is_fresh(world, workspace),
        "unknown, though no answer was lost": outcome == "unknown" and not inject.loses_the_write(),
        "nothing changed, though a build was made": outcome in ("rejected", "needs_confirmation")
        and made > 0,
        "no build, though one was made": answer.get("no_build", False) and made > 0,
        "created, though it was not": answer.get("created", False)
        and before.workspaces_made(world) != 1,
        "found, though it was created": answer.get("created") is False
        and before.workspaces_made(world) != 0,
        "another build's id": "build_id" in answer
        and (workspace is None or answer["build_id"] != str(workspace.latest_build.id)),
    }
    return [what for what, is_so in found.items() if is_so]
