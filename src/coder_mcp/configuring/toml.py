"""TOML edited in place: what does not change stays as it is written, to the byte.

The standard library reads it. Here is only where a statement begins and ends, which is enough to
change a value, to add a line or a table, and to take a table out without the comment that
belongs to the next one. What comes of an edit is read again by who asks for it (`edits`).
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from pydantic import JsonValue

from coder_mcp.configuring.documents import Malformed, Path, at, put

_PIECE = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[\]{}=\n]|[^\[\]{}=\n#\"']+",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A table's header, or a key with its value.

    Attributes:
        path: Its place in the whole.
        is_table: Whether it is a header.
        table: The header that it stands under, by its place among the statements; itself if it
            is one, -1 above them all.
        start: Where it begins.
        value: Where its value begins.
        end: After the last of it; a comment does not count.
    """

    path: Path
    is_table: bool
    table: int
    start: int
    value: int
    end: int


def parsed(text: str) -> JsonValue:
    """What the text says; a date is its text.

    Raises:
        Malformed: It is not TOML, and where.
    """
    try:
        document = tomllib.loads(text, parse_float=_number)
        return json.loads(json.dumps(document, default=str))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"it is not TOML: {error}") from error


def _number(text: str) -> float | str:
    """A float that is equal to itself, else its text."""
    return float(text) if isfinite(float(text)) else text


def with_value(text: str, path: Path, value: JsonValue) -> str:
    """The text with this value at that place; an object gets a table where it has none yet.

    Raises:
        Malformed: It is not TOML, or the place is in an inline table that others are in, too.
    """
    statements = _statements(text)
    for found in statements:
        if not found.is_table and path[: len(found.path)] == found.path:
            if len(found.path) == 1 < len(path):
                raise Malformed(f"{found.path[0]} is an inline table, which is not edited")
            inline = put(at(parsed(text), found.path), path[len(found.path) :], value)
            return text[: found.value] + _inline(inline) + text[found.end :]
    if isinstance(value, Mapping):
        return _with_table(text, statements, path, value)
    owners = [
        place for place, one in enumerate(statements) if one.is_table and one.path == path[:-1]
    ]
    if not owners:
        return _with_table(text, statements, path[:-1], {str(path[-1]): value})
    last = [one for one in statements if one.table == owners[-1]][-1]
    return _with_lines(text, _line_end(text, last.end), _line(path[-1], value))


def without(text: str, path: Path) -> str:
    """The text without what is at that place; of a table, with a blank line that stood before.

    Raises:
        Malformed: It is not TOML.
    """
    statements = _statements(text)
    gone = {place for place, one in enumerate(statements) if one.path[: len(path)] == path}
    for place in sorted(gone, reverse=True):
        one = statements[place]
        if one.is_table:
            end = max(other.end for other in statements if other.table == place)
            text = _cut(text, one.start, _line_end(text, end))
        elif one.table not in gone:
            text = _cut(text, one.start, _line_end(text, one.end), blank_before=False)
    return text


def pruned(text: str, path: Path) -> str:
    """The text as it is: a table without servers says nothing that a client would mind."""
    del path
    return text


def _with_table(
    text: str, statements: list[_Statement], path: Path, value: Mapping[str, JsonValue]
) -> str:
    """The text with a new table: after those of the same entry, else at the end."""
    related = [one.end for one in statements if one.path[:2] == path[:2] and len(one.path) > 1]
    place = _line_end(text, max(related)) if related else len(text)
    lines = _table(path, value)
    return _with_lines(text, place, *([""] if text[:place].strip() else []), *lines)


def _table(path: Path, value: Mapping[str, JsonValue]) -> list[str]:
    tables = {key: held for key, held in value.items() if isinstance(held, Mapping)}
    lines = [f"[{'.'.join(_key(key) for key in path)}]"]
    lines += [_line(key, held) for key, held in value.items() if key not in tables]
    for key, held in tables.items():
        lines += ["", *_table((*path, key), held)]
    return lines


def _with_lines(text: str, place: int, *lines: str) -> str:
    """The text with lines of its own; one that does not end in a line break still does not."""
    newline = "\r\n" if "\r\n" in text else "\n"
    written = newline.join(lines)
    if place and not text[:place].endswith("\n"):
        return text[:place] + newline + written + text[place:]
    return text[:place] + written + newline + text[place:]


def _cut(text: str, start: int, end: int, *, blank_before: bool = True) -> str:
    start = text.rfind("\n", 0, start) + 1
    if blank_before and text[:start].endswith(("\n\n", "\n\r\n")):
        start -= 2 if text[:start].endswith("\r\n") else 1
    if not text.endswith("\n") and end == len(text):
        start -= 2 if text[:start].endswith("\r\n") else min(start, 1)
    return text[:start] + text[end:]


def _line_end(text: str, position: int) -> int:
    """After the line break that ends this line, or after the text."""
    return text.find("\n", position) + 1 or len(text)


def _line(key: str | int, value: JsonValue) -> str:
    return f"{_key(key)} = {_inline(value)}"


def _key(key: str | int) -> str:
    return str(key) if _BARE.fullmatch(str(key)) else _inline(str(key))


def _inline(value: JsonValue) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_line(key, held) for key, held in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _statements(text: str) -> list[_Statement]:
    """The statements of a text, in their order."""
    parsed(text)
    found: list[_Statement] = []
    table, path, position = -1, (), 0
    while position < len(text):
        line = text[position : _line_end(text, position)]
        if not line.strip() or line.lstrip().startswith("#"):
            position += len(line)
            continue
        start = position + len(line) - len(line.lstrip())
        if text[start] == "[":
            end, _ = _ends(text, start)
            table, path = len(found), _path(text[start:end])
            found.append(_Statement(path, True, table, start, end, end))  # noqa: FBT003  # is_table
        else:
            end, equals = _ends(text, start)
            value = equals + 1 + len(text[equals + 1 :]) - len(text[equals + 1 :].lstrip(" \t"))
            own = (*path, *_path(text[start : equals + 1] + "0"))
            found.append(_Statement(own, False, table, start, value, end))  # noqa: FBT003  # is_table
        position = _line_end(text, end)
    return found


def _ends(text: str, start: int) -> tuple[int, int]:
    """Where the statement ends that begins here, and where its first equals sign is."""
    depth, end, equals = 0, start, -1
    for piece in _PIECE.finditer(text, start):
        held = piece[0]
        if held == "\n" and depth == 0:
            break
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(held, 0)
        if held == "=" and equals < 0:
            equals = piece.start()
        if held.strip() and not held.startswith("#"):
            end = piece.start() + len(held.rstrip())
    return end, equals


def _path(statement: str) -> Path:
    """The keys that a header or a key names, dotted or in quotes."""
    keys: list[str] = []
    held: JsonValue = parsed(statement)
    while held:
        if isinstance(held, list):
            held = held[0]
        elif isinstance(held, dict):
            key, held = next(iter(held.items()))
            keys.append(key)
    return tuple(keys)
