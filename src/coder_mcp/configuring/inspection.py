"""What is wrong with this server's entry in a client's file, and how to mend it. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from coder_mcp.configuring.client import Client
from coder_mcp.configuring.documents import Malformed
from coder_mcp.configuring.entry import TOKEN, arguments, words
from coder_mcp.configuring.limits import time_limit
from coder_mcp.configuring.mentions import Mention, Source, mentions
from coder_mcp.configuring.surroundings import DISTRIBUTION, SYSTEM_PATH
from coder_mcp.core.checks.check import Check, Status
from coder_mcp.core.text import one_line
from coder_mcp.errors import SettingsError
from coder_mcp.settings import deployment_url

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "clients": "whether any client's file names this server",
        "client file": "whether the client can read its file",
        "client entry": "what else the entry sets, and whether all of it is as it should be",
        "client command": "whether the client finds what the entry starts",
        "client version": "whether the entry starts this version",
        "client token": "where the entry's session token stands",
        "client deployment": "which deployment the entry is for",
        "client time limit": "whether the client lets a call wait as long as it may",
    }
)
"""What each of these checks looks at, by its name."""

_SERVE = frozenset({"--simulator", "--seeded"})
_URL = "CODER_URL"
_PINNED = re.compile(rf"{DISTRIBUTION}(?:\[[^]]*\])?(?:==|@)v?(\d[\w.+!-]*)")
_PLACEHOLDER = re.compile(r"<[^<>]*>|//coder\.example\.com\b")
_REFERENCE = re.compile(r"[$%{]")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is so on this computer.

    Attributes:
        environ: Of the person's shell.
        platform: As `sys.platform` says it.
        version: Of this program.
        login_url: The deployment that `coder login` was for; empty where there is none.
        finds: Whether a program is there: by its path, else on a search path.
        tools: The names of all tools, which an entry can leave out.
    """

    environ: Mapping[str, str]
    platform: str
    version: str
    login_url: str
    finds: Callable[[str, str], bool]
    tools: frozenset[str] = frozenset()


def file_checks(source: Source, facts: Facts) -> list[Check]:
    """What is to be said of a file; nothing where it can be read and has no entry of ours."""
    try:
        found = mentions(source)
    except Malformed as error:
        return [unreadable(source, str(error))]
    checks: list[Check] = []
    for mention in found:
        wrong = [check for judge in _JUDGES for check in judge(mention, facts)]
        says = f"starts this server for {_served(mention, facts)}."
        checks += wrong or [mention.check("client entry", "ok", says, "")]
    return list(dict.fromkeys(checks))


def _served(mention: Mention, facts: Facts) -> str:
    """What an entry that is right serves."""
    if "--simulator" in words(mention.held):
        return "the embedded simulator"
    try:
        url = _value(mention, _URL, facts) or facts.login_url
        return deployment_url(url, insecure_http=mention.settings.insecure_http)
    except SettingsError:  # a reference, since what else is no address is wrong
        return "the deployment that the client fills in"


def unreadable(source: Source, why: str) -> Check:
    """What is said of a file that the client can make nothing of."""
    title = source.client.title
    whose = "the project's servers" if source.in_project else "its servers"
    return Check(
        name="client file",
        status="warn" if source.in_project else "fail",
        message=f"{title} cannot read {source.shown_path} and starts none of {whose}.",
        next_step=f"Mend the file, then start {title} anew.",
        error=one_line(why, 160),
    )


def _of_command(mention: Mention, facts: Facts) -> Iterator[Check]:
    program, *_ = words(mention.held)
    given_it = arguments(mention.held)
    if given_it and (given_it[0] != "serve" or not _SERVE.issuperset(given_it[1:])):
        says = "starts this program in a way in which it does not serve."
        yield mention.check("client command", "fail", says, mention.again, _cut(given_it))
    own = mention.environ.get("PATH", "")
    given, called = _given_path(mention.client, facts)
    if own and not _REFERENCE.search(own):
        given, called = own, "the PATH of its entry"
    if _REFERENCE.search(program) or facts.finds(program, given):
        return
    status: Status = "fail"
    if "/" in program or "\\" in program:
        says = "starts a program that is not there or cannot be run."
    elif facts.finds(program, facts.environ.get("PATH", "")):
        status = "warn"
        says = (
            "starts a program by its name alone. Your shell finds it;"
            f" {mention.client.title} may look only in {called}."
        )
    else:
        says = "starts a program that is not on the PATH."
    yield mention.check("client command", status, says, mention.again, _cut([program]))


