"""The entry of `coder login` in the key rings of macOS and Windows, and when it is used."""

import base64
import ctypes
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from builders import TOKEN, URL
from coder_mcp.errors import SettingsError
from coder_mcp.keyring import (
    ACCOUNT,
    SERVICE,
    Credential,
    ReadEntry,
    Unreadable,
    credential_blob,
    entry_of_macos,
    entry_of_windows,
    token_in,
)
from coder_mcp.login import Login, LoginSource

OTHER = "EXAMPLEid2-EXAMPLEsecretEXAMPLEse"
PLATFORMS = ("darwin", "win32")
no_windows = pytest.mark.skipif(sys.platform == "win32", reason="a fake needs a first line with #!")


@pytest.fixture
def anyio_backend() -> str:
    """Files are read in a thread, and macOS's tool is a child process."""
    return "asyncio"


def held(**tokens: str) -> bytes:
    """An entry with tokens by host, as the coder CLI writes it."""
    hosts = {
        host: {"coder_url": host, "api_token": token}
        for host, token in ((name.replace("_", "."), token) for name, token in tokens.items())
    }
    return json.dumps(hosts, separators=(",", ":")).encode()


ONE = held(coder_example_com=TOKEN)
SEVERAL = held(a_example=OTHER, coder_example_com=TOKEN, b_example=OTHER)
ODD = held(a_b=OTHER, coder_example_com=TOKEN)
EVEN = held(a_b=f"{OTHER}x", coder_example_com=TOKEN)


def test_the_blobs_of_the_tests_are_of_odd_and_of_even_length() -> None:
    assert (len(ODD) % 2, len(EVEN) % 2) == (1, 0)


@pytest.mark.parametrize("entry", [ONE, SEVERAL, ODD, EVEN])
def test_the_token_is_that_of_the_deployment(entry: bytes) -> None:
    assert token_in(entry, URL) == TOKEN
    assert token_in(entry, "https://elsewhere.example") == ""


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("coder.example.com:443", "https://coder.example.com"),
        ("coder.example.com:8443", "https://coder.example.com:8443"),
        ("coder.example.com:80", "http://coder.example.com"),
        ("localhost:3000", "http://localhost:3000"),
        ("b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_host_is_known_however_it_was_typed(host: str, url: str) -> None:
    entry = json.dumps({host: {"coder_url": host, "api_token": TOKEN}}).encode()
    assert token_in(entry, url) == TOKEN


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("coder.example.com:8443", "https://coder.example.com"),
        ("coder.example.com", "https://coder.example.com:8443"),
        ("coder.example.com:80", "https://coder.example.com"),
        ("coder.example.com.evil.example", "https://coder.example.com"),
        ("coder.example.com/x", "https://coder.example.com"),
        ("x@coder.example.com", "https://coder.example.com"),
        ("", "https://coder.example.com"),
    ],
)
def test_another_host_has_no_token_of_ours(host: str, url: str) -> None:
    entry = json.dumps({host: {"coder_url": host, "api_token": TOKEN}}).encode()
    assert token_in(entry, url) == ""


@pytest.mark.parametrize(
    "credential", [None, TOKEN, [], {}, {"api_token": None}, {"api_token": 7}, {"api_token": ""}]
)
def test_a_host_without_a_token_has_none(credential: object) -> None:
    assert token_in(json.dumps({"coder.example.com": credential}).encode(), URL) == ""


@pytest.mark.parametrize("entry", [b"", b"[]", b"null", b"{", b"\xff\xfe", f'"{TOKEN}"'.encode()])
def test_an_entry_that_coder_login_never_wrote_is_unreadable_and_not_repeated(entry: bytes) -> None:
    with pytest.raises(Unreadable) as error:
        token_in(entry, URL)
    assert TOKEN not in str(error.value)


def fake_security(directory: Path, program: str) -> str:
    """An executable in the place of macOS's /usr/bin/security."""
    executable = directory / "security"
    executable.write_text(f"#!{sys.executable} -I\nimport sys\n{program}", encoding="utf-8")
    executable.chmod(0o700)
    return str(executable)


def printing(entry: bytes) -> str:
    """What the tool does that has this entry, and is asked for it as the coder CLI asks."""
    asked = ["find-generic-password", "-s", SERVICE, "-wa", ACCOUNT]
    return f"assert sys.argv[1:] == {asked}\nprint({base64.b64encode(entry).decode()!r})"


@no_windows
@pytest.mark.parametrize("entry", [ODD, EVEN, b""])
async def test_on_macos_the_systems_tool_gives_the_entry(tmp_path: Path, entry: bytes) -> None:
    assert await entry_of_macos(fake_security(tmp_path, printing(entry))) == entry


@no_windows
async def test_on_macos_there_may_be_no_entry(tmp_path: Path) -> None:
    assert await entry_of_macos(fake_security(tmp_path, "sys.exit(44)")) is None


