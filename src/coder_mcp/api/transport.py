"""The authenticated HTTP client: time-outs, retries of safe reads, caps, and errors in.

No cookie is kept (Coder prefers a cookie to the header), no redirect followed (httpx2 would hand
the session token to another host), no answer taken that is not Coder's. A read is repeated within
a budget; a write is sent once, and again only where no connection was made.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import anyio
import httpx2

from coder_mcp.api.answers import Answer, Asked, checked, refused
from coder_mcp.api.connections import CONNECT_SECONDS, READ_SECONDS, proxy_variable
from coder_mcp.api.dates import date_of
from coder_mcp.api.failures import unreachable
from coder_mcp.api.retries import MOST_ATTEMPTS, read_again, write_again
from coder_mcp.errors import CoderMcpError, CoderUnreachable, NotCoder, SettingsError
from coder_mcp.login import Login, LoginSource

READ_BUDGET_SECONDS = 20.0
"""All attempts of a read and the pauses between them; the last may begin at its end."""
WRITE_SECONDS = 30.0
LARGEST_ANSWER = 16 * 1024 * 1024
LARGEST_FRAME = 16 * 1024 * 1024
"""A watch frame holds the whole workspace; httpx2's own limit of 64 KiB would end the stream."""

Parameters = Mapping[str, str | int]
Method = Literal["GET", "POST", "PUT", "PATCH"]


