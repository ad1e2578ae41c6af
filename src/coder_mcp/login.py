"""Which deployment, and with which session token: the environment, or what `coder login` left.

Sign-in is Coder's own. What `coder login` wrote, its files and its entry in the system's key ring,
is read, never written, and a token is used only for the deployment that it was made for.
"""

import re
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread

from coder_mcp.coder_cli import token_of_cli
from coder_mcp.errors import SettingsError
from coder_mcp.keyring import ReadEntry, Unreadable, native_reader, token_in
from coder_mcp.settings import deployment_url
from coder_mcp.variables import given

NO_DEPLOYMENT = "No Coder deployment is configured."
KEYRING = "the key ring of coder login"
"""Where a token came from that was there."""

_NO = {"0", "f", "false", "no", "off"}
_TOKEN = re.compile(r"[\x21-\x7e]{1,512}")
_PLACEHOLDER = re.compile(r"<[^<>]*>")
_LONGEST = 4096
"""In characters, of a file of `coder login`: a token has some 33."""
_LOGIN_AGAIN = "Check its permissions, or run `coder login` in a terminal again."
_SIMULATOR = "To try it without a deployment, `coder-mcp serve --simulator` needs no settings."


@dataclass(frozen=True, kw_only=True)
class Login:
    """A deployment's address and the session token for it; the token is in no `repr`.

    Attributes:
        url: Scheme, host and port.
        session_token: As Coder made it.
        source: Where the token came from, in words.
        url_source: Where the address came from, in words.
    """

    url: str
    session_token: str = field(repr=False)
    source: str
    url_source: str = "CODER_URL"


@dataclass(frozen=True, kw_only=True)
class Address:
    """A deployment's address (scheme, host and port), and where it came from, in words."""

    url: str
    source: str


