"""The way to the deployment, broken at each step: which line says so, and what is seen all the same."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import AnyByteStream, SocketAttribute
from inline_snapshot import snapshot

from certificates import HOST, Authority
from coder_mcp.simulator import Simulator
from examining import lines, of_status, skipped_for
from faults.network import NOWHERE, REFUSED, Network, network
from model import environ_for
from networks import HERE, Between
from test_networks import asking, of

THERE = f"https://{HOST}"
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Simulated time, and a network in which coder.test is this machine."""
    return "asyncio", {"loop_factory": Network}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and no certificates of the environment's own."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def saying(*answers: bytes) -> AsyncGenerator[str]:
    """A server that answers each request so, or takes it and says nothing."""

    async def serve(stream: AnyByteStream) -> None:
        async with stream:
            while True:
                try:
                    await stream.receive()
                    for answer in answers:
                        await stream.send(answer)
                    if answers:
                        return
                except (anyio.EndOfStream, anyio.BrokenResourceError):
                    return

    listener = await anyio.create_tcp_listener(local_host=HERE)
    port = listener.extra_attributes[SocketAttribute.local_port]()
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield f"http://{HERE}:{port}"
        tasks.cancel_scope.cancel()


def hidden_by(told: dict[str, str], need: str) -> int:
    """How many checks are skipped for want of this one: all that do not say something else."""
    skipped = skipped_for(told, need)
    assert of_status(told, "skipped") == skipped
    return len(skipped)


async def test_all_is_well_over_tls_with_an_authority_of_ones_own(authority: Authority) -> None:
    async with (
        Simulator(seeded=True).running() as simulator,
        Between().tls(simulator.url, of(authority)) as url,
    ):
        environ = environ_for(
            url.replace(HERE, HOST), simulator.session_token, CODER_MCP_CA_FILE=str(authority.file)
        )
        told = await lines(environ)
        assert [name for name in told if not told[name].startswith("ok: ")] == []
        assert told["DNS"] == snapshot("ok: coder.test is 192.0.2.1.")
        assert told["TLS"] == snapshot("ok: The certificate of coder.test is trusted.")
        assert told["certificates"] == snapshot(
            "ok: Trusted: the operating system's trust store and CODER_MCP_CA_FILE."
        )
        assert told["WebSocket"] == snapshot("ok: WebSockets work: builds are watched live.")
        assert {entry.method for entry in simulator.ledger} == {"GET"}


async def test_a_name_that_is_unknown() -> None:
    network().addresses = []
    told = await lines(environ_for(THERE))
    assert of_status(told, "fail") == ["DNS"]
    assert told["DNS"] == snapshot(
        "fail: https://coder.test has a host name that cannot be found (DNS). -> Is CODER_URL right?"
    )
    assert hidden_by(told, "DNS") == 11


@pytest.mark.parametrize(
    ("leads", "words"),
    [
        (
            REFUSED,
            snapshot(
                "fail: https://coder.test refused the connection. -> Is CODER_URL right, and the deployment running?"
            ),
        ),
        (
            NOWHERE,
            snapshot(
                "fail: https://coder.test could not be connected to in time. -> Is this computer's network (or VPN) up?"
            ),
        ),
    ],
    ids=["nobody listens", "packets vanish"],
)
async def test_no_connection_comes_about(leads: str, words: str) -> None:
    network().leads = dict.fromkeys(network().addresses, leads)
    told = await lines(environ_for(THERE))
    assert of_status(told, "fail") == ["TCP"]
    assert told["TCP"] == words
    assert hidden_by(told, "TCP") == 10


async def test_a_certificate_of_an_authority_that_is_not_trusted(authority: Authority) -> None:
    async with Between().tls("http://127.0.0.1:9", of(authority)) as url:
        told = await lines(environ_for(url.replace(HERE, HOST)))
    assert of_status(told, "fail") == ["TLS"]
    assert told["TLS"] == snapshot(
        "fail: https://coder.test has a certificate that this computer does not trust (...). -> Add its certificate authority to the system's trust store, or set CODER_MCP_CA_FILE to a file that contains it."
    )
    assert hidden_by(told, "TLS") == 9


