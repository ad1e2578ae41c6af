"""Each recorded exchange, made again: the same status, content type and body, value by value."""

import re
from typing import cast

import httpx2
import pytest

from coder_mcp.simulator.http.routes import ROUTES, find_route
from simulator.differences import ABSENT_ROUTES, DIFFERENCES, NOT_PLAYED, NOT_RECORDED
from simulator.listening import listened
from simulator.recorded import (
    Exchange,
    Json,
    differences,
    exchange,
    exchange_of,
    frames_of,
    load,
    names,
    normal,
)
from simulator.scenarios import SCENARIOS, Scenario
from simulator.stages import UPGRADE, client_of, stage
from simulator.states import app_runs

# Recordings that hold no single exchange have tests of their own.
OF_SEVERAL = {"streams/log-close-then-read", "users/scope-matrix"}
FOLDERS = (
    "agents",
    "auth",
    "builds",
    "quota",
    "server",
    "streams",
    "templates",
    "users",
    "workspaces",
)
REFUSED_STREAMS = (
    "streams/logs-follow-other-member",
    "streams/watch-ws-bad-token",
    "streams/watch-ws-other-member",
)
PLAYED = {scenario.recording for scenario in SCENARIOS} | {
    *REFUSED_STREAMS,
    "streams/dynamic-parameters",
    "streams/logs-follow-finished-build",
}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.recording)
async def test_an_answer_differs_from_the_recorded_one_only_where_it_is_meant_to(
    scenario: Scenario,
) -> None:
    recorded = exchange(scenario.recording)
    async with stage() as deployment:
        await scenario.setup(deployment)
        query = scenario.query and scenario.query(deployment)
        answer = await deployment.ask(recorded, query)
    assert answer.status_code == recorded.status
    assert answer.headers.get("content-type", "") == recorded.content_type
    assert found_differences(recorded, answer) == meant_differences(scenario.recording)


def found_differences(recorded: Exchange, answer: httpx2.Response) -> set[str]:
    """The paths at which an answer differs; of text there is only one."""
    if recorded.answered_text is None:
        return set(differences(recorded.answered, answer.json()))
    return set() if normal(recorded.answered_text) == normal(answer.text) else {"text"}


def meant_differences(name: str) -> set[str]:
    """The paths at which it is meant to differ; one that does not exist fails the comparison."""
    return {entry.path for entry in DIFFERENCES if name in entry.recordings}


@pytest.mark.parametrize("name", REFUSED_STREAMS)
async def test_a_refused_upgrade_is_answered_as_recorded(name: str) -> None:
    recorded = exchange(name)
    async with stage() as deployment:
        await app_runs(deployment)
        headers = {**deployment.headers(recorded), **UPGRADE}
        answer = await deployment.client.get(deployment.here(recorded.path), headers=headers)
    assert answer.status_code == recorded.status
    assert answer.headers["content-type"] == recorded.content_type
    assert not set(differences(recorded.answered, answer.json()))


async def test_the_followed_log_of_a_finished_build_is_replayed_and_closed_as_recorded() -> None:
    name = "streams/logs-follow-finished-build"
    recorded = load(name)
    async with stage() as deployment:
        await app_runs(deployment)
        path = deployment.here(exchange_of(name, recorded).path)
        async with client_of(deployment.simulator, deployment.simulator.session_token) as client:
            heard = await listened(client, path)
    # What is left of the quota depends on what else there was.
    assert set(differences(frames_of(recorded), heard.values)) == {"[].output"}
    end = cast("Json", recorded["end"])
    assert (heard.code, heard.reason) == (end["code"], end["reason"])


async def test_a_form_of_parameters_opens_as_recorded() -> None:
    name = "streams/dynamic-parameters"
    recorded = load(name)
    async with stage() as deployment:
        path = deployment.here(exchange_of(name, recorded).path)
        async with client_of(deployment.simulator, deployment.simulator.session_token) as client:
            heard = await listened(client, path, 5)
            plain = await client.get(path)
    assert not set(differences(frames_of(recorded), heard.values))
    assert (plain.status_code, heard.code) == (426, None)


async def test_when_a_log_stream_closes_the_job_reads_as_finished_already() -> None:
    async with stage() as deployment:
        workspace = deployment.create("quick", "app")
        build = f"/api/v2/workspacebuilds/{workspace.latest_build.id}"
        async with client_of(deployment.simulator, deployment.simulator.session_token) as client:
            heard = await listened(client, f"{build}/logs?follow")
            read = (await client.get(build)).json()
    assert (heard.code, heard.reason) == (1000, "done")
    assert read["job"]["status"] == "succeeded"


@pytest.mark.parametrize("name", sorted(set(names(*FOLDERS)) - OF_SEVERAL))
def test_a_recording_is_played_or_there_is_a_reason_why_not(name: str) -> None:
    recorded = exchange(name)
    if name in NOT_PLAYED:
        assert name not in PLAYED
    elif name not in PLAYED:
        assert find_route(recorded.method, recorded.path.partition("?")[0]) is None
        assert route_name(recorded) in ABSENT_ROUTES


def route_name(recorded: Exchange) -> str:
    """How a route that the simulator does not have is listed."""
    path = re.sub(r"EXAMPLEid\d+", "<key>", str(normal(recorded.path.partition("?")[0])))
    return f"{recorded.method} {path}"


def test_every_listed_difference_belongs_to_a_scenario() -> None:
    played = {scenario.recording for scenario in SCENARIOS} | {*names("flows")}
    assert {name for entry in DIFFERENCES for name in entry.recordings} <= played


def test_every_route_that_is_listed_as_absent_was_recorded() -> None:
    others = set(names(*FOLDERS)) - OF_SEVERAL - PLAYED - NOT_PLAYED.keys()
    assert {route_name(exchange(name)) for name in others} == ABSENT_ROUTES.keys()


def test_every_route_was_recorded_or_has_another_source() -> None:
    """A route counts as recorded once something of it is played, in a flow at least."""
    asked = [exchange(name) for name in PLAYED]
    recorded = {
        found[0].name
        for exchange_ in asked
        if (found := find_route(exchange_.method, exchange_.path.partition("?")[0]))
    }
    routes = {route.name for route in ROUTES}
    assert routes >= NOT_RECORDED.keys()
    assert routes - recorded - NOT_RECORDED.keys() == set()
