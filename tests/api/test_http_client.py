"""The real client on a real server: no cookie kept, no redirect followed, who is asking."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from builders import TOKEN, login
from coder_mcp import __version__
from coder_mcp.api.connections import http_client, proxy_variable
from coder_mcp.api.transport import Transport
from coder_mcp.errors import NotCoder, SettingsError
from coder_mcp.login import LoginSource
from loopback import serving


@asynccontextmanager
async def transport_to(app: Starlette) -> AsyncGenerator[Transport]:
    async with serving(app) as url, http_client() as http:
        yield Transport(login(url), LoginSource({}), http)


@pytest.mark.fault("H29")
async def test_no_cookie_of_an_answer_is_sent_back() -> None:
    """Coder takes a session cookie before the header, so one that was set would win."""
    cookies: list[str | None] = []

    async def me(request: Request) -> Response:
        cookies.append(request.headers.get("cookie"))
        response = JSONResponse({})
        response.set_cookie("coder_session_token", "of-somebody-else")
        response.set_cookie("proxy", "sticky", domain="127.0.0.1")
        return response

    app = Starlette(routes=[Route("/api/v2/users/me", me, methods=["GET", "POST"])])
    async with transport_to(app) as transport:
        await transport.read("/api/v2/users/me")
        await transport.read("/api/v2/users/me")
        await transport.write("POST", "/api/v2/users/me", b"{}")
    assert cookies == [None, None, None]


@pytest.mark.fault("N21", "N22")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    asked: list[str] = []

    async def moved(request: Request) -> Response:
        asked.append(request.url.path)
        return RedirectResponse("/elsewhere", status_code=status)

    async def elsewhere(request: Request) -> Response:
        asked.append(request.url.path)
        return JSONResponse({})

    routes = [
        Route("/api/v2/users/me", moved, methods=["GET", "POST"]),
        Route("/elsewhere", elsewhere, methods=["GET", "POST"]),
    ]
    async with transport_to(Starlette(routes=routes)) as transport:
        with pytest.raises(NotCoder):
            await transport.read("/api/v2/users/me")
        with pytest.raises(NotCoder):
            await transport.write("POST", "/api/v2/users/me", b"{}")
    assert asked == ["/api/v2/users/me"] * 2


async def test_the_server_is_told_who_asks_and_what_is_taken() -> None:
    headers: dict[str, str] = {}

    async def me(request: Request) -> Response:
        headers.update(request.headers)
        return JSONResponse({})

    async with transport_to(Starlette(routes=[Route("/api/v2/users/me", me)])) as transport:
        await transport.read("/api/v2/users/me")
    assert headers["user-agent"] == f"coder-mcp/{__version__}"
    assert headers["accept"] == "application/json"
    assert headers["coder-session-token"] == TOKEN
    assert "authorization" not in headers


@pytest.mark.fault("N23")
async def test_this_computer_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def me(_: Request) -> Response:
        return JSONResponse({})

    app = Starlette(routes=[Route("/api/v2/users/me", me)])
    async with transport_to(app) as transport:
        assert await transport.read("/api/v2/users/me") == b"{}"


def test_a_kind_of_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(
        SettingsError, match=r"A proxy variable of the environment cannot be used .* SOCKS is not"
    ):
        http_client()


@pytest.mark.parametrize(
    ("environ", "url", "variable"),
    [
        ({}, "https://coder.example.com", ""),
        ({"HTTPS_PROXY": "http://p:1"}, "https://coder.example.com", "HTTPS_PROXY"),
        ({"https_proxy": "http://p:1"}, "https://coder.example.com", "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://coder.example.com", ""),
        ({"ALL_PROXY": "http://p:1"}, "https://coder.example.com:8443", "ALL_PROXY"),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "example.com"}, "https://coder.example.com", ""),
        ({"ALL_PROXY": "http://p:1"}, "https://localhost:3000", ""),
        ({"ALL_PROXY": "http://p:1"}, "https://[::1]:3000", ""),
    ],
)
def test_the_proxy_on_the_way_is_known_by_its_variable(
    environ: dict[str, str], url: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    assert proxy_variable(url) == variable
