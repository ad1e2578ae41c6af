"""From the facts to the checks of the session token and of what it lets the person do. Pure.

Each function is one check; none where its facts are not known.
"""

from coder_mcp import __version__
from coder_mcp.api.probes import Greeting
from coder_mcp.checkup.case import Case, seen, told
from coder_mcp.core.checks import account as checks
from coder_mcp.core.checks.check import Check
from coder_mcp.core.error_words import failed
from coder_mcp.core.identity import Identity, is_unlimited
from coder_mcp.errors import CoderMcpError, NotFound, SettingsError
from coder_mcp.login import Login


def token(case: Case) -> Check | None:
    """Whether it is accepted, whose it is and until when."""
    facts = case.facts
    if isinstance(facts.login, SettingsError):
        return failed("token", facts.login)
    for read in (facts.user, facts.key):
        if isinstance(read, CoderMcpError) and not isinstance(read, NotFound):
            return failed("token", read)
    if not isinstance(facts.login, Login) or not isinstance(facts.greeting, Greeting):
        return None
    if facts.user is None or facts.key is None or facts.at is None:
        return None
    hides_organizations = isinstance(facts.organizations, NotFound)
    return checks.about_token(
        Identity(
            url=facts.login.url,
            token_source=facts.login.source,
            server_version=facts.greeting.info.version,
            own_version=__version__,
            at=facts.at,
            user=seen(facts.user),
            key=seen(facts.key),
            # Of what was not read otherwise, the check of the organizations tells.
            organizations=None if hides_organizations else (),
        )
    )


def scopes(case: Case) -> Check | None:
    """What the token is limited to."""
    key = case.facts.key
    return None if key is None else checks.about_scopes(seen(key), case.url)


def websocket(case: Case) -> Check | None:
    """Whether builds can be watched."""
    facts = case.facts
    if isinstance(facts.has_workspace, CoderMcpError):
        return failed("WebSocket", facts.has_workspace)
    if facts.has_workspace is None or (facts.has_workspace and facts.stream is None):
        return None
    refusal = facts.stream if isinstance(facts.stream, CoderMcpError) else None
    return checks.about_websocket(has_workspace=facts.has_workspace, refusal=refusal)


def organizations(case: Case) -> Check | None:
    """Those that the person belongs to."""
    found = case.facts.organizations
    if isinstance(found, NotFound):
        return checks.about_organizations(None, is_limited=True)
    return told(
        "organizations",
        found,
        lambda those: checks.about_organizations(those, is_limited=_is_limited(case)),
    )


def quota(case: Case) -> Check | None:
    """The credits that are left."""
    if not seen(case.facts.organizations):
        return Check(name="quota", status="skipped", message="Needs organizations.")
    return told("quota", case.facts.credits, checks.about_quota)


def templates(case: Case) -> Check | None:
    """How many the person may use."""
    is_limited = _is_limited(case)
    return told(
        "templates",
        case.facts.templates,
        lambda count: checks.about_templates(count, is_limited=is_limited),
    )


def _is_limited(case: Case) -> bool:
    """Whether the token sees less than the person may; so where that is not visible."""
    key = seen(case.facts.key)
    return key is None or not is_unlimited(key)
