"""What each variable amounts to just now and where that comes from, for a person to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder_mcp.configuration import VARIABLES
from coder_mcp.login import Login
from coder_mcp.variables import Variable, given

ENVIRONMENT, DEFAULT = "the environment", "default"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A value and where it comes from.

    Attributes:
        name: The variable's.
        value: Text from outside, or what the default is in words; of a secret only that it is set.
        source: `the environment`, `default`, or how `coder login` left it (`Login.source`).
    """

    name: str
    value: str
    source: str


def origins(environ: Mapping[str, str], login: Login | None) -> tuple[Origin, ...]:
    """Every variable of the table, in its order; the login is what was found, if it was."""
    return tuple(_origin(variable, environ, login) for variable in VARIABLES.values())


def _origin(variable: Variable, environ: Mapping[str, str], login: Login | None) -> Origin:
    name = variable.name
    text = given(environ, name)
    if variable.read_by:  # the HTTP library takes them in small letters too, and as they are
        text = environ.get(name.lower(), "") or environ.get(name, "")
    source = ENVIRONMENT
    if not text and login is not None and name == "CODER_URL":
        text, source = login.url, login.url_source
    if not text and login is not None and name == "CODER_SESSION_TOKEN":
        text, source = login.session_token, login.source
    if not text:
        return Origin(name=name, value=variable.default, source=DEFAULT)
    return Origin(name=name, value="set" if variable.is_secret else text, source=source)
