"""Arguments for the tools by number: such as fit, such as nearly do, and such as nobody meant."""

import itertools
import json
from collections.abc import Callable
from random import Random

from pydantic import JsonValue

from coder_mcp.tools.table import Tool

_WORKSPACES = ("web", "dev1/web", "DEV1/api-old", "gpu-training", "dev2/web", "me/web", "nothing")
_TEMPLATES = (
    "quick",
    "gpu",
    "params",
    "coder/quick",
    "dynamic",
    "presets",
    "Quick start",
    "shared-name",
)
_IDS = ("5870349f-8c74-4344-97f1-d66d09331ea5", "5870349F-8C74-4344-97F1-D66D09331EA5", "0" * 32)
_PAGES = (
    "http://127.0.0.1/@dev1/web",
    "https://coder.example.com/@dev1/web",
    "http://[::1",
    "@dev1/web",
)
_QUERIES = (
    "status:running",
    "owner:me",
    'name:"a b"',
    "template:quick name:web",
    "x:y:z",
    'name:"',
)
_VALUES: tuple[JsonValue, ...] = (
    "eu",
    "us",
    4,
    4.0,
    4.5,
    True,
    ["git"],
    "https://git.example.com/a.git",
)
_PARAMETERS = ("region", "cpu", "repo", "gpu", "tools", "rebuild_cache", "Region", "nothing")
_FITTING: dict[str, tuple[JsonValue, ...]] = {
    "workspace": (*_WORKSPACES, *_IDS, *_PAGES, ""),
    "template": (*_TEMPLATES, *_IDS, "nothing", ""),
    "name": ("mine", "web", "Another-1", "new", "x" * 32, "x" * 33, "has space", ""),
    "organization": ("coder", "research", "nothing", ""),
    "preset": ("Small EU", "large us", "nothing", ""),
    "confirm": ("00000000", "abc", ""),
    "query": (*_QUERIES, "", "quick"),
    "hours": (1, 2, 0.5, 168, 169, 0, "2"),
    "source": ("build", "agent", "main", "Agent", "startup", "nothing", ""),
    "tail": (1, 5, 50, 500, 501, 0, "5"),
    "level": ("error", "WARN", "trace", "loud", ""),
    "after": (0, 1, 100, 10**6, 2**63 - 1, 2**63, -1),
    "build": (1, 2, 7, 0, "1"),
    "port": (8080, 1, 65535, 0, 65536, "80"),
    "wait_seconds": (0, 0, 0, 1, 5, 1800),
}
# What goes wrong in text: controls, escapes, bidi, invisible ones, path and query. Halves of pairs
# come in JSON text only: no client can send them otherwise.
_STRANGE = "\x00\x07\x08\x0b\x1b\x7f\x85\x9b\u200b\u202e\u2028\ufeff\ufffe\U000e0041 \t\r\n%/\\?#&=:;,'\"<>{}[]()|`$é工𝒳"
_NUMBERS: tuple[JsonValue, ...] = (
    *(0, 1, -1, 1800, 1801, 2**31, 2**63, 2**64, 10**400, -(10**30)),
    *(0.5, -0.0, 1e308, 5e-324, float("inf"), float("nan")),
)
_LONGEST = 20_000
_DEEPEST = 40


def distinct(tool: Tool, count: int) -> dict[int, dict[str, JsonValue]]:
    """The first arguments that differ, by their numbers."""
    found: dict[str, int] = {}
    numbers = itertools.count()
    while len(found) < count:
        number = next(numbers)
        found.setdefault(repr(generated(number, tool)), number)
    return {number: generated(number, tool) for number in found.values()}


def generated(seed: int, tool: Tool) -> dict[str, JsonValue]:
    """The arguments of this number for the tool, always the same."""
    random = Random(f"{tool.name} {seed}")  # noqa: S311  # guards nothing
    names = list(tool.arguments.model_fields)
    oddness = random.choice((0.0, 0.2, 0.5))
    given = {
        name: _odd(random) if random.random() < oddness else _fitting(random, name)
        for name in names
        if random.random() < 0.7 or name in ("template", "wait_seconds")
    }
    if random.random() < oddness / 4:
        given[_text(random, random.choice(names or ["name"]))] = _odd(random)
    return given


def _fitting(random: Random, name: str) -> JsonValue:
    if name == "parameters":
        return {
            random.choice(_PARAMETERS): random.choice(_VALUES)
            if random.random() < 0.8
            else _odd(random)
            for _ in range(random.randrange(5))
        }
    return random.choice(_FITTING[name])


def _odd(random: Random) -> JsonValue:
    """Any JSON, or what passes for it."""
    texts = (*_WORKSPACES, *_TEMPLATES, *_PAGES, *_QUERIES)
    makers: tuple[Callable[[], JsonValue], ...] = (
        lambda: random.choice((None, True, False)),
        lambda: random.choice(_NUMBERS),
        lambda: [_odd(random) for _ in range(random.randrange(4))],
        lambda: {_text(random, "key"): _odd(random) for _ in range(random.randrange(4))},
        lambda: _nested(random),
        lambda: random.choice(("{", '{"a": NaN}', '{"a": 1e999}', "[" * 3000)),
        lambda: _object_text(random),
        lambda: _text(random, random.choice(texts)),
    )
    return random.choice(makers)()


def _object_text(random: Random) -> str:
    """An object as its JSON text, which some hosts send; halves of pairs can be in it."""
    names = (*_PARAMETERS, "\ud800", "re\udfffgion")
    values: tuple[JsonValue, ...] = (*_VALUES, "\ud800", "e\udfffu", ["\udc00"], None, {})
    return json.dumps({random.choice(names): random.choice(values) for _ in range(3)})


def _nested(random: Random) -> JsonValue:
    value: JsonValue = "deep"
    for _ in range(random.randrange(_DEEPEST)):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def _text(random: Random, text: str) -> str:
    """The text with strange characters in it, or far too much of it."""
    if random.random() < 0.1:
        return text * random.choice((20, 100, _LONGEST // len(text)))
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(_STRANGE) + text[at:]
    return text
