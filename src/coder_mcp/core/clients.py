"""What is known of MCP clients: how long each bears a call that has not answered.

A client that cuts a call tells the model nothing of what became of it, so a call answers before
that. The name is what the client says of itself: a hint, never a security input. Progress
notifications extend the time in few clients, so the table does not count on them.
"""

from dataclasses import dataclass

DEFAULT_WAIT_SECONDS = 45
"""Fits the 60 s that the TypeScript SDK, and so most clients, cut a call after."""


@dataclass(frozen=True, kw_only=True)
class KnownClient:
    """One client.

    Attributes:
        name: `clientInfo.name`; where it ends with a hyphen, the beginning of it.
        wait_seconds: How long a call waits in it unless told otherwise.
        cap_seconds: The longest that any call may wait in it; none where the person can set the
            client's own limit, or it has none.
        evidence: What this rests on.
    """

    name: str
    wait_seconds: int
    cap_seconds: int | None = None
    evidence: str


KNOWN_CLIENTS = (
    KnownClient(
        name="claude-code",
        wait_seconds=1200,
        evidence=(
            "MCP_TOOL_TIMEOUT is about 28 h by default; the idle watchdog of 30 min on stdio is"
            " reset by progress; after 2 min the call goes on in the background (its changelog,"
            " 2.1.187 to 2.1.212)."
        ),
    ),
    KnownClient(
        name="claude-ai",
        wait_seconds=45,
        cap_seconds=225,
        evidence=(
            "Claude Desktop: a hard limit of 4 min, about 60 s in older builds; repeated time-outs"
            " can wedge its bridge (anthropics/claude-code #44032, #65643, #91898, #22542)."
        ),
    ),
    KnownClient(
        name="local-agent-mode-",
        wait_seconds=45,
        cap_seconds=50,
        evidence=(
            "Claude Desktop's Code tab: about 60 s, not extended by progress"
            " (anthropics/claude-code #63379, #58687; the name: #96043)."
        ),
    ),
    KnownClient(
        name="Visual Studio Code",
        wait_seconds=1200,
        evidence=(
            "No limit of its own on a call (microsoft/vscode, mcpServerRequestHandler.ts; #311595"
            " asks for one)."
        ),
    ),
    KnownClient(
        name="gemini-cli-mcp-client",
        wait_seconds=540,
        evidence="10 min unless `timeout` is set for the server (gemini-cli, mcp-client.ts).",
    ),
    KnownClient(
        name="codex-mcp-client",
        wait_seconds=45,
        evidence=(
            "tool_timeout_sec: 300 s since June 2026, 120 s and 60 s before (openai/codex #28234)."
        ),
    ),
    KnownClient(
        name="copilot-cli",
        wait_seconds=45,
        cap_seconds=50,
        evidence="60 s; its `timeout` setting was ignored (github/copilot-cli #172, #1535).",
    ),
    KnownClient(
        name="cursor-vscode",
        wait_seconds=45,
        evidence="Undocumented; cancels after 5 min were reported (cursor/cursor #3510).",
    ),
)


def known_client(name: str) -> KnownClient | None:
    """The row of the table for a client that gives this name."""
    for client in KNOWN_CLIENTS:
        if name == client.name or (client.name.endswith("-") and name.startswith(client.name)):
            return client
    return None


def wait_seconds(*, asked: int | None, setting: int | None, client_name: str) -> int:
    """How long a call may wait from its arrival.

    Args:
        asked: The call's own `wait_seconds`; 0 looks once.
        setting: `CODER_MCP_WAIT_SECONDS`.
        client_name: As the client gives it; may be empty.
    """
    client = known_client(client_name)
    bears = client.wait_seconds if client is not None else DEFAULT_WAIT_SECONDS
    cap = client.cap_seconds if client is not None else None
    wanted = next(seconds for seconds in (asked, setting, bears) if seconds is not None)
    return wanted if cap is None else min(wanted, cap)
