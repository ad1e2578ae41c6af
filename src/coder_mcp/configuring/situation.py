"""What an entry has to say on this computer: the command, the deployment, the environment."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import anyio

from coder_mcp import __version__
from coder_mcp.configuring.entry import TOKEN, Setup
from coder_mcp.configuring.surroundings import (
    COMMANDS,
    DISTRIBUTION,
    Carried,
    Process,
    carried,
    command,
)
from coder_mcp.errors import SettingsError
from coder_mcp.login import Login, LoginSource
from coder_mcp.settings import Settings, deployment_url
from coder_mcp.variables import given

_SIMULATOR = ("serve", "--simulator", "--seeded")


def situation(
    environ: Mapping[str, str], *, url: str, name: str, simulator: bool, platform: str
) -> tuple[Setup, list[str]]:
    """What the entry is to say, and what a person should know of it.

    Args:
        environ: Of the person's shell.
        url: The deployment, if the person names one; else the environment or `coder login` does.
        name: Of the entry.
        simulator: Whether the server is to serve the simulator instead.
        platform: As `sys.platform` says it.

    Raises:
        SettingsError: No deployment is known, or no command that will last.
    """
    started = command(_process(environ, platform))
    if simulator:
        setup = Setup(command=(*started, *_SIMULATOR), url="", name=name)
        return setup, ["It serves the embedded simulator: no deployment is touched."]
    url, login = anyio.run(_login, url, environ)
    by_cli = login is not None and login.source == "coder login token"
    coder = shutil.which("coder", path=environ.get("PATH")) if by_cli else None
    found = carried(environ, platform=platform, coder=coder)
    setup = Setup(
        command=started, url=url, signed_in=login is not None, environ=found.environ, name=name
    )
    return setup, [*_notes(found), *_of_another_login(url, login, environ, platform)]


async def _login(url: str, environ: Mapping[str, str]) -> tuple[str, Login | None]:
    """The deployment, and what `coder login` left for it; a token of this shell is not that."""
    insecure_http = Settings.from_environ(environ).insecure_http
    called, url = ("--url", url) if url else ("CODER_URL", given(environ, "CODER_URL"))
    if url:
        url = deployment_url(url, insecure_http=insecure_http, called=called)
    without_token = {key: value for key, value in environ.items() if key != TOKEN}
    source = LoginSource({**without_token, "CODER_URL": url}, insecure_http=insecure_http)
    try:
        login = await source.read()
    except SettingsError as error:
        if url:
            return url, None
        raise SettingsError(
            "Which deployment? Give --url https://coder.example.com, or run `coder login <url>`"
            " first. --simulator needs none."
        ) from error
    return login.url, login


def _of_another_login(
    url: str, login: Login | None, environ: Mapping[str, str], platform: str
) -> list[str]:
    """What to know where `coder login` was for another deployment: its token is not used."""
    theirs = LoginSource(environ, insecure_http=True, platform=platform).saved_url()
    if login is not None or theirs in ("", url):
        return []
    return [f"`coder login` on this computer is for {theirs}, not for {url}."]


def _notes(found: Carried) -> list[str]:
    notes: list[str] = []
    if found.environ:
        notes.append(f"Taken over from this shell: {', '.join(found.environ)}.")
    if found.left_out:
        notes.append(
            f"Not written, since it holds a secret: {', '.join(found.left_out)}. Where the server"
            " needs it, put it into the entry yourself."
        )
    return notes


def _process(environ: Mapping[str, str], platform: str) -> Process:
    return Process(
        script=_script(environ.get("PATH")),
        prefix=sys.prefix,
        executable=sys.executable,
        version=__version__,
        from_index=_is_from_index(),
        which=lambda name: shutil.which(name, path=environ.get("PATH")),
        resolved=os.path.realpath,
        platform=platform,
    )


def _script(search_path: str | None) -> str:
    """The command that was run, empty where it was the interpreter."""
    if Path(sys.argv[0]).stem not in COMMANDS:
        return ""
    return os.path.abspath(shutil.which(sys.argv[0], path=search_path) or sys.argv[0])  # noqa: PTH100  # links stay


def _is_from_index() -> bool:
    try:
        origin = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return False
    return not (origin and json.loads(origin))
