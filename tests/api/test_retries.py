"""Which requests are sent again, how often and when; and which never are."""

import itertools
from collections.abc import Callable

import anyio
import httpx2
import pytest

from builders import Handler, answering, transport_on
from coder_mcp.api.answers import Answer
from coder_mcp.api.connections import READ_SECONDS
from coder_mcp.api.retries import MOST_ATTEMPTS, read_again, write_again
from coder_mcp.api.transport import READ_BUDGET_SECONDS
from coder_mcp.errors import CoderBroken, CoderMcpError, CoderUnreachable, NotCoder

PATH = "/api/v2/users/me"
PASSING = [429, 500, 502, 503, 504]
LASTING = [400, 403, 404, 405, 409, 410, 412, 418, 501, 505]
NOT_SENT = [
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
]
PERHAPS_SENT = [
    httpx2.ReadError,
    httpx2.ReadTimeout,
    httpx2.WriteError,
    httpx2.WriteTimeout,
    httpx2.CloseError,
    httpx2.RemoteProtocolError,
    httpx2.LocalProtocolError,
    httpx2.DecodingError,
]
Failure = Callable[[str], Exception]


class Counted:
    """A handler, and when it was asked."""

    def __init__(self, *handlers: Handler) -> None:
        self.times: list[float] = []
        self._handlers = itertools.chain(handlers, itertools.repeat(handlers[-1]))

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.times.append(anyio.current_time())
        answer = next(self._handlers)(request)
        return answer if isinstance(answer, httpx2.Response) else await answer


def failing(kind: Failure) -> Handler:
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise kind("no")

    return handler


GOOD = answering(200, {})


@pytest.mark.parametrize("status", PASSING)
async def test_a_read_is_repeated_where_a_server_may_be_restarting(status: int) -> None:
    counted = Counted(answering(status, {"message": "wait"}), answering(status), GOOD)
    async with transport_on(counted) as transport:
        assert await transport.read(PATH) == b"{}"
    assert len(counted.times) == 3


@pytest.mark.parametrize("kind", [*NOT_SENT, *PERHAPS_SENT])
async def test_a_read_is_repeated_where_no_answer_came(kind: Failure) -> None:
    counted = Counted(failing(kind), failing(kind), GOOD)
    async with transport_on(counted) as transport:
        assert await transport.read(PATH) == b"{}"
    assert len(counted.times) == 3


@pytest.mark.parametrize("status", PASSING)
async def test_a_read_is_given_up_after_four_attempts(status: int) -> None:
    counted = Counted(answering(status, {"message": "wait"}))
    async with transport_on(counted) as transport:
        with pytest.raises(CoderBroken):
            await transport.read(PATH)
    assert len(counted.times) == MOST_ATTEMPTS == 4
    assert counted.times[-1] - counted.times[0] < READ_BUDGET_SECONDS


@pytest.mark.parametrize("status", LASTING)
async def test_a_read_that_was_refused_is_not_repeated(status: int) -> None:
    counted = Counted(answering(status, {"message": "no"}))
    async with transport_on(counted) as transport:
        with pytest.raises(CoderMcpError):
            await transport.read(PATH)
    assert len(counted.times) == 1


@pytest.mark.parametrize(
    "handler",
    [
        answering(200, content=b"<html>", headers={"content-type": "text/html"}),
        answering(302, headers={"location": "https://sso.example.com/"}),
    ],
    ids=["web page", "redirect"],
)
async def test_an_answer_that_is_not_coders_is_not_asked_for_again(handler: Handler) -> None:
    counted = Counted(handler)
    async with transport_on(counted) as transport:
        with pytest.raises(NotCoder):
            await transport.read(PATH)
    assert len(counted.times) == 1


@pytest.mark.parametrize("attempt", [1, 2, 3])
@pytest.mark.parametrize("sent", [True, False])
def test_the_pauses_between_attempts_grow_and_differ_and_are_never_none(
    attempt: int, *, sent: bool
) -> None:
    pauses = {read_again(CoderUnreachable("no", sent=sent), attempt) for _ in range(100)}
    assert len(pauses) > 50
    assert all(pause and 0.1 <= pause <= 0.25 * 2**attempt for pause in pauses)


