"""Request bodies: from bytes to a checked request, or the refusal that Coder would give.

Unknown fields are ignored, as Coder ignores them.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args
from uuid import UUID

from coder_mcp.simulator.rules.refusals import Json, Refusal, failed_tag, invalid
from coder_mcp.simulator.templates.definitions import Transition

NIL = UUID(int=0)
# codersdk/name.go
NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")
NAME_LENGTH = 32
RESERVED_NAMES = {"new", "create"}
REASONS = {
    "dashboard",
    "cli",
    "ssh_connection",
    "vscode_connection",
    "jetbrains_connection",
    "task_manual_pause",
}
# The lengths of the forms that Go's UUID parser takes: bare, dashed, in braces, as a URN.
UUID_LENGTHS = {32, 36, 38, 45}


@dataclass(frozen=True, kw_only=True)
class WorkspaceRequest:
    """The body of a create; exactly one of the two template ids is set."""

    name: str
    template_id: UUID | None = None
    template_version_id: UUID | None = None
    rich_parameter_values: tuple[tuple[str, str], ...] = ()
    template_version_preset_id: UUID | None = None
    autostart_schedule: str | None = None
    ttl_ms: int | None = None
    automatic_updates: str = "never"


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """The body of a start, stop or delete."""

    transition: Transition
    template_version_id: UUID | None = None
    rich_parameter_values: tuple[tuple[str, str], ...] = ()
    template_version_preset_id: UUID | None = None
    reason: str = "initiator"


def workspace_request(body: bytes) -> WorkspaceRequest:
    """Read the body of `POST /users/{user}/workspaces`."""
    fields = decoded(body)
    request = WorkspaceRequest(
        name=text(fields, "name") or "",
        template_id=uuid(fields, "template_id"),
        template_version_id=uuid(fields, "template_version_id"),
        rich_parameter_values=values(fields),
        template_version_preset_id=uuid(fields, "template_version_preset_id"),
        autostart_schedule=text(fields, "autostart_schedule"),
        ttl_ms=number(fields, "ttl_ms"),
        automatic_updates=text(fields, "automatic_updates") or "never",
    )
    problems = (*template_problems(request), *name_problems(request.name))
    if problems:
        raise invalid(*problems)
    return request


def build_request(body: bytes) -> BuildRequest:
    """Read the body of `POST /workspaces/{workspace}/builds`."""
    fields = decoded(body)
    transition = text(fields, "transition") or ""
    reason = text(fields, "reason")
    if transition not in get_args(Transition):
        raise invalid(failed_tag("transition", "oneof", transition))
    if reason and reason not in REASONS:
        raise invalid(failed_tag("reason", "oneof", reason))
    return BuildRequest(
        transition=cast("Transition", transition),
        template_version_id=uuid(fields, "template_version_id"),
        rich_parameter_values=values(fields),
        template_version_preset_id=uuid(fields, "template_version_preset_id"),
        reason=reason if reason and transition != "delete" else "initiator",
    )


def template_problems(request: WorkspaceRequest) -> tuple[tuple[str, str], ...]:
    """Both template ids, or neither: one entry for each field."""
    pair = (
        ("template_id", request.template_id),
        ("template_version_id", request.template_version_id),
    )
    given = [value is not None for _, value in pair]
    if all(given) or not any(given):
        tag = "excluded_with" if all(given) else "required_without"
        return tuple(failed_tag(name, tag, value or NIL) for name, value in pair)
    return ()


def name_problems(name: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a workspace name."""
    is_good = NAME.fullmatch(name) and len(name) <= NAME_LENGTH and name not in RESERVED_NAMES
    return () if is_good else (failed_tag("name", "workspace_name", name),)


def decoded(body: bytes) -> Json:
    """The JSON object of a body."""
    try:
        fields: object = json.loads(body)
    except ValueError as error:
        # Go's decoder tells a body that is cut off from one that is wrong.
        is_cut = isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip())
        raise not_json("unexpected EOF" if is_cut else "invalid character in body") from error
    if not isinstance(fields, dict):
        raise not_json("json: cannot unmarshal body into an object")
    return cast("Json", fields)


def not_json(detail: str) -> Refusal:
    """The answer to a body that cannot be decoded into the request."""
    return Refusal(400, "Request body must be valid JSON.", detail)


def parsed_uuid(given: str) -> UUID:
    """Read a UUID as Go does; ValueError with its words."""
    if len(given) not in UUID_LENGTHS:
        msg = f"invalid UUID length: {len(given)}"
        raise ValueError(msg)
    try:
        return UUID(given)
    except ValueError:
        msg = "invalid UUID format"
        raise ValueError(msg) from None


def uuid(fields: Json, name: str) -> UUID | None:
    """A UUID field; an empty string is not a UUID, null and a missing key are none."""
    given = text(fields, name)
    if given is None:
        return None
    try:
        return parsed_uuid(given)
    except ValueError as error:
        raise not_json(str(error)) from error


def text(fields: Json, name: str) -> str | None:
    """A string field."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise not_json(f"json: cannot unmarshal into field {name} of type string")
    return value


def number(fields: Json, name: str) -> int | None:
    """An integer field."""
    value = fields.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise not_json(f"json: cannot unmarshal into field {name} of type int64")
    return value


def moment(fields: Json, name: str) -> datetime:
    """A field that is a time and has to be there."""
    given = text(fields, name)
    if given is None:
        raise invalid(failed_tag(name, "required", "0001-01-01 00:00:00 +0000 UTC"))
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = datetime.min  # noqa: DTZ901  # without a zone, and so refused
    if found.tzinfo is None:
        layout = "2006-01-02T15:04:05Z07:00"
        raise not_json(f'parsing time "{given}" as "{layout}": cannot parse "{given}"')
    return found.astimezone(UTC)


def texts(fields: Json, name: str) -> dict[str, str]:
    """A field that is an object of strings."""
    given: object = fields.get(name) or {}
    if not isinstance(given, dict):
        raise not_json(f"json: cannot unmarshal into field {name} of type map[string]string")
    items = cast("Json", given)
    return {key: text(items, key) or "" for key in items}


def values(fields: Json) -> tuple[tuple[str, str], ...]:
    """The field `rich_parameter_values`, as (name, value) in the order given."""
    given: object = fields.get("rich_parameter_values")
    if given is None:
        return ()
    items = cast("list[object]", given) if isinstance(given, list) else [str(given)]
    pairs: list[tuple[str, str]] = []
    for item in items:
        if not isinstance(item, dict):
            raise not_json("json: cannot unmarshal into field rich_parameter_values")
        pair = cast("Json", item)
        pairs.append((text(pair, "name") or "", text(pair, "value") or ""))
    return tuple(pairs)
