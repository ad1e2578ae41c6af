"""The clients' files on this computer: what is to be said of their entries of this server."""

import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePath

from coder_mcp import __version__
from coder_mcp.configuring import files
from coder_mcp.configuring.client import Client
from coder_mcp.configuring.inspection import Facts, file_checks, unreadable
from coder_mcp.configuring.mentions import Source
from coder_mcp.configuring.places import places
from coder_mcp.configuring.table import CLIENTS
from coder_mcp.core.checks.check import Check
from coder_mcp.errors import SettingsError
from coder_mcp.login import LoginSource

_MOST_CHECKS = 30
_MOST_BYTES = 4 * 1024 * 1024
"""Of a file: a larger one takes longer to read than a person waits."""


def client_checks(
    environ: Mapping[str, str],
    directory: Path | None,
    *,
    tools: Collection[str] = (),
    platform: str = sys.platform,
) -> list[Check]:
    """A check for each thing that is wrong with an entry of ours, or one that it is right.

    Args:
        environ: Of the person's shell.
        directory: Where the files of a project are looked for, if anywhere.
        tools: The names of all tools.
        platform: As `sys.platform` says it.
    """
    facts = Facts(
        environ=environ,
        platform=platform,
        version=__version__,
        login_url=LoginSource(environ, insecure_http=True, platform=platform).saved_url(),
        finds=lambda program, path: shutil.which(program, path=path) is not None,
        tools=frozenset(tools),
    )
    try:
        found = [*_files(environ, directory, platform)]
    except SettingsError as error:
        return [Check(name="clients", status="skipped", message=str(error))]
    checks = [check for client, path, mine in found for check in _of(client, path, mine, facts)]
    if all(check.name == "client file" for check in checks):
        checks.append(_none([client.id for client, _, _ in found if client.written]))
    return checks[:_MOST_CHECKS]


def _files(
    environ: Mapping[str, str], directory: Path | None, platform: str
) -> Iterator[tuple[Client, Path, bool]]:
    """The files that there are, each with whether it is a project's own; none comes twice."""
    seen: set[Path] = set()
    for client in CLIENTS:
        of_person: list[PurePath] = [*places(client, platform, environ)]
        of_project: list[PurePath] = []
        if directory is not None and client.in_project:
            of_project.append(directory / client.in_project)
        for in_project, meant in ((False, of_person), (True, of_project)):
            for path in files.existing(meant):
                if path not in seen:
                    seen.add(path)
                    yield client, path, in_project


def _of(client: Client, path: Path, in_project: bool, facts: Facts) -> list[Check]:  # noqa: FBT001  # of `_files`
    shown = _shown(path, facts.environ)
    try:
        text = files.looked_at(path, _MOST_BYTES).text
    except files.Untouchable as error:
        source = Source(client=client, path=shown, in_project=in_project)
        return [unreadable(source, str(error).replace(str(path), shown))]
    is_open = files.is_open_to_others(path)
    source = Source(client=client, path=shown, text=text, in_project=in_project, is_open=is_open)
    return file_checks(source, facts)


def _shown(path: Path, environ: Mapping[str, str]) -> str:
    """The path with `~` for the person's home."""
    for name in ("HOME", "USERPROFILE"):
        if (home := environ.get(name)) and path.is_relative_to(home):
            return str(Path("~", path.relative_to(home)))
    return str(path)


def _none(there: list[str]) -> Check:
    """Nothing mentions this server: what to run, for the clients that are there, by their ids."""
    ids = list(dict.fromkeys(there)) or ["CLIENT"]
    others = f" (or {', '.join(ids[1:])})" if ids[1:] else ""
    return Check(
        name="clients",
        status="warn",
        message="No client's file names this server. An extension of Claude Desktop is not seen"
        " from here.",
        next_step=f"Run `coder-mcp configure {ids[0]}`{others}; docs/clients.md has the clients.",
    )
