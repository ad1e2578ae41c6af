"""The least that a server of the same SDK can be: one tool that does nothing, over stdio."""

import anyio
import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server

NOTHING = types.Tool(name="nothing", input_schema={"type": "object"})


async def list_tools(_: object, __: object) -> types.ListToolsResult:
    """Its one tool."""
    return types.ListToolsResult(tools=[NOTHING])


async def call_tool(_: object, __: object) -> types.CallToolResult:
    """Nothing, as text."""
    return types.CallToolResult(content=[types.TextContent(type="text", text="nothing")])


def bare_server() -> Server:
    """The server."""
    return Server("bare", on_list_tools=list_tools, on_call_tool=call_tool)


async def main() -> None:
    """Serve until stdin ends."""
    server = bare_server()
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
