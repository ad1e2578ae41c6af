"""Servers that misbehave on the wire: each ends as an error that says so, and in time."""

import gzip
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream, Listener, SocketAttribute
from anyio.streams.tls import TLSListener

import certificates
from builders import TOKEN, login
from coder_mcp.api.client import CoderClient
from coder_mcp.api.connections import http_client
from coder_mcp.api.routes import API
from coder_mcp.api.transport import LARGEST_ANSWER, Transport
from coder_mcp.errors import CoderUnreachable, NotCoder
from coder_mcp.login import LoginSource

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Speak = Callable[[ByteStream], Awaitable[None]]


def saying(answer: bytes) -> Speak:
    """Read what is asked, say this, and close."""

    async def speak(stream: ByteStream) -> None:
        await stream.receive()
        await stream.send(answer)

    return speak


async def nothing(_: ByteStream) -> None:
    """Close at once."""


async def banner(stream: ByteStream) -> None:
    """Speak first, and another protocol."""
    await stream.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    await stream.receive()


async def silence(_: ByteStream) -> None:
    """Never say anything."""
    await anyio.sleep_forever()


async def endless_head(stream: ByteStream) -> None:
    """Send headers without end."""
    await stream.receive()
    await stream.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await stream.send(b"X-More: more\r\n" * 1000)


CUT_OFF = {
    "closes without an answer": nothing,
    "speaks another protocol": banner,
    "says what is no HTTP": saying(b"\x00\xff" * 40 + b"\r\n\r\n"),
    "closes in the headers": saying(b"HTTP/1.1 200 OK\r\nContent-"),
    "has headers without end": endless_head,
    "promises more than it sends": saying(HEAD + b"Content-Length: 100\r\n\r\n{}"),
    "closes in a chunk": saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n{}"),
    "closes between chunks": saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
    "has a length that is none": saying(HEAD + b"Content-Length: x\r\n\r\n{}"),
}


@asynccontextmanager
async def client_of(
    speak: Speak, *, scheme: str = "http", certificate: Path | None = None
) -> AsyncGenerator[CoderClient]:
    """A client whose deployment is a server that speaks like this, with TLS where it has a certificate."""
    listener: Listener[ByteStream] = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra_attributes[SocketAttribute.local_port]()
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listener = TLSListener(listener, context, standard_compatible=False)

    async def serve(stream: ByteStream) -> None:
        async with stream:
            with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
                await speak(stream)

    async with listener, anyio.create_task_group() as tasks, http_client() as http:
        tasks.start_soon(listener.serve, serve)
        url = f"{scheme}://127.0.0.1:{port}"
        yield CoderClient(Transport(login(url), LoginSource({}), http))
        tasks.cancel_scope.cancel()


@pytest.mark.fault("N8", "N9", "N12")
@pytest.mark.parametrize("speak", CUT_OFF.values(), ids=CUT_OFF)
async def test_an_answer_that_is_cut_off_is_no_answer(speak: Speak) -> None:
    async with client_of(speak) as client:
        with pytest.raises(CoderUnreachable, match="cut the connection before") as error:
            await client.transport.read(f"{API}/users/me")
    assert error.value.sent


@pytest.mark.fault("N8", "N9", "N12")
@pytest.mark.parametrize("speak", CUT_OFF.values(), ids=CUT_OFF)
async def test_a_write_whose_answer_is_cut_off_is_sent_once(speak: Speak) -> None:
    asked = 0

    async def counted(stream: ByteStream) -> None:
        nonlocal asked
        asked += 1
        await speak(stream)

    async with client_of(counted) as client:
        with pytest.raises(CoderUnreachable) as error:
            await client.transport.write("POST", f"{API}/users/me/workspaces", b"{}")
    assert error.value.sent
    assert asked == 1


@pytest.mark.fault("N6")
async def test_a_server_that_never_says_anything_does_not_answer_in_time() -> None:
    async with client_of(silence) as client:
        with pytest.raises(CoderUnreachable, match="did not answer in time"):
            await client.transport.read(f"{API}/users/me")


async def test_where_nothing_listens_the_connection_is_refused() -> None:
    async with client_of(nothing) as client:
        url = client.transport.login.url
    async with http_client() as http:
        transport = Transport(login(url), LoginSource({}), http)
        with pytest.raises(CoderUnreachable, match=f"^{url} refused the connection") as error:
            await transport.write("POST", f"{API}/users/me/workspaces", b"{}")
    assert not error.value.sent


@pytest.mark.fault("N11")
async def test_json_that_was_cut_where_nothing_tells_its_length_is_not_coder() -> None:
    async with client_of(saying(HEAD + b'\r\n{"id": "SECRET')) as client:
        with pytest.raises(NotCoder, match="The answer to /users/me is not in the form") as error:
            await client.me()
    assert "SECRET" not in str(error.value)


@pytest.mark.fault("N20")
async def test_a_small_body_that_grows_beyond_the_largest_answer_is_not_taken() -> None:
    bomb = gzip.compress(b" " * (4 * LARGEST_ANSWER))
    assert len(bomb) < 100_000
    packed = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with client_of(saying(packed + bomb)) as client:
        with pytest.raises(NotCoder, match="answered with more than 16 MiB"):
            await client.transport.read(f"{API}/users/me")


@pytest.mark.fault("N19")
async def test_a_body_that_cannot_be_decoded_is_no_answer() -> None:
    packed = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"
    async with client_of(saying(packed)) as client:
        with pytest.raises(CoderUnreachable, match="cannot be decoded") as error:
            await client.transport.read(f"{API}/users/me")
    assert error.value.sent


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    return certificates.certificate(tmp_path / "certificate.pem")


@pytest.mark.fault("N4")
async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Path) -> None:
    asked = False

    async def speak(_: ByteStream) -> None:
        nonlocal asked
        asked = True

    async with client_of(speak, scheme="https", certificate=certificate) as client:
        with pytest.raises(CoderUnreachable, match="does not trust") as error:
            await client.transport.write("POST", f"{API}/users/me/workspaces", TOKEN.encode())
    assert not error.value.sent
    assert not asked


async def test_a_certificate_that_the_environment_names_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    good = saying(HEAD + b"Content-Length: 2\r\n\r\n{}")
    async with client_of(good, scheme="https", certificate=certificate) as client:
        assert await client.transport.read(f"{API}/users/me") == b"{}"


@pytest.mark.fault("N4")
async def test_a_server_without_tls_cannot_agree_on_it() -> None:
    async with client_of(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), scheme="https") as client:
        with pytest.raises(CoderUnreachable, match="could not agree on an encrypted connection"):
            await client.transport.read(f"{API}/users/me")