async def test_a_short_pause_that_is_asked_for_is_made() -> None:
    asked = {"retry-after": "5"}
    assert read_again(Answer(status=429, headers=asked, body=b""), 1) == 5
    counted = Counted(answering(429, headers=asked), GOOD)
    async with transport_on(counted) as transport:
        await transport.read(PATH)
    assert counted.times[1] - counted.times[0] >= 5


@pytest.mark.parametrize("seconds", ["60", "21", "999999999"])
async def test_a_pause_beyond_the_budget_is_left_to_the_caller(seconds: str) -> None:
    counted = Counted(answering(429, headers={"retry-after": seconds}), GOOD)
    async with transport_on(counted) as transport:
        with pytest.raises(CoderBroken, match=f"Call again after {seconds} seconds"):
            await transport.read(PATH)
    assert len(counted.times) == 1


async def test_no_attempt_begins_after_the_budget() -> None:
    async def slow(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(READ_SECONDS - 2)
        return httpx2.Response(503)

    counted = Counted(slow)
    async with transport_on(counted) as transport:
        with pytest.raises(CoderBroken):
            await transport.read(PATH)
    assert counted.times[-1] - counted.times[0] <= READ_BUDGET_SECONDS
    assert len(counted.times) == 3


async def test_what_only_computes_is_repeated_as_a_read_is() -> None:
    counted = Counted(answering(503), failing(httpx2.ReadError), GOOD)
    async with transport_on(counted) as transport:
        assert await transport.evaluate(PATH, b"{}") == b"{}"
    assert len(counted.times) == 3


@pytest.mark.parametrize("status", [*PASSING, *LASTING, 401])
async def test_a_write_is_sent_once_whatever_is_answered(status: int) -> None:
    counted = Counted(answering(status, {"message": "no"}, headers={"retry-after": "1"}))
    async with transport_on(counted) as transport:
        with pytest.raises(CoderMcpError):
            await transport.write("POST", PATH, b"{}")
    assert len(counted.times) == 1


@pytest.mark.parametrize("kind", PERHAPS_SENT)
async def test_a_write_that_may_have_arrived_is_not_sent_again(kind: Failure) -> None:
    counted = Counted(failing(kind), GOOD)
    async with transport_on(counted) as transport:
        with pytest.raises(CoderUnreachable) as error:
            await transport.write("POST", PATH, b"{}")
    assert len(counted.times) == 1
    assert error.value.sent


@pytest.mark.fault("N3")
@pytest.mark.parametrize("kind", NOT_SENT)
async def test_a_write_for_which_no_connection_was_made_is_sent_again(kind: Failure) -> None:
    counted = Counted(failing(kind), failing(kind), GOOD)
    async with transport_on(counted) as transport:
        assert (await transport.write("POST", PATH, b"{}")).body == b"{}"
    assert len(counted.times) == 3


@pytest.mark.parametrize("kind", NOT_SENT)
async def test_a_write_for_which_no_connection_is_made_is_given_up(kind: Failure) -> None:
    counted = Counted(failing(kind))
    async with transport_on(counted) as transport:
        with pytest.raises(CoderUnreachable) as error:
            await transport.write("POST", PATH, b"{}")
    assert len(counted.times) == MOST_ATTEMPTS
    assert not error.value.sent


async def test_a_write_that_was_sent_at_last_is_not_sent_again() -> None:
    counted = Counted(failing(httpx2.ConnectError), answering(503))
    async with transport_on(counted) as transport:
        with pytest.raises(CoderBroken):
            await transport.write("POST", PATH, b"{}")
    assert len(counted.times) == 2


@pytest.mark.parametrize("status", [200, 201, 204, *PASSING, *LASTING])
def test_no_answer_makes_a_write_be_sent_again(status: int) -> None:
    answer = Answer(status=status, headers={}, body=b"")
    assert write_again(answer, 1) is None
    assert (read_again(answer, 1) is not None) is (status in PASSING)
