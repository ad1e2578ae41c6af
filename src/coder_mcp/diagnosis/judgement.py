"""From the facts to a line for each check: what depends on one that fails is skipped. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from coder_mcp import __version__
from coder_mcp.api.probes import Greeting
from coder_mcp.core import account_checks, connection_checks
from coder_mcp.core.check_table import CHECKS
from coder_mcp.core.checks import Check
from coder_mcp.core.error_words import failed
from coder_mcp.core.identity import Identity, is_unlimited
from coder_mcp.diagnosis.facts import Facts
from coder_mcp.diagnosis.values import trusted, values
from coder_mcp.errors import CoderMcpError, CoderUnreachable, NotFound, SettingsError
from coder_mcp.login import Address, Login
from coder_mcp.settings import Settings, is_loopback

_LATE = "There was no time left to look at it."

Fact = TypeVar("Fact")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is judged."""

    facts: Facts
    settings: Settings
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        """The deployment's address, empty where there is none."""
        return self.facts.address.url if isinstance(self.facts.address, Address) else ""

    @property
    def is_reached(self) -> bool:
        """Whether something answered, whatever it was."""
        greeting = self.facts.greeting
        return greeting is not None and not isinstance(greeting, CoderUnreachable)


def judged(case: Case) -> tuple[Check, ...]:
    """A check for each line of the table that has its facts here."""
    checks: dict[str, Check] = {}
    roots: dict[str, str] = {}
    for looked in CHECKS:
        judge = _JUDGES.get(looked.name)
        if judge is None:
            continue
        # Without a token there is nothing that the API would have to be asked.
        alone = looked.name == "token" and isinstance(case.facts.login, SettingsError)
        missing = [] if alone else [need for need in looked.needs if not _holds(checks[need])]
        if missing:
            root = roots[looked.name] = roots.get(missing[0], missing[0])
            checks[looked.name] = _skipped(looked.name, f"Needs {root}.")
        else:
            checks[looked.name] = judge(case) or _skipped(looked.name, _LATE)
    return tuple(checks.values())


def _holds(check: Check) -> bool:
    return check.status in ("ok", "warn")


def _skipped(name: str, why: str) -> Check:
    return Check(name=name, status="skipped", message=why)


def _told(
    name: str, fact: Fact | CoderMcpError | None, say: Callable[[Fact], Check]
) -> Check | None:
    """The check of a fact; of an error that stands in its place; none where it is not known."""
    if isinstance(fact, CoderMcpError):
        return failed(name, fact)
    return None if fact is None else say(fact)


def _settings(case: Case) -> Check:
    login = case.facts.login if isinstance(case.facts.login, Login) else None
    known = values(case.environ, login)
    return connection_checks.about_settings(case.settings.problems, case.settings.warnings, known)


def _deployment(case: Case) -> Check | None:
    return _told(
        "deployment",
        case.facts.address,
        lambda address: connection_checks.about_deployment(address.url, address.source),
    )


def _certificates(case: Case) -> Check | None:
    named = trusted(case.environ, case.settings.network.ca_files)
    return _told(
        "certificates",
        case.facts.certificates,
        lambda _: connection_checks.about_certificates(named),
    )


def _proxy(case: Case) -> Check | None:
    facts = case.facts
    if isinstance(facts.greeting, CoderUnreachable) and facts.greeting.layer == "proxy":
        return failed("proxy", facts.greeting)
    variable = facts.proxy.variable if facts.proxy is not None else ""
    at = f"{facts.proxy.host}:{facts.proxy.port}" if facts.proxy is not None else ""
    return _told("proxy", facts.proxies, lambda _: connection_checks.about_proxy(variable, at))


def _dns(case: Case) -> Check | None:
    host, _ = case.facts.place(case.url)
    found = () if case.is_reached and _is_error(case.facts.addresses) else case.facts.addresses
    return _told("DNS", found, lambda those: connection_checks.about_addresses(host, those))


