"""Lines and JSON-RPC messages, one from the other. Pure."""

import json
import re
from dataclasses import dataclass
from typing import cast

import mcp_types as types
from pydantic import ValidationError

_ID = re.compile(rb'"id"\s*:\s*(-?\d{1,15}\b|"(?:[^"\\]|\\.){1,128}")')


@dataclass(frozen=True)
class NoMessage:
    """A line that is none, and what it is answered with."""

    answer: types.JSONRPCError


def decoded(line: bytes) -> types.JSONRPCMessage | NoMessage:
    """The message in a line, if there is one."""
    try:
        return types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        error = types.ErrorData(code=-32700, message="This line is no JSON.")
    else:
        error = types.ErrorData(code=-32600, message="This line is no JSON-RPC message.")
    return NoMessage(types.JSONRPCError(jsonrpc="2.0", id=_id_in(line), error=error))


def encoded(message: types.JSONRPCMessage) -> bytes:
    """The message as a line; what cannot be encoded (lone surrogates) is replaced."""
    try:
        return message.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except ValueError:
        content = message.model_dump(by_alias=True, exclude_unset=True)
        return json.dumps(content, ensure_ascii=False, default=str).encode(errors="replace")


def is_initialize(message: types.JSONRPCMessage) -> bool:
    """Whether this opens a session of the era of 2025."""
    return isinstance(message, types.JSONRPCRequest) and message.method == "initialize"


def _id_in(line: bytes) -> types.RequestId | None:
    """The request's id, where it can be made out."""
    found = _ID.search(line[:4096]) or _ID.search(line[-4096:])
    if found is None:
        return None
    try:
        return cast("types.RequestId", json.loads(found[1]))
    except ValueError:
        return None
