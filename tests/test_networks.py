"""Ways to a deployment that is not simply there: authorities, certificates, headers, proxies."""

import re
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from canary import TOKEN
from certificates import HOST, Authority
from faults.network import Network
from model import environ_for, model_on
from networks import HERE, Between
from whole import Whole, deployed

HEADERS = {"X-Access-Id": "an-id", "X-Access-Key": f"{TOKEN},with a comma"}
CODER_HEADER = ",".join(f'"{name}={value}"' for name, value in HEADERS.items())


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Simulated time, and a network in which coder.test is this machine."""
    return "asyncio", {"loop_factory": Network}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def of(authority: Authority) -> ssl.SSLContext:
    """What a deployment shows whose certificate is the authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issued("deployment"))
    return context


def asking(authority: Authority) -> ssl.SSLContext:
    """The same, of one that wants a certificate of the authority from whoever asks."""
    context = of(authority)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@asynccontextmanager
async def over_tls(
    authority: Authority,
    front: Between | None = None,
    *,
    host: str = HERE,
    is_asking: bool = False,
    **settings: Any,  # noqa: ANN401  # strings, which fit each of its arguments
) -> AsyncGenerator[Whole]:
    """A deployment with a certificate of the authority, which may ask for one too."""
    context = asking(authority) if is_asking else of(authority)

    @asynccontextmanager
    async def through(url: str) -> AsyncGenerator[str]:
        async with (front or Between()).tls(url, context) as there:
            yield there.replace(HERE, host)

    async with deployed(through=through, **settings) as whole:
        yield whole


def shown(issued: tuple[Path, Path]) -> dict[str, Any]:
    certificate_file, key_file = (str(path) for path in issued)
    return {
        "CODER_CLIENT_TLS_CERT_FILE": certificate_file,
        "CODER_CLIENT_TLS_KEY_FILE": key_file,
    }


@pytest.mark.parametrize("name", ["CODER_MCP_CA_FILE", "CODER_CLIENT_TLS_CA_FILE"])
async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    authority: Authority, name: str
) -> None:
    settings: dict[str, Any] = {name: str(authority.file)}
    async with over_tls(authority, **settings) as whole:
        assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"
        assert [line for line in whole.requests() if line.startswith("WS")] != []
    async with over_tls(authority) as whole:
        text = await whole.model.refusal("list_workspaces")
        assert "set CODER_MCP_CA_FILE to a file that contains it" in text
        assert whole.requests() == []


async def test_it_is_trusted_beside_what_was_trusted_before(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # the system's, as it were
    for each in (authority, other):
        async with over_tls(each, CODER_MCP_CA_FILE=str(other.file)) as whole:
            assert (await whole.call("list_workspaces"))["outcome"] == "found"


async def test_a_client_certificate_is_shown_where_the_deployment_wants_one(
    authority: Authority,
) -> None:
    trusted: dict[str, Any] = {"CODER_MCP_CA_FILE": str(authority.file)}
    settings = trusted | shown(authority.issued("person"))
    async with over_tls(authority, is_asking=True, **settings) as whole:
        assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"
        assert [line for line in whole.requests() if line.startswith("WS")] != []


@pytest.mark.fault("N28")
@pytest.mark.parametrize("is_shown", [True, False])
async def test_without_a_certificate_that_it_knows_that_is_told(
    authority: Authority, tmp_path: Path, *, is_shown: bool
) -> None:
    (tmp_path / "other").mkdir()
    unknown = shown(Authority(tmp_path / "other").issued("person")) if is_shown else {}
    settings = unknown | {"CODER_MCP_CA_FILE": str(authority.file)}
    async with (
        Between().strict_tls(asking(authority)) as url,
        model_on(environ_for(url, **settings)) as model,
    ):
        text = await model.refusal("create_workspace", template="quick", name="mine")
        assert text.replace(url, "It") == snapshot(
            "It wants a client certificate that it knows. Set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE to the one that its administrator gave out."
        )


async def test_headers_for_a_proxy_in_front_of_it_are_sent_with_every_request_and_stream(
    authority: Authority,
) -> None:
    front = Between()
    settings: dict[str, Any] = {
        "CODER_MCP_CA_FILE": str(authority.file),
        "CODER_HEADER": CODER_HEADER,
    }
    async with over_tls(authority, front, **settings) as whole:
        assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"
    assert len([head for head in front.heads if b"/watch-ws " in head]) == 1
    assert len(front.heads) > 5
    for head in front.heads:
        lines = set(head.decode().splitlines())
        assert {f"{name}: {value}" for name, value in HEADERS.items()} <= lines


@pytest.mark.fault("N23")
async def test_requests_and_streams_go_through_the_proxy_that_learns_no_secret(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, front = Between(), Between()
    settings: dict[str, Any] = {
        "CODER_MCP_CA_FILE": str(authority.file),
        "CODER_HEADER": CODER_HEADER,
        **shown(authority.issued("person")),
    }
    async with proxy.proxy() as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        async with over_tls(authority, front, host=HOST, is_asking=True, **settings) as whole:
            assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"
    assert [head for head in front.heads if b"/watch-ws " in head] != []
    target = f"CONNECT {HOST}:{front.port} HTTP/1.1".encode()
    assert {head.partition(b"\r\n")[0] for head in proxy.heads} == {target}
    assert len(proxy.heads) >= 3  # a connection for the requests, and one for each stream
    assert not [head for head in proxy.heads if b"X-Access" in head or b"Coder-Session" in head]


@pytest.mark.fault("N23")
async def test_a_host_that_is_excepted_is_reached_without_the_proxy(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Between()
    async with proxy.proxy() as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("NO_PROXY", f"example.com, {HOST}")
        settings: dict[str, Any] = {"CODER_MCP_CA_FILE": str(authority.file)}
        async with over_tls(authority, host=HOST, **settings) as whole:
            assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"
    assert proxy.heads == []


@pytest.mark.fault("N29")
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            "407 Proxy Authentication Required",
            snapshot(
                "https://coder.test cannot be reached through the proxy (it answered 407), which wants a user name and password: http://name:password@host:port. The connection goes through the proxy in HTTPS_PROXY."
            ),
        ),
        (
            "403 Forbidden",
            snapshot(
                "https://coder.test cannot be reached through the proxy (it answered 403), which does not allow this host: its administrator can, or name the host in NO_PROXY. The connection goes through the proxy in HTTPS_PROXY."
            ),
        ),
    ],
)
async def test_a_proxy_that_opens_no_tunnel_is_told_with_what_to_fix(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, answer: str, told: str
) -> None:
    proxy = Between(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
    async with proxy.proxy() as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        async with over_tls(authority, host=HOST) as whole:
            text = await whole.model.refusal("list_workspaces")
            assert re.sub(r":\d+ ", " ", text, count=1) == told
            assert whole.requests() == []
