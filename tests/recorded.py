"""The recordings, as the tests read them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings"

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
