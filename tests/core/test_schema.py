"""The published schemas and the payloads that they describe: flat, and without nulls."""

from collections.abc import Iterator
from typing import Literal, cast

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from pydantic import JsonValue

from coder_mcp.core import found, results, seen
from coder_mcp.core.results import Result
from coder_mcp.core.schema import JsonObject, flat_schema, payload
from coder_mcp.tools.table import TOOLS, Tool

ID = "7e643c9c-f6c9-4ed3-98ca-ce593c4e2a2f"
ARMS = {arm.__name__: arm for tool in TOOLS for arm in tool.results}

# A value for each key that some payload has.
VALUES: JsonObject = {
    "message": "What happened.",
    "workspace_name": "dev1/app",
    "created": False,
    "started": True,
    "stopped": True,
    "deleted": True,
    "status": "already_exists",
    "build_id": ID,
    "no_build": True,
    "updated_to_active_version": True,
    "startup_scripts": "startup_scripts_running",
    "lifecycle_state": "start_error",
    "agent_status": "not_ready",
    "agent_error": "timeout, created",
    "troubleshooting_url": "https://docs.example.com",
    "url": "https://coder.example.com/@dev1/app",
    "ssh_command": "coder ssh dev1/app",
    "phase": "queued",
    "elapsed_seconds": 31,
    "typical_seconds": 95,
    "queue_position": 1,
    "queue_size": 2,
    "next_step": "What to do.",
    "error_code": "INSUFFICIENT_QUOTA",
    "title": "Workspace quota reached",
    "quota": {"credits_consumed": 41, "budget": 60},
    "build_cost": 40,
    "credits_missing": 21,
    "quotas": [
        {
            "organization_name": "coder",
            "credits_consumed": 41,
            "budget": 60,
            "credits_left": 19,
            "enforced": True,
        }
    ],
    "username": "dev1",
    "organizations": ["coder"],
    "token_source": "CODER_SESSION_TOKEN",
    "token_expires_at": "2026-03-01T12:00:10Z",
    "token_scopes": ["workspace:read"],
    "token_allow_list": ["*:*"],
    "server_version": "v2.36.1",
    "coder_mcp_version": "0.1.0",
    "template_name": "quick",
    "outdated": True,
    "last_used_at": "2026-03-01",
    "autostart_schedule": "CRON_TZ=UTC 0 9 * * 1-5",
    "next_start_at": "2026-03-02T09:00:00Z",
    "dormant_at": "2026-03-01T12:00:10Z",
    "deleting_at": "2026-03-08T12:00:10Z",
    "agents": [
        {
            "name": "main",
            "status": "connected",
            "lifecycle_state": "ready",
            "ssh_command": "coder ssh dev1/app",
            "vscode_url": "vscode://u",
            "cursor_url": "cursor://u",
            "terminal_url": "u",
            "port_url": "u",
            "port_command": "c",
            "apps": [{"slug": "web", "url": "u", "health": "unhealthy", "display_name": "Web"}],
        }
    ],
    "after": 812,
    "findings": [{"finding": "The build failed in this stage.", "detail": "Commit quota"}],
    "ended_at": "2026-03-01T12:00:10Z",
    "checks": [
        {
            "name": "token",
            "status": "fail",
            "message": "It is not accepted.",
            "next_step": "Make a new one.",
            "error": "Sign in again.",
        }
    ],
    "error": "boom",
    "detail": "more of it",
    "log_tail": "creating\nboom",
    "last_log": "creating",
    "superseded_by": {
        "build_id": ID,
        "transition": "stop",
        "initiator_name": "admin",
    },
    "template_id": ID,
    "validations": [{"field": "cpu", "detail": "too big", "allowed": ["at most 16"], "url": "u"}],
    "deadline": "2026-03-01T22:00:00Z",
    "previous_deadline": "2026-03-01T20:00:00Z",
    "template_version": "v1",
    "active_version": "v2",
    "new_parameters": ["region"],
    "candidates": ["dev1/app", "dev1/web"],
    "confirm": "1f2e3d4c",
    "workspaces": [
        {
            "workspace_name": "dev1/app",
            "status": "running",
            "template_name": "quick",
            "last_used_at": "2026-03-01",
            "outdated": True,
            "dormant": True,
            "healthy": False,
        }
    ],
    "templates": [
        {
            "name": "quick",
            "organization_name": "coder",
            "active_user_count": 3,
            "your_workspace_count": 1,
            "display_name": "Quick start",
            "description": "Small.",
        }
    ],
    "name": "quick",
    "organization_name": "coder",
    "has_external_agent": True,
    "last_start_cost": 40,
    "parameters": [
        {
            "name": "cpu",
            "type": "number",
            "required": True,
            "default": "4",
            "options": [{"value": "4", "name": "Four"}],
            "minimum": 1,
            "maximum": 16,
            "pattern": "^.$",
            "rule": "at most 16",
            "monotonic": "increasing",
            "immutable": True,
            "ephemeral": True,
            "description": "Cores.",
            "display_name": "CPU cores",
        }
    ],
    "presets": [
        {"name": "Small", "default": True, "parameters": {"cpu": "2"}, "description": "Two."}
    ],
    "external_auth": [
        {"id": "github", "authenticated": False, "optional": True, "url": "u", "display_name": "G"}
    ],
    "display_name": "Quick start",
    "description": "Small.",
    "readme": "# Quick start",
}
HOLDING: JsonObject = {"workspace_name": "dev1/gpu", "daily_cost": 40, "status": "running"}
# Where a key has another value in some payload.
OF_ARM: dict[type[Result], JsonObject] = {
    results.QuotaReached: {"workspaces": [HOLDING]},
    found.QuotaFound: {"workspaces": [HOLDING | {"organization_name": "coder"}]},
}
# Coder's and the template's own words; they come last.
OUTSIDE = {
    *("findings", "error", "detail", "validations", "log_tail", "last_log", "agent_error"),
    *("troubleshooting_url", "superseded_by", "workspaces", "templates", "parameters", "presets"),
    *("external_auth", "display_name", "description", "readme"),
}


