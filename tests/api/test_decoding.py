"""From the text of a frame to a model: every one that was recorded, and what cannot be read."""

import json

import pytest

from builders import workspace
from coder_mcp.api.streams import decode_build_log, decode_watch
from coder_mcp.models.wire import ProvisionerJobLog
from coder_mcp.models.workspaces import Workspace
from recorded import Json, names, recorded

WATCHED = [name for name in names("flows") if "watch" in recorded(name)]
LOGGED = [name for name in names("flows") if "build_log_follow" in recorded(name)]


def frames(stream: Json) -> list[Json]:
    """What was sent, as JSON."""
    return [frame["json"] for frame in stream["frames"]]


def test_every_flow_was_watched() -> None:
    assert names("flows") == WATCHED
    assert len(LOGGED) == len(WATCHED) - 1


@pytest.mark.parametrize("name", WATCHED)
def test_every_recorded_watch_frame_is_a_workspace_or_a_ping(name: str) -> None:
    sent = frames(recorded(name)["watch"])
    assert [frame["type"] for frame in sent[:2]] == ["ping", "data"]
    for frame in sent:
        seen = decode_watch(json.dumps(frame))
        if frame["type"] == "ping":
            assert seen is None
        else:
            assert seen == Workspace.model_validate(frame["data"])


@pytest.mark.parametrize("name", [*LOGGED, "streams/logs-follow-finished-build"])
def test_every_recorded_frame_of_a_build_log_is_a_line(name: str) -> None:
    sent = frames(recorded(name).get("build_log_follow", recorded(name)))
    lines = [decode_build_log(json.dumps(frame)) for frame in sent]
    assert [line and line.output for line in lines] == [frame["output"] for frame in sent]
    assert [line and line.id for line in lines] == [frame["id"] for frame in sent]


GOOD = json.loads(workspace().model_dump_json())
UNREADABLE = {
    "nothing": "",
    "no JSON": "{",
    "null": "null",
    "a list": "[]",
    "a number": "1",
    "another object": '{"message": "no"}',
    "deep": "[" * 9999,
}
UNREADABLE_WATCH = UNREADABLE | {
    "ping": json.dumps({"type": "ping", "data": None}),
    "error": json.dumps({"type": "error", "data": {"message": "no", "detail": "x"}}),
    "error with a workspace": json.dumps({"type": "error", "data": GOOD}),
    "a type that is new": json.dumps({"type": "delta", "data": GOOD}),
    "no type": json.dumps({"data": GOOD}),
    "no data": json.dumps({"type": "data"}),
    "data that is null": json.dumps({"type": "data", "data": None}),
    "data without a build": json.dumps({"type": "data", "data": GOOD | {"latest_build": None}}),
    "data with an id that is none": json.dumps({"type": "data", "data": GOOD | {"id": "x"}}),
    "data twice encoded": json.dumps({"type": "data", "data": json.dumps(GOOD)}),
}


def test_a_watch_frame_holds_the_workspace() -> None:
    assert decode_watch(json.dumps({"type": "data", "data": GOOD})) == workspace()


@pytest.mark.parametrize("text", UNREADABLE_WATCH.values(), ids=UNREADABLE_WATCH)
def test_a_watch_frame_that_holds_no_workspace_is_nothing(text: str) -> None:
    assert decode_watch(text) is None


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_log_frame_that_holds_no_line_is_nothing(text: str) -> None:
    assert decode_build_log(text) is None


def test_a_log_frame_holds_a_line() -> None:
    line = ProvisionerJobLog(id=7, stage="Setting up", output="\x1b[0mas it came")
    assert decode_build_log(line.model_dump_json()) == line
