"""What is said of an error: all at once in a call, taken apart in a check."""

import re

from coder_mcp.core.checks.check import Check
from coder_mcp.core.errands import sentences
from coder_mcp.core.refusals import actionable
from coder_mcp.core.scopes import lacking, needs
from coder_mcp.core.text import one_line
from coder_mcp.errors import CoderError, CoderMcpError

_NEXT_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z`])")


def words(error: CoderMcpError) -> str:
    """Ours first; then what Coder said, cut to what a person can act on."""
    said = said_by_coder(error)
    ours = [str(error), *getattr(error, "__notes__", ()), _scopes(error)]
    return sentences(*ours, f"Coder said: {said}" if said else "", _request_id(error))


def failed(name: str, error: CoderMcpError) -> Check:
    """The same as a check: how it is, how to mend it, what Coder said."""
    how, _, mend = _NEXT_SENTENCE.sub("\n", str(error), count=1).partition("\n")
    mend = mend.replace("; then call again.", ".")  # here nothing was called
    return Check(
        name=name,
        status="fail",
        message=how,
        next_step=sentences(mend, _scopes(error), _request_id(error)) or None,
        error=said_by_coder(error) or None,
    )


def said_by_coder(error: CoderMcpError) -> str:
    """Text from outside, in sentences; empty where Coder said nothing."""
    if not isinstance(error, CoderError) or not error.response.message:
        return ""
    response = error.response
    said = [one_line(response.message, 300), actionable(response.detail)]
    said += [one_line(f"{wrong.field}: {wrong.detail}", 300) for wrong in response.validations]
    return sentences(*(_ended(text) for text in said if text))


def _scopes(error: CoderMcpError) -> str:
    return needs(lacking(error.status, error.asked)) if isinstance(error, CoderError) else ""


def _request_id(error: CoderMcpError) -> str:
    if not isinstance(error, CoderError) or not error.request_id or error.status < 500:
        return ""
    return f"Its request id is {one_line(error.request_id, 60)}."


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
