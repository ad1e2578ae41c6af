"""Every attempt to change something leaves one line in the log `coder_mcp.audit`."""

import logging
from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from coder_mcp.api.writes import Accepted, Lost, Refusal
from coder_mcp.core.audit import Attempt, audit_line
from coder_mcp.core.errands import name_of
from coder_mcp.errors import CoderError
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild
from coder_mcp.tools.call import Call

AUDIT_LOG = "coder_mcp.audit"

Model = TypeVar("Model")

_log = logging.getLogger(AUDIT_LOG)


async def audited(
    call: Call,
    workspace: str,
    write: Awaitable[Accepted[Model] | Refusal | Lost],
    *,
    build_id: UUID | None = None,
) -> Model | Refusal | Lost:
    """What came of a write, once it is noted.

    Args:
        call: The call it is for.
        workspace: That it concerns, as it is shown.
        write: The request.
        build_id: The build that it concerns, where it makes none.

    Raises:
        CoderMcpError: As the request does; that is noted too.
    """
    answer: object = None
    try:
        answer = made = await write
    except BaseException as error:
        answer = error
        raise
    finally:
        _log.info("%s", audit_line(_attempt(call, workspace, build_id, answer)))
    return made.model if isinstance(made, Accepted) else made


def _attempt(call: Call, workspace: str, build_id: UUID | None, answer: object) -> Attempt:
    made = _build_made(answer)
    outcome, status, request_id = _outcome(answer)
    return Attempt(
        at=call.client.now(),
        tool=call.tool,
        workspace=_name_made(answer) or workspace,
        build_id=build_id if made is None else made,
        request_id=request_id,
        outcome=outcome,
        status=status,
    )


def _name_made(answer: object) -> str:
    """`owner/name` of a workspace that was made, which is known by then."""
    match answer:
        case Accepted(model=Workspace() as made):
            return name_of(made)
        case _:
            return ""


def _build_made(answer: object) -> UUID | None:
    match answer:
        case Accepted(model=WorkspaceBuild(id=build_id)):
            return build_id
        case Accepted(model=Workspace(latest_build=WorkspaceBuild(id=build_id))):
            return build_id
        case _:
            return None


def _outcome(answer: object) -> tuple[str, int | None, str]:
    """The outcome, the status and the request's id."""
    match answer:
        case Accepted(request_id=request_id):
            return "accepted", None, request_id
        case Refusal(status=status, request_id=request_id):
            return "refused", status, request_id
        case Lost(error=CoderError(status=status, request_id=request_id)):
            return "lost", status, request_id
        case CoderError(status=status, request_id=request_id):
            return "failed", status, request_id
        case Exception():
            return "failed", None, ""
        case _:  # its answer did not come, or the server ended before it did
            return "lost", None, ""
