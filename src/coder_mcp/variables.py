"""Every variable of the environment that is read, as one table, and docs/configuration.md of it.

Nothing else of the environment decides anything; a test holds the code and the table together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OURS = "CODER_MCP_"
"""What the names begin with that nobody but this program reads."""

_FLAG = "`1` or `0`"
_OFF = "off"


@dataclass(frozen=True)
class Variable:
    """One of them.

    Attributes:
        name: As the environment has it.
        meaning: What it decides.
        value: What it can be, with its unit.
        default: What holds where it is unset.
        is_secret: Whether its value is shown nowhere.
        read_by: Who reads it, where that is not this program's own code.
    """

    name: str
    meaning: str
    value: str
    default: str
    is_secret: bool = False
    read_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Variables of one purpose.

    Attributes:
        title: What they are about.
        precedence: Which of them comes before which, in words.
        variables: In the order in which they are told.
    """

    title: str
    precedence: str
    variables: tuple[Variable, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        title="Deployment and sign-in",
        precedence=(
            "Sign-in is Coder's own: what `coder login` left is read, never written. Each time,"
            " the first of these decides: `CODER_SESSION_TOKEN`; the `session` file of `coder"
            " login`; what `coder login token` prints, which can read the system's key ring and is"
            " given 5 seconds. What `coder login` left is used only for the deployment it was made"
            " for. `CODER_URL` comes before the address that `coder login` left."
        ),
        variables=(
            Variable(
                "CODER_URL",
                "the deployment",
                "`https://` and a host, no path",
                "the `url` file of `coder login`",
            ),
            Variable(
                "CODER_SESSION_TOKEN",
                "who you are to it",
                "a token from the deployment's page `/settings/tokens`",
                "what `coder login` left for that deployment",
                is_secret=True,
            ),
            Variable(
                "CODER_CONFIG_DIR",
                "where `coder login` keeps its files",
                "a directory",
                "the coder CLI's own place",
            ),
        ),
    ),
    Group(
        title="What the tools do",
        precedence=(
            "`wait_seconds` of a call comes before `CODER_MCP_WAIT_SECONDS`; what the client is"
            " known to bear caps both."
        ),
        variables=(
            Variable(
                "CODER_MCP_WAIT_SECONDS",
                "how long a call waits where it does not say so itself",
                "seconds, 0 to 1800",
                "what the client is known to bear, else 45",
            ),
            Variable(
                "CODER_MCP_READ_ONLY",
                "only tools that change nothing are offered",
                _FLAG,
                _OFF,
            ),
            Variable(
                "CODER_MCP_EXCLUDE_TOOLS",
                "these tools are not offered",
                "names of tools, separated by commas",
                "none",
            ),
            Variable(
                "CODER_MCP_OTHERS",
                "workspaces of other people may be changed too",
                _FLAG,
                _OFF,
            ),
        ),
    ),
    Group(
        title="Networks",
        precedence=(
            "A proxy for the address's own scheme comes before `ALL_PROXY`, and `NO_PROXY` before"
            " both; this computer is always reached without one. The names may be in small letters"
            " too. `SSL_CERT_FILE` comes before `SSL_CERT_DIR`, and either takes the place of the"
            " system's trust store."
        ),
        variables=(
            Variable(
                "CODER_MCP_INSECURE_HTTP",
                "plain http to a host that is not this computer is allowed",
                _FLAG,
                _OFF,
            ),
            *(
                Variable(
                    name,
                    meaning,
                    "an address, `http://host:port`; it may hold a user name and password",
                    "the system's proxy settings (macOS, Windows), else none",
                    is_secret=True,
                    read_by="httpx2",
                )
                for name, meaning in (
                    ("HTTPS_PROXY", "the proxy to a deployment with https"),
                    ("HTTP_PROXY", "the proxy to a deployment with plain http"),
                    ("ALL_PROXY", "the proxy to either"),
                )
            ),
            Variable(
                "NO_PROXY",
                "hosts that are reached without a proxy",
                "names, addresses and networks, separated by commas; `*` is all",
                "only this computer",
                read_by="httpx2",
            ),
            Variable(
                "SSL_CERT_FILE",
                "the authorities that are trusted in place of the system's",
                "a file of PEM certificates",
                "the system's trust store",
                read_by="httpx2",
            ),
            Variable(
                "SSL_CERT_DIR",
                "the same, as a directory",
                "a directory of PEM certificates, named by their hashes",
                "the system's trust store",
                read_by="httpx2",
            ),
        ),
    ),
    Group(
        title="Of the system",
        precedence="They say where the coder CLI and its files are.",
        variables=(
            Variable(
                "HOME",
                "where the files of `coder login` are searched",
                "a directory",
                "the user's own",
            ),
            Variable(
                "XDG_CONFIG_HOME",
                "the same, but on macOS and Windows",
                "a directory",
                "`$HOME/.config`",
            ),
            Variable(
                "APPDATA",
                "the same on Windows",
                "a directory",
                "`AppData/Roaming` of the user",
            ),
            Variable(
                "PATH",
                "where the `coder` command is searched",
                "directories",
                "none",
            ),
        ),
    ),
)

VARIABLES: Mapping[str, Variable] = {
    variable.name: variable for group in GROUPS for variable in group.variables
}
