"""What goes wrong with bodies: nothing, another shape, odd values, states and texts."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

import pytest

from coder_mcp.simulator import Answer, Fault
from coder_mcp.simulator.wire.builds import workspace_json
from whole import Whole, deployed

BY_NAME = "GET /api/v2/users/{user}/workspace/{workspacename}"
BY_ID = "GET /api/v2/workspaces/{workspace}"
WATCH = f"{BY_ID}/watch-ws"
CREATE = "POST /api/v2/users/{user}/workspaces"
TEMPLATES = "GET /api/v2/templates"
JSON = "application/json"
DEEP = "[" * 100_000

Path = tuple[str | int, ...]


def shows(whole: Whole, answer: Answer) -> None:
    """Let this be what is read of any workspace; its stream does not come about."""
    whole.simulator.faults.clear()
    for route in (BY_NAME, BY_ID):
        whole.simulator.faults.add(Fault(route=route, action=answer, times=None))
    refused = Answer(status=502, text="<html>", content_type="text/html")
    whole.simulator.faults.add(Fault(route=WATCH, action=refused, times=None))


async def running(whole: Whole) -> object:
    """The JSON of a workspace that runs."""
    workspace = whole.world.create("quick", "mine")
    await whole.pass_time()
    return cast("object", json.loads(json.dumps(workspace_json(whole.world, workspace))))


async def outcome(whole: Whole) -> str:
    """How a look at the workspace ends: never in a defect of ours."""
    result = await whole.model.result("wait_for_workspace", workspace="mine", wait_seconds=0)
    assert "inside coder-mcp" not in str(result.content)
    return str((result.structured_content or {"outcome": "error"})["outcome"])


BODIES = {
    "nothing": (Answer(status=204), "its start"),
    "an empty body": (Answer(text="", content_type=JSON), "its start"),
    "blanks": (Answer(text=" \n ", content_type=JSON), "its start"),
    "null": (Answer(body=None, text="null"), "its start"),
    "a list": (Answer(body=[]), "its start"),
    "a text": (Answer(body="workspace"), "its start"),
    "half of it": (Answer(text='{"id": ', content_type=JSON), "its start"),
    "deep lists": (Answer(text=DEEP, content_type=JSON), "its start"),
    "deep objects": (Answer(text='{"a":' * 100_000, content_type=JSON), "its start"),
    "a byte order mark": (Answer(text="\ufeff{}", content_type=JSON), "its start"),
    "two values": (Answer(text="{}{}", content_type=JSON), "its start"),
    "an empty object": (Answer(body={}), "id"),
}


@pytest.mark.fault("H20", "H21", "H23", "H28")
@pytest.mark.parametrize(("body", "place"), BODIES.values(), ids=BODIES)
async def test_a_body_that_is_no_workspace_is_told_with_its_place(body: Answer, place: str) -> None:
    async with deployed() as whole:
        shows(whole, body)
        text = await whole.model.refusal("start_workspace", workspace="mine")
        assert "The answer to /users/me/workspace/mine is not in the form" in text
        assert f"at {place}, expected" in text
        assert len(whole.requests()) == 1


@pytest.mark.fault("H20", "H21", "H23")
@pytest.mark.parametrize("body", [body for body, _ in BODIES.values()], ids=BODIES)
async def test_a_create_that_is_answered_with_no_workspace_is_found_by_looking(
    body: Answer,
) -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=body))
        posted = "POST /users/{user}/workspaces"
        whole.once_sent(posted, lambda: whole.world.create("quick", "mine"))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


@pytest.mark.fault("H21")
@pytest.mark.parametrize("body", [{}, "text", 7, [7], [None], [{"id": "x"}]], ids=str)
async def test_a_list_of_another_shape_is_told(body: object) -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=TEMPLATES, action=Answer(body=body)))
        text = await whole.model.refusal("list_templates")
        assert "The answer to /templates is not in the form" in text


@pytest.mark.fault("H23", "H26")
async def test_what_is_new_in_an_answer_is_passed_over_however_deep_it_is() -> None:
    async with deployed() as whole:
        body = await running(whole)
        deep = f'{{"new": {"[" * 150}{"]" * 150}, "more": {{"a": [1, null]}}, '
        shows(whole, Answer(text=deep + json.dumps(body)[1:], content_type=JSON))
        assert await outcome(whole) == "ready"


STATES = [
    (("latest_build", "job", "status"), "hibernating"),
    (("latest_build", "transition"), "hibernate"),
    (("latest_build", "resources", 0, "agents", 0, "status"), "dreaming"),
    (("latest_build", "resources", 0, "agents", 0, "lifecycle_state"), "dreaming"),
]


@pytest.mark.fault("H24")
@pytest.mark.parametrize(("path", "state"), STATES, ids=lambda value: str(value)[-20:])
async def test_a_state_that_is_new_is_named_and_is_no_end(path: Path, state: str) -> None:
    async with deployed() as whole:
        shows(whole, Answer(body=changed(await running(whole), path, state)))
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=30)
        assert (answer["outcome"], answer["phase"]) == ("in_progress", "unknown")
        assert "is in a state that is new to this server" in answer["message"]
        assert state in answer["message"]
        assert len(whole.requests()) < 30


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a value, the value itself left out."""
    inner: dict[str | int, object] = {}
    if isinstance(value, dict):
        inner = cast("dict[str | int, object]", value)
    if isinstance(value, list):
        inner = dict(enumerate(cast("list[object]", value)))
    for key, part in inner.items():
        yield (*path, key)
        yield from places(part, (*path, key))


