"""Serve MCP over stdin and stdout."""

from typing import TypeVar

from mcp.server import Server
from mcp.server.stdio import stdio_server

Lifespan = TypeVar("Lifespan")


async def serve_stdio(server: Server[Lifespan]) -> None:
    """Serve until stdin ends."""
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
