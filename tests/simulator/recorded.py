"""Recordings of a real server, and how an answer of the simulator is held against one.

Values are compared, not shapes alone. Ids, times, versions and addresses differ from run to run:
they are replaced by what they are, and compared as that.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

FOLDER = Path(__file__).parent.parent / "recordings"

Json = dict[str, object]

PLACEHOLDERS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"v\d+\.\d+\.\d+[-+]\w+"), "<version>"),
    (re.compile(r"https://coder\.example\.com|http://127\.0\.0\.1(:\d+)?"), "<url>"),
)
# Numbers that only count.
COUNTERS = {"id", "latency_ms"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A recorded request and its answer; `by` says in words who asked."""

    name: str
    method: str
    path: str
    by: str
    sent: object
    sent_text: str | None
    sent_headers: dict[str, str]
    is_websocket: bool
    status: int
    content_type: str
    answered: object
    answered_text: str | None


def load(name: str) -> Json:
    """The content of one recording."""
    return cast("Json", json.loads((FOLDER / f"{name}.json").read_text()))


def exchange(name: str) -> Exchange:
    """A recording that holds one request."""
    return exchange_of(name, load(name))


def exchange_of(name: str, content: Json) -> Exchange:
    """One request of a recording that may hold several."""
    request, response = cast("Json", content["request"]), cast("Json", content["response"])
    headers = cast("dict[str, str]", response["headers"])
    return Exchange(
        name=name,
        method=cast("str", request["method"]),
        path=cast("str", request["path"]),
        by=cast("str", request["as"]),
        sent=request.get("json"),
        sent_text=cast("str | None", request.get("text")),
        sent_headers=cast("dict[str, str]", request.get("headers", {})),
        is_websocket="upgrade" in request,
        status=cast("int", response["status"]),
        content_type=headers.get("content-type", ""),
        answered=response.get("json"),
        answered_text=cast("str | None", response.get("text")),
    )


def frames_of(stream: object) -> list[Json]:
    """The frames of a recorded WebSocket."""
    frames = cast("list[Json]", cast("Json", stream)["frames"])
    return [cast("Json", frame["json"]) for frame in frames]


def names(*folders: str) -> list[str]:
    """The names of all recordings in some folders."""
    found = (path for folder in folders for path in sorted((FOLDER / folder).glob("*.json")))
    return [path.relative_to(FOLDER).with_suffix("").as_posix() for path in found]


def normal(value: object) -> object:
    """A value with what differs from run to run replaced."""
    if isinstance(value, str):
        for pattern, placeholder in PLACEHOLDERS:
            value = pattern.sub(placeholder, value)
    return value


def differences(recorded: object, simulated: object, path: str = "") -> Iterator[str]:
    """Where two JSON values differ, as paths; `[]` is any element of a list."""
    kinds = {type(recorded), type(simulated)}
    if kinds == {dict}:
        yield from object_differences(cast("Json", recorded), cast("Json", simulated), path)
    elif kinds == {list}:
        left, right = cast("list[object]", recorded), cast("list[object]", simulated)
        yield from list_differences(left, right, path)
    elif len(kinds) > 1 or normal(recorded) != normal(simulated):
        yield path


def object_differences(recorded: Json, simulated: Json, path: str) -> Iterator[str]:
    """Where two objects differ, keys first."""
    for key in sorted(recorded.keys() | simulated.keys()):
        below = f"{path}.{key}" if path else key
        if key not in recorded or key not in simulated:
            yield below
        elif key in COUNTERS and isinstance(recorded[key], int | float):
            if type(recorded[key]) is not type(simulated[key]):
                yield below
        else:
            yield from differences(recorded[key], simulated[key], below)


def list_differences(recorded: list[object], simulated: list[object], path: str) -> Iterator[str]:
    """Where two lists differ: named things are compared with their namesakes, others in order."""
    left, right = by_name(recorded), by_name(simulated)
    if left is None or right is None:
        if len(recorded) != len(simulated):
            yield f"{path}[]"
        for one, other in zip(recorded, simulated, strict=False):
            yield from differences(one, other, f"{path}[]")
        return
    for name in sorted(left.keys() ^ right.keys()):
        yield f"{path}[{name}]"
    both = [name for name in left if name in right]
    if both != [name for name in right if name in left]:
        yield f"{path}[] order"
    for name in both:
        yield from differences(left[name], right[name], f"{path}[]")


def by_name(items: list[object]) -> dict[str, Json] | None:
    """The items of a list by their names, if each has one of its own in its organization."""
    objects = [cast("Json", item) for item in items if isinstance(item, dict)]
    named: dict[str, Json] = {}
    for item in objects:
        if "name" in item:
            named[f"{item.get('organization_name', '')}/{item['name']}".lstrip("/")] = item
    return named if len(named) == len(items) else None
