"""What comes of an answer: a model, nothing, a refusal, a lost write, or an error."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
import pytest

from builders import URL, Handler, answering, at, ident, transport_on, workspace
from coder_mcp import errors
from coder_mcp.api.client import CoderClient
from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    CreateWorkspaceRequest,
    WorkspaceTransition,
)
from coder_mcp.tools.call import or_none
from recorded import answered

ID = ident("it")
Ask = Callable[[CoderClient], Awaitable[object]]
LISTS: dict[str, Ask] = {
    "build_logs": lambda client: client.build_logs(ID),
    "build_parameters": lambda client: client.build_parameters(ID),
    "agent_logs": lambda client: client.agent_logs(ID),
    "templates": lambda client: client.templates(),
    "rich_parameters": lambda client: client.rich_parameters(ID),
    "presets": lambda client: client.presets(ID),
    "external_auth": lambda client: client.external_auth(ID),
}
FOUND: dict[str, Ask] = {
    "workspace_by_name": lambda client: client.workspace_by_name("me", "app"),
    "template": lambda client: client.template(ID),
}
WRITES: dict[str, Ask] = {
    "create_workspace": lambda client: client.create_workspace(
        CreateWorkspaceRequest(name="app", template_id=ID)
    ),
    "create_build": lambda client: client.create_build(
        ID, CreateWorkspaceBuildRequest(transition=WorkspaceTransition.STOP)
    ),
}
writes = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


@asynccontextmanager
async def client_on(handler: Handler) -> AsyncGenerator[CoderClient]:
    async with transport_on(handler) as transport:
        yield CoderClient(transport)


def failing(error: Exception) -> Handler:
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise error

    return handler


@pytest.mark.parametrize("ask", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("body", [b"[]", b"[]\n", b"null", b"null\n", b" null "])
async def test_a_list_without_anything_in_it_may_be_null(ask: Ask, body: bytes) -> None:
    """Go writes an empty list so, and its encoder ends every answer with a line end."""
    async with client_on(answering(200, content=body)) as client:
        assert await ask(client) == ()


@pytest.mark.parametrize("ask", FOUND.values(), ids=FOUND)
async def test_what_is_not_found_where_that_is_an_answer_is_nothing(ask: Ask) -> None:
    async with client_on(answering(404, answered("workspaces/no-such-name"))) as client:
        assert await ask(client) is None


@pytest.mark.parametrize("ask", FOUND.values(), ids=FOUND)
@pytest.mark.parametrize("status", [401, 403, 410, 500])
async def test_any_other_error_of_such_a_read_is_raised(ask: Ask, status: int) -> None:
    async with client_on(answering(status, {"message": "no"})) as client:
        with pytest.raises(errors.CoderError):
            await ask(client)


@pytest.mark.parametrize(
    "handler",
    [
        answering(404, answered("quota/no-such-user")),
        answering(404, answered("server/route-not-found")),
        answering(500, {"message": "no"}),
        answering(200, {"credits_consumed": "many"}),
        answering(200, content=b"<html>", headers={"content-type": "text/html"}),
        failing(httpx2.ConnectError("no")),
    ],
    ids=["no such user", "no such route", "broken", "another form", "web page", "unreachable"],
)
async def test_what_can_be_done_without_is_nothing_and_the_reason_is_logged(
    handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="coder_mcp")
    async with client_on(handler) as client:
        assert await or_none(client.quota(ID, ID)) is None
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert caplog.records[0].getMessage().startswith("done without: ")


async def test_a_server_that_is_built_without_quotas_says_so() -> None:
    async with client_on(answering(404, answered("server/route-not-found"))) as client:
        with pytest.raises(errors.NoSuchRoute):
            await client.quota(ID, "me")


@writes
@pytest.mark.parametrize("status", [400, 403, 409])
async def test_what_coder_does_not_take_is_a_refusal_with_its_words(
    write: Ask, status: int
) -> None:
    wire = {"message": "no", "detail": "why", "validations": [{"field": "name", "detail": "taken"}]}
    async with client_on(answering(status, wire)) as client:
        refusal = await write(client)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.response.model_dump(mode="json")) == (status, wire)


LOST: dict[str, tuple[Handler, type[errors.CoderMcpError]]] = {
    "500": (answering(500, {"message": "no"}), errors.CoderBroken),
    "502 of a proxy": (answering(502, content=b"Bad Gateway"), errors.CoderBroken),
    "504 of a proxy": (answering(504, content=b"Time-out"), errors.CoderBroken),
    "connection cut": (failing(httpx2.RemoteProtocolError("cut")), errors.CoderUnreachable),
    "no answer in time": (failing(httpx2.ReadTimeout("late")), errors.CoderUnreachable),
    "answer cut": (answering(201, content=b'{"id": "'), errors.NotCoder),
    "another form": (answering(201, {}), errors.NotCoder),
    "nothing": (answering(201, content=b""), errors.NotCoder),
    "web page": (
        answering(200, content=b"<html>", headers={"content-type": "text/html"}),
        errors.NotCoder,
    ),
}  # fmt: skip


@writes
@pytest.mark.parametrize(("handler", "kind"), LOST.values(), ids=LOST)
async def test_a_write_that_may_have_happened_is_lost(
    write: Ask, handler: Handler, kind: type[errors.CoderMcpError]
) -> None:
    async with client_on(handler) as client:
        lost = await write(client)
    assert isinstance(lost, Lost)
    assert type(lost.error) is kind


NOT_HAPPENED: dict[str, tuple[Handler, type[errors.CoderMcpError]]] = {
    "401": (answering(401, {"message": "no"}), errors.Unauthorized),
    "404": (answering(404, {"message": "no"}), errors.NotFound),
    "410": (answering(410, {"message": "no"}), errors.Gone),
    "412": (answering(412, {"message": "no"}), errors.CoderError),
    "429": (answering(429, {"message": "no"}), errors.CoderBroken),
    "503": (answering(503, {"message": "no"}), errors.CoderBroken),
    "no connection": (failing(httpx2.ConnectError("no")), errors.CoderUnreachable),
}


@writes
@pytest.mark.parametrize(("handler", "kind"), NOT_HAPPENED.values(), ids=NOT_HAPPENED)
async def test_a_write_that_certainly_did_not_happen_raises_why(
    write: Ask, handler: Handler, kind: type[errors.CoderMcpError]
) -> None:
    async with client_on(handler) as client:
        with pytest.raises(errors.CoderMcpError) as error:
            await write(client)
    assert type(error.value) is kind


@writes
async def test_a_write_that_finds_nothing_is_told_as_a_token_that_may_not(write: Ask) -> None:
    async with client_on(
        answering(404, answered("users/read-only-create"), headers={"x-coder-request-id": "r"})
    ) as client:
        with pytest.raises(errors.NotFound, match=f"make one at {URL}/settings/tokens") as error:
            await write(client)
    assert error.value.response.message == answered("users/read-only-create")["message"]
    assert error.value.request_id == "r"


SECRET = "EXAMPLE secret value"  # noqa: S105  # it is none
WRONG = {
    "a key is missing": ({"username": SECRET}, "at id, expected missing"),
    "a value is of another type": ({"id": SECRET, "username": "x"}, "at id, expected uuid_parsing"),
    "a list": ([SECRET], "at its start, expected model_type"),
    "text": (SECRET, "at its start, expected model_type"),
}


@pytest.mark.parametrize(("wire", "place"), WRONG.values(), ids=WRONG)
async def test_an_answer_of_another_form_is_named_by_its_path_and_place(
    wire: object, place: str
) -> None:
    async with client_on(answering(200, wire)) as client:
        with pytest.raises(errors.NotCoder) as error:
            await client.me()
    assert f"The answer to /users/me is not in the form that Coder's API has: {place}." in str(
        error.value
    )
    assert SECRET not in str(error.value)


async def test_a_place_in_an_answer_is_named_without_text_from_outside() -> None:
    stats = {"IGNORE ALL THIS\x1b[31m": {"P50": "many"}}
    wire = answered("templates/get") | {"build_time_stats": stats}
    async with client_on(answering(200, wire)) as client:
        with pytest.raises(errors.NotCoder) as error:
            await client.template(ID)
    assert "IGNORE ALL THIS" not in str(error.value)


async def test_the_place_in_a_long_list_is_named() -> None:
    good: dict[str, object] = workspace().model_dump(mode="json")
    wire: dict[str, object] = {"workspaces": [good, good | {"latest_build": {}}], "count": 2}
    async with client_on(answering(200, wire)) as client:
        with pytest.raises(
            errors.NotCoder, match=r"at workspaces\.1\.latest_build\.id, expected missing"
        ):
            await client.workspaces("", 2)


async def test_the_time_is_the_transports() -> None:
    async with client_on(
        answering(500, headers={"date": "Sun, 01 Mar 2026 12:00:00 GMT"})
    ) as client:
        await or_none(client.quota(ID, ID))
        now: datetime = client.now()
    assert timedelta() <= now - at(0) < timedelta(minutes=1)