async def test_a_client_certificate_is_missing(authority: Authority) -> None:
    async with Between().strict_tls(asking(authority)) as url:
        told = await lines(environ_for(url, CODER_MCP_CA_FILE=str(authority.file)))
    assert told["TLS"] == snapshot(
        "fail: https://127.0.0.1 wants a client certificate that it knows. -> Set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE to the one that its administrator gave out."
    )


async def test_what_listens_does_not_speak_tls() -> None:
    async with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        told = await lines(environ_for(url.replace("http://", "https://")))
    assert told["TLS"] == snapshot(
        "fail: https://127.0.0.1 could not agree on an encrypted connection (TLS). -> Is the port right?"
    )


async def test_tls_is_awaited_without_end() -> None:
    async with saying() as url:
        told = await lines(environ_for(url.replace("http://", "https://")))
    assert told["TLS"] == snapshot(
        "fail: https://127.0.0.1 takes connections, but says nothing to an encrypted one (TLS). -> Is the port right? If it is, tell the administrator of the deployment."
    )


async def test_plain_http_over_a_network_is_a_warning() -> None:
    async with Simulator().running() as simulator:
        url = simulator.url.replace(HERE, HOST)
        environ = environ_for(url, simulator.session_token, CODER_MCP_INSECURE_HTTP="1")
        told = await lines(environ)
    assert told["TLS"] == snapshot(
        "warn: Not used: the session token goes to coder.test unencrypted. -> Use https where the deployment has it."
    )
    assert told["templates"].startswith("ok")


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (
            "CODER_MCP_CA_FILE",
            snapshot(
                "fail: CODER_MCP_CA_FILE: /nowhere/a.pem cannot be read (FileNotFoundError). -> Correct it in the server's configuration."
            ),
        ),
        (
            "CODER_CLIENT_TLS_CERT_FILE",
            snapshot(
                "fail: CODER_CLIENT_TLS_CERT_FILE: /nowhere/a.pem cannot be read (FileNotFoundError). -> Correct it in the server's configuration."
            ),
        ),
    ],
)
async def test_a_file_that_cannot_be_used_hides_only_what_needs_it(
    variable: str, words: str
) -> None:
    named = {variable: "/nowhere/a.pem", "CODER_CLIENT_TLS_KEY_FILE": "/nowhere/a.key"}
    if variable == "CODER_MCP_CA_FILE":
        del named["CODER_CLIENT_TLS_KEY_FILE"]
    async with saying(JSON) as url:
        told = await lines(environ_for(url, **named))
    assert of_status(told, "fail") == ["certificates"]
    assert told["certificates"] == words
    assert told["TCP"].startswith("ok")
    assert hidden_by(told, "certificates") == 10


OF_PROXIES: dict[str, tuple[bytes, str]] = {
    "wants a password": (
        b"407 Proxy Authentication Required",
        snapshot(
            "fail: https://coder.test cannot be reached through the proxy (it answered 407), which wants a user name and password: http://name:password@host:port. -> The connection goes through the proxy in HTTPS_PROXY."
        ),
    ),
    "does not allow the host": (
        b"403 Forbidden",
        snapshot(
            "fail: https://coder.test cannot be reached through the proxy (it answered 403), which does not allow this host: its administrator can, or name the host in NO_PROXY. -> The connection goes through the proxy in HTTPS_PROXY."
        ),
    ),
    "finds no way": (
        b"502 Bad Gateway",
        snapshot(
            "fail: https://coder.test cannot be reached through the proxy (it answered 502). -> The connection goes through the proxy in HTTPS_PROXY."
        ),
    ),
}


@pytest.mark.parametrize(("answer", "words"), OF_PROXIES.values(), ids=OF_PROXIES)
async def test_a_proxy_opens_no_way(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, words: str
) -> None:
    async with Between(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % answer).proxy() as address:
        monkeypatch.setenv("HTTPS_PROXY", address.replace("//", "//me:SECRET@"))
        told = await lines(environ_for(THERE))
    assert "SECRET" not in str(told)
    assert told["TCP"].startswith("ok")
    assert of_status(told, "fail") == ["proxy"]
    assert told["proxy"] == words


