"""From the facts to the checks of the settings and the way to the deployment. Pure.

Each function is one check; none where its facts are not known.
"""

from urllib.parse import urlsplit

from coder_mcp.checkup.case import Case, told
from coder_mcp.checkup.values import trusted, values
from coder_mcp.core.checks import connection as checks
from coder_mcp.core.checks.check import Check
from coder_mcp.core.error_words import failed
from coder_mcp.errors import CoderMcpError, CoderUnreachable
from coder_mcp.login import Login
from coder_mcp.settings import is_loopback


def settings(case: Case) -> Check:
    """Whether each variable can be understood, and where those that are set are from."""
    login = case.facts.login if isinstance(case.facts.login, Login) else None
    known = values(case.environ, login)
    return checks.about_settings(case.settings.problems, case.settings.warnings, known)


def deployment(case: Case) -> Check | None:
    """Which deployment is meant."""
    return told(
        "deployment",
        case.facts.address,
        lambda address: checks.about_deployment(address.url, address.source),
    )


def certificates(case: Case) -> Check | None:
    """Whether the files of certificates can be used."""
    named = trusted(case.environ, case.settings.network.ca_files)
    return told(
        "certificates",
        case.facts.certificates,
        lambda _: checks.about_certificates(named),
    )


def proxy(case: Case) -> Check | None:
    """Whether a proxy is on the way, and opens it."""
    facts = case.facts
    if isinstance(facts.greeting, CoderUnreachable) and facts.greeting.layer == "proxy":
        return failed("proxy", facts.greeting)
    variable = facts.proxy.variable if facts.proxy is not None else ""
    at = _at((facts.proxy.host, facts.proxy.port)) if facts.proxy is not None else ""
    return told("proxy", facts.proxies, lambda _: checks.about_proxy(variable, at))


def dns(case: Case) -> Check | None:
    """The addresses of what is connected to; an answer shows that they are not needed."""
    host, _ = case.facts.place(case.url)
    found = case.facts.addresses
    if case.is_reached and isinstance(found, CoderMcpError):
        found = ()
    return told("DNS", found, lambda those: checks.about_addresses(host, those))


def tcp(case: Case) -> Check | None:
    """Whether it takes connections; any answer shows that it does."""
    place = _at(case.facts.place(case.url))
    found = case.facts.connection
    if case.is_reached:  # as where NO_PROXY knows a network that is not known here
        found = found is True
    return told("TCP", found, lambda taken: checks.about_connection(place, is_taken=taken))


def tls(case: Case) -> Check | None:
    """Whether the deployment's certificate is trusted, and ours taken."""
    greeting, parts = case.facts.greeting, urlsplit(case.url)
    is_https, host = parts.scheme == "https", parts.hostname or ""
    if isinstance(greeting, CoderUnreachable) and is_https:
        # It ended before anything was sent: what comes between the connection and that is TLS.
        if greeting.layer == "TLS":
            return failed("TLS", greeting)
        if not greeting.sent:
            is_taken = case.facts.connection is True and case.facts.proxy is None
            return checks.about_no_encryption(case.url) if is_taken else failed("TLS", greeting)
    elif greeting is None and is_https:
        return None
    return checks.about_encryption(host, is_https=is_https, is_here=is_loopback(host))


def api(case: Case) -> Check | None:
    """Whether it is Coder that answers."""
    return told("API", case.facts.greeting, lambda _: checks.about_api(case.url))


def version(case: Case) -> Check | None:
    """What an older server has not."""
    return told(
        "version",
        case.facts.greeting,
        lambda greeting: checks.about_version(greeting.info.version),
    )


def clock(case: Case) -> Check | None:
    """Whether the clocks agree."""
    return told(
        "clock",
        case.facts.greeting,
        lambda one: checks.about_clock(one.date, one.asked_at, one.answered_at),
    )


def _at(place: tuple[str, int]) -> str:
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
