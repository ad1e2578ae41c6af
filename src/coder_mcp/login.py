"""Which deployment, and with which session token: the environment, or what `coder login` left.

Sign-in is Coder's own. What `coder login` wrote, its files and its entry in the system's key ring,
is read, never written, and a token is used only for the deployment that it was made for.
"""

import re
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

KEYRING = "the key ring of coder login"
"""Where a token came from that was there."""

_NO = {"0", "f", "false", "no", "off"}
_TOKEN = re.compile(r"[\x21-\x7e]{1,512}")
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


@dataclass(frozen=True, kw_only=True)
class _Saved:
    """What the files of `coder login` say; empty where a file is missing."""

    url: str = ""
    session_token: str = field(default="", repr=False)


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
            saved = self._saved()
            return _saved_url(saved, insecure_http=self._insecure_http) if saved.url else ""
        return ""

    async def read(self) -> Login:
        """The login, looked up anew.

        Raises:
            SettingsError: There is none, or not for this deployment, and what to set.
        """
        given_token = given(self.environ, "CODER_SESSION_TOKEN")
        complete = bool(given(self.environ, "CODER_URL") and given_token)
        saved = _Saved() if complete else await anyio.to_thread.run_sync(self._saved)
        address = self._address(saved)
        url = address.url
        if given_token:
            token, source = given_token, "CODER_SESSION_TOKEN"
        else:
            token, source = await self._from_login(url, saved)
        token = _checked(token, source)
        return Login(url=url, session_token=token, source=source, url_source=address.source)

    async def address(self) -> Address:
        """The deployment alone, looked up anew: it can be known where there is no token for it.

        Raises:
            SettingsError: None is named, or its address cannot be one.
        """
        named = given(self.environ, "CODER_URL")
        return self._address(_Saved() if named else await anyio.to_thread.run_sync(self._saved))

    def _address(self, saved: _Saved) -> Address:
        if named := given(self.environ, "CODER_URL"):
            url = deployment_url(named, insecure_http=self._insecure_http)
            return Address(url=url, source="CODER_URL")
        if saved.url:
            url = _saved_url(saved, insecure_http=self._insecure_http)
            return Address(url=url, source="coder login")
        raise SettingsError(
            "No Coder deployment is configured. In this server's configuration set CODER_URL"
            " (https://coder.example.com) and CODER_SESSION_TOKEN (a token from that"
            " deployment's page /settings/tokens), or run `coder login <url>` in a terminal."
            f" {_SIMULATOR}"
        )

    async def _from_login(self, url: str, saved: _Saved) -> tuple[str, str]:
        """The token that `coder login` left for this deployment, and where it was."""
        theirs = _saved_url(saved, insecure_http=True) if saved.url else ""
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
                f" not used for another deployment.{why_not} {self._where_to(url)}"
            )
        if theirs and saved.session_token:
            return saved.session_token, "coder login"
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

    def _saved(self) -> _Saved:
        try:
            directory = self._directory()
        except RuntimeError:  # a user without a home, as containers have them
            return _Saved()
        return _Saved(url=_text(directory / "url"), session_token=_text(directory / "session"))

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


def _saved_url(saved: _Saved, *, insecure_http: bool) -> str:
    called = "The address that `coder login` saved"
    return deployment_url(saved.url, insecure_http=insecure_http, called=called)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {type(error).__name__}.") from error


def _checked(token: str, source: str) -> str:
    """The token if it can stand in a header; one that cannot is not repeated in the message."""
    if not _TOKEN.fullmatch(token):
        holder = _HOLDERS[source]
        raise SettingsError(f"What {holder} holds is not a session token. Copy it again.")
    return token


_HOLDERS = {
    "CODER_SESSION_TOKEN": "CODER_SESSION_TOKEN",
    "coder login": "the session file of `coder login`",
    "coder login token": "`coder login token`",
    KEYRING: "the key ring of `coder login`",
}
