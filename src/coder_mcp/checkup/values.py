"""Which settings are in use and where each is from, as a person may be shown them."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from coder_mcp.core.text import one_line
from coder_mcp.login import Login
from coder_mcp.origins import DEFAULT, origins

# They are always set, and are the system's.
_OF_THE_SYSTEM = frozenset({"HOME", "XDG_CONFIG_HOME", "APPDATA", "PATH"})
# What may be a secret in a place where none belongs: a session token, a password or a query in an
# address.
_SECRET = re.compile(r"[A-Za-z0-9]{10}-[A-Za-z0-9]{22}|[@?]")


def values(environ: Mapping[str, str], login: Login | None) -> tuple[str, ...]:
    """Sentences without their ends: `from the environment CODER_URL=https://...`."""
    return tuple(_sources(environ, login))


def trusted(environ: Mapping[str, str], ca_files: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Whom certificates may come from: what httpx2 takes, and our own files beside it."""
    named = (name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name))
    store = next(named, "the operating system's trust store")
    return (store, *(name for name, _ in ca_files))


def _sources(environ: Mapping[str, str], login: Login | None) -> Iterator[str]:
    known = [
        one
        for one in origins(environ, login)
        if one.source != DEFAULT and one.name not in _OF_THE_SYSTEM
    ]
    by_source = sorted(known, key=lambda one: one.source)
    for source, those in groupby(by_source, key=lambda one: one.source):
        shown = ", ".join(f"{one.name}={_shown(one.value)}" for one in those)
        yield f"from {source} {shown}"


def _shown(value: str) -> str:
    """The value where it is one word and no secret: the line is ours, and stays so."""
    return "set" if _SECRET.search(value) or len(value.split()) > 1 else one_line(value, 80)
