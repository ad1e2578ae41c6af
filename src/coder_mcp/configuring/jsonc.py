"""JSON edited in place: what does not change stays as it is written, to the byte.

Comments and trailing commas are read, since most clients allow them, and kept. Of two keys of one
name the last counts, as it does for the clients. An edit is a cut and an insertion in the text;
nothing is written anew but the value that changes, in the indentation that the file has.
"""

import json
import re

from pydantic import JsonValue

from coder_mcp.configuring.documents import Malformed, Path, nested
from coder_mcp.configuring.reader import Member, Node, Reader, comma_after

_REST_OF_LINE = re.compile(
    r"[ \t]*(?:/\*(?:[^*\r\n]|\*(?!/))*\*/[ \t]*)*(?://[^\r\n]*)?(?=\r?\n|\Z)"
)
_INDENTED = re.compile(r'\n([ \t]+)["{\[]')


def parsed(text: str) -> JsonValue:
    """What the text says; a text without any value is an empty object.

    Raises:
        Malformed: It is not JSON, and where.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):  # comments, most likely, or an error to be placed
        root = Reader(text).root()
    return {} if root is None else root.value


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's own."""
    raise ValueError(constant)


def with_value(text: str, path: Path, value: JsonValue) -> str:
    """The text with this value at that place; the objects on the way are made where missing.

    An item is added to a list by the place after its last.

    Raises:
        Malformed: It is not JSON, or there is no object on the way where one has to be.
    """
    node = Reader(text).root()
    if node is None:
        newline = _newline(text)
        text += ("" if not text or text.endswith("\n") else newline) + "{}" + newline
        return with_value(text, path, value)
    for depth, key in enumerate(path):
        if not isinstance(node.value, list if isinstance(key, int) else dict):
            raise Malformed(f"{'.'.join(map(str, path[:depth])) or 'the whole'} is not an object")
        found = _member(node, key)
        if found is None:
            return _inserted(text, node, key, nested(path[depth + 1 :], value))
        node = found.node
    indent = _indent(text, node.start)
    return text[: node.start] + _rendered(text, value, indent) + text[node.end :]


def without(text: str, path: Path) -> str:
    """The text without what is at that place; unchanged where nothing is.

    Raises:
        Malformed: It is not JSON.
    """
    *way, last = path
    while True:
        node = Reader(text).root()
        for key in way:
            found = _member(node, key) if node is not None else None
            node = found.node if found is not None else None
        gone = _member(node, last) if node is not None else None
        if node is None or gone is None:
            return text
        text = _cut(text, node, gone)
        if isinstance(last, int):  # what follows an item takes its place
            return text


def pruned(text: str, path: Path) -> str:
    """The text without the object or list at that place if it holds nothing, not even a comment.

    Raises:
        Malformed: It is not JSON.
    """
    node = Reader(text).root()
    for key in path:
        found = _member(node, key) if node is not None else None
        node = found.node if found is not None else None
    empty = node is not None and text[node.start : node.end] in ("{}", "[]")
    return without(text, path) if empty else text


def _member(node: Node, key: str | int) -> Member | None:
    return next((member for member in reversed(node.members) if member.key == key), None)


def _inserted(text: str, node: Node, key: str | int, value: JsonValue) -> str:
    newline, prefix = _newline(text), "" if isinstance(key, int) else f"{json.dumps(key)}: "
    if not node.members:
        outer = _indent(text, node.start)
        indent = outer + _unit(text)
        kept = text[node.start : node.end - 1].rstrip(" \t\r\n")
        member = f"{newline}{indent}{prefix}{_rendered(text, value, indent)}{newline}{outer}"
        return text[: node.start] + kept + member + text[node.end - 1 :]
    last = node.members[-1].node.end
    comma = comma_after(text, last)
    end = last if comma is None else comma + 1
    before, after = (",", "") if comma is None else ("", ",")
    if "\n" not in text[node.start : node.members[0].start]:
        written = f" {prefix}{json.dumps(value, ensure_ascii=False)}{after}"
        return text[:end] + before + written + text[end:]
    indent = _indent(text, node.members[-1].start)
    rest = _REST_OF_LINE.match(text, end)
    line = rest.end() if rest else end
    member = f"{newline}{indent}{prefix}{_rendered(text, value, indent)}{after}"
    return text[:end] + before + text[end:line] + member + text[line:]


def _cut(text: str, node: Node, gone: Member) -> str:
    """The text without one member, its comma, and the lines that held nothing else."""
    place, end, comma = node.members.index(gone), gone.node.end, comma_after(text, gone.node.end)
    if comma is not None:
        end = comma + 1
    previous = node.members[place - 1].node.end if place else gone.start
    other = comma_after(text, previous) if place else None
    is_last = gone is node.members[-1]
    before, rest = text[: gone.start].rstrip(" \t"), _REST_OF_LINE.match(text, end)
    if before.endswith("\n") and rest is not None:
        cuts = [(len(before) - (2 if before.endswith("\r\n") else 1), rest.end())]
    elif is_last and other is not None and not text[other + 1 : gone.start].strip():
        cuts = [(other + 1, end)]
    elif not is_last:
        cuts = [(gone.start, len(text) - len(text[end:].lstrip(" \t")))]
    else:
        cuts = [(len(before), end)]
    if other is not None and comma is None:
        cuts.append((other, other + 1))
    left = text
    for start, stop in cuts:  # the last in the text first
        left = left[:start] + left[stop:]
    close = node.end - 1 - (len(text) - len(left))
    if not left[node.start + 1 : close].strip():
        return left[: node.start + 1] + left[close:]
    return left


def _indent(text: str, position: int) -> str:
    """What the line of this position begins with."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """One step of indentation, as the file has it first."""
    found = _INDENTED.search(text)
    return found[1] if found else "  "


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _rendered(text: str, value: JsonValue, indent: str) -> str:
    lines = json.dumps(value, ensure_ascii=False, indent=_unit(text))
    return lines.replace("\n", _newline(text) + indent)
