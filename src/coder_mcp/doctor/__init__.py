"""`coder-mcp doctor`: one screen on what works and what does not, for a person or a machine."""