def name_of(tool: Tool) -> str:
    return tool.name


def whole(arm: type[Result]) -> JsonObject:
    """A payload with every key that it can have."""
    return payload(arm.model_validate({key: value_of(arm, key) for key in keys(arm)}))


def least(arm: type[Result]) -> JsonObject:
    """A payload with the keys that it cannot do without."""
    required = [key for key in keys(arm) if arm.model_fields[key].is_required()]
    return payload(arm.model_validate({key: value_of(arm, key) for key in required}))


def value_of(arm: type[Result], key: str) -> JsonValue:
    return (VALUES | OF_ARM.get(arm, {}))[key]


def keys(arm: type[Result]) -> list[str]:
    return [key for key in arm.model_fields if key != "outcome"]


def validator_of(schema: JsonObject) -> Validator:
    return Draft202012Validator(schema)


def schemas(schema: JsonObject) -> Iterator[JsonObject]:
    """The schema and every schema in it."""
    yield schema
    for inner in cast("JsonObject", schema.get("properties", {})).values():
        yield from schemas(cast("JsonObject", inner))
    for key in ("items", "additionalProperties"):
        if key in schema:
            yield from schemas(cast("JsonObject", schema[key]))


@pytest.mark.parametrize("tool", TOOLS, ids=name_of)
def test_a_published_schema_is_an_object_of_types_and_nothing_else(tool: Tool) -> None:
    schema = flat_schema(tool.results)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["required"] == ["outcome", "message"]
    allowed = {"type", "enum", "properties", "items", "additionalProperties", "required"}
    for inner in schemas(schema):
        assert set(inner) <= allowed
        assert isinstance(inner["type"], str)
        assert inner["type"] != "null"


@pytest.mark.parametrize("tool", TOOLS, ids=name_of)
def test_every_payload_of_a_tool_fits_its_published_schema(tool: Tool) -> None:
    schema = flat_schema(tool.results)
    for inner in list(schemas(schema)):
        if "properties" in inner:
            inner["additionalProperties"] = False
    validator = validator_of(schema)
    for arm in tool.results:
        validator.validate(whole(arm))
        validator.validate(least(arm))


@pytest.mark.parametrize("tool", TOOLS, ids=name_of)
def test_the_outcomes_of_a_schema_are_those_of_the_tools_payloads(tool: Tool) -> None:
    properties = cast("dict[str, JsonObject]", flat_schema(tool.results)["properties"])
    outcomes = [whole(arm)["outcome"] for arm in tool.results]
    assert properties["outcome"]["enum"] == outcomes
    assert len(set(map(str, outcomes))) == len(outcomes)


@pytest.mark.parametrize("arm", ARMS.values(), ids=ARMS)
def test_a_payload_begins_with_its_outcome_and_message_and_ends_with_text_from_outside(
    arm: type[Result],
) -> None:
    names = list(whole(arm))
    assert names[:2] == ["outcome", "message"]
    outside = [name in OUTSIDE for name in names]
    assert outside == sorted(outside)


def told(schema: JsonObject, path: str = "") -> set[str]:
    """Every key that a schema names, with where it stands."""
    found = {path} if path else set[str]()
    for key, inner in cast("dict[str, JsonObject]", schema.get("properties", {})).items():
        found |= told(inner, f"{path}.{key}")
    return found | (told(cast("JsonObject", schema["items"]), path) if "items" in schema else found)


def given(value: JsonValue, path: str = "") -> set[str]:
    """Every key that a value has, but those that come from outside, with where it stands."""
    if isinstance(value, list):
        return {path}.union(*(given(item, path) for item in value))
    found = {path} if path else set[str]()
    if isinstance(value, dict) and path != ".presets.parameters":
        found = found.union(*(given(inner, f"{path}.{key}") for key, inner in value.items()))
    return found


@pytest.mark.parametrize("arm", ARMS.values(), ids=ARMS)
def test_a_schema_names_every_key_that_a_payload_can_have(arm: type[Result]) -> None:
    assert told(flat_schema([arm])) == given(whole(arm))


@pytest.mark.parametrize("arm", ARMS.values(), ids=ARMS)
def test_a_payload_has_no_nulls(arm: type[Result]) -> None:
    assert set(whole(arm)) == set(arm.model_fields)
    assert None not in least(arm).values()


def test_every_kind_of_payload_is_given_by_some_tool() -> None:
    kinds = {**vars(results), **vars(found), **vars(seen)}
    known = {
        name
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, Result)
        if not kind.model_fields["outcome"].is_required()
    }
    assert known == set(ARMS)


class First(Result, frozen=True):
    outcome: Literal["first"] = "first"
    cost: int


class Second(Result, frozen=True):
    outcome: Literal["second"] = "second"
    cost: str


def test_a_key_has_one_type_in_all_payloads_of_a_tool() -> None:
    with pytest.raises(TypeError, match="Second gives cost another type than an arm before it"):
        flat_schema([First, Second])