def _tcp(case: Case) -> Check | None:
    host, port = case.facts.place(case.url)
    connected = case.is_reached or case.facts.connection
    return _told("TCP", connected, lambda _: connection_checks.about_connection(f"{host}:{port}"))


def _tls(case: Case) -> Check | None:
    greeting, parts = case.facts.greeting, urlsplit(case.url)
    is_https, host = parts.scheme == "https", parts.hostname or ""
    if isinstance(greeting, CoderUnreachable) and is_https:
        # It ended before anything was sent: what comes between the connection and that is TLS.
        if greeting.layer == "TLS" or not greeting.sent:
            return failed("TLS", greeting)
    elif greeting is None and is_https:
        return None
    return connection_checks.about_encryption(host, is_https=is_https, is_here=is_loopback(host))


def _api(case: Case) -> Check | None:
    return _told("API", case.facts.greeting, lambda _: connection_checks.about_api(case.url))


def _version(case: Case) -> Check | None:
    return _told(
        "version",
        case.facts.greeting,
        lambda greeting: connection_checks.about_version(greeting.info.version),
    )


def _clock(case: Case) -> Check | None:
    return _told(
        "clock",
        case.facts.greeting,
        lambda one: connection_checks.about_clock(one.date, one.asked_at, one.answered_at),
    )


def _token(case: Case) -> Check | None:
    facts = case.facts
    if isinstance(facts.login, SettingsError):
        return failed("token", facts.login)
    if isinstance(facts.user, CoderMcpError) and not isinstance(facts.user, NotFound):
        return failed("token", facts.user)
    if not isinstance(facts.login, Login) or not isinstance(facts.greeting, Greeting):
        return None
    if facts.user is None or facts.at is None:
        return None
    return account_checks.about_token(
        Identity(
            url=facts.login.url,
            token_source=facts.login.source,
            server_version=facts.greeting.info.version,
            own_version=__version__,
            at=facts.at,
            user=_seen(facts.user),
            key=_seen(facts.key),
            organizations=_seen(facts.organizations),
        )
    )


def _scopes(case: Case) -> Check | None:
    key = case.facts.key
    return None if key is None else account_checks.about_scopes(_seen(key), case.url)


def _websocket(case: Case) -> Check | None:
    facts = case.facts
    if isinstance(facts.has_workspace, CoderMcpError):
        return failed("WebSocket", facts.has_workspace)
    if facts.has_workspace is None or (facts.has_workspace and facts.stream is None):
        return None
    error = facts.stream if isinstance(facts.stream, CoderMcpError) else None
    return account_checks.about_websocket(
        has_workspace=facts.has_workspace,
        refusal=None if error is None else failed("WebSocket", error),
    )


def _organizations(case: Case) -> Check | None:
    found = case.facts.organizations
    if isinstance(found, NotFound):
        return account_checks.about_organizations(None)
    return _told("organizations", found, account_checks.about_organizations)


def _quota(case: Case) -> Check | None:
    if isinstance(case.facts.organizations, NotFound):
        return _skipped("quota", "Needs organizations.")
    return _told("quota", case.facts.credits, account_checks.about_quota)


def _templates(case: Case) -> Check | None:
    key = _seen(case.facts.key)
    is_limited = key is None or not is_unlimited(key)
    return _told(
        "templates",
        case.facts.templates,
        lambda count: account_checks.about_templates(count, is_limited=is_limited),
    )


def _seen(fact: Fact | CoderMcpError | None) -> Fact | None:
    return None if isinstance(fact, CoderMcpError) else fact


def _is_error(fact: object) -> bool:
    return isinstance(fact, CoderMcpError)


_JUDGES: Mapping[str, Callable[[Case], Check | None]] = {
    "settings": _settings,
    "deployment": _deployment,
    "certificates": _certificates,
    "proxy": _proxy,
    "DNS": _dns,
    "TCP": _tcp,
    "TLS": _tls,
    "API": _api,
    "version": _version,
    "clock": _clock,
    "token": _token,
    "scopes": _scopes,
    "WebSocket": _websocket,
    "organizations": _organizations,
    "quota": _quota,
    "templates": _templates,
}
