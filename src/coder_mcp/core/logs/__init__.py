"""Logs of builds and agents: which one, which part of it, and how it is shown."""
