"""What an answer of the deployment's means: its JSON, or which error. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import ValidationError

from coder_mcp import errors
from coder_mcp.models.wire import ErrorResponse

# The message for a route that this server does not have (coderd/coderd.go).
_NO_SUCH_ROUTE = "Route not found."
# The beginning of the message for a suspended account (coderd/httpmw/apikey.go).
_NOT_ACTIVE = "User is not active"
_TITLE = re.compile(r"<title[^>]*>(.{1,200}?)</title>", re.IGNORECASE | re.DOTALL)


_KINDS: Mapping[int, tuple[type[errors.CoderError], str]] = MappingProxyType(
    {
        401: (
            errors.Unauthorized,
            (
                "{url} did not accept the session token from {source}. Make a new one at"
                " {url}/settings/tokens and put it where the old one was, or run"
                " `coder login {url}` in a terminal; then call again."
            ),
        ),
        403: (errors.Forbidden, "This session token may not do that on {url}."),
        404: (
            errors.NotFound,
            "{url} has no such thing, or it is not visible to this session token.",
        ),
        410: (errors.Gone, "The workspace was deleted."),
        429: (errors.CoderBroken, "{url} limits how often it can be asked. Call again {wait}."),
    }
)
_BROKEN = (
    "{url} failed to answer (HTTP {status}). That is the deployment's own problem, perhaps not for"
    " long: call again in a minute, or tell its administrator."
)
_TOO_OLD = (
    "The Coder server {version} at {url} does not have {path}. It may be too old for this; an"
    " administrator can update it."
)
_SUSPENDED = (
    "The account that the session token from {source} belongs to is not active on {url}. Only an"
    " administrator of the deployment can change that; tell the person."
)
_OTHER = "{url} refused the request (HTTP {status})."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer: the status, its headers by lower-cased name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked, for the words of an error."""

    url: str
    token_source: str
    method: str
    path: str


def checked(answer: Answer, asked: Asked) -> bytes:
    """The body of a good answer: JSON, or nothing where the status says so.

    Raises:
        NotCoder: It is not an answer of Coder's API.
        CoderError: It is an error of Coder's.
    """
    if 300 <= answer.status < 400 and answer.status != 304:
        raise errors.NotCoder(_redirected(answer, asked))
    if answer.status >= 400:
        raise refused(answer, asked)
    if answer.body and not _is_json(answer):
        raise errors.NotCoder(
            f"{asked.url} answered {asked.path} with {_what(answer)} instead of JSON. Either"
            " CODER_URL is not the address of a Coder deployment, or a sign-in page or proxy"
            " stands before it."
        )
    return answer.body


def refused(answer: Answer, asked: Asked) -> errors.CoderError | errors.NotCoder:
    """The error that an answer of status 400 or more means."""
    response = envelope(answer)
    if response is None and answer.status < 500 and answer.status not in (401, 403, 404, 429):
        return errors.NotCoder(
            f"{asked.url} answered {asked.path} with HTTP {answer.status} and {_what(answer)},"
            " which is not how Coder answers. Is CODER_URL right, or does a proxy stand before it?"
        )
    kind, words = _kind(answer, asked, response)
    return kind(
        words,
        status=answer.status,
        response=response or ErrorResponse(message=""),
        request_id=answer.headers.get("x-coder-request-id", ""),
    )


def envelope(answer: Answer) -> ErrorResponse | None:
    """Coder's error envelope, where the body is one."""
    if not _is_json(answer):
        return None
    try:
        return ErrorResponse.model_validate_json(answer.body)
    except ValidationError:
        return None


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the answer asks to wait; nothing where it does not say it in seconds."""
    text = headers.get("retry-after", "").strip()
    return float(text) if re.fullmatch(r"\d{1,9}", text) else None


def _kind(
    answer: Answer, asked: Asked, response: ErrorResponse | None
) -> tuple[type[errors.CoderError], str]:
    kind, words = _KINDS.get(answer.status, (errors.CoderError, _OTHER))
    if answer.status >= 500:
        kind, words = errors.CoderBroken, _BROKEN
    if answer.status == 404 and response is not None and response.message == _NO_SUCH_ROUTE:
        words = _TOO_OLD
    if answer.status == 401 and response is not None and response.message.startswith(_NOT_ACTIVE):
        words = _SUSPENDED
    seconds = retry_after_seconds(answer.headers)
    return kind, words.format(
        url=asked.url,
        path=asked.path,
        source=asked.token_source,
        status=answer.status,
        version=answer.headers.get("x-coder-build-version", "of unknown version"),
        wait="in a minute" if seconds is None else f"after {seconds:.0f} seconds",
    )


def _redirected(answer: Answer, asked: Asked) -> str:
    target = answer.headers.get("location", "")
    match = re.match(r"https?://[a-zA-Z0-9.:\[\]-]{1,260}", target)
    there = f"to {match[0]}" if match else "elsewhere"
    return (
        f"{asked.url} sends requests {there}, which is not followed because the session token"
        " would go with it. If that is the deployment's address, set CODER_URL to it."
    )


def _is_json(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").partition(";")[0].strip() == "application/json"


def _what(answer: Answer) -> str:
    """The kind of a body that is not JSON, in words of ours."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "text/html" or _TITLE.search(answer.body[:4096].decode(errors="replace")):
        return "a web page"
    return "plain text" if kind == "text/plain" else "something else"
