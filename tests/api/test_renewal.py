"""A session token that is no longer accepted: the place it came from is looked at once more."""

import anyio
import httpx2
import pytest

from builders import TOKEN, URL, transport_on
from coder_mcp.errors import Unauthorized

PATH = "/api/v2/users/me"
NEW = "EXAMPLEid2-EXAMPLEsecretEXAMPLEse"
OTHER_URL = "https://other.example.com"


class Deployment:
    """It accepts one session token, and knows which were tried."""

    def __init__(self, accepted: str = "") -> None:
        self.accepted = accepted
        self.tried: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.tried.append(request.headers["coder-session-token"])
        good = self.tried[-1] == self.accepted
        return httpx2.Response(200 if good else 401, json={} if good else {"message": "signed out"})


@pytest.mark.fault("H2")
async def test_a_read_is_made_once_more_with_the_token_that_is_there_by_now() -> None:
    deployment = Deployment(NEW)
    environ = {"CODER_URL": f"{URL}/", "CODER_SESSION_TOKEN": NEW}
    async with transport_on(deployment, environ) as transport:
        assert await transport.read(PATH) == b"{}"
        assert transport.login.session_token == NEW
        await transport.read(PATH)
    assert deployment.tried == [TOKEN, NEW, NEW]


async def test_a_token_that_was_refused_is_not_tried_again() -> None:
    deployment = Deployment(NEW)
    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": TOKEN}
    async with transport_on(deployment, environ) as transport:
        with pytest.raises(
            Unauthorized, match="did not accept the session token from CODER_SESSION_TOKEN"
        ):
            await transport.read(PATH)
    assert deployment.tried == [TOKEN]


async def test_a_new_token_that_is_refused_too_is_the_end() -> None:
    deployment = Deployment()
    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": NEW}
    async with transport_on(deployment, environ) as transport:
        with pytest.raises(Unauthorized):
            await transport.read(PATH)
    assert deployment.tried == [TOKEN, NEW]


@pytest.mark.parametrize("url", [OTHER_URL, "http://coder.example.com", f"{URL}:8443"])
async def test_the_token_of_another_deployment_is_not_used(url: str) -> None:
    deployment = Deployment(NEW)
    environ = {"CODER_URL": url, "CODER_SESSION_TOKEN": NEW, "CODER_MCP_INSECURE_HTTP": "1"}
    async with transport_on(deployment, environ) as transport:
        with pytest.raises(Unauthorized):
            await transport.read(PATH)
        assert transport.login.url == URL
    assert deployment.tried == [TOKEN]


@pytest.mark.parametrize(
    "environ",
    [
        {"CODER_CONFIG_DIR": "/no/such/directory"},
        {"CODER_URL": "ftp://x", "CODER_SESSION_TOKEN": NEW},
        {"CODER_URL": URL, "CODER_SESSION_TOKEN": "no token"},
    ],
    ids=["nothing", "no address", "no token"],
)
async def test_where_there_is_no_login_any_more_the_refusal_stands(environ: dict[str, str]) -> None:
    deployment = Deployment(NEW)
    async with transport_on(deployment, environ) as transport:
        with pytest.raises(Unauthorized):
            await transport.read(PATH)
    assert deployment.tried == [TOKEN]


async def test_a_write_is_not_sent_again_but_the_next_request_has_the_new_token() -> None:
    deployment = Deployment(NEW)
    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": NEW}
    async with transport_on(deployment, environ) as transport:
        with pytest.raises(Unauthorized, match="a newer one in CODER_SESSION_TOKEN by now"):
            await transport.write("POST", PATH, b"{}")
        assert (await transport.write("POST", PATH, b"{}")).body == b"{}"
    assert deployment.tried == [TOKEN, NEW]


async def test_calls_beside_each_other_are_all_renewed() -> None:
    tried: list[str] = []
    all_refused = anyio.Event()

    async def deployment(request: httpx2.Request) -> httpx2.Response:
        token = request.headers["coder-session-token"]
        tried.append(token)
        if len(tried) == 3:
            all_refused.set()
        await all_refused.wait()
        return httpx2.Response(200 if token == NEW else 401, json={})

    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": NEW}
    async with transport_on(deployment, environ) as transport, anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(transport.read, PATH)
    assert tried == [TOKEN] * 3 + [NEW] * 3
