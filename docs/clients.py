"""The page of docs/clients.md, from the tables that `coder-mcp configure` and the server use."""

from coder_mcp.configuring.client import Client
from coder_mcp.configuring.edits import FORMATS, edited
from coder_mcp.configuring.entry import Setup, additions, token_notes
from coder_mcp.configuring.table import CLIENTS
from coder_mcp.core.clients import DEFAULT_WAIT_SECONDS, known_client

_URL = "https://coder.example.com"
_SETUP = Setup(command=("/home/you/.local/bin/coder-mcp",), url=_URL)
_PLATFORMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
BEGIN = "<!-- clients: made by dev.py docs -->\n"


def page(now: str) -> str:
    """The page with a section a client, as the tables have it."""
    head, _, _ = now.partition(BEGIN)
    return "\n".join([head + BEGIN, *map(_section, CLIENTS)])


def _section(client: Client) -> str:
    snippet = edited(FORMATS[client.form], "", additions(client, _SETUP, {}))
    run = f"coder-mcp configure {client.id} --url {_URL}"
    does = "writes" if client.written else "shows"
    moved = [f"- with `{client.moved_by}` set: in that directory"] if client.moved_by else []
    flag = " (`--file`)" if client.written else ""
    own = f"- a project's own: `{client.in_project}`{flag}"
    moved += [own] if client.in_project else []
    return "\n".join(
        [
            f"## {client.title}\n",
            f"`{run}` {does} it.\n",
            *_files(client),
            *moved,
            "",
            f"```{client.form}\n{snippet}```\n",
            " ".join([*token_notes(client, _SETUP, None), client.then]) + "\n",
            f"Time limit: {client.limit} {_waiting(client)}\n",
            f"Evidence: {client.evidence}\n",
        ]
    )


def _files(client: Client) -> list[str]:
    """Where the file is, a line a place; one where it is the same everywhere."""
    if not client.files:
        return ["- the file is the client's own affair"]
    if len(set(client.files.values())) == 1:
        return [f"- `{path}`" for path in client.files["linux"]]
    return [
        f"- {name}: {', else '.join(f'`{path}`' for path in client.files[platform])}"
        for platform, name in _PLATFORMS.items()
    ]


def _waiting(client: Client) -> str:
    """How long a call waits in it, in a sentence."""
    waits: list[str] = []
    for name in client.known_as or ("",):
        known = known_client(name)
        seconds = known.wait_seconds if known else DEFAULT_WAIT_SECONDS
        cap = known.cap_seconds if known else None
        subject = f"As `{name}` a call" if len(client.known_as) > 1 else "A call"
        most = f", at most {cap} s" if cap is not None else ""
        if client.wait_seconds is not None:
            waits.append(
                f"With this entry a call waits {client.wait_seconds} s, without {seconds} s"
            )
        else:
            waits.append(f"{subject} waits {seconds} s{most}")
    return ". ".join(waits) + "."
