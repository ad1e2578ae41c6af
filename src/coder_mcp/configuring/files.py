"""A client's file on disk: found, read, and replaced in one step, with a copy kept beside it."""

import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from coder_mcp.errors import CoderMcpError

COPY_SUFFIX = ".coder-mcp.bak"
_MOST_BYTES = 64 * 1024 * 1024
_MOST_MATCHES = 20
_MARK = b"\xef\xbb\xbf"


class Untouchable(CoderMcpError):
    """The file cannot be read or written; it is as it was."""


@dataclass(frozen=True)
class Found:
    """A file as it was read.

    Attributes:
        path: The file itself; where a link led to it, not the link.
        text: What it says, without a byte order mark.
        marked: Whether it has one.
        mode: Its permissions; none where it does not exist yet.
    """

    path: Path
    text: str
    marked: bool = False
    mode: int | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self.mode is not None


def located(places: Sequence[PurePath]) -> Path:
    """The place to use: of several the first whose directory exists, else the last."""
    for place in places:
        path = Path(place)
        star = next((part for part in path.parts if "*" in part), None)
        if star is None:
            continue
        depth = path.parts.index(star)
        before, inside = Path(*path.parts[:depth]), Path(*path.parts[depth + 1 :])
        for directory in sorted(before.glob(star)):
            if (directory / inside).parent.is_dir():
                return directory / inside
    return Path(places[-1])


def existing(places: Sequence[PurePath]) -> list[Path]:
    """The files there are, of all the places that can be meant."""
    found: list[Path] = []
    for place in map(Path, places):
        star = next((part for part in place.parts if "*" in part), None)
        if star is None:
            found.append(place)
            continue
        depth = place.parts.index(star)
        with suppress(OSError):
            directories = islice(Path(*place.parts[:depth]).glob(star), _MOST_MATCHES)
            found += [Path(one, *place.parts[depth + 1 :]) for one in sorted(directories)]
    return [path for path in found if os.path.lexists(path)]


def is_open_to_others(path: Path) -> bool:
    """Whether other users of this computer can read the file; not judged on Windows."""
    if os.name == "nt":
        return False
    with suppress(OSError):
        path = path.resolve()
        ways = all(directory.stat().st_mode & stat.S_IXOTH for directory in path.parents)
        return ways and bool(path.stat().st_mode & stat.S_IROTH)
    return False


def read(path: Path) -> Found:
    """The file, empty where it does not exist.

    Raises:
        Untouchable: It cannot be read, or could not be written.
    """
    found = looked_at(path)
    if found.mode is not None and not (found.mode & 0o222 and os.access(found.path, os.W_OK)):
        raise Untouchable(
            f"{found.path} is read-only. Nothing was written: make it writable, or put the entry"
            " there yourself (--print shows it)."
        )
    return found


def looked_at(path: Path, most_bytes: int = _MOST_BYTES) -> Found:
    """The file, whether it can be written or not, empty where it does not exist.

    Raises:
        Untouchable: It cannot be read.
    """
    try:
        path = path.resolve()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Untouchable(f"{path} is not a file.")
        if status.st_size > most_bytes:
            raise Untouchable(f"{path} is too large to be a configuration.")
        content = path.read_bytes()
    except FileNotFoundError:
        return Found(path, "")
    except (OSError, RuntimeError) as error:
        raise Untouchable(f"{path} cannot be read: {_reason(error)}.") from error
    marked = content.startswith(_MARK)
    try:
        text = content.removeprefix(_MARK).decode()
    except UnicodeDecodeError as error:
        raise Untouchable(f"{path} is not UTF-8 text.") from error
    return Found(path, text, marked, stat.S_IMODE(status.st_mode))


def replace(found: Found, text: str) -> Path | None:
    """Put the text in the file's place, and keep what it said in a copy beside it.

    Whoever reads the file meanwhile reads all of the one or all of the other.

    Returns:
        The copy; none where there was no file.

    Raises:
        Untouchable: It could not be written, and is as it was.
    """
    try:
        found.path.parent.mkdir(parents=True, exist_ok=True)
        copy = None
        if found.mode is not None:
            copy = found.path.with_name(found.path.name + COPY_SUFFIX)
            _put(copy, found.path.read_bytes(), found)
        _put(found.path, (_MARK if found.marked else b"") + text.encode(), found)
    except (OSError, UnicodeEncodeError) as error:
        raise Untouchable(f"{found.path} cannot be written: {_reason(error)}.") from error
    return copy


def _put(path: Path, content: bytes, like: Found) -> None:
    """Write a file with the permissions and the owner of another, by renaming."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if like.mode is not None:
            status = like.path.stat()
            if hasattr(os, "chown"):
                with suppress(PermissionError):
                    os.chown(name, status.st_uid, status.st_gid)
            Path(name).chmod(like.mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
