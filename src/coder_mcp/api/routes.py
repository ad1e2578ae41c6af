"""What all routes share: how a model is read, found, listed or written."""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from coder_mcp.api.answers import API, parsed
from coder_mcp.api.transport import Method, Parameters, Transport
from coder_mcp.api.writes import Accepted, Lost, Refusal, unmade
from coder_mcp.errors import CoderMcpError, NotFound

Model = TypeVar("Model")


class Routes:
    """The routes of one deployment, as the person that the session token belongs to."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def now(self) -> datetime:
        """The time by the deployment's clock, true to about a second."""
        return self.transport.now()

    async def _get(self, model: type[Model], path: str, params: Parameters | None = None) -> Model:
        return parsed(model, await self.transport.read(f"{API}{path}", params), path)

    async def _found(self, model: type[Model], path: str) -> Model | None:
        try:
            return await self._get(model, path)
        except NotFound:
            return None

    async def _list(
        self, model: type[Model], path: str, params: Parameters | None = None
    ) -> tuple[Model, ...]:
        body = await self.transport.read(f"{API}{path}", params)
        return () if body.strip() == b"null" else parsed(tuple[model, ...], body, path)

    async def _write(
        self, model: type[Model], method: Method, path: str, request: BaseModel | None = None
    ) -> Accepted[Model] | Refusal | Lost:
        body = b"" if request is None else request.model_dump_json(exclude_defaults=True).encode()
        try:
            answer = await self.transport.write(method, f"{API}{path}", body)
            return Accepted(model=parsed(model, answer.body, path), request_id=answer.request_id)
        except CoderMcpError as error:
            return unmade(error, self.transport.login.url)
