"""What goes wrong before the wire: names, addresses, certificates, proxies, streams, restarts."""

import re
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import AnyByteStream, Listener, SocketAttribute
from anyio.streams.tls import TLSListener

from certificates import certificate
from coder_mcp.simulator import Answer, CutAfter, Fault
from coder_mcp.tools.table import TOOLS
from coder_mcp.watching.watcher import MOST_LOGS
from faults.network import ADDRESS, HERE, HOST, NOWHERE, OTHER, REFUSED, Network, network
from faults.relay import Relay
from model import TOKEN, Model, environ_for, model_on
from whole import Whole, deployed

WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
LOGS = "GET /api/v2/workspacebuilds/{workspacebuild}/logs"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Simulated time, and a network of the test's own."""
    return "asyncio", {"loop_factory": Network}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", HOST)


@asynccontextmanager
async def named(url: str) -> AsyncGenerator[str]:
    """The deployment by the name of a host that is not this computer; no connection is kept."""
    relay = Relay()
    relay.closes = True
    async with relay.between(url) as between:
        yield between.replace(HERE, HOST)


@asynccontextmanager
async def deployed_there() -> AsyncGenerator[Whole]:
    async with deployed(
        through=named, CODER_MCP_INSECURE_HTTP="1", CODER_MCP_WAIT_SECONDS="120"
    ) as whole:
        yield whole


def break_streams(whole: Whole) -> None:
    """Let each stream break that is opened from now on, so that none is there when it matters."""
    for route in (WATCH, LOGS):
        whole.simulator.faults.add(Fault(route=route, action=CutAfter(frames=2), times=None))


@pytest.mark.fault("N1")
async def test_a_name_that_is_unknown_is_told_by_each_call() -> None:
    async with deployed_there() as whole:
        network().addresses = []
        assert len((await whole.model.client.list_tools()).tools) == len(TOOLS)
        text = await whole.model.refusal("create_workspace", template="quick")
        assert f"http://{HOST}:" in text
        assert "has a host name that cannot be found (DNS). Is CODER_URL right?" in text
        assert whole.simulator.session_token not in text
        # Four attempts of the call; the end of the token is looked for beside it, as often.
        assert 4 <= network().failures <= 8
        network().addresses = [ADDRESS]
        assert (await whole.call("create_workspace", template="quick"))["outcome"] == "ready"


@pytest.mark.fault("N2")
@pytest.mark.parametrize("way", ["unknown", NOWHERE, REFUSED])
async def test_a_wait_outlives_a_network_that_goes_and_comes_back(way: str) -> None:
    async with deployed_there() as whole:
        break_streams(whole)

        def goes() -> None:
            whole.simulator.faults.clear()
            network().addresses = [] if way == "unknown" else [ADDRESS]
            network().leads[ADDRESS] = way

        def comes_back() -> None:
            network().addresses = [ADDRESS]
            network().leads[ADDRESS] = HERE

        whole.later(0.5, goes)
        whole.later(40, comes_back)
        began = anyio.current_time()
        answer = await whole.call("create_workspace", template="agent-late", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert anyio.current_time() - began > 40
        assert network().failures > 3
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


@pytest.mark.fault("N3")
async def test_where_nobody_listens_that_is_told_and_the_next_call_works() -> None:
    async with deployed_there() as whole:
        network().leads[ADDRESS] = REFUSED
        text = await whole.model.refusal("create_workspace", template="quick", name="mine")
        assert "refused the connection. Is CODER_URL right" in text
        network().leads[ADDRESS] = HERE
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)


@pytest.mark.fault("N5")
async def test_a_connection_that_never_comes_about_ends_in_time_and_can_be_canceled() -> None:
    async with deployed_there() as whole:
        network().leads[ADDRESS] = NOWHERE
        began = anyio.current_time()
        text = await whole.model.refusal("list_workspaces")
        assert "could not be connected to in time" in text
        assert anyio.current_time() - began <= 26
        began = anyio.current_time()
        with anyio.move_on_after(2) as call:
            await whole.model.result("list_workspaces")
        assert call.cancelled_caught
        assert anyio.current_time() - began < 2.1


