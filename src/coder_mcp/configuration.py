"""Every variable of the environment that is read, as one table, and docs/configuration.md of it.

Nothing else of the environment decides anything; a test holds the code and the table together.
"""

from collections.abc import Mapping

from coder_mcp.variables import Group, Variable

OURS = "CODER_MCP_"
"""What the names begin with that nobody but this program reads."""

_FLAG = "`1`, `true`, `yes` or `on`; `0`, `false`, `no` or `off`"
_OFF = "off"
_FILE = "a file of PEM certificates"

GROUPS: tuple[Group, ...] = (
    Group(
        title="Deployment and sign-in",
        precedence=(
            "Sign-in is Coder's own: what `coder login` left is read, never written. Each time, the"
            " first of these decides: `CODER_SESSION_TOKEN`; on macOS and Windows the deployment's"
            " token in the system's key ring (read in at most 3 seconds, where `CODER_CONFIG_DIR`"
            " is the coder CLI's own place and `CODER_USE_KEYRING` is not off); the `session` file"
            " of `coder login`; what `coder login token` prints in at most 5 seconds. A token that"
            " `coder login` left is used only for the deployment it was made for. `CODER_URL` comes"
            " before the address that `coder login` left; where there is neither, the key ring is"
            " not asked."
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
            Variable(
                "CODER_USE_KEYRING",
                "whether `coder login` keeps its token in the system's key ring (macOS, Windows)",
                _FLAG,
                "on",
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
            " system's trust store; the authorities of `CODER_MCP_CA_FILE` and"
            " `CODER_CLIENT_TLS_CA_FILE` are trusted beside whichever it is. The certificate of a"
            " proxy that itself is `https://` is held against the system's trust store or"
            " `SSL_CERT_FILE` alone. SOCKS is not supported."
        ),
        variables=(
            Variable(
                "CODER_MCP_INSECURE_HTTP",
                "plain http to a host that is not this computer is allowed",
                _FLAG,
                _OFF,
            ),
            Variable(
                "CODER_MCP_CA_FILE",
                "authorities that are trusted too, for a deployment of your own",
                _FILE,
                "none",
            ),
            Variable(
                "CODER_CLIENT_TLS_CA_FILE",
                "the same; the coder CLI reads it too",
                _FILE,
                "none",
            ),
            Variable(
                "CODER_CLIENT_TLS_CERT_FILE",
                "the certificate that is shown to a deployment that wants one",
                _FILE,
                "none",
            ),
            Variable(
                "CODER_CLIENT_TLS_KEY_FILE",
                "the key of that certificate",
                "a file with a PEM key that no password protects",
                "none",
            ),
            Variable(
                "CODER_HEADER",
                "headers sent to the deployment, for an access proxy in front of it",
                "`name=value`, several separated by commas; one that holds a comma stands in double"
                " quotes",
                "none",
                is_secret=True,
            ),
            Variable(
                "CODER_HEADER_COMMAND",
                "not supported: no command is run for headers; set `CODER_HEADER`",
                "unset",
                "none",
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
                _FILE,
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
                "the same; not used on macOS and Windows",
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
