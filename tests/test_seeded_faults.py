"""A thousand faults by their numbers: no call builds twice, none says what is not so."""

import random

import anyio
import pytest

from coder_mcp.simulator.templates.definitions import Transition
from coder_mcp.watching.watcher import GOES_ON
from injections import (
    PLENTY_OF_CREDITS,
    ROUTES,
    SCARCE_CREDITS,
    STATES,
    TEMPLATE_NAMES,
    Before,
    Injection,
    injection,
    newest,
    truth,
    wrong,
)
from model import Payload, text_of
from robot import written_calls
from whole import Whole, deployed

INJECTIONS = 1000
CHUNK = 25
BEYOND_SECONDS = 5.0
# Longer than any write and any fault, and than an agent is waited for.
A_WHILE = 130.0
# A seed that fails is run alone if it is put here, and stays as a test of its own.
ALONE: tuple[int, ...] = ()


@pytest.mark.parametrize(
    "seeds",
    [
        *(range(seed, seed + 1) for seed in ALONE),
        *(range(first, first + CHUNK) for first in range(0, INJECTIONS, CHUNK)),
    ],
    ids=str,
)
async def test_whatever_fails_nothing_is_built_twice_and_nothing_untrue_is_said(
    seeds: range,
) -> None:
    async with deployed() as whole:
        await whole.call("list_workspaces")
        for seed in seeds:
            inject = injection(seed)
            # The jitter of retries is the same each time, too.
            random.seed(seed)
            faults = await what_went_wrong(whole, inject)
            assert faults == [], inject


def test_the_injections_are_of_every_kind() -> None:
    every = [injection(seed) for seed in range(INJECTIONS)]
    assert {each.tool for each in every} == set(ROUTES)
    assert {each.template for each in every} == set(TEMPLATE_NAMES)
    assert {each.state for each in every} == set(STATES)
    routes = {fault.route for each in every for fault in each.faults}
    assert routes == {route for some in ROUTES.values() for route in some}
    actions = {type(fault.action).__name__ for each in every for fault in each.faults}
    assert len(actions) == 7


async def what_went_wrong(whole: Whole, inject: Injection) -> list[str]:
    """Make the call with its faults; what of it breaks a promise."""
    arguments = await prepared(whole, inject)
    before = Before.of(whole.world)
    for fault in inject.faults:
        whole.simulator.faults.add(fault)
    began = anyio.current_time()
    result = await whole.model.result(inject.tool, **arguments, wait_seconds=inject.window)
    seconds = anyio.current_time() - began
    found: list[str] = []
    if seconds > inject.window + BEYOND_SECONDS:
        found.append(f"an answer after {seconds} s")
    answer: Payload | None = result.structured_content
    if answer is None:
        text = text_of(result)
        if before.builds_made(whole.world) and GOES_ON not in text:
            found.append(f"an error that does not tell of a build: {text}")
        if "inside coder-mcp" in text:
            found.append(text)
    else:
        found += [f"{what}: {answer}" for what in wrong(inject, whole.world, before, answer)]
        found += whole.model.faults(inject.tool, result)
    return found + await afterwards(whole, before, answer)


async def afterwards(whole: Whole, before: Before, answer: Payload | None) -> list[str]:
    """What is wrong once all is over, and once what goes on was waited for."""
    whole.simulator.faults.clear()
    await whole.pass_time(A_WHILE)
    made, found = before.builds_made(whole.world), list[str]()
    if made > 1:
        found.append(f"{made} builds were made")
    if sum(not workspace.is_deleted for workspace in whole.world.workspaces) > 1:
        found.append("a second workspace")
    if answer is not None and answer["outcome"] == "in_progress" and "build_id" in answer:
        (again,) = written_calls(answer["next_step"])
        if again.tool == "wait_for_workspace":
            end = await whole.call(again.tool, **again.arguments)
            if end["outcome"] != truth(whole.world, newest(whole.world, "mine")):
                found.append(f"waited for, and {end}")
    return found


async def prepared(whole: Whole, inject: Injection) -> dict[str, str]:
    """Bring the workspace into the state before the call, and give the call's arguments."""
    whole.world.workspaces.clear()
    whole.world.set_budget(PLENTY_OF_CREDITS)
    transitions = STATES[inject.state]
    if transitions:
        await built(whole, inject, transitions)
    if inject.is_scarce:
        whole.world.set_budget(SCARCE_CREDITS)
    if inject.tool == "create_workspace":
        return {"template": inject.template, "name": "mine"}
    if inject.tool == "delete_workspace":
        asked = await whole.call("delete_workspace", workspace="mine", wait_seconds=0)
        if "confirm" in asked:
            return {"workspace": "mine", "confirm": asked["confirm"]}
    return {"workspace": "mine"}


async def built(whole: Whole, inject: Injection, transitions: tuple[Transition, ...]) -> None:
    """Make the workspace and its builds; the last goes on where the state says so."""
    workspace = whole.world.create(inject.template, "mine")
    if inject.state == "canceled":
        whole.world.cancel(workspace.latest_build)
    for transition in transitions[1:]:
        await whole.pass_time(30)
        whole.world.build(workspace, transition, by="dev1")
    if not inject.state.endswith("ing"):
        await whole.pass_time(30)
