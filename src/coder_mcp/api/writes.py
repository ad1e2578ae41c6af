"""What becomes of a write that brought no model: values, so that a tool needs no `try`. Pure."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from coder_mcp.errors import (
    CoderBroken,
    CoderError,
    CoderMcpError,
    CoderUnreachable,
    NotCoder,
    NotFound,
)
from coder_mcp.models.wire import ErrorResponse

# Two creates of one name at once: the later one is answered 500 with the database's words
# (coderd/database/unique_constraint.go), which mean what a 409 does.
_NAME_INDEX = "workspaces_owner_id_lower_idx"


Model = TypeVar("Model")


@dataclass(frozen=True, kw_only=True)
class Accepted(Generic[Model]):
    """Coder took a write; `request_id` is its `X-Coder-Request-Id`, which may be empty."""

    model: Model
    request_id: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Coder did not take a write: nothing was changed. 400, 403 or 409, with its words."""

    status: int
    response: ErrorResponse
    request_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A write may have happened: its answer did not come, or made no sense.

    Attributes:
        error: Why.
    """

    error: CoderMcpError


def unmade(error: CoderMcpError, url: str) -> Refusal | Lost:
    """Whether Coder refused it, or its answer is lost.

    Raises:
        CoderMcpError: It is neither: nothing was changed, and the person has to fix something.
    """
    match error:
        case CoderUnreachable(sent=False) | NotCoder(refused=True):
            raise error
        case CoderUnreachable() | NotCoder():
            return Lost(error=error)
        case CoderError():
            return _refused(error, url)
        case _:
            raise error


def _refused(error: CoderError, url: str) -> Refusal | Lost:
    """What an error of Coder's says of a write; where it is neither, the error is raised."""
    if error.status in (400, 403, 409) or _NAME_INDEX in error.response.detail:
        status = 409 if _NAME_INDEX in error.response.detail else error.status
        return Refusal(status=status, response=error.response, request_id=error.request_id)
    if isinstance(error, CoderBroken) and error.status not in (429, 503):
        return Lost(error=error)
    raise _not_allowed(error, url) if isinstance(error, NotFound) else error


def _not_allowed(error: NotFound, url: str) -> NotFound:
    """What was just read is not found by a write: a token's scopes show as that (dbauthz)."""
    return NotFound(
        f"{url} does not let this session token do that, and answers as if there were no such"
        f" thing. The token is probably limited to some scopes: make one at {url}/settings/tokens"
        " that may, and put it where this one is; then call again. Nothing was changed.",
        status=error.status,
        response=error.response,
        request_id=error.request_id,
        asked=error.asked,
    )
