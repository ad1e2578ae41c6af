"""What of this process an entry has to say again: how it was started, and its environment. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from coder_mcp.configuration import VARIABLES
from coder_mcp.errors import SettingsError
from coder_mcp.variables import given

DISTRIBUTION = "coder-workspaces-mcp"
COMMANDS = ("coder-mcp", DISTRIBUTION)
_UV_CACHE = re.compile(r"(?:archive|environments|builds)-v\d+")
# What the entry says otherwise, what every client passes on, and what is never read.
_NOT_CARRIED = {
    "CODER_URL",
    "CODER_SESSION_TOKEN",
    "CODER_HEADER_COMMAND",
    "HOME",
    "XDG_CONFIG_HOME",
    "APPDATA",
    "PATH",
}
_PASSWORD_IN_URL = re.compile(r"^[^/@]*(?://)?[^/@]*:[^/@]*@")
SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
"""What a program with a window is given on macOS, and on most Linux desktops."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """How this process runs.

    Attributes:
        script: The command that was run, as an absolute path; empty if it was none of ours.
        prefix: The environment of its interpreter.
        executable: The interpreter.
        version: Of the distribution.
        from_index: Whether it was installed from an index, by its name.
        which: Where a program is on the person's PATH, none where it is not.
        resolved: What a path is once its links are followed.
        platform: As `sys.platform` says it.
    """

    script: str
    prefix: str
    executable: str
    version: str
    from_index: bool
    which: Callable[[str], str | None]
    resolved: Callable[[str], str]
    platform: str

    def path(self, text: str) -> PurePath:
        """The path as this platform reads it."""
        return PureWindowsPath(text) if self.platform == "win32" else PurePosixPath(text)


def command(process: Process) -> tuple[str, ...]:
    """What starts the server tomorrow as well: an absolute path, and arguments.

    A command on PATH outlasts the environment that it leads to, which an upgrade may make anew.
    What `uvx` and `pipx run` made is theirs to delete, so they are asked for it again.

    Raises:
        SettingsError: It runs from what will not last, and how to install it.
    """
    parts = process.path(process.prefix).parts
    cache = "uvx" if any(map(_UV_CACHE.fullmatch, parts)) else ""
    cache = "pipx" if {"pipx", ".cache"} <= set(parts) else cache
    if cache:
        return _again(process, cache)
    for name in COMMANDS:
        found = process.which(name)
        if found and process.script and process.resolved(found) == process.resolved(process.script):
            return (found,)
    if process.script:
        return (process.script,)
    return (process.executable, "-m", "coder_mcp")


def _again(process: Process, runner: str) -> tuple[str, ...]:
    found = process.which(runner)
    if found is None or not process.from_index:
        raise SettingsError(
            "This runs from a temporary environment, which no client can count on. Install it"
            f" first, with `uv tool install` or `pipx install`: {DISTRIBUTION}, or the directory or"
            " address that you have it from."
        )
    pinned = f"{DISTRIBUTION}=={process.version}"
    return (found, pinned) if runner == "uvx" else (found, "run", pinned)


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What of the environment goes into the entry, and what only the person can put there."""

    environ: Mapping[str, str]
    left_out: tuple[str, ...]


def carried(environ: Mapping[str, str], *, platform: str, coder: str | None = None) -> Carried:
    """What is set here and changes how the server works, and a client would not pass on.

    Args:
        environ: Of the person's shell.
        platform: As `sys.platform` says it.
        coder: The coder CLI, where the token is read through it: a program with a window does
            not find it on its own.
    """
    found = {name: given(environ, name) for name in sorted(environ) if _is_carried(name)}
    found = {name: value for name, value in found.items() if value}
    secret = [name for name, value in found.items() if _is_secret(name, value)]
    kept = {name: value for name, value in found.items() if name not in secret}
    if (config := given(environ, "XDG_CONFIG_HOME")) and platform not in ("win32", "darwin"):
        kept["XDG_CONFIG_HOME"] = config
    if coder is not None and platform != "win32":
        kept["PATH"] = f"{PurePosixPath(coder).parent}:{SYSTEM_PATH}"
    return Carried(environ=kept, left_out=tuple(secret))


def _is_carried(name: str) -> bool:
    return name not in _NOT_CARRIED and _spelled(name) in VARIABLES


def _is_secret(name: str, value: str) -> bool:
    """Whether the value is to be in no file: of a proxy only one that holds a password."""
    if _spelled(name).endswith("_PROXY"):
        return bool(_PASSWORD_IN_URL.match(value))
    return VARIABLES[_spelled(name)].is_secret


def _spelled(name: str) -> str:
    """The name as the table has it; those of proxies may be in small letters."""
    return name.upper() if name.endswith("_proxy") else name
