"""What the environment says: the options, and which deployment is meant."""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

import idna

from coder_mcp.configuration import OURS, VARIABLES
from coder_mcp.errors import SettingsError
from coder_mcp.network import Network
from coder_mcp.variables import given

LONGEST_WAIT_SECONDS = 1800

_AS_IT_IS = Network()
_ON = {"1", "true", "yes", "on"}
_OFF = {"", "0", "false", "no", "off"}
_ONE_SLASH = re.compile(r"https?:/?(?!/)", re.IGNORECASE)
_NAME = re.compile(r"\w{1,64}")
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_NO_ADDRESS = "is not an http or https address: https://coder.example.com."
_NO_HOST = "has a host that cannot exist."


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of this process.

    Attributes:
        wait_seconds: How long a call waits where it does not say so itself
            (`CODER_MCP_WAIT_SECONDS`, 0 to 1800); none: what the client is known to bear.
        read_only: Only tools that change nothing (`CODER_MCP_READ_ONLY`).
        exclude_tools: Names of tools that are not offered (`CODER_MCP_EXCLUDE_TOOLS`).
        others: Workspaces of other people may be changed too (`CODER_MCP_OTHERS`).
        insecure_http: Plain http to a host that is not this computer (`CODER_MCP_INSECURE_HTTP`).
        network: How the deployment is reached.
        problems: What is wrong with them; a call says it, since a server that does not start
            cannot.
        warnings: What is odd and decides nothing, to be said once, at the start.
    """

    wait_seconds: int | None = None
    read_only: bool = False
    exclude_tools: frozenset[str] = frozenset()
    others: bool = False
    insecure_http: bool = False
    network: Network = _AS_IT_IS
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The options that are set; what cannot be read is a problem, not a failure."""
        problems: list[str] = []

        def flag(name: str, *, otherwise: bool) -> bool:
            text = given(environ, name).lower()
            if text not in _ON | _OFF:
                problems.append(f"{name} is neither on (1, true) nor off (0, false).")
                return otherwise
            return text in _ON

        return cls(
            wait_seconds=_wait_seconds(given(environ, "CODER_MCP_WAIT_SECONDS"), problems),
            read_only=flag("CODER_MCP_READ_ONLY", otherwise=True),
            exclude_tools=_exclude_tools(given(environ, "CODER_MCP_EXCLUDE_TOOLS"), problems),
            others=flag("CODER_MCP_OTHERS", otherwise=False),
            insecure_http=flag("CODER_MCP_INSECURE_HTTP", otherwise=False),
            network=Network.from_environ(environ, problems),
            problems=tuple(problems),
            warnings=tuple(_idle(environ)),
        )

    def knowing(self, tools: Collection[str]) -> "Settings":
        """The same, with a problem where a tool is to be left out that there is not.

        What is misspelt would be offered all the same, and nobody would know.
        """
        unknown = sorted(filter(_NAME.fullmatch, self.exclude_tools - set(tools)))
        if not unknown:
            return self
        close = get_close_matches(unknown[0].lower(), tools, n=1)
        meant = "".join(f" Is it {name}?" for name in close)
        problem = f"CODER_MCP_EXCLUDE_TOOLS names {unknown[0]}, which is no tool.{meant}"
        return replace(self, problems=(*self.problems, problem))

    def check(self) -> None:
        """Refuse to work where an option cannot be read.

        Raises:
            SettingsError: It names each of them.
        """
        if self.problems:
            raise SettingsError(" ".join((*self.problems, "Correct the server's configuration.")))


def deployment_url(text: str, *, insecure_http: bool, called: str = "CODER_URL") -> str:
    """The deployment's address as scheme, host and port, so that equal means the same origin.

    Args:
        text: The address; without a scheme it is https.
        insecure_http: Whether plain http may leave this computer.
        called: What the text is, for the words of an error.

    Raises:
        SettingsError: It is not the address of a deployment, and why.
    """
    try:
        return _origin(text.strip(), insecure_http=insecure_http)
    except _Wrong as wrong:
        raise SettingsError(f"{called} {wrong}") from wrong


