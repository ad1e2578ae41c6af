"""JSON with comments and trailing commas, read with the place of everything."""

import json
import re
from dataclasses import dataclass

from pydantic import JsonValue

from coder_mcp.configuring.documents import Malformed

_DEEPEST = 100
_BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


@dataclass(frozen=True, slots=True)
class Node:
    """A value, where it stands, and what it holds if it is an object or a list."""

    start: int
    end: int
    value: JsonValue
    members: "tuple[Member, ...]" = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A key with its value, or an item of a list with its place."""

    key: str | int
    start: int
    node: Node


def comma_after(text: str, position: int) -> int | None:
    """Where the comma after a value is, past blanks and comments."""
    position = _after_blank(text, position)
    return position if text[position : position + 1] == "," else None


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


class Reader:
    """Reads a text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def root(self) -> Node | None:
        """The value that the text is; none where there are only blanks and comments."""
        self._skip()
        if self._at == len(self._text):
            return None
        node = self._node(0)
        self._skip()
        if self._at < len(self._text):
            raise self._wrong("nothing more was expected")
        return node

    def _node(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self._wrong("it is nested too deeply")
        start = self._at
        match self._text[start : start + 1]:
            case "{":
                members = self._members("}", depth)
                value: JsonValue = {str(member.key): member.node.value for member in members}
                return Node(start, self._at, value, members)
            case "[":
                members = self._members("]", depth)
                return Node(start, self._at, [member.node.value for member in members], members)
            case '"':
                return Node(start, *self._scalar(_STRING, "a string has no end"))
            case _:
                return Node(start, *self._scalar(_PLAIN, "a value was expected"))

    def _members(self, closing: str, depth: int) -> tuple[Member, ...]:
        members: list[Member] = []
        self._at += 1
        while True:
            self._skip()
            if self._text.startswith(closing, self._at):
                self._at += 1
                return tuple(members)
            start = self._at
            key = self._key() if closing == "}" else len(members)
            members.append(Member(key, start, self._node(depth + 1)))
            self._skip()
            if self._text.startswith(",", self._at):
                self._at += 1
            elif not self._text.startswith(closing, self._at):
                raise self._wrong(f"a comma or {closing} was expected")

    def _key(self) -> str:
        _, key = self._scalar(_STRING, "a key in quotes was expected")
        self._skip()
        if not self._text.startswith(":", self._at):
            raise self._wrong("a colon was expected")
        self._at += 1
        self._skip()
        return str(key)

    def _scalar(self, form: re.Pattern[str], otherwise: str) -> tuple[int, JsonValue]:
        found = form.match(self._text, self._at)
        if found is None:
            raise self._wrong(otherwise)
        self._at = found.end()
        try:
            return self._at, json.loads(found[0])
        except ValueError as error:  # a number of more digits than Python reads
            raise self._wrong("a number is too long") from error

    def _skip(self) -> None:
        self._at = _after_blank(self._text, self._at)

    def _wrong(self, what: str) -> Malformed:
        line = self._text.count("\n", 0, self._at) + 1
        column = self._at - self._text.rfind("\n", 0, self._at)
        return Malformed(f"line {line}, column {column}: {what}")