def _cut(parts: Sequence[str]) -> str:
    return one_line(" ".join(parts), 120)


def _given_path(client: Client, facts: Facts) -> tuple[str, str]:
    """The `PATH` that the client is started with, as far as that is known, and its name."""
    if not client.has_window or facts.platform == "win32":
        return facts.environ.get("PATH", ""), "the shell's PATH"
    path = SYSTEM_PATH if facts.platform == "darwin" else f"/usr/local/bin:{SYSTEM_PATH}"
    return path, path


def _of_version(mention: Mention, facts: Facts) -> Iterator[Check]:
    for pinned in filter(None, map(_PINNED.search, words(mention.held))):
        if pinned[1] != facts.version:
            says = f"starts version {one_line(pinned[1], 40)}; this is {facts.version}."
            yield mention.check("client version", "warn", says, mention.again)


def _of_options(mention: Mention, facts: Facts) -> Iterator[Check]:
    mend = "Correct it in the entry."
    settings = mention.settings.knowing(facts.tools) if facts.tools else mention.settings
    for problem in settings.problems:
        yield mention.check("client entry", "fail", f"is not usable: {problem}", mend)
    for warning in settings.warnings:
        yield mention.check("client entry", "warn", f"may not mean what it says: {warning}", mend)


def _of_deployment(mention: Mention, facts: Facts) -> Iterator[Check]:
    """Where it is, and who the server is to it."""
    if "--simulator" in words(mention.held):
        return
    for name in (_URL, TOKEN):
        yield from _unfilled(mention, name)
    url, token = _value(mention, _URL, facts), _value(mention, TOKEN, facts)
    if token and not _PLACEHOLDER.search(token) and not _REFERENCE.search(token):
        yield from _written_token(mention)
    if _PLACEHOLDER.search(url) or _REFERENCE.search(url):
        return
    try:
        insecure_http = mention.settings.insecure_http
        url = deployment_url(url, insecure_http=insecure_http) if url else ""
    except SettingsError as error:
        mend = f"{mention.again} Or correct it in the entry."
        yield mention.check("client deployment", "fail", f"is not usable: {error}", mend)
        return
    if token or (facts.login_url and url in ("", facts.login_url)):
        return
    login = f"Run `coder login {url or '<url>'}`."
    if facts.login_url:
        says = f"is for {url} and gives no session token; `coder login` was for {facts.login_url}."
        mend = f"If that is meant: {login} If not: {mention.again}"
    else:
        says = (
            f"gives no {'session token' if url else 'deployment'}, and there is no `coder login`."
        )
        mend = login
    yield mention.check("client deployment", "warn", says, mend)


def _value(mention: Mention, name: str, facts: Facts) -> str:
    """What the entry gives for a variable: a value, or a reference that the client fills in."""
    client, value = mention.client, mention.environ.get(name, "").strip()
    passed_on = mention.held.get(client.forwards) if client.forwards else None
    if isinstance(passed_on, list) and name in passed_on:
        value = "${" + name + "}"
    is_of_the_shell = _REFERENCE.search(value) and name in value and not client.has_window
    return "" if is_of_the_shell and not facts.environ.get(name) else value


def _unfilled(mention: Mention, name: str) -> Iterator[Check]:
    """What stands in the place of a value, and is none."""
    value = mention.environ.get(name, "")
    check = "client token" if name == TOKEN else "client deployment"
    if _PLACEHOLDER.search(value):
        says = f"still has the placeholder for {name}."
        yield mention.check(check, "fail", says, f"{mention.again} Or put yours there.")
    elif _REFERENCE.search(value) and not mention.client.reference:
        says = f"has a reference for {name}, which {mention.client.title} does not fill in."
        yield mention.check(check, "warn", says, f"{mention.again} Or put yours there.")


def _written_token(mention: Mention) -> Iterator[Check]:
    """A session token that others than the person may get to see."""
    source = mention.source
    mend = f"Run `coder login` for its deployment: then no file needs one. {mention.again}"
    if source.in_project:
        says = "has the session token in a project's file, which others may be given."
        yield mention.check("client token", "warn", says, mend)
    elif source.is_open:
        says = "has the session token in a file that other users of this computer can read."
        mend = f"{mend} Or let only yourself read the file (chmod 600)."
        yield mention.check("client token", "warn", says, mend)


def _of_time_limit(mention: Mention, facts: Facts) -> Iterator[Check]:
    return time_limit(mention, facts.environ)


_JUDGES = (_of_command, _of_version, _of_options, _of_deployment, _of_time_limit)