def changed(body: object, path: Path, *new: object) -> object:
    """The body with another value at a place, or with nothing there."""
    body = deepcopy(body)
    inner: Any = body
    for key in path[:-1]:
        inner = inner[key]
    if new:
        inner[path[-1]] = new[0]
    else:
        del inner[path[-1]]
    return body


@pytest.mark.fault("H25")
async def test_whatever_is_missing_or_null_a_look_ends_in_an_answer_or_an_error() -> None:
    async with deployed() as whole:
        body = await running(whole)
        ends: set[str] = set()
        for path in places(body):
            for new in ((), (None,)):
                shows(whole, Answer(body=changed(body, path, *new)))
                ends.add(await outcome(whole))
        assert ends <= {"ready", "error", "in_progress", "unreachable"}
        assert {"ready", "error"} <= ends


VALUES: list[object] = [
    "7",
    10**40,
    -1,
    1.5,
    float("nan"),
    True,
    [],
    {},
    "0001-01-01T00:00:00Z",
    "\ud800",
]


@pytest.mark.fault("H27", "H28")
async def test_whatever_stands_in_an_answer_a_look_ends_in_an_answer_or_an_error() -> None:
    async with deployed() as whole:
        body = await running(whole)
        ends: set[str] = set()
        for number, path in enumerate(places(body)):
            for turn in range(3):
                value = VALUES[(3 * number + turn) % len(VALUES)]
                text = json.dumps(changed(body, path, value))
                shows(whole, Answer(text=text, content_type=JSON))
                ends.add(await outcome(whole))
        assert ends <= {"ready", "error", "in_progress", "unreachable", "stopped"}
        assert {"ready", "error"} <= ends


@pytest.mark.fault("H28")
async def test_of_a_key_that_comes_twice_the_last_one_counts() -> None:
    async with deployed() as whole:
        text = json.dumps(await running(whole))
        shows(whole, Answer(text='{"name": "other", ' + text[1:], content_type=JSON))
        assert await outcome(whole) == "ready"


@pytest.mark.fault("H28")
async def test_half_a_character_makes_an_answer_one_of_another_form() -> None:
    async with deployed() as whole:
        body = changed(await running(whole), ("template_name",), "a\ud800b")
        shows(whole, Answer(text=json.dumps(body), content_type=JSON))
        text = await whole.model.refusal("wait_for_workspace", workspace="mine")
        assert "is not in the form that Coder's API has" in text
        whole.simulator.faults.clear()
        assert await outcome(whole) == "ready"
