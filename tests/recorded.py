"""The recordings, as the tests read them."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings"

FOLDERS = ["agents", "auth", "builds", "quota", "server", "templates", "users", "workspaces"]

# What was recorded is checked by the models of the program; here it is whatever JSON it is.
Json = dict[str, Any]


@cache
def recorded(name: str) -> Json:
    """One file: `flows/stop`, `templates/list-all`, ..."""
    return json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))


def answered(name: str) -> Any:  # noqa: ANN401  # an object, a list or null, as it was recorded
    """The JSON that a recorded exchange answered."""
    return recorded(name)["response"]["json"]


def names(folder: str) -> list[str]:
    """The recordings of a folder: `flows/agent-goes-away`, ..."""
    return sorted(f"{folder}/{path.stem}" for path in (RECORDINGS / folder).glob("*.json"))


def polled(flow: str) -> list[tuple[float, int, Json]]:
    """The answers to the polls of a flow: seconds since it began, status, JSON."""
    return [
        (answer["t"], answer["response"]["status"], answer["response"]["json"])
        for answer in recorded(flow)["workspace_polls"]["answers"]
    ]


def exchanges() -> list[tuple[str, Json]]:
    """Every recorded request that was answered, by the name of its recording."""
    found = [(name, recorded(name)) for folder in FOLDERS for name in names(folder)]
    for flow in names("flows"):
        parts: Json = recorded(flow)
        polls = [
            answer | {"request": parts["workspace_polls"]["request"]}
            for answer in parts["workspace_polls"]["answers"]
        ]
        others = [parts[part] for part in ("build_logs", "build") if part in parts]
        found += [
            (f"{flow} {number}", one)
            for number, one in enumerate(
                [*parts.get("steps", []), *polls, *others, *parts.get("agent_logs", [])]
            )
        ]
    return [(name, one) for name, one in found if "response" in one and "request" in one]


def route_of(exchange: Json, routes: Iterable[str]) -> str | None:
    """The one of these routes that was asked, if it was one: `GET /workspaces/{id}`, ..."""
    request = exchange["request"]
    asked = f"{request['method']} {request['path'].partition('?')[0].removeprefix('/api/v2')}"
    for route in routes:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), asked):
            return route
    return None