class _Wrong(Exception):
    """What is wrong with an address, to be said of it."""


def _origin(text: str, *, insecure_http: bool) -> str:
    url = _parts(text)
    host = url.hostname or ""
    if url.scheme not in ("http", "https") or not host:
        raise _Wrong(_NO_ADDRESS)
    if url.username is not None or url.password is not None:
        raise _Wrong("holds a user name or password. Remove it, up to the @.")
    if "?" in text or "#" in text:
        raise _Wrong("has something after a ? or #. Remove it.")
    if url.path.strip("/"):
        raise _Wrong(
            "has a path. Coder is served at the root of its host: give only"
            f" {url.scheme}://{url.netloc}."
        )
    if url.scheme == "http" and not is_loopback(host) and not insecure_http:
        raise _Wrong(
            f"is plain http to {host}, which would send the session token unencrypted."
            " Use https, or set CODER_MCP_INSECURE_HTTP=1 where that is meant."
        )
    return f"{url.scheme}://{_spelled(host)}{_port(url)}"


def is_loopback(host: str) -> bool:
    """Whether the host is this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parts(text: str) -> SplitResult:
    """The parts of an address, of which the port is one that can be connected to."""
    if _NOT_IN_A_URL.search(text):
        raise _Wrong("holds a blank, a backslash or a control character.")
    if _ONE_SLASH.match(text):
        raise _Wrong(_NO_ADDRESS)
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError as error:
        raise _Wrong(_NO_HOST) from error
    try:
        port = url.port
    except ValueError as error:
        raise _Wrong("has a port that is not a number up to 65535.") from error
    if port == 0:
        raise _Wrong("has port 0, which nothing can listen on.")
    return url


def _spelled(host: str) -> str:
    """The host as a request names it: an IPv6 address in brackets, a name in DNS's letters."""
    if _is_address(host):
        return f"[{host}]" if ":" in host else host
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise _Wrong(_NO_HOST) from error
    # A name that ends in a number would be an IPv4 address, and this one is none.
    if not _HOST.fullmatch(name) or name.rstrip(".").rpartition(".")[2].isdigit():
        raise _Wrong(_NO_HOST)
    return name


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # an address of one link only, which no URL of a deployment holds


def _port(url: SplitResult) -> str:
    return "" if url.port in (None, {"http": 80, "https": 443}[url.scheme]) else f":{url.port}"


def _wait_seconds(text: str, problems: list[str]) -> int | None:
    if not text:
        return None
    if re.fullmatch(r"\d{1,4}", text) and int(text) <= LONGEST_WAIT_SECONDS:
        return int(text)
    problems.append(f"CODER_MCP_WAIT_SECONDS is not a number of 0 to {LONGEST_WAIT_SECONDS}.")
    return None


def _exclude_tools(text: str, problems: list[str]) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",")) - {""}
    if not all(map(_NAME.fullmatch, names)):
        problems.append("CODER_MCP_EXCLUDE_TOOLS is not names of tools, separated by commas.")
    return names


def _idle(environ: Mapping[str, str]) -> Iterator[str]:
    """What to say of variables that somebody may count on, and that decide nothing."""
    if given(environ, "CODER_HEADER_COMMAND"):
        yield "CODER_HEADER_COMMAND is not supported, so it decides nothing. Use CODER_HEADER."
    ours = [name for name in VARIABLES if name.startswith(OURS)]
    for name in sorted(environ):
        if name.startswith(OURS) and name not in ours:
            near = get_close_matches(name, ours, n=1, cutoff=0.85)
            hint = f" Is {near[0]} meant?" if near else ""
            yield f"{name} is no setting of this server, so it decides nothing.{hint}"
