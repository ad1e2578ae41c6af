"""The types of the tools' arguments: what the model is told of them, and what is accepted.

The published schemas are flat and simple (no `anyOf`, no `$ref`, no null), since some clients
refuse anything else; what is accepted is wider: null for an optional argument, numbers and lists
as values of parameters, an object that a client sent as its JSON text.
"""

import json
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import ErrorDetails

from coder_mcp.core.logs.page import LEVELS, MOST_LINES
from coder_mcp.core.text import near, one_line
from coder_mcp.settings import LONGEST_WAIT_SECONDS

_LONGEST_NAME = 400
"""Of any name, reference or query; a page's address is the longest of them."""
MOST_PARAMETERS = 100
LONGEST_PARAMETERS = 16 * 1024
"""In characters of JSON, names and values together: an answer may repeat the whole call."""
MOST_HOURS = 24 * 7
LOWEST_PORT, HIGHEST_PORT = 9, 65535
"""Of those that Coder opens (codersdk/workspacesdk, `AgentMinimumListeningPort`)."""
WAIT_SECONDS = "wait_seconds"
# Of a schema that pydantic makes, what a client is told.
_TOLD = ("type", "enum", "description", "minimum", "maximum", "additionalProperties")


def _absent_is_empty(value: object) -> object:
    return "" if value is None else value


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("should be a number")  # noqa: TRY004  # pydantic's protocol
    return value


def _lower_case(value: object) -> object:
    return value.strip().casefold() if isinstance(value, str) else _absent_is_empty(value)


def _object_from_text(value: object) -> object:
    """Some hosts send an object as its JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return cast("object", json.loads(value))
        except json.JSONDecodeError:
            return value
    return value


def _not_too_long(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(value, ensure_ascii=False)) > LONGEST_PARAMETERS:
        raise ValueError(f"should be at most {LONGEST_PARAMETERS} characters altogether")
    return value


Text = Annotated[str, BeforeValidator(_absent_is_empty), Field(max_length=_LONGEST_NAME)]

Workspace = Annotated[Text, Field(description="Name, owner/name, id or URL")]
OnlyWorkspace = Annotated[
    Text,
    Field(description="Name, owner/name, id or URL; default: the only one"),
]
Template = Annotated[Text, Field(description="Name, organization/name or id")]
Organization = Annotated[Text, Field(description="Of the template, where several have its name")]
QuotaOrganization = Annotated[Text, Field(description="Default: all of yours")]
Preset = Annotated[Text, Field(description="One of the template's presets")]
Confirm = Annotated[Text, Field(description="The code that the first call gave")]
WorkspaceQuery = Annotated[
    Text,
    Field(
        description=(
            "E.g. status:running template:x outdated:true last_used_before:2026-01-31;"
            " yours unless it has owner:"
        )
    ),
]
Query = Annotated[Text, Field(description="Words to search for; default: all")]

LogSource = Annotated[
    Text,
    Field(description="build, agent, or an agent's or script's name; default: what tells most"),
]
BuildNumber = Annotated[
    Annotated[int, Field(ge=1, le=2**31 - 1)] | None,
    BeforeValidator(_no_boolean),
    WithJsonSchema({"type": "integer", "description": "Default: the latest"}),
]
Level = Annotated[
    Literal["", "trace", "debug", "info", "warn", "error"],
    BeforeValidator(_lower_case),
    WithJsonSchema({"type": "string", "enum": [*LEVELS[1:]], "description": "Lowest to show"}),
]
Tail = Annotated[
    Annotated[int, Field(ge=1, le=MOST_LINES)] | None,
    BeforeValidator(_no_boolean),
    WithJsonSchema(
        {"type": "integer", "maximum": MOST_LINES, "description": "How many lines; default 50"}
    ),
]
After = Annotated[
    Annotated[int, Field(ge=0, lt=2**63)] | None,
    BeforeValidator(_no_boolean),
    WithJsonSchema(
        {"type": "integer", "description": "Lines after this id, not the last; 0: from the start"}
    ),
]

Port = Annotated[
    Annotated[int, Field(ge=LOWEST_PORT, le=HIGHEST_PORT)] | None,
    BeforeValidator(_no_boolean),
    WithJsonSchema({"type": "integer", "description": "Of a server in it, to get its address"}),
]
Hours = Annotated[
    Annotated[float, Field(gt=0, le=MOST_HOURS)],
    BeforeValidator(_no_boolean),
    WithJsonSchema(
        {"type": "number", "maximum": MOST_HOURS, "description": "Beyond its present deadline"}
    ),
]

Parameters = Annotated[
    Annotated[
        dict[str, JsonValue], Field(max_length=MOST_PARAMETERS), AfterValidator(_not_too_long)
    ]
    | None,
    BeforeValidator(_object_from_text),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "By name; read_template lists them",
        }
    ),
]
WaitSeconds = Annotated[
    Annotated[int, Field(ge=0, le=LONGEST_WAIT_SECONDS)] | None,
    BeforeValidator(_no_boolean),
    WithJsonSchema(
        {
            "type": "integer",
            "maximum": LONGEST_WAIT_SECONDS,
            "description": "0 looks once; default fits the client",
        }
    ),
]


def arguments_model(run: Callable[..., object], *, waits: bool) -> type[BaseModel]:
    """The model of a tool's arguments, from its keyword-only parameters; others are refused.

    One that waits has `wait_seconds` too, which is for the call's window, not for the tool.
    """
    fields: dict[str, tuple[object, object]] = {
        parameter.name: (
            parameter.annotation,
            ... if parameter.default is Parameter.empty else parameter.default,
        )
        for parameter in signature(run).parameters.values()
        if parameter.kind is Parameter.KEYWORD_ONLY
    }
    if waits:
        fields[WAIT_SECONDS] = (WaitSeconds, None)
    config = ConfigDict(extra="forbid", frozen=True)
    return create_model(run.__name__, __config__=config, **cast("dict[str, Any]", fields))


def arguments_schema(model: type[BaseModel]) -> dict[str, JsonValue]:
    """What a client is told of the arguments: no titles, no defaults, nothing nested."""
    schema = model.model_json_schema()
    properties = cast("dict[str, dict[str, JsonValue]]", schema["properties"])
    told = {
        name: {key: value for key, value in about.items() if key in _TOLD}
        for name, about in properties.items()
    }
    required: list[JsonValue] = list(cast("list[str]", schema.get("required", [])))
    plain: dict[str, JsonValue] = {"type": "object", "properties": cast("JsonValue", told)}
    if required:
        plain["required"] = required
    plain["additionalProperties"] = False
    return plain


def what_is_wrong(error: ValidationError, model: type[BaseModel]) -> str:
    """The first faults of a call's arguments, in words; the values given are not repeated."""
    faults = error.errors(include_url=False, include_context=True, include_input=False)
    return "; ".join(_fault(fault, model) for fault in faults[:3])


def _fault(fault: ErrorDetails, model: type[BaseModel]) -> str:
    name = one_line(".".join(str(part) for part in fault["loc"]), 80)
    match fault["type"]:
        case "missing":
            return f"{name} is missing"
        case "extra_forbidden":
            known = list(model.model_fields)
            meant = near(name, known)
            hint = f"; did you mean {meant[0]}?" if meant else "."
            return f"there is no argument {name}{hint} It has: {', '.join(known)}"
        case "value_error":
            return f"{name} {fault['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{name}: {fault['msg']}"
