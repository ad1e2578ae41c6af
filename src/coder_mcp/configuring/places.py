"""Where a client's file is: pure, for a given platform and environment."""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from coder_mcp.configuring.client import Client
from coder_mcp.errors import SettingsError

_DIRECTORIES = {
    "%APPDATA%": "AppData/Roaming",
    "%LOCALAPPDATA%": "AppData/Local",
}


def places(client: Client, platform: str, environ: Mapping[str, str]) -> tuple[PurePath, ...]:
    """Where the file can be, the likeliest first; in one, a part may hold a `*`.

    Args:
        client: Whose file.
        platform: As `sys.platform` says it.
        environ: Of the person.

    Raises:
        SettingsError: The environment does not say where the person's home is.
    """
    kind = platform if platform in ("win32", "darwin") else "linux"
    pure = PureWindowsPath if kind == "win32" else PurePosixPath
    texts = client.files.get(kind, ())
    if texts and client.moved_by and (moved := environ.get(client.moved_by, "").strip()):
        return (pure(moved) / PurePosixPath(texts[-1]).name,)
    return tuple(_place(text, pure, kind, environ) for text in texts)


def _place(
    text: str,
    pure: type[PurePosixPath] | type[PureWindowsPath],
    platform: str,
    environ: Mapping[str, str],
) -> PurePath:
    first, *rest = text.split("/")
    if platform == "linux" and rest[0] == ".config" and environ.get("XDG_CONFIG_HOME"):
        return pure(environ["XDG_CONFIG_HOME"], *rest[1:])
    if given := environ.get(first.strip("%"), "").strip():
        return pure(given, *rest)
    home = environ.get("USERPROFILE" if platform == "win32" else "HOME", "").strip()
    if not home:
        raise SettingsError("The environment does not say where your home directory is.")
    return pure(home, *_DIRECTORIES.get(first, "").split("/"), *rest)
