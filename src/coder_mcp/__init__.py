"""An MCP server for Coder that waits for workspace builds and tells the truth about them."""

__version__ = "0.1.0"