async def test_a_proxy_that_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Between().proxy() as address:
        pass
    monkeypatch.setenv("HTTPS_PROXY", address)
    told = await lines(environ_for(THERE))
    assert told["proxy"] == snapshot(
        "ok: HTTPS_PROXY names 127.0.0.1, which is the way to the deployment."
    )
    assert told["TCP"] == snapshot(
        "fail: https://coder.test refused the connection. -> Is CODER_URL right, and the deployment running? The connection goes through the proxy in HTTPS_PROXY."
    )


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://a..b:3128"])
async def test_what_answers_all_the_same_has_no_need_of_a_proxy(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", f"https://{HOST}")  # only the HTTP library knows this form
    async with (
        Simulator().running() as simulator,
        Between().tls(simulator.url, of(authority)) as url,
    ):
        environ = environ_for(
            url.replace(HERE, HOST), simulator.session_token, CODER_MCP_CA_FILE=str(authority.file)
        )
        told = await lines(environ)
    assert of_status(told, "fail") == []
    assert told["TCP"].endswith("takes none, but an answer came all the same.")
    assert ("is not found from here" in told["DNS"]) is ("a..b" in proxy)


async def test_a_proxy_that_puts_its_own_certificate_in_the_way(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        Between().tls("http://127.0.0.1:9", of(authority)) as url,
        Between().proxy() as address,
    ):
        monkeypatch.setenv("HTTPS_PROXY", address)
        told = await lines(environ_for(url.replace(HERE, HOST)))
    assert told["proxy"] == snapshot(
        "ok: HTTPS_PROXY names 127.0.0.1, which is the way to the deployment."
    )
    assert told["TLS"] == snapshot(
        "fail: https://coder.test has a certificate that this computer does not trust (...). -> Add its certificate authority to the system's trust store, or set CODER_MCP_CA_FILE to a file that contains it. The connection goes through the proxy in HTTPS_PROXY."
    )


@pytest.mark.parametrize("text", ["http://a..b:3128", "http://[proxy"])
async def test_a_proxy_whose_name_cannot_be_one(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text)
    told = await lines(environ_for(THERE))
    assert of_status(told, "fail") == ["DNS"]


@pytest.mark.parametrize("text", ["http://proxy:port", "socks5://127.0.0.1:1080"])
async def test_a_proxy_variable_that_is_no_address(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text)
    told = await lines(environ_for(THERE))
    assert of_status(told, "fail") == ["proxy"]
    assert "A proxy variable of the environment cannot be used" in told["proxy"]
    assert hidden_by(told, "proxy") == 12


def head(status: str, *headers: str, body: str = "") -> bytes:
    lines_of_it = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body]
    return "\r\n".join(lines_of_it).encode()


OTHERS: dict[str, tuple[tuple[bytes, ...], str]] = {
    "a sign-in page": (
        (head("200 OK", "Content-Type: text/html", body="<title>Sign in</title>" * 9000),),
        snapshot(
            "fail: http://127.0.0.1 answered /api/v2/buildinfo with a web page instead of JSON. -> Either CODER_URL is not the address of a Coder deployment, or a sign-in page or proxy stands before it."
        ),
    ),
    "a redirect": (
        (head("302 Found", "Location: https://sso.example.com/x?y=z"),),
        snapshot(
            "fail: http://127.0.0.1 sends requests to https://sso.example.com, which is not followed because the session token would go with it. -> If that is the deployment's address, set CODER_URL to it."
        ),
    ),
    "another product": (
        (head("200 OK", "Content-Type: application/json", body='{"data": []}'),),
        snapshot(
            "fail: The answer to /api/v2/buildinfo is not in the form that Coder's API has: at version, expected missing. -> The server may be too new for this version of coder-mcp, or a proxy may have cut the answer."
        ),
    ),
    "another product without such a page": (
        (head("404 Not Found", "Content-Type: text/html", body="<p>none"),),
        snapshot(
            "fail: http://127.0.0.1 answered /api/v2/buildinfo with HTTP 404 and a web page, which is not how Coder answers. -> Is CODER_URL right, or does a proxy stand before it?"
        ),
    ),
    "no HTTP": (
        (b"SSH-2.0-OpenSSH_9.6\r\n",),
        snapshot(
            "fail: http://127.0.0.1 cut the connection before the answer was complete. -> Is CODER_URL right? If it is, tell the administrator of the deployment."
        ),
    ),
    "a failure of its own": (
        (head("503 Service Unavailable", "Content-Type: text/plain", body="down"),),
        snapshot(
            "fail: http://127.0.0.1 failed to answer (HTTP 503). -> The problem is in the deployment and may be temporary: call again in a minute, or tell its administrator."
        ),
    ),
    "nothing": (
        (),
        snapshot(
            "fail: http://127.0.0.1 accepted the connection but did not answer in time. -> Is CODER_URL right? If it is, tell the administrator of the deployment."
        ),
    ),
}


