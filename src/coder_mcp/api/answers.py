"""What an answer of the deployment's means: its JSON, or which error. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from coder_mcp import errors
from coder_mcp.models.wire import ErrorResponse

Model = TypeVar("Model")

API = "/api/v2"
"""What the paths of all routes begin with."""

# The message for a route that this server does not have (coderd/coderd.go).
_NO_SUCH_ROUTE = "Route not found."
# The beginning of the message for a suspended account (coderd/httpmw/apikey.go).
_NOT_ACTIVE = "User is not active"
_VERSION = re.compile(r"v[0-9A-Za-z.+-]{1,60}")
# Scheme and host of an address, without a user name or password.
_ORIGIN = re.compile(
    r"(https?)://(?:[^/@?#\\]*@)?([a-zA-Z0-9.-]{1,260}(?::\d{1,5})?)(?=[/?#]|$)", re.ASCII
)
_TITLE = re.compile(r"<title[^>]*>(.{1,200}?)</title>", re.IGNORECASE | re.DOTALL)


_KINDS: Mapping[int, tuple[type[errors.CoderError], str]] = MappingProxyType(
    {
        401: (
            errors.Unauthorized,
            ("{url} did not accept the session token from {source}. {renew}; then call again."),
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
# Where the token is a person's own, or Coder's: what the variable holds comes before a login.
_RENEWALS = {
    "CODER_SESSION_TOKEN": (
        "Make a new one at {url}/settings/tokens and put it where the old one was"
    ),
}
_LOGIN_AGAIN = "Run `coder login {url}` in a terminal"
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
_RENEWED = (
    "{url} did not accept the session token that was in use. There is a newer one in {source} by"
    " now, and it is used from here on. Nothing was changed: call again."
)
_OTHER = "{url} refused the request (HTTP {status})."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer: the status, its headers by lower-cased name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        """Coder's `X-Coder-Request-Id`, empty where something else answered."""
        return self.headers.get("x-coder-request-id", "")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked, for the words of an error.

    `renewed` is whether the session token was refused, and another one was found meanwhile.
    """

    url: str
    token_source: str
    method: str
    path: str
    renewed: bool = False


def checked(answer: Answer, asked: Asked) -> bytes:
    """The body of a good answer: JSON, or nothing where the status says so.

    Raises:
        NotCoder: It is not an answer of Coder's API.
        CoderError: It is an error of Coder's.
    """
    if 300 <= answer.status < 400 and answer.status != 304:
        raise errors.NotCoder(_redirected(answer, asked), refused=True)
    if answer.status >= 400:
        raise refused(answer, asked)
    if answer.body and not _is_json(answer):
        raise errors.NotCoder(
            f"{asked.url} answered {asked.path} with {_what(answer)} instead of JSON. Either"
            " CODER_URL is not the address of a Coder deployment, or a sign-in page or proxy"
            " stands before it."
        )
    return answer.body


def parsed(kind: type[Model], body: bytes, path: str) -> Model:
    """The model in the body.

    Raises:
        NotCoder: There is none; the values that came are not repeated.
    """
    try:
        return _adapter(kind).validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(_part(part) for part in first["loc"]) or "its start"
        raise errors.NotCoder(
            f"The answer to {path} is not in the form that Coder's API has: at {where}, expected"
            f" {first['type']}. The server may be too new for this version of coder-mcp, or a"
            " proxy may have cut the answer."
        ) from error


def refused(answer: Answer, asked: Asked) -> errors.CoderError | errors.NotCoder:
    """The error that an answer of status 400 or more means."""
    response = envelope(answer)
    # A handshake's refusal comes without its body; a rate limit may be a proxy's.
    may_be_coders = answer.status in (401, 429) or (answer.status in (403, 404) and not answer.body)
    if response is None and answer.status < 500 and not may_be_coders:
        return errors.NotCoder(
            f"{asked.url} answered {asked.path} with HTTP {answer.status} and {_what(answer)},"
            " which is not how Coder answers. Is CODER_URL right, or does a proxy stand before it?",
            refused=True,
        )
    kind, words = _kind(answer, asked, response)
    return kind(
        words,
        status=answer.status,
        response=response or ErrorResponse(message=""),
        request_id=answer.request_id,
        asked=f"{asked.method} {asked.path.removeprefix(API)}",
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
        kind, words = errors.NoSuchRoute, _TOO_OLD
    if answer.status == 401 and response is not None and response.message.startswith(_NOT_ACTIVE):
        words = _SUSPENDED
    if asked.renewed:
        words = _RENEWED
    seconds = retry_after_seconds(answer.headers)
    version = answer.headers.get("x-coder-build-version", "")
    return kind, words.format(
        url=asked.url,
        path=asked.path,
        source=asked.token_source,
        renew=_RENEWALS.get(asked.token_source, _LOGIN_AGAIN).format(url=asked.url),
        status=answer.status,
        version=version if _VERSION.fullmatch(version) else "of unknown version",
        wait="in a minute" if seconds is None else f"after {seconds:.0f} seconds",
    )


def _redirected(answer: Answer, asked: Asked) -> str:
    match = _ORIGIN.match(answer.headers.get("location", ""))
    there = f"to {match[1]}://{match[2]}" if match else "elsewhere"
    return (
        f"{asked.url} sends requests {there}, which is not followed because the session token"
        " would go with it. If that is the deployment's address, set CODER_URL to it."
    )


def _is_json(answer: Answer) -> bool:
    return _kind_of_body(answer) == "application/json"


def _what(answer: Answer) -> str:
    """The kind of a body that is not JSON, in words of ours."""
    kind = _kind_of_body(answer)
    if kind == "text/html" or _TITLE.search(answer.body[:4096].decode(errors="replace")):
        return "a web page"
    return "plain text" if kind == "text/plain" else "something else"


def _kind_of_body(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


@cache
def _adapter(kind: type[Model]) -> TypeAdapter[Model]:
    return TypeAdapter(kind)


def _part(part: int | str) -> str:
    """A step of the way to a place in JSON; a key that is no field of ours is not repeated."""
    return str(part) if isinstance(part, int) or part.isidentifier() else "..."