class LoginSource:
    """Finds the login by `environ` each time it is asked: a person may sign in meanwhile."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        insecure_http: bool = False,
        platform: str = sys.platform,
        read_entry: ReadEntry | None = None,
    ) -> None:
        self.environ = environ
        self._insecure_http = insecure_http
        self._platform = platform
        self._read_entry = read_entry or native_reader(platform)

    def saved_url(self) -> str:
        """The deployment that `coder login` was for; empty where there is none that can be used."""
        with suppress(SettingsError):
            saved = self._kept("url")
            return _saved_url(saved, insecure_http=self._insecure_http) if saved else ""
        return ""

    async def read(self) -> Login:
        """The login, looked up anew.

        Raises:
            SettingsError: There is none, or not for this deployment, and what to set.
        """
        address = await self.address()
        url = address.url
        token, source = given(self.environ, "CODER_SESSION_TOKEN"), "CODER_SESSION_TOKEN"
        if not token:
            token, source = await self._from_login(url)
        token = _checked(token, source, url)
        return Login(url=url, session_token=token, source=source, url_source=address.source)

    async def address(self) -> Address:
        """The deployment alone, looked up anew: it can be known where there is no token for it.

        Raises:
            SettingsError: None is named, or its address cannot be one.
        """
        if named := given(self.environ, "CODER_URL"):
            url = deployment_url(named, insecure_http=self._insecure_http)
            return Address(url=url, source="CODER_URL")
        if saved := await self._read("url"):
            url = _saved_url(saved, insecure_http=self._insecure_http)
            return Address(url=url, source="coder login")
        raise SettingsError(
            f"{NO_DEPLOYMENT} In this server's configuration set CODER_URL"
            " (https://coder.example.com) and CODER_SESSION_TOKEN (a token from that"
            " deployment's page /settings/tokens), or run `coder login <url>` in a terminal."
            f" {_SIMULATOR}"
        )

    async def _from_login(self, url: str) -> tuple[str, str]:
        """The token that `coder login` left for this deployment, and where it was."""
        saved = await self._read("url")
        theirs = _saved_url(saved, insecure_http=True) if saved else ""
        why_not = ""
        # A host in the key ring goes without its scheme; where the file says another, that counts.
        if self._uses_keyring() and theirs not in _other_schemes(url):
            try:
                entry = await self._read_entry()
                if entry is not None and (token := token_in(entry, url)):
                    return token, KEYRING
            except Unreadable as error:
                why_not = f" The system's key ring {error}."
        if theirs and theirs != url:
            raise SettingsError(
                f"CODER_URL is {url}, but the login on this computer is for {theirs}; its token is"
                f" not used for another deployment. If {theirs} is meant, correct CODER_URL."
                f"{why_not} {self._where_to(url)}"
            )
        if theirs and (token := await self._read("session")):
            return token, "coder login"
        if theirs and (token := await token_of_cli(url, self.environ)):
            return token, "coder login token"
        raise SettingsError(
            f"There is no session token for {url}.{why_not} {self._where_to(url)} {_SIMULATOR}"
        )

    def _where_to(self, url: str) -> str:
        """Where a token comes from, and each place where it can go."""
        with suppress(RuntimeError):
            file = self._directory() / "session"
            kept = "in the system's key ring" if self._uses_keyring() else f"in {file}"
            return (
                f"Make one on {url}/settings/tokens and set it as CODER_SESSION_TOKEN in this"
                " server's configuration (where the client names the command, or in the settings of"
                f" the extension); or run `coder login {url}` in a terminal: it keeps one {kept}."
            )
        return f"Make one on {url}/settings/tokens and set it as CODER_SESSION_TOKEN."

    def _uses_keyring(self) -> bool:
        """Whether the coder CLI keeps its token there, not in a file (cli/root.go)."""
        if self._platform not in ("darwin", "win32"):
            return False
        if given(self.environ, "CODER_USE_KEYRING").lower() in _NO:
            return False
        with suppress(RuntimeError):
            return self._directory() == self._default_directory()
        return False

    async def _read(self, name: str) -> str:
        """The same as `_kept`, for a home on a network that is gone: who waits can give it up."""
        return await anyio.to_thread.run_sync(self._kept, name, abandon_on_cancel=True)

    def _kept(self, name: str) -> str:
        """What a file of `coder login` says; empty where there is none."""
        try:
            return _text(self._directory() / name)
        except RuntimeError:  # a user without a home, as containers have them
            return ""

    def _directory(self) -> Path:
        """Where the coder CLI keeps its files (kirsle/configdir, cli/root.go)."""
        chosen = given(self.environ, "CODER_CONFIG_DIR")
        return Path(chosen) if chosen else self._default_directory()

    def _default_directory(self) -> Path:
        home = Path(self.environ.get("HOME") or Path.home())
        if self._platform == "darwin":
            return home / "Library" / "Application Support" / "coderv2"
        if self._platform == "win32":
            return Path(self.environ.get("APPDATA") or home / "AppData" / "Roaming") / "coderv2"
        return Path(self.environ.get("XDG_CONFIG_HOME") or home / ".config") / "coderv2"


def _other_schemes(url: str) -> set[str]:
    """The deployment's address with each scheme that is not its own."""
    own, _, rest = url.partition("://")
    return {f"{scheme}://{rest}" for scheme in ("http", "https") if scheme != own}


def _saved_url(saved: str, *, insecure_http: bool) -> str:
    called = "The address that `coder login` saved"
    return deployment_url(saved, insecure_http=insecure_http, called=called)


def _text(path: Path) -> str:
    """What a small file says, empty where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # one that nobody writes to is never read
            raise SettingsError(f"{path} cannot be read: it is no file. {_LOGIN_AGAIN}")
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST).strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read: {type(error).__name__}. {_LOGIN_AGAIN}"
        ) from error


def _checked(token: str, source: str, url: str) -> str:
    """The token if it can stand in a header; one that cannot is not repeated in the message."""
    if _TOKEN.fullmatch(token):
        return token
    if source != "CODER_SESSION_TOKEN":
        again = f"Run `coder login {url}` in a terminal again."
    elif _PLACEHOLDER.search(token):
        again = "It still holds a placeholder: put a session token in its place."
    else:
        again = "Copy it again."
    raise SettingsError(f"What {_HOLDERS[source]} holds is not a session token. {again}")


_HOLDERS = {
    "CODER_SESSION_TOKEN": "CODER_SESSION_TOKEN",
    "coder login": "the session file of `coder login`",
    "coder login token": "`coder login token`",
    KEYRING: "the key ring of `coder login`",
}