@pytest.mark.parametrize(("answers", "words"), OTHERS.values(), ids=OTHERS)
async def test_it_is_not_coder_that_answers(answers: tuple[bytes, ...], words: str) -> None:
    async with saying(*answers) as url:
        told = await lines(environ_for(url))
    assert of_status(told, "fail") == ["API"]
    assert told["API"] == words
    assert hidden_by(told, "API") == 8


async def test_no_deployment_is_named(tmp_path: Path) -> None:
    told = await lines({"CODER_CONFIG_DIR": str(tmp_path)})
    assert of_status(told, "fail") == ["deployment"]
    assert told["deployment"] == snapshot(
        "fail: No Coder deployment is configured. -> In this server's configuration set CODER_URL (https://coder.example.com) and CODER_SESSION_TOKEN (a token from that deployment's page /settings/tokens), or run `coder login <url>` in a terminal. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
    )
    assert hidden_by(told, "deployment") == 13


async def test_without_a_token_the_way_is_looked_at_all_the_same(tmp_path: Path) -> None:
    async with Simulator().running() as simulator:
        told = await lines({"CODER_URL": simulator.url, "CODER_CONFIG_DIR": str(tmp_path)})
    assert of_status(told, "fail") == ["token"]
    assert told["token"].replace(str(tmp_path), "/there") == snapshot(
        "fail: There is no session token for http://127.0.0.1. -> Make one on http://127.0.0.1/settings/tokens and set it as CODER_SESSION_TOKEN in this server's configuration (where the client names the command, or in the settings of the extension); or run `coder login http://127.0.0.1` in a terminal: it keeps one in /there/session. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
    )
    assert told["version"].startswith("ok")
    assert hidden_by(told, "token") == 5


async def test_settings_that_cannot_be_understood_hide_nothing() -> None:
    async with Simulator(seeded=True).running() as simulator:
        environ = environ_for(
            simulator.url,
            simulator.session_token,
            CODER_MCP_READ_ONLY="yess",
            CODER_MCP_READONLY="1",
        )
        told = await lines(environ)
    assert of_status(told, "fail") == ["settings"]
    assert told["settings"] == snapshot(
        "fail: CODER_MCP_READ_ONLY is neither on (1, true) nor off (0, false). CODER_MCP_READONLY is not a setting of this server and has no effect. Is CODER_MCP_READ_ONLY meant? From the environment: CODER_URL=http://127.0.0.1, CODER_SESSION_TOKEN=set, CODER_MCP_READ_ONLY=yess. -> Correct the server's configuration."
    )
    assert of_status(told, "skipped") == []


async def test_what_has_no_time_left_is_skipped_and_says_so() -> None:
    async with saying() as url:
        told = await lines(environ_for(url), seconds=2)
    assert of_status(told, "fail") == []
    assert told["API"] == snapshot("skipped: There was no time left to look at it.")
    assert hidden_by_time(told) == ["API"]


def hidden_by_time(told: dict[str, str]) -> list[str]:
    return [name for name in of_status(told, "skipped") if "time" in told[name]]


async def test_a_time_that_cannot_be_counted_with_is_taken_for_none() -> None:
    date = "Date: Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    coder = head("200 OK", "Content-Type: application/json", date, body='{"version": "v2.36.1"}')
    async with saying(coder) as url:
        told = await lines(environ_for(url))
    assert told["clock"] == "ok: The deployment does not tell its time."


async def test_an_address_that_cannot_be_one_is_to_be_corrected_where_it_is_set() -> None:
    told = await lines({"CODER_URL": "https://me:p/w@coder.example.com"})
    assert told["deployment"] == (
        "fail: CODER_URL has a port that is not a number up to 65535. -> Correct it where it is"
        " set: in the client's entry of this server, or in this terminal."
    )
    assert "p/w" not in str(told)
