"""What is known of each client's configuration: where, in which form, with which limits.

One row a client. `configure` works from it, and docs/clients.md is written from it. How long a
call waits in a client is in `core/clients.py`, which the server reads; the rows name each other
by `known_as`, so that the server need not load this table.
"""

from coder_mcp.configuring.client import Client

_LONG_WAIT_SECONDS = 1200
"""What the server is told where the client's own limit is raised above it: 20 min, as elsewhere."""
_LIMIT_SECONDS = 1800

_FROM_THE_SHELL = (
    "The token stays out of the file: {title} fills it in from CODER_SESSION_TOKEN of the"
    " environment that it is started in."
)


def _everywhere(path: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(("linux", "darwin", "win32"), (path,))


VSCODE_INPUT = "coder-token"
"""The name of the question that VS Code asks once."""

CLIENTS = (
    Client(
        id="claude-desktop",
        title="Claude Desktop",
        known_as=("claude-ai", "local-agent-mode-"),
        files={
            "linux": ("~/.config/Claude/claude_desktop_config.json",),
            "darwin": ("~/Library/Application Support/Claude/claude_desktop_config.json",),
            "win32": (
                "%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json",
                "%APPDATA%/Claude/claude_desktop_config.json",
            ),
        },
        cuts_after=240,
        then="Quit Claude Desktop (the window alone is not enough) and open it again.",
        limit="Calls are cut after 4 min, in its Code tab and in older builds after 60 s; there is"
        " no setting for it.",
        evidence="The packaged Windows build reads its own copy below LocalCache"
        " (anthropics/claude-code #57998, taiste/harvest-mcp-server #12); the limits:"
        " anthropics/claude-code #44032, #63379, #65643.",
    ),
    Client(
        id="claude-code",
        title="Claude Code",
        known_as=("claude-code",),
        files=_everywhere("~/.claude.json"),
        moved_by="CLAUDE_CONFIG_DIR",
        in_project=".mcp.json",
        has_window=False,
        fixed={"type": "stdio"},
        limit_key="timeout",
        limit_variable="MCP_TOOL_TIMEOUT",
        units_a_second=1000,
        reference="${CODER_SESSION_TOKEN:-}",
        handed_over=_FROM_THE_SHELL,
        then="Start a new session; /mcp shows the server.",
        limit="None that matters: about 28 h, and progress keeps its watchdog quiet. After 2 min"
        " a call goes on in the background.",
        evidence="Scopes and `${VAR:-default}` are documented (code.claude.com/docs/en/mcp);"
        " where an older version does not expand it, the server takes it as not set"
        " (anthropics/claude-code #43693). Limits: its changelog, 2.1.187 to 2.1.212.",
    ),
    Client(
        id="vscode",
        title="VS Code",
        known_as=("Visual Studio Code",),
        files={
            "linux": ("~/.config/Code/User/mcp.json",),
            "darwin": ("~/Library/Application Support/Code/User/mcp.json",),
            "win32": ("%APPDATA%/Code/User/mcp.json",),
        },
        in_project=".vscode/mcp.json",
        container=("servers",),
        fixed={"type": "stdio"},
        reference=f"${{input:{VSCODE_INPUT}}}",
        handed_over="VS Code asks for the token once and keeps it safe; one from"
        " {url}/settings/tokens.",
        then='Run "MCP: List Servers" in VS Code and start the server.',
        limit="None.",
        evidence="code.visualstudio.com/docs/copilot/reference/mcp-configuration; no timer in"
        " mcpServerRequestHandler.ts (microsoft/vscode #311595 asks for one).",
    ),
    Client(
        id="cursor",
        title="Cursor",
        known_as=("cursor-vscode",),
        files=_everywhere("~/.cursor/mcp.json"),
        in_project=".cursor/mcp.json",
        cuts_after=300,
        reference="${env:CODER_SESSION_TOKEN}",
        handed_over=_FROM_THE_SHELL,
        then="Open Settings, MCP in Cursor and switch the server on.",
        limit="Not documented; calls canceled after 5 min were reported.",
        evidence="`${env:NAME}` is documented (cursor.com/docs/mcp); cursor/cursor #3510.",
    ),
    Client(
        id="codex",
        title="Codex",
        known_as=("codex-mcp-client",),
        files=_everywhere("~/.codex/config.toml"),
        moved_by="CODEX_HOME",
        in_project=".codex/config.toml",
        has_window=False,
        form="toml",
        container=("mcp_servers",),
        limits={"startup_timeout_sec": 60, "tool_timeout_sec": _LIMIT_SECONDS},
        cuts_after=60,
        limit_key="tool_timeout_sec",
        wait_seconds=_LONG_WAIT_SECONDS,
        forwards="env_vars",
        handed_over=_FROM_THE_SHELL,
        then="Restart Codex; /mcp shows the server.",
        limit="`tool_timeout_sec`: 300 s since June 2026, 120 s and 60 s before.",
        evidence="developers.openai.com/codex/mcp (`env_vars`); openai/codex #28234.",
    ),
    Client(
        id="windsurf",
        title="Windsurf",
        files=_everywhere("~/.codeium/windsurf/mcp_config.json"),
        written=False,
        reference="${env:CODER_SESSION_TOKEN}",
        handed_over=_FROM_THE_SHELL,
        then="Press Refresh in Cascade's list of MCP servers.",
        limit="Not known.",
        evidence="docs.windsurf.com (`${env:NAME}`).",
    ),
    Client(
        id="zed",
        title="Zed",
        files={
            "linux": ("~/.config/zed/settings.json",),
            "darwin": ("~/.config/zed/settings.json",),
            "win32": ("%APPDATA%/Zed/settings.json",),
        },
        written=False,
        container=("context_servers",),
        fixed={"source": "custom"},
        limits={"timeout": _LIMIT_SECONDS},
        cuts_after=60,
        limit_key="timeout",
        wait_seconds=_LONG_WAIT_SECONDS,
        then="Zed reads it at once; the Agent Panel's settings show the server.",
        limit="`timeout`, in seconds: 60 unless it is set; progress does not extend it.",
        evidence="zed-industries/zed, docs/src/ai/mcp.md and context_server/src/client.rs; #32668.",
    ),
    Client(
        id="gemini",
        title="Gemini CLI",
        known_as=("gemini-cli-mcp-client",),
        files=_everywhere("~/.gemini/settings.json"),
        in_project=".gemini/settings.json",
        has_window=False,
        written=False,
        limits={"timeout": _LIMIT_SECONDS * 1000},
        cuts_after=600,
        limit_key="timeout",
        units_a_second=1000,
        wait_seconds=_LONG_WAIT_SECONDS,
        reference="${CODER_SESSION_TOKEN}",
        handed_over=_FROM_THE_SHELL,
        then="Restart Gemini CLI; /mcp shows the server.",
        limit="`timeout`, in milliseconds: 10 min unless it is set; progress does not extend it.",
        evidence="google-gemini/gemini-cli, docs/tools/mcp-server.md and mcp-client.ts.",
    ),
    Client(
        id="copilot",
        title="Copilot CLI",
        known_as=("copilot-cli",),
        files=_everywhere("~/.copilot/mcp-config.json"),
        has_window=False,
        written=False,
        fixed={"type": "local", "tools": ("*",)},
        limits={"timeout": _LIMIT_SECONDS * 1000},
        cuts_after=60,
        reference="${CODER_SESSION_TOKEN}",
        handed_over=_FROM_THE_SHELL,
        then="Restart Copilot CLI; /mcp show lists the server.",
        limit="60 s; `timeout`, in milliseconds, was not heeded, so nothing counts on it.",
        evidence="github/copilot-cli #172, #1535 (limit), #903 (`${VAR}` since 1.0.10).",
    ),
    Client(
        id="copilot-jetbrains",
        title="Copilot in JetBrains IDEs",
        files={
            "linux": ("~/.config/github-copilot/intellij/mcp.json",),
            "darwin": ("~/.config/github-copilot/intellij/mcp.json",),
            "win32": ("%LOCALAPPDATA%/github-copilot/intellij/mcp.json",),
        },
        written=False,
        container=("servers",),
        cuts_after=30,
        wait_seconds=25,
        then="Settings, Tools, GitHub Copilot, Model Context Protocol, Configure opens the file;"
        " start the server there.",
        limit="30 s, without a setting.",
        evidence="microsoft/copilot-intellij-feedback #1935 (limit), microsoft/apm #1225 (file).",
    ),
    Client(
        id="jetbrains",
        title="JetBrains AI Assistant",
        files={},
        written=False,
        then="Paste it in Settings, Tools, AI Assistant, Model Context Protocol, Add, As JSON.",
        limit="Not known.",
        evidence="jetbrains.com/help/ai-assistant/mcp.html; the file behind it is the IDE's own.",
    ),
    Client(
        id="opencode",
        title="opencode",
        files=_everywhere("~/.config/opencode/opencode.json"),
        in_project="opencode.json",
        has_window=False,
        written=False,
        container=("mcp",),
        fixed={"type": "local", "enabled": True},
        command_is_list=True,
        environ_key="environment",
        reference="{env:CODER_SESSION_TOKEN}",
        handed_over=_FROM_THE_SHELL,
        then="Restart opencode.",
        limit="A long one since June 2026, which progress extends; its `timeout` is another limit.",
        evidence="opencode.ai/docs/mcp-servers; anomalyco/opencode #32477, #35204.",
    ),
)


def client_called(name: str) -> Client | None:
    """The row of the client with this id."""
    return next((client for client in CLIENTS if client.id == name), None)