@pytest.mark.fault("N24")
async def test_an_address_that_leads_nowhere_does_not_hold_up_the_next_one() -> None:
    async with deployed_there() as whole:
        network().addresses = [OTHER, ADDRESS]
        began = anyio.current_time()
        await whole.call("list_workspaces")
        assert anyio.current_time() - began < 1


@pytest.mark.fault("N26", "H17")
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_wait_outlives_a_restart_of_the_deployment(status: int) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        break_streams(whole)

        def goes() -> None:
            page = Answer(status=status, text="<html>restarting", content_type="text/html")
            whole.simulator.faults.clear()
            whole.simulator.faults.add(Fault(route="*", action=page, times=None))

        whole.later(1, goes)
        whole.later(31, whole.simulator.faults.clear)
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert 10 < len(whole.requests()) < 60


@pytest.mark.fault("N27")
async def test_many_waits_do_not_hold_up_a_short_call() -> None:
    async with deployed() as whole, anyio.create_task_group() as tasks:
        whole.world.hold_provisioners()
        for number in range(60):
            whole.world.create("quick", f"mine-{number}")
            arguments = {"workspace": f"mine-{number}"}
            tasks.start_soon(whole.model.client.call_tool, "wait_for_workspace", arguments)
        await anyio.sleep(10)
        began = anyio.current_time()
        assert (await whole.call("list_templates"))["outcome"] == "found"
        assert anyio.current_time() - began < 1
        assert len([line for line in whole.requests() if line.startswith("WS")]) == 60 + MOST_LOGS
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def model_of(listener: Listener[Any], url: str) -> AsyncGenerator[tuple[Model, list[bytes]]]:
    """A model whose deployment or proxy is a listener that refuses; and what that one hears."""
    heard: list[bytes] = []

    async def serve(stream: AnyByteStream) -> None:
        async with stream:
            heard.append(await stream.receive())
            await stream.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    async with anyio.create_task_group() as tasks, model_on(environ_for(url)) as model:
        tasks.start_soon(listener.serve, serve)
        yield model, heard
        tasks.cancel_scope.cancel()


CERTIFICATES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "unknown": (certificate, "self-signed|unable to get local issuer"),
    "expired": (partial(certificate, until=timedelta(days=-1)), "expired"),
    "of another host": (partial(certificate, host="192.0.2.7"), "IP address mismatch"),
}


@pytest.mark.fault("N4")
@pytest.mark.parametrize(("made", "why"), CERTIFICATES.values(), ids=CERTIFICATES)
async def test_a_certificate_that_is_not_good_is_told_with_the_reason(
    made: Callable[[Path], Path], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(tmp_path / "certificate.pem")
    if made is not certificate:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    async with await anyio.create_tcp_listener(local_host=HERE) as listener:
        url = f"https://{HERE}:{listener.extra_attributes[SocketAttribute.local_port]()}"
        async with model_of(TLSListener(listener, context), url) as (model, heard):
            text = await model.refusal("create_workspace", template="quick")
            assert "has a certificate that this computer does not trust" in text
            assert re.search(why, text)
            assert "CODER_MCP_CA_FILE" in text
            assert (heard, TOKEN in text) == ([], False)


@pytest.mark.fault("N23")
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_asked_and_one_that_fails_is_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await anyio.create_tcp_listener(local_host=HERE) as listener:
        port = listener.extra_attributes[SocketAttribute.local_port]()
        monkeypatch.setenv(name, f"http://{HERE}:{port}")
        monkeypatch.delenv("NO_PROXY")
        async with model_of(listener, f"https://{HOST}") as (model, heard):
            text = await model.refusal("list_workspaces")
            assert (
                "cannot be reached through the proxy (it answered 407), which wants a user" in text
            )
            assert f"The connection goes through the proxy in {name}." in text
            assert heard[0].startswith(f"CONNECT {HOST}:443 ".encode())
            assert not [one for one in heard if TOKEN.encode() in one]
