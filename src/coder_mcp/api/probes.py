"""Looks at the way to a deployment, a step at a time and without the session token."""

import ipaddress
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
import httpx2

from coder_mcp.api.answers import API, Answer, Asked, checked, parsed
from coder_mcp.api.connections import CONNECT_SECONDS, READ_SECONDS, proxy_variable
from coder_mcp.api.dates import date_of
from coder_mcp.api.failures import unreachable
from coder_mcp.models.accounts import BuildInfo

_PATH = f"{API}/buildinfo"
_ENOUGH = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """What a deployment says of itself to anyone, and when.

    Attributes:
        info: Its version.
        date: The time by its own clock, in whole seconds; none where it did not tell it.
        asked_at: When it was asked, by this computer's clock.
        answered_at: When it had answered, by the same.
    """

    info: BuildInfo
    date: datetime | None
    asked_at: datetime
    answered_at: datetime


async def addresses(host: str, port: int, url: str) -> tuple[str, ...]:
    """The addresses of a host on the way to the deployment at `url`.

    Raises:
        CoderUnreachable: It has none, or that was not told in time.
    """
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        with _step(url):
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def connection(host: str, port: int, url: str) -> bool:
    """Whether a host on the way to the deployment at `url` takes connections: it is closed again.

    Raises:
        CoderUnreachable: It does not.
    """
    with _step(url):
        await (await anyio.connect_tcp(host, port)).aclose()
    return True


async def greeting(http: httpx2.AsyncClient, url: str) -> Greeting:
    """`GET /buildinfo`, once.

    Raises:
        CoderMcpError: As `answers.checked` and `failures.unreachable` say.
    """
    asked_at = datetime.now(UTC)
    try:
        with anyio.fail_after(READ_SECONDS):
            async with http.stream("GET", f"{url}{_PATH}") as response:
                body = await _beginning(response)
    except (httpx2.HTTPError, ssl.SSLError, TimeoutError) as error:
        raise unreachable(error, url, proxy=proxy_variable(url)) from error
    answered_at = datetime.now(UTC)
    answer = Answer(status=response.status_code, headers=dict(response.headers), body=body)
    asked = Asked(url=url, token_source="", method="GET", path=_PATH)
    info = parsed(BuildInfo, checked(answer, asked), _PATH)
    date = date_of(answer.headers.get("date", ""))
    return Greeting(info=info, date=date, asked_at=asked_at, answered_at=answered_at)


@contextmanager
def _step(url: str) -> Generator[None]:
    """Five seconds for a step; what goes wrong is told as it is of a request."""
    try:
        with anyio.fail_after(CONNECT_SECONDS):
            yield
    except TimeoutError as error:
        timeout = httpx2.ConnectTimeout("in this step")
        raise unreachable(timeout, url, proxy=proxy_variable(url)) from error
    except (OSError, UnicodeError) as error:  # the latter of a host that cannot be looked up
        failure = httpx2.ConnectError("in this step")
        failure.__cause__ = error
        raise unreachable(failure, url, proxy=proxy_variable(url)) from error


async def _beginning(response: httpx2.Response) -> bytes:
    """As much of the body as tells what it is."""
    chunks: list[bytes] = []
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        if sum(map(len, chunks)) > _ENOUGH:
            break
    return b"".join(chunks)[:_ENOUGH]
