"""A client's file as a document: places in it, and what is wrong where it cannot be edited."""

from pydantic import JsonValue

from coder_mcp.errors import CoderMcpError

Path = tuple[str | int, ...]
"""Keys and places in lists, from the whole down."""


class Malformed(CoderMcpError):
    """The file is not what the client could read, or not in a form that can be edited safely."""


def at(document: JsonValue, path: Path) -> JsonValue:
    """What stands at that place; none where nothing does."""
    for key in path:
        if isinstance(document, dict):
            document = document.get(str(key))
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def nested(path: Path, value: JsonValue) -> JsonValue:
    """The value inside of an object a key; a place in a list begins one."""
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value


def put(document: JsonValue, path: Path, value: JsonValue) -> JsonValue:
    """The document with this value at that place."""
    if not path:
        return value
    key, *rest = path
    if isinstance(key, int):
        items = document if isinstance(document, list) else []
        held = items[key] if key < len(items) else None
        return [*items[:key], put(held, tuple(rest), value), *items[key + 1 :]]
    held = document if isinstance(document, dict) else {}
    return {**held, key: put(held.get(key), tuple(rest), value)}


def dropped(document: JsonValue, path: Path) -> JsonValue:
    """The document without what stands at that place."""
    key, *rest = path
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        inner = [dropped(document[key], tuple(rest))] if rest else []
        return [*document[:key], *inner, *document[key + 1 :]]
    if isinstance(document, dict) and key in document:
        inner = {str(key): dropped(document[str(key)], tuple(rest))} if rest else {}
        return {name: held for name, held in document.items() if name != key} | inner
    return document
