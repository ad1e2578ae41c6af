"""The entry of `coder login` in the system's key ring (macOS, Windows): read, never written.

One entry holds the tokens of all deployments, as JSON by their host (coder/coder,
cli/sessionstore). It is read raw: Python's keyring library takes Windows' bytes for UTF-16, and
what it writes would sign the coder CLI out.
"""

import base64
import ctypes
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

import anyio
import anyio.to_thread

from coder_mcp.errors import SettingsError
from coder_mcp.settings import deployment_url

SERVICE = "coder-v2-credentials"
"""Of the entry; on Windows it is the whole of the target's name."""
ACCOUNT = "coder-login-credentials"
READ_SECONDS = 3.0
"""A locked key ring asks the person; a call cannot wait for that."""

ReadEntry = Callable[[], Awaitable[bytes | None]]
"""The entry's JSON, nothing where there is no entry; `Unreadable` where it cannot be had."""

_SECURITY = "/usr/bin/security"
_ITEM_NOT_FOUND = 44  # errSecItemNotFound, as the exit status of `security`
_GENERIC = 1  # CRED_TYPE_GENERIC
_ERROR_NOT_FOUND = 1168


class Unreadable(Exception):
    """The key ring did not give its entry; the text says why."""


def token_in(entry: bytes, url: str) -> str:
    """The token of this deployment, empty where the entry has none.

    A host in it may name the port that goes without saying, and has the letters that were typed.

    Raises:
        Unreadable: It is not what `coder login` writes.
    """
    try:
        held: Any = json.loads(entry)
    except ValueError as error:
        raise Unreadable("holds no JSON") from error
    if not isinstance(held, dict):
        raise Unreadable("holds JSON of another kind")
    scheme = url.partition("://")[0]
    for host, credential in cast("dict[str, Any]", held).items():
        if _origin(f"{scheme}://{host}") == url and isinstance(credential, dict):
            token = cast("dict[str, Any]", credential).get("api_token")
            if isinstance(token, str) and token:
                return token
    return ""


def _origin(url: str) -> str:
    try:
        return deployment_url(url, insecure_http=True)
    except SettingsError:
        return ""


def native_reader(platform: str = sys.platform) -> ReadEntry:
    """What reads the key ring of this system."""
    return entry_of_macos if platform == "darwin" else entry_of_windows


async def entry_of_macos(
    security: str = _SECURITY, *, service: str = SERVICE, seconds: float = READ_SECONDS
) -> bytes | None:
    """The entry, by the system's own tool, for which it was made; there it is base64.

    Raises:
        Unreadable: The key ring is locked, or asks the person.
    """
    command = [security, "find-generic-password", "-s", service, "-wa", ACCOUNT]
    try:
        with anyio.fail_after(seconds):
            answer = await anyio.run_process(
                command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
    except TimeoutError as error:
        raise Unreadable(f"did not answer in {seconds:.0f} s") from error
    except OSError as error:
        raise Unreadable(f"cannot be read ({type(error).__name__})") from error
    if answer.returncode == _ITEM_NOT_FOUND:
        return None
    if answer.returncode:
        raise Unreadable(f"did not give its entry (security: {answer.returncode})")
    try:
        return base64.b64decode(answer.stdout.strip(), validate=True)
    except ValueError as error:
        raise Unreadable("holds no base64") from error


async def entry_of_windows(
    read: Callable[[], bytes | None] | None = None, *, seconds: float = READ_SECONDS
) -> bytes | None:
    """The entry: a generic credential, whose bytes are the JSON itself.

    Raises:
        Unreadable: Windows does not give it.
    """
    try:
        with anyio.fail_after(seconds):
            return await anyio.to_thread.run_sync(
                read or _windows_credential, abandon_on_cancel=True
            )
    except TimeoutError as error:
        raise Unreadable(f"did not answer in {seconds:.0f} s") from error


class Credential(ctypes.Structure):
    """CREDENTIALW of wincred.h; the sizes are written out, so that it is the same everywhere."""

    _fields_ = (
        ("Flags", ctypes.c_uint32),
        ("Type", ctypes.c_uint32),
        ("TargetName", ctypes.c_wchar_p),
        ("Comment", ctypes.c_wchar_p),
        ("LastWritten", ctypes.c_uint32 * 2),
        ("CredentialBlobSize", ctypes.c_uint32),
        ("CredentialBlob", ctypes.c_void_p),
        ("Persist", ctypes.c_uint32),
        ("AttributeCount", ctypes.c_uint32),
        ("Attributes", ctypes.c_void_p),
        ("TargetAlias", ctypes.c_wchar_p),
        ("UserName", ctypes.c_wchar_p),
    )


class Advapi32(Protocol):
    """What is needed of Windows' library of that name."""

    def CredReadW(self, target: str, kind: int, flags: int, found: Any, /) -> int:  # noqa: ANN401, N802  # Windows' name; ctypes has no type for a pointer's pointer
        """Whether there is such a credential, which is put into `found`."""
        ...

    def CredFree(self, found: Any, /) -> None:  # noqa: ANN401, N802  # as above
        """Give its memory back."""
        ...


def credential_blob(
    advapi32: Advapi32, last_error: Callable[[], int], target: str = SERVICE
) -> bytes | None:
    """The bytes of a generic credential, as they are; nothing where there is none.

    Raises:
        Unreadable: Windows names another error.
    """
    found = ctypes.POINTER(Credential)()
    if not advapi32.CredReadW(target, _GENERIC, 0, ctypes.pointer(found)):
        code = last_error()
        if code == _ERROR_NOT_FOUND:
            return None
        raise Unreadable(f"did not give its entry (CredRead: {code})")
    try:
        credential = found.contents
        return ctypes.string_at(credential.CredentialBlob, credential.CredentialBlobSize)
    finally:
        advapi32.CredFree(found)


def _windows_credential() -> bytes | None:
    if sys.platform != "win32":
        raise Unreadable("is not there")
    library = ctypes.WinDLL("advapi32", use_last_error=True)
    library.CredReadW.argtypes = [
        ctypes.c_wchar_p,
        ctypes.c_uint32,
        ctypes.c_uint32,
        ctypes.POINTER(ctypes.POINTER(Credential)),
    ]
    library.CredFree.argtypes = [ctypes.c_void_p]
    library.CredFree.restype = None
    return credential_blob(cast("Advapi32", library), ctypes.get_last_error)
