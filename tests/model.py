"""The model's side: a real MCP client on the real server, and what it reads."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

import jsonschema
from mcp import Client
from mcp_types import CallToolResult, Implementation, TextContent

from canary import TOKEN, without_tokens
from coder_mcp.login import LoginSource
from coder_mcp.server import build_server
from coder_mcp.settings import Settings

Era = Literal["legacy", "auto"]
ERAS: tuple[Era, Era] = ("legacy", "auto")
"""The protocols of 2025-11-25 and of 2026-07-28."""


Payload = dict[str, Any]


class Model:
    """A client, as a model uses it.

    Attributes:
        client: The MCP client.
        progress: Each progress notification of the last call: value and message.
    """

    def __init__(self, client: Client, schemas: dict[str, Payload]) -> None:
        self.client = client
        self.progress: list[tuple[float, str]] = []
        # The schemas themselves are checked by tests/test_inspector.py and tests/core/test_schema.py.
        self._validators: dict[str, Any] = {
            tool: jsonschema.Draft202012Validator(schema) for tool, schema in schemas.items()
        }

    async def result(self, tool: str, **arguments: object) -> CallToolResult:
        """What the call returned, as it came."""
        self.progress = []

        async def told(progress: float, total: float | None, message: str | None) -> None:
            assert total is None
            self.progress.append((progress, without_tokens(message or "")))

        result = await self.client.call_tool(tool, {**arguments}, progress_callback=told)
        without_tokens(result.model_dump_json())
        return result

    async def call(self, tool: str, **arguments: object) -> Payload:
        """The payload, held to be no error, as its schema says, and in the text too."""
        result = await self.result(tool, **arguments)
        text = text_of(result)
        assert result.is_error is False, text
        assert result.structured_content is not None
        assert json.loads(text) == result.structured_content
        assert list(result.structured_content)[:2] == ["outcome", "message"]
        assert self.faults(tool, result) == []
        return cast("Payload", result.structured_content)

    def faults(self, tool: str, result: CallToolResult) -> list[str]:
        """Where the payload is not as the tool's schema says."""
        validator = self._validators[tool]
        return [error.message for error in validator.iter_errors(result.structured_content)]

    async def refusal(self, tool: str, **arguments: object) -> str:
        """The text of a call that ends in an error."""
        result = await self.result(tool, **arguments)
        assert result.is_error is True, text_of(result)
        assert result.structured_content is None
        return text_of(result)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@asynccontextmanager
async def model_on(
    environ: Mapping[str, str], *, era: Era = "auto", client_name: str = "a-client"
) -> AsyncGenerator[Model]:
    """A model whose server has this environment."""
    settings = Settings.from_environ(environ)
    server = build_server(settings, LoginSource(environ, insecure_http=settings.insecure_http))
    client_info = Implementation(name=client_name, version="1")
    async with Client(server, mode=era, client_info=client_info) as client:
        tools = (await client.list_tools()).tools
        yield Model(client, {tool.name: tool.output_schema or {} for tool in tools})


def environ_for(url: str, token: str = TOKEN, **more: str) -> dict[str, str]:
    return {"CODER_URL": url, "CODER_SESSION_TOKEN": token, **more}