UNREADABLE = {
    "locked": ("sys.exit(36)", snapshot("did not give its entry (security: 36)")),
    "no base64": (f"print('{TOKEN} is none')", snapshot("holds no base64")),
    "asks the person": (
        f"import time; time.sleep(60); print('{TOKEN}')",
        snapshot("did not answer in 1 s"),
    ),
}


@no_windows
@pytest.mark.parametrize(("program", "why"), UNREADABLE.values(), ids=UNREADABLE)
async def test_on_macos_what_cannot_be_read_is_told_in_time(
    tmp_path: Path, program: str, why: str
) -> None:
    with pytest.raises(Unreadable) as error:
        await entry_of_macos(fake_security(tmp_path, program), seconds=1)
    assert str(error.value) == why


async def test_on_macos_a_tool_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"cannot be read \(\w+\)"):
        await entry_of_macos(str(tmp_path / "security"))


@pytest.mark.skipif(sys.platform != "darwin", reason="macOS's own key ring")
async def test_macos_itself_has_no_entry_of_a_name_that_nobody_uses() -> None:
    assert await entry_of_macos(service="coder-mcp-tests-nobody") is None


class FakeAdvapi32:
    """Windows' library with one credential, or none; it counts what it is given back."""

    def __init__(self, blob: bytes | None) -> None:
        self._blob = blob
        self.given = self.freed = 0

    def CredReadW(self, target: str, kind: int, flags: int, found: Any, /) -> int:  # noqa: ANN401, N802  # Windows' name, and a pointer's pointer
        assert (target, kind, flags) == ("coder-v2-credentials", 1, 0)
        if self._blob is None:
            return 0
        # What follows the blob in memory is not of it.
        self._memory = ctypes.create_string_buffer(self._blob + b"\x00and more")
        self._credential = Credential(
            TargetName=target,
            CredentialBlobSize=len(self._blob),
            CredentialBlob=ctypes.cast(self._memory, ctypes.c_void_p),
        )
        found[0] = ctypes.pointer(self._credential)
        self.given += 1
        return 1

    def CredFree(self, found: Any, /) -> None:  # noqa: ANN401, N802  # as above
        assert found.contents.CredentialBlobSize == len(self._blob or b"")
        self.freed += 1


@pytest.mark.parametrize("entry", [ODD, EVEN, b""])
def test_on_windows_the_blob_is_read_as_it_is_and_given_back(entry: bytes) -> None:
    advapi32 = FakeAdvapi32(entry)
    assert credential_blob(advapi32, lambda: 0) == entry
    assert (advapi32.given, advapi32.freed) == (1, 1)


def test_on_windows_there_may_be_no_entry_and_other_errors_are_told() -> None:
    advapi32 = FakeAdvapi32(None)
    assert credential_blob(advapi32, lambda: 1168) is None
    with pytest.raises(Unreadable, match=r"did not give its entry \(CredRead: 1312\)"):
        credential_blob(advapi32, lambda: 1312)
    assert advapi32.freed == 0


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout of 64 bits")
def test_a_credential_is_laid_out_as_windows_has_it() -> None:
    """wincred.h, for 64 bits."""
    assert ctypes.sizeof(Credential) == 80
    offsets = {"TargetName": 8, "CredentialBlobSize": 32, "CredentialBlob": 40, "UserName": 72}
    assert {name: getattr(Credential, name).offset for name in offsets} == offsets


@pytest.mark.skipif(sys.platform != "win32", reason="Windows' own credentials")
async def test_windows_itself_can_be_asked() -> None:
    entry = await entry_of_windows()
    assert entry is None or isinstance(entry, bytes)


def left(directory: Path, platform: str, url: str = URL, session: str = "") -> dict[str, str]:
    """The files of `coder login` in the CLI's own place, and the environment that leads there."""
    home = {"HOME": str(directory), "APPDATA": str(directory / "data"), "PATH": ""}
    own = {"darwin": "Library/Application Support", "win32": "data"}.get(platform, ".config")
    files = directory / own / "coderv2"
    files.mkdir(parents=True)
    for name, text in (("url", url), ("session", session)):
        if text:
            (files / name).write_text(text, encoding="utf-8")
    return home


def having(entry: bytes | None) -> ReadEntry:
    """A key ring with this entry, or without one."""

    async def read() -> bytes | None:
        return entry

    return read


async def locked() -> bytes | None:
    raise Unreadable("did not answer in 3 s")


async def never() -> bytes | None:
    raise AssertionError("the key ring was asked")


async def login(
    environ: Mapping[str, str], platform: str = "darwin", read_entry: ReadEntry = never
) -> Login:
    source = LoginSource(environ, platform=platform, read_entry=read_entry, insecure_http=True)
    return await source.read()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("entry", [ONE, SEVERAL, ODD, EVEN])
async def test_the_key_ring_is_where_coder_login_leaves_its_token(
    tmp_path: Path, platform: str, entry: bytes
) -> None:
    found = await login(left(tmp_path, platform), platform, having(entry))
    assert found == Login(
        url=URL,
        session_token=TOKEN,
        source="the key ring of coder login",
        url_source="coder login",
    )


