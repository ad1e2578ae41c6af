"""How the deployment is reached: certificates, and headers for a proxy in front of it.

`CODER_HEADER` and `CODER_CLIENT_TLS_*` are the coder CLI's own and mean here what they mean there
(cli/root.go). Proxies, `SSL_CERT_FILE` and `SSL_CERT_DIR` are read by the HTTP library.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coder_mcp.variables import given

CERTIFICATE, KEY = "CODER_CLIENT_TLS_CERT_FILE", "CODER_CLIENT_TLS_KEY_FILE"
HEADER = "CODER_HEADER"

_CA_FILES = ("CODER_MCP_CA_FILE", "CODER_CLIENT_TLS_CA_FILE")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x20-\x7e]+")
# What is set here, or belongs to the connection. Coder takes a session cookie before our token.
_OURS = re.compile(
    r"coder-session-token|cookie|host|user-agent|accept|accept-encoding|content-.*"
    r"|connection|keep-alive|proxy-connection|transfer-encoding|te|trailer|upgrade|expect"
    r"|sec-websocket-.*"
)


@dataclass(frozen=True, kw_only=True)
class Network:
    """The way to the deployment; what proves who asks is in no `repr`.

    Attributes:
        ca_files: Files of authorities that are trusted beside the system's, each by its variable.
        certificate_file: The certificate that is shown to the deployment; none where empty.
        key_file: Its key.
        headers: Sent with every request; their values are secrets.
    """

    ca_files: tuple[tuple[str, str], ...] = ()
    certificate_file: str = ""
    key_file: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], problems: list[str]) -> "Network":
        """What the environment says of it; what cannot be understood is added to the problems."""
        certificate, key = given(environ, CERTIFICATE), given(environ, KEY)
        if bool(certificate) != bool(key):
            there, missing = (CERTIFICATE, KEY) if certificate else (KEY, CERTIFICATE)
            problems.append(f"{there} is set, but {missing} is not: a certificate needs its key.")
        headers: list[tuple[str, str]] = []
        for header in _headers(given(environ, HEADER)):
            if isinstance(header, str):
                problems.append(f"{HEADER} {header}")
            else:
                headers.append(header)
        return cls(
            ca_files=tuple(
                (name, given(environ, name)) for name in _CA_FILES if given(environ, name)
            ),
            certificate_file=certificate if key else "",
            key_file=key if certificate else "",
            headers=tuple(headers),
        )


def _headers(text: str) -> Iterator[tuple[str, str] | str]:
    """Each header's name and value, or what is wrong with it, which repeats no value.

    Commas part them; one with a comma in it stands in double quotes, as in a line of CSV
    (coder/serpent, values.go).
    """
    try:
        fields = next(csv.reader([text], strict=True), list[str]())
    except csv.Error:
        yield "cannot be taken apart at its commas. One that holds a comma stands in double quotes."
        return
    for place, one in enumerate(fields, 1):
        name, equals, value = (part.strip() for part in one.partition("="))
        if not equals or not _NAME.fullmatch(name):
            yield f"does not hold name=value as number {place}."
        elif _OURS.fullmatch(name.lower()):
            yield f"holds {name}, which this server or the connection itself sets. Leave it out."
        elif not _VALUE.fullmatch(value):
            yield f"holds no value that can be sent as number {place}."
        else:
            yield name, value
