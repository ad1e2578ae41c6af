"""The authenticated client: what goes along with every request, and what is taken of an answer."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import anyio
import httpx2
import pytest

from builders import TOKEN, URL, Handler, answering, login, transport_on
from coder_mcp.api.connections import READ_SECONDS, http_client
from coder_mcp.api.transport import (
    LARGEST_ANSWER,
    READ_BUDGET_SECONDS,
    WRITE_SECONDS,
)
from coder_mcp.errors import CoderMcpError, CoderUnreachable, NotCoder, SettingsError

PATH = "/api/v2/users/me"
JSON = {"content-type": "application/json; charset=utf-8"}
MIB = 1024 * 1024


def ok(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json={})


async def never(_: httpx2.Request) -> httpx2.Response:
    await anyio.sleep_forever()
    raise AssertionError


async def test_every_request_carries_the_session_token() -> None:
    seen: list[tuple[str, str, str]] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.method, str(request.url), request.headers["coder-session-token"]))
        return ok(request)

    async with transport_on(handler) as transport:
        await transport.read(PATH, {"q": "owner:me a b", "limit": 2})
        await transport.evaluate(PATH, b"{}")
        await transport.write("POST", PATH, b"{}")
    assert seen == [
        ("GET", f"{URL}{PATH}?q=owner%3Ame+a+b&limit=2", TOKEN),
        ("POST", f"{URL}{PATH}", TOKEN),
        ("POST", f"{URL}{PATH}", TOKEN),
    ]


async def test_what_is_written_is_sent_as_it_is() -> None:
    def echo(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=JSON, content=request.content)

    async with transport_on(echo) as transport:
        assert (await transport.write("POST", PATH, b'{"a": 1}')).body == b'{"a": 1}'
        assert await transport.read(PATH) == b""


def failing(error: Exception) -> Handler:
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise error

    return handler


HANDLERS: dict[str, Handler] = {
    **{str(status): answering(status, {"message": TOKEN}) for status in (400, 401, 404, 500)},
    "HTML": answering(200, content=TOKEN.encode(), headers={"content-type": "text/html"}),
    "redirect": answering(302, headers={"location": f"https://{TOKEN}@evil.example/{TOKEN}"}),
    "protocol": failing(httpx2.LocalProtocolError(f"Illegal header value {TOKEN!r}")),
    "connect": failing(httpx2.ConnectError(TOKEN)),
    "never": never,
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
async def test_the_session_token_is_in_no_error_and_in_no_repr(handler: Handler) -> None:
    async with transport_on(handler) as transport:
        with pytest.raises(CoderMcpError) as error:
            await transport.write("POST", PATH, b"{}")
        for shown in (str(error.value), repr(error.value), repr(transport), repr(transport.login)):
            assert TOKEN not in shown


async def test_an_answer_of_the_largest_size_is_taken_and_a_larger_one_is_not() -> None:
    size = LARGEST_ANSWER

    def handler(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=JSON, content=b" " * size)

    async with transport_on(handler) as transport:
        assert len(await transport.read(PATH)) == LARGEST_ANSWER == 16 * MIB
        size += 1
        with pytest.raises(NotCoder, match="answered with more than 16 MiB"):
            await transport.read(PATH)


@pytest.mark.fault("H22")
async def test_no_more_is_read_of_an_answer_than_is_taken() -> None:
    sent = 0

    async def body() -> AsyncGenerator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * MIB

    async with transport_on(answering(200, content=body())) as transport:
        with pytest.raises(NotCoder):
            await transport.read(PATH)
    assert sent == 17


async def test_a_read_that_is_never_answered_ends_within_its_budget() -> None:
    began = anyio.current_time()
    async with transport_on(never) as transport:
        with pytest.raises(CoderUnreachable, match="did not answer in time") as error:
            await transport.read(PATH)
    assert anyio.current_time() - began < READ_BUDGET_SECONDS + READ_SECONDS + 5
    assert error.value.sent


@pytest.mark.fault("N7")
async def test_a_body_that_drips_ends_when_its_attempt_does() -> None:
    times: list[float] = []

    async def body() -> AsyncGenerator[bytes]:
        while True:
            yield b" "
            await anyio.sleep(1)

    def handler(_: httpx2.Request) -> httpx2.Response:
        times.append(anyio.current_time())
        return httpx2.Response(200, headers=JSON, content=body())

    async with transport_on(handler) as transport:
        with pytest.raises(CoderUnreachable, match="did not answer in time"):
            await transport.read(PATH)
    assert len(times) == 2
    assert READ_SECONDS <= times[1] - times[0] < READ_SECONDS + 5


async def test_a_write_that_is_never_answered_ends_in_time_and_may_have_arrived() -> None:
    began = anyio.current_time()
    async with transport_on(never) as transport:
        with pytest.raises(CoderUnreachable) as error:
            await transport.write("POST", PATH, b"{}")
    assert WRITE_SECONDS <= anyio.current_time() - began < WRITE_SECONDS + 5
    assert error.value.sent


async def test_the_newest_version_of_the_server_is_kept() -> None:
    versions = iter(["v2.33.1+a", None, "v2.36.1+b"])

    def handler(_: httpx2.Request) -> httpx2.Response:
        version = next(versions)
        return httpx2.Response(
            200, headers={"x-coder-build-version": version} if version else {}, json={}
        )

    async with transport_on(handler) as transport:
        seen = [transport.server_version]
        for _ in range(3):
            await transport.read(PATH)
            seen.append(transport.server_version)
    assert seen == ["", "v2.33.1+a", "v2.33.1+a", "v2.36.1+b"]


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 01 Mar 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 12:00:00 -0000",
        "Sun, 01 Mar 2026 14:00:00 +0200",
        "Sunday, 01-Mar-26 12:00:00 GMT",
    ],
)
async def test_the_time_is_the_deployments_and_goes_on(date: str) -> None:
    async with transport_on(answering(500, headers={"date": date})) as transport:
        with pytest.raises(CoderMcpError):
            await transport.write("POST", PATH, b"{}")
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert transport.now() - noon < timedelta(minutes=1)
        await anyio.sleep(3600)
        assert timedelta(hours=1) <= transport.now() - noon < timedelta(hours=1, minutes=1)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "now",
        "2026-03-01T12:00:00Z",
        "Mon, 99 Foo 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 99:00:00 GMT",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Wed, 01 Jan 1000 00:00:00 +1200",
    ],
)
async def test_a_time_that_cannot_be_read_is_not_taken(date: str) -> None:
    dates = iter(["Sun, 01 Mar 2026 12:00:00 GMT", date])
    async with transport_on(
        lambda _: httpx2.Response(200, headers={"date": next(dates)}, json={})
    ) as transport:
        await transport.read(PATH)
        before = transport.now()
        await transport.read(PATH)
        assert timedelta() <= transport.now() - before < timedelta(minutes=1)


async def test_before_the_first_answer_the_time_is_this_computers() -> None:
    async with transport_on(ok) as transport:
        earlier, now, later = datetime.now(UTC), transport.now(), datetime.now(UTC)
    assert earlier <= now <= later


@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/no/such/file"), ("HTTPS_PROXY", "ftp://SECRET:1")]
)
async def test_an_environment_that_no_client_can_be_made_of_is_the_persons_to_correct(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="environment cannot be used") as error:
        http_client()
    assert value not in str(error.value)


async def test_the_login_in_use_can_be_told() -> None:
    async with transport_on(ok) as transport:
        assert transport.login == login()