@no_windows
async def test_the_key_ring_of_macos_is_read_through_and_through(tmp_path: Path) -> None:
    read = partial(entry_of_macos, fake_security(tmp_path, printing(SEVERAL)))
    assert (await login(left(tmp_path, "darwin"), "darwin", read)).session_token == TOKEN


async def test_the_key_ring_of_windows_is_read_through_and_through(tmp_path: Path) -> None:
    read = partial(
        entry_of_windows, partial(credential_blob, FakeAdvapi32(SEVERAL), lambda: 0), seconds=10
    )
    assert (await login(left(tmp_path, "win32"), "win32", read)).session_token == TOKEN


async def test_of_several_hosts_the_one_that_is_meant_is_used(tmp_path: Path) -> None:
    environ = left(tmp_path, "darwin", url="https://a.example")
    assert (await login(environ, read_entry=having(SEVERAL))).session_token == OTHER
    chosen = environ | {"CODER_URL": URL}
    found = await login(chosen, read_entry=having(SEVERAL))
    assert (found.session_token, found.url_source) == (TOKEN, "CODER_URL")


async def test_what_is_set_comes_before_the_key_ring_which_is_not_asked(tmp_path: Path) -> None:
    environ = left(tmp_path, "darwin") | {"CODER_SESSION_TOKEN": TOKEN}
    assert (await login(environ)).source == "CODER_SESSION_TOKEN"


async def test_where_no_deployment_is_known_the_key_ring_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No Coder deployment is configured"):
        await login(left(tmp_path, "darwin", url=""))


@pytest.mark.parametrize(
    ("platform", "more"),
    [
        ("linux", {}),
        ("darwin", {"CODER_USE_KEYRING": "false"}),
        ("win32", {"CODER_USE_KEYRING": " 0 "}),
        ("darwin", {"CODER_CONFIG_DIR": "elsewhere"}),
    ],
)
async def test_where_the_coder_cli_uses_a_file_so_does_this(
    tmp_path: Path, platform: str, more: dict[str, str]
) -> None:
    environ = left(tmp_path, platform, session=TOKEN) | more
    if "CODER_CONFIG_DIR" in more:
        (tmp_path / "elsewhere").mkdir()
        for name, text in (("url", URL), ("session", TOKEN)):
            (tmp_path / "elsewhere" / name).write_text(text, encoding="utf-8")
        environ["CODER_CONFIG_DIR"] = str(tmp_path / "elsewhere")
    assert (await login(environ, platform)).source == "coder login"


@pytest.mark.parametrize("text", ["", "true", "1", "${user_config.x}"])
async def test_the_key_ring_is_used_unless_that_is_off(tmp_path: Path, text: str) -> None:
    environ = left(tmp_path, "darwin", session=OTHER) | {"CODER_USE_KEYRING": text}
    own = str(tmp_path / "Library/Application Support/coderv2")
    for directory in ("", own):
        found = await login(environ | {"CODER_CONFIG_DIR": directory}, "darwin", having(ONE))
        assert found.session_token == TOKEN


@pytest.mark.parametrize(
    "read_entry",
    [having(None), having(held(a_example=OTHER)), having(b"{"), locked],
    ids=["no entry", "another's", "unreadable", "locked"],
)
async def test_without_a_token_in_the_key_ring_the_file_is_used(
    tmp_path: Path, read_entry: ReadEntry
) -> None:
    environ = left(tmp_path, "darwin", session=TOKEN)
    found = await login(environ, "darwin", read_entry)
    assert (found.session_token, found.source) == (TOKEN, "coder login")


async def test_a_key_ring_that_is_locked_is_told_where_there_is_no_other_token(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError) as error:
        await login(left(tmp_path, "darwin"), "darwin", locked)
    assert str(error.value) == snapshot(
        "There is no session token for https://coder.example.com. The system's key ring did not answer in 3 s. Make one on https://coder.example.com/settings/tokens and set it as CODER_SESSION_TOKEN in this server's configuration (where the client names the command, or in the settings of the extension); or run `coder login https://coder.example.com` in a terminal: it keeps one in the system's key ring. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
    )


async def test_a_token_made_for_https_is_not_sent_over_http(tmp_path: Path) -> None:
    environ = left(tmp_path, "darwin") | {"CODER_URL": "http://coder.example.com"}
    with pytest.raises(SettingsError, match="the login on this computer is for https://coder"):
        await login(environ)


async def test_what_is_no_token_is_not_used_nor_repeated(tmp_path: Path) -> None:
    environ = left(tmp_path, "darwin")
    with pytest.raises(SettingsError) as error:
        await login(environ, "darwin", having(held(coder_example_com=f"{TOKEN}\r\nX: y")))
    assert str(error.value) == snapshot(
        "What the key ring of `coder login` holds is not a session token. Run `coder login https://coder.example.com` in a terminal again."
    )