class Transport:
    """Requests to one deployment, as the person that the session token belongs to.

    `attempts` is how often a request is sent at most, where sending it again may help.

    Attributes:
        server_version: The newest `X-Coder-Build-Version`, empty before the first answer.
    """

    def __init__(
        self,
        login: Login,
        source: LoginSource,
        http: httpx2.AsyncClient,
        attempts: int = MOST_ATTEMPTS,
    ) -> None:
        self._attempts = attempts
        self._login = login
        self._source = source
        self._http = http
        self._date: tuple[datetime, float] | None = None
        self.server_version = ""

    @property
    def login(self) -> Login:
        """The deployment and the token in use; a renewed token takes its place here."""
        return self._login

    def now(self) -> datetime:
        """The time by the deployment's clock, true to about a second.

        From its newest `Date` header; before the first answer this computer's own.
        """
        if self._date is None:
            return datetime.now(UTC)
        date, seen = self._date
        return date + timedelta(seconds=anyio.current_time() - seen)

    async def read(self, path: str, params: Parameters | None = None) -> bytes:
        """GET, repeated where that may help: the JSON that came.

        Raises:
            CoderMcpError: As `answers.checked` and `failures.unreachable` say.
        """
        return (await self._repeated("GET", path, again=read_again, params=params)).body

    async def evaluate(self, path: str, body: bytes) -> bytes:
        """POST to a route that only computes, and so may be repeated as a read may.

        Raises:
            CoderMcpError: As for `read`.
        """
        return (await self._repeated("POST", path, again=read_again, body=body)).body

    async def write(self, method: Method, path: str, body: bytes) -> Answer:
        """POST, PUT or PATCH, once; again only where no connection was made.

        Raises:
            CoderUnreachable: With `sent` where the request may have arrived.
            CoderMcpError: As `answers.checked` says.
        """
        seconds = WRITE_SECONDS
        return await self._repeated(method, path, again=write_again, body=body, seconds=seconds)

    @asynccontextmanager
    async def stream(
        self, path: str, params: Parameters | None = None
    ) -> AsyncGenerator[AsyncIterator[str]]:
        """A WebSocket's text frames, until it ends for whatever reason.

        Raises:
            CoderMcpError: It could not be opened. A later end is the end of the iteration.
        """
        from coder_mcp.api import sockets

        opened = False
        failure: CoderMcpError | None = None
        try:
            async with self._http.websocket(
                f"{self._login.url}{path}",
                params=params,
                headers=self._authenticated(),
                max_message_size_bytes=LARGEST_FRAME,
            ) as socket:
                opened = True
                yield sockets.texts(socket)
        except* sockets.FAILURES as group:
            error = group.exceptions[0]
            failure = None if opened else self._not_opened(error, sockets.refusal(error), path)
        if failure is not None:
            raise failure

    async def _repeated(
        self,
        method: Method,
        path: str,
        *,
        again: Callable[[Answer | CoderUnreachable, int], float | None],
        params: Parameters | None = None,
        body: bytes = b"",
        seconds: float = READ_SECONDS,
    ) -> Answer:
        until = anyio.current_time() + READ_BUDGET_SECONDS
        request = self._http.build_request(
            method,
            f"{self._login.url}{path}",
            params=params,
            content=body or None,
            timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        )
        sent = self._login
        outcome = await self._outcome(request, seconds)
        refused = isinstance(outcome, Answer) and outcome.status == 401
        renewed = refused and await self._renewed(sent)
        if renewed and again is read_again:
            outcome, renewed = await self._outcome(request, seconds), False
        for attempt in range(1, self._attempts):
            pause = again(outcome, attempt)
            if pause is None or anyio.current_time() + pause > until:
                break
            await anyio.sleep(pause)
            outcome = await self._outcome(request, seconds)
        if isinstance(outcome, CoderUnreachable):
            raise outcome
        checked(outcome, replace(self._asked(method, path), renewed=renewed))
        return outcome

    async def _outcome(self, request: httpx2.Request, seconds: float) -> Answer | CoderUnreachable:
        """One attempt: what was answered, or why nothing was."""
        request.headers.update(self._authenticated())
        try:
            with anyio.fail_after(seconds):
                response = await self._http.send(request, stream=True)
                try:
                    answer = Answer(
                        status=response.status_code,
                        headers=self._headers(response),
                        body=await self._body(response),
                    )
                finally:
                    await response.aclose()
        # httpx2 lets what TLS raises while an answer is read through as it is.
        except (httpx2.HTTPError, ssl.SSLError, TimeoutError) as error:
            return self._unreachable(error)
        self._noted(answer)
        return answer

    def _headers(self, response: httpx2.Response) -> dict[str, str]:
        """The answer's headers; one that repeats the session token is not kept."""
        token = self._login.session_token
        return {name: value for name, value in response.headers.items() if token not in value}

    async def _body(self, response: httpx2.Response) -> bytes:
        """The whole body, decoded, if it is of a size that Coder's answers have."""
        chunks: list[bytes] = []
        room = LARGEST_ANSWER
        async for chunk in response.aiter_bytes():
            room -= len(chunk)
            if room < 0:
                raise NotCoder(
                    f"{self._login.url} answered with more than {LARGEST_ANSWER >> 20} MiB, which"
                    " is more than is read. Narrow the request, or tell its administrator."
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def _noted(self, answer: Answer) -> None:
        """Keep what every answer tells of the server: its version and its time."""
        self.server_version = answer.headers.get("x-coder-build-version", self.server_version)
        date = date_of(answer.headers.get("date", ""))
        if date is not None:
            self._date = (date, anyio.current_time())

    async def _renewed(self, refused: Login) -> bool:
        """Whether there is another token by now than the refused one, which is in use then."""
        if self._login is not refused:  # a call beside this one has found it
            return True
        try:
            login = await self._source.read()
        except SettingsError:
            return False
        if login.url != self._login.url or login.session_token == self._login.session_token:
            return False
        self._login = login
        return True

    def _authenticated(self) -> dict[str, str]:
        return {"Coder-Session-Token": self._login.session_token}

    def _asked(self, method: str, path: str) -> Asked:
        login = self._login
        return Asked(url=login.url, token_source=login.source, method=method, path=path)

    def _unreachable(self, error: Exception) -> CoderUnreachable:
        url = self._login.url
        return unreachable(error, url, proxy=proxy_variable(url))

    def _not_opened(
        self, error: Exception, refusal: httpx2.Response | None, path: str
    ) -> CoderMcpError:
        if refusal is None:
            return self._unreachable(error)
        headers = self._headers(refusal)
        answer = Answer(status=refusal.status_code, headers=headers, body=b"")
        if answer.status < 400:
            return NotCoder(f"{self._login.url} does not let WebSockets through.")
        return refused(answer, self._asked("GET", path))
