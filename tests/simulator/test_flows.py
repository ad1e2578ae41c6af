"""Each recorded flow, played again: the same states in the same order, and the same logs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import cast

import anyio
import httpx2
import pytest

from simulator.differences import DIFFERENCES, FLEETING, State
from simulator.flows import LATE_CREDITS, SETUPS
from simulator.listening import Heard, listen, poll
from simulator.recorded import Json, differences, exchange_of, frames_of, load, names, normal
from simulator.stages import Stage, client_of, stage

# The recorder opened its streams this long after a request had been answered.
RECORDER_SECONDS = 0.045
# Of a flow with a second step: when the polls began, and when the step was taken.
CANCEL_POLLS_AFTER, CANCEL_AFTER = 2.6, 2.99
AGENT_GOES_AWAY_AFTER = 10.1


@dataclass
class Seen:
    """What a client sees of a flow."""

    watch: Heard = field(default_factory=Heard)
    log: Heard = field(default_factory=Heard)
    polls: list[httpx2.Response] = field(default_factory=list[httpx2.Response])


@pytest.mark.parametrize("name", names("flows"))
async def test_a_flow_shows_the_recorded_states_and_logs(name: str) -> None:
    recorded = load(name)
    async with stage() as deployment:
        await prepare(deployment, name, recorded)
        seen = await played(deployment, name, recorded)
        watch = frames_of(recorded["watch"])
        assert shown_by(seen.watch.values) == shown_by(watch)
        last = set(differences(watch[-1], seen.watch.values[-1]))
        assert last == {entry.path for entry in DIFFERENCES if name in entry.recordings}
        polled = [polled_state(answer.status_code, answer.json()) for answer in seen.polls]
        assert lasting(name, polled) == lasting(name, recorded_polls(recorded))
        if "build_log_follow" in recorded:
            follow = cast("Json", recorded["build_log_follow"])
            left_out = cast("int", follow.get("frames_left_out", 0))
            assert_same_log(seen.log.values, frames_of(recorded["build_log_follow"]), left_out)
            end = cast("Json", follow["end"])
            assert (seen.log.code, seen.log.reason) == (end["code"], end["reason"])
        if "agent_logs" in recorded:
            assert agent_logs(deployment) == recorded_agent_logs(recorded)


async def prepare(deployment: Stage, name: str, recorded: Json) -> None:
    """Bring about what there was: the workspace, and a quota of which others hold as much."""
    world = deployment.world
    world.set_budget(1000)
    other = await deployment.built("no-agent", "other")
    deployment.subject = None
    if name in SETUPS:
        await SETUPS[name](deployment)
    numbers, is_refused, cost = quota_lines(recorded)
    if numbers:
        _, budget, consumed = numbers
        world.set_budget(budget)
        own = 0 if is_refused else cost
        other.latest_build.daily_cost = consumed - own - LATE_CREDITS.get(name, 0)


def quota_lines(recorded: Json) -> tuple[list[int], bool, int]:
    """What a recorded log says of the quota: the numbers, whether it refused, and the cost."""
    if "build_log_follow" not in recorded:
        return [], False, 0
    lines = [
        line for line in frames_of(recorded["build_log_follow"]) if line["stage"] == "Commit quota"
    ]
    texts = [cast("str", line["output"]) for line in lines]
    numbers = [int(found[0]) for text in texts if (found := re.search(r"\d+$", text))]
    return numbers, len(texts) == 4, numbers[0] if numbers else 0


async def played(deployment: Stage, name: str, recorded: Json) -> Seen:
    """Take the recorded steps, and watch, follow and poll as the recorder did."""
    steps = [exchange_of(name, step) for step in cast("list[Json]", recorded.get("steps", []))]
    if steps:
        answer = await deployment.ask(steps[0])
        assert answer.status_code == steps[0].status
        created = cast("dict[str, str] | None", steps[0].sent) or {}
        if "name" in created:
            deployment.subject = deployment.world.workspace(created["name"])
        await anyio.sleep(RECORDER_SECONDS)
    workspace = deployment.workspace
    path = f"/api/v2/workspaces/{workspace.id}"
    log = f"/api/v2/workspacebuilds/{workspace.latest_build.id}/logs?follow&after=0"
    seconds, seen = duration(recorded), Seen()
    has_two_steps = len(steps) == 2
    token = deployment.simulator.session_token
    async with (
        client_of(deployment.simulator, token) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listen, client, f"{path}/watch-ws", seconds, seen.watch)
        tasks.start_soon(listen, client, log, seconds, seen.log)
        if has_two_steps:
            await anyio.sleep(CANCEL_POLLS_AFTER)
        tasks.start_soon(poll, client, path, seconds, seen.polls)
        if has_two_steps:
            await anyio.sleep(CANCEL_AFTER - CANCEL_POLLS_AFTER)
            assert (await deployment.ask(steps[1])).status_code == steps[1].status
        elif not steps:
            await anyio.sleep(AGENT_GOES_AWAY_AFTER)
            deployment.world.disconnect_agent(workspace.latest_build.agents[0])
    return seen


def duration(recorded: Json) -> float:
    """How long to watch: some seconds longer than anything changed."""
    watched = cast("list[dict[str, float]]", cast("Json", recorded["watch"])["frames"])
    return watched[-1]["t"] + 3


def shown_by(watch_frames: Iterable[Json]) -> list[State]:
    """The states that the frames of a watch show, without repetitions."""
    states = (state_of(cast("Json", frame["data"])) for frame in watch_frames if frame["data"])
    return [state for state, _ in groupby(states)]


def state_of(workspace: Json) -> State:
    """What a client can tell about where a workspace is."""
    build = cast("Json", workspace["latest_build"])
    job = cast("Json", build["job"])
    resources = cast("list[dict[str, list[Json]]]", build["resources"])
    agents = [agent for resource in resources for agent in resource.get("agents", [])]
    return State(
        status=cast("str", build["status"]),
        job=(job["status"], job.get("error"), job.get("error_code"), "canceled_at" in job),
        daily_cost=cast("int", build["daily_cost"]),
        queue=(job["queue_position"], job["queue_size"]),
        agents=tuple(
            cast("tuple[str, str, str]", (agent["name"], agent["status"], agent["lifecycle_state"]))
            for agent in agents
        ),
    )


def polled_state(status: int, answer: Json) -> State:
    """The state that a poll shows; one that was refused has the words of the refusal."""
    if status == 200:
        return state_of(answer)
    return State(status=str(status), job=(normal(answer["message"]),))


def recorded_polls(recorded: Json) -> list[State]:
    """The states that the recorded polls met."""
    answers = cast("list[Json]", cast("Json", recorded["workspace_polls"])["answers"])
    responses = [cast("Json", answer["response"]) for answer in answers]
    return [
        polled_state(cast("int", response["status"]), cast("Json", response["json"]))
        for response in responses
    ]


def lasting(name: str, polled: Iterable[State]) -> list[State]:
    """The states that polls cannot miss, without repetitions."""
    fleeting = [entry for entry in FLEETING if name in entry.flows or not entry.flows]
    states = (state for state in polled if not any(entry.is_met(state) for entry in fleeting))
    return [state for state, _ in groupby(states)]


def assert_same_log(simulated: list[Json], recorded: list[Json], left_out: int) -> None:
    """The same lines; of a long recording the middle was left out."""
    ours, theirs = ([words(line) for line in log] for log in (simulated, recorded))
    assert len(ours) == len(theirs) + left_out
    kept = next((at for at, line in enumerate(theirs) if line != ours[at]), len(theirs))
    assert theirs == ours[:kept] + ours[kept + left_out :]


def words(line: Json) -> tuple[object, ...]:
    """What a log line says, without its number and time."""
    return tuple(line[key] for key in ("log_source", "log_level", "stage", "output"))


def agent_logs(deployment: Stage) -> list[list[tuple[object, object]]]:
    """What each agent of the build has printed."""
    agents = deployment.workspace.latest_build.agents
    return [[(line.output, line.level) for line in agent.log] for agent in agents]


def recorded_agent_logs(recorded: Json) -> list[list[tuple[object, object]]]:
    """What each agent had printed."""
    asked = cast("list[Json]", recorded["agent_logs"])
    answers = [cast("list[Json]", cast("Json", one["response"])["json"]) for one in asked]
    return [[(line["output"], line["level"]) for line in lines] for lines in answers]
