"""`coder-mcp configure`: this server's entry in the file where an MCP client looks for it."""
