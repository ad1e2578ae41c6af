"""The base of Coder's wire types, its error envelope, logs and stream frames.

Field names and spellings are the wire's own (package codersdk of coder/coder); what no tool reads
is left out, and what a newer server adds is ignored. Enumerations are open: a field is `str`, the
`StrEnum` beside it lists the values that are known, and an unknown one is carried through.
"""

from datetime import datetime
from typing import Annotated, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    JsonValue,
    model_validator,
)


def _unset_where_zero(value: object) -> object:
    """Go's zero time, written where a time was never set."""
    return None if isinstance(value, str) and value.startswith("0001-01-01") else value


def _countable(value: datetime) -> datetime:
    if not 1900 <= value.year <= 9000:
        raise ValueError("should be a time that others can be counted from")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_countable)]
"""A time with its zone, as Go writes it, far from the ends of the calendar."""
Time = Annotated[Moment | None, BeforeValidator(_unset_where_zero)]


class Wire(BaseModel):
    """What every answer of Coder's has in common: frozen, and `null` means the key is absent."""

    # Validators are built at their first use, so that the server starts sooner.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {
            key: value
            for key, value in cast("dict[str, object]", data).items()
            if value is not None
        }


class ValidationError(Wire):
    """One rejected field: a body or query field, a parameter, or the literal `external_auth`."""

    field: str = ""
    detail: str = ""


class ErrorResponse(Wire):
    """Coder's error envelope (codersdk/client.go, `Response`)."""

    message: str
    detail: str = ""
    validations: tuple[ValidationError, ...] = ()


class Response(Wire):
    """What a write is answered with that makes nothing to be shown."""

    message: str = ""


class ProvisionerJobLog(Wire):
    """A line of a build's log. A stage begins with an empty `output` from the daemon."""

    id: int
    created_at: Time = None
    log_source: str = ""
    log_level: str = "info"
    stage: str = ""
    output: str = ""


class WorkspaceAgentLog(Wire):
    id: int
    created_at: Time = None
    level: str = "info"
    output: str = ""
    source_id: str = ""


class WatchFrame(Wire):
    """A frame of `watch-ws` (codersdk, `ServerSentEvent`); `data` depends on the type."""

    type: str
    data: JsonValue = None
