"""All outbound I/O: Coder's REST API and its streams."""
