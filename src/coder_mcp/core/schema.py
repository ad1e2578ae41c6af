"""From result models to what goes over the wire: one flat schema a tool, and clean payloads."""

from collections.abc import Iterable
from functools import cache
from typing import cast

from pydantic import JsonValue

from coder_mcp.core.results import Result
from coder_mcp.core.text import clean

JsonObject = dict[str, JsonValue]

_KEPT = ("type", "enum")


def flat_schema(arms: Iterable[type[Result]]) -> JsonObject:
    """One object schema that every arm satisfies: `outcome` an enum, all else is optional.

    Clients of the 2025 protocols take nothing but an object at the root, and several refuse
    `oneOf`, `anyOf`, references or nulls anywhere.

    Raises:
        TypeError: Two arms give one key two types.
    """
    outcomes: list[JsonValue] = []
    properties: JsonObject = {"outcome": {"type": "string", "enum": outcomes}}
    for arm in arms:
        schema = _schema(arm)
        definitions = _object(schema.get("$defs", {}))
        for key, value in _object(schema["properties"]).items():
            shown = _plain(_object(value), definitions)
            if key == "outcome":
                outcomes.append(_object(value)["const"])
            elif properties.setdefault(key, shown) != shown:
                raise TypeError(f"{arm.__name__} gives {key} another type than an arm before it")
    return {"type": "object", "properties": properties, "required": ["outcome", "message"]}


def payload(result: Result) -> JsonObject:
    """The result as JSON: keys without a value absent, every text safe to write and to show."""
    return _object(_cleaned(result.model_dump(mode="json", exclude_none=True)))


@cache
def _schema(arm: type[Result]) -> JsonObject:
    """What pydantic says of an arm, once for all the tools that can return it."""
    return arm.model_json_schema(mode="serialization")


def _plain(schema: JsonObject, definitions: JsonObject) -> JsonObject:
    """A property's schema without references, null arms, titles, defaults and constants."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _plain(_object(definitions[reference.rpartition("/")[2]]), definitions)
    if "anyOf" in schema:
        arms = cast("list[JsonObject]", schema["anyOf"])
        (arm,) = [arm for arm in arms if arm.get("type") != "null"]
        return _plain(arm, definitions)
    kept: JsonObject = {key: schema[key] for key in _KEPT if key in schema}
    if "properties" in schema:
        members = _object(schema["properties"]).items()
        kept["properties"] = {key: _plain(_object(value), definitions) for key, value in members}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            kept[key] = _plain(_object(schema[key]), definitions)
    return kept


def _cleaned(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return clean(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {clean(key): _cleaned(item) for key, item in value.items()}
        case _:
            return value


def _object(value: JsonValue) -> JsonObject:
    return cast("JsonObject", value)
