"""A change of a client's file: its steps, the text that comes of them, and how a person sees it."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from coder_mcp.configuring import jsonc, toml
from coder_mcp.configuring.documents import Malformed, Path, at, dropped, put
from coder_mcp.core.text import clean, cut

_CONTEXT_LINES = 2
_LONGEST_LINE = 160
# Of a line that is changed, as a file without line ends has only one.
_LONGEST_CHANGE = 400
_KEPT_BEFORE = 40
_HIDDEN = "****"
# A secret is known by the name before it, by how it is sent, or by its look.
_SECRETS = (
    re.compile(
        r"""((?:token|secret|passw|key|auth|credential|cookie)[\w-]*["']?\s*[:=]\s*["'])"""
        r"""(?:[^"'\\]|\\.)+""",
        re.IGNORECASE,
    ),
    re.compile(r"((?:bearer|basic)\s+)[^\s\"']+", re.IGNORECASE),
    re.compile(r"(://[^\s/@\"']*:)[^\s/@\"']+(?=@)"),
    re.compile(r"((?<![\w/\\.:$-]))(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[\w-]{20,}(?![\w/\\.])"),
)
# What is shown in the place of a secret is none itself.
_REFERENCE = re.compile(r"\$\{[^}]*\}|<[^<>]*>")


class Format(Protocol):
    """What can be done with a text of one format: `jsonc`, `toml`."""

    def parsed(self, text: str) -> JsonValue: ...  # noqa: D102  # see there
    def with_value(self, text: str, path: Path, value: JsonValue) -> str: ...  # noqa: D102
    def without(self, text: str, path: Path) -> str: ...  # noqa: D102
    def pruned(self, text: str, path: Path) -> str: ...  # noqa: D102


FORMATS: dict[str, Format] = {"json": jsonc, "toml": toml}


@dataclass(frozen=True)
class Put:
    """At that place has to stand this value."""

    path: Path
    value: JsonValue


@dataclass(frozen=True)
class Drop:
    """Nothing may stand at that place."""

    path: Path


@dataclass(frozen=True)
class Prune:
    """What holds nothing any more, at that place, may go."""

    path: Path


Step = Put | Drop | Prune


def edited(form: Format, text: str, steps: Iterable[Step]) -> str:
    """The text after these steps, read again after each: it says what it has to and no other.

    Raises:
        Malformed: It cannot be read, or not be edited without a change of something else.
    """
    for step in steps:
        said = form.parsed(text)
        match step:
            case Put(path, value):
                text, meant = form.with_value(text, path, value), [put(said, path, value)]
            case Drop(path):
                text, meant = form.without(text, path), [dropped(said, path)]
                if path[1:] and at(meant[0], path[:-1]) == {}:  # it may go with its last
                    meant.append(dropped(meant[0], path[:-1]))
            case Prune(path):
                empty = at(said, path) in ({}, [])
                text = form.pruned(text, path)
                meant = [said, dropped(said, path)] if empty else [said]
        if form.parsed(text) not in meant:
            raise Malformed("it is written in a way that cannot be edited safely")
    return text


def difference(before: str, after: str) -> list[str]:
    """What changes, line by line, without the secrets that stand around it; empty if nothing."""
    old, new = _lines(before), _lines(after)
    # A file can be long, and what is the same at both ends need not be compared.
    head = max(0, _alike(old, new) - _CONTEXT_LINES)
    tail = max(0, _alike(old[:head:-1], new[:head:-1]) - _CONTEXT_LINES)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    lines = list(difflib.unified_diff(old, new, lineterm="", n=_CONTEXT_LINES))[2:]
    around = zip(["", *lines], lines, [*lines[1:], ""], strict=False)
    return [
        _moved(line, head) if line.startswith("@@") else _shown(line, _other(before, line, after))
        for before, line, after in around
    ]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines are the same before the first that is not."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))


def _moved(header: str, lines: int) -> str:
    """The header of a piece of a difference, so many lines further down."""
    return re.sub(r"(?<=[-+])\d+", lambda found: str(int(found[0]) + lines), header)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []


def _other(before: str, line: str, after: str) -> str:
    """The line that takes the place of this one, or whose place it takes; empty if none does."""
    if line.startswith("-"):
        return after if after.startswith("+") else ""
    return before if line.startswith("+") and before.startswith("-") else ""


def _shown(line: str, other: str) -> str:
    """The line, safe to show: of a long one that has another in its place what differs."""
    shown = _masked(line)
    if len(shown) <= _LONGEST_LINE or not other:
        return cut(shown, _LONGEST_LINE)
    start = max(0, _alike(shown[1:], _masked(other)[1:]) - _KEPT_BEFORE)
    return shown[0] + ("… " if start else "") + cut(shown[1 + start :], _LONGEST_CHANGE)


def _masked(line: str) -> str:
    line = clean(line)
    for secret in _SECRETS:
        line = secret.sub(_hidden, line)
    return line


def _hidden(found: re.Match[str]) -> str:
    value = found[0].removeprefix(found[1])
    return found[0] if _REFERENCE.fullmatch(value) else found[1] + _HIDDEN
