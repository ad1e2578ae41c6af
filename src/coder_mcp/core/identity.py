"""Who the person is to the deployment, and what their session token may do and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coder_mcp.core.checks.check import LATE, Check
from coder_mcp.core.errands import sentences
from coder_mcp.core.found import Connected, NotConnected
from coder_mcp.core.scopes import (
    NO_LIMIT,
    OF_ORGANIZATIONS,
    OF_THE_PERSON,
    OF_THE_TOKEN,
    enough_for,
    needs,
)
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.accounts import APIKey, Organization, User

SOON = timedelta(hours=24)
"""A token that ends within this time is told of."""

_MOST = 50
_ANYTHING = {"*:*"}
# As docs/security.md calls what a token may be for.
_TOO_FEW = "too few for all of reading"
# Only these have a fixed end; using a sign-in prolongs it (coderd/httpmw/apikey.go).
_FIXED = "token"
_PASSED = "The deployment did not answer, but every later check passes; the outage may be over."
_ACCEPTED = "The session token is accepted, but not everything works"
_LATE = "The deployment did not answer in the time that there was ({name})."
_LOOK_LONGER = (
    "Call whoami again; if that ends as this did, tell the person: `coder-mcp doctor`, in a"
    " terminal, has more time."
)
_RENEW = "Tell the person to make a new session token at {url}/settings/tokens."


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What was read of the person, their token and the deployment; `None` where it is not visible.

    Attributes:
        url: The deployment's address.
        token_source: Where the session token came from.
        server_version: Of the deployment; empty where it is not told.
        own_version: Of this program.
        at: When it was read, by the deployment's clock.
        user: The person.
        key: The session token in use.
        organizations: Those that the person belongs to.
    """

    url: str
    token_source: str
    server_version: str
    own_version: str
    at: datetime
    user: User | None
    key: APIKey | None
    organizations: Sequence[Organization] | None


def connected(identity: Identity) -> Connected:
    """The payload of whoami."""
    user, key, organizations = identity.user, identity.key, identity.organizations
    limited = key is not None and not is_unlimited(key)
    ends = None if key is None else key.expires_at
    soon = soon_over(fixed_end(key), identity.at, identity.url)
    return Connected(
        message=sentences(_about_person(identity), _about_token(identity)),
        url=identity.url,
        username=None if user is None else one_line(user.username, 40),
        organizations=None
        if organizations is None
        else tuple(one_line(known.name, 40) for known in organizations[:_MOST]),
        token_source=identity.token_source,
        token_expires_at=None if ends is None else shown_time(ends),
        token_scopes=_shown(key.scopes or (key.scope,)) if key is not None and limited else None,
        token_allow_list=_shown(key.allow_list) if key is not None and limited else None,
        server_version=one_line(identity.server_version, 60) or None,
        coder_mcp_version=identity.own_version,
        next_step=_RENEW.format(url=identity.url) if soon else None,
    )


def not_connected(checks: Sequence[Check], own_version: str) -> NotConnected:
    """The payload of whoami where there is no deployment to work with."""
    first = next((check for check in checks if check.status == "fail"), None)
    late = next((check for check in checks if check.message == LATE), None)
    if first is not None:
        how = _ACCEPTED if _is_accepted(checks, first) else "Not connected"
        message = f"{how} ({first.name}): {first.message}"
        fix = first.next_step
        step = f"Tell the person how to fix it. {fix}" if fix else "Tell the person."
    elif late is not None:
        message, step = _LATE.format(name=late.name), _LOOK_LONGER
    else:
        message, step = _PASSED, "Call whoami again."
    return NotConnected(
        message=message, coder_mcp_version=own_version, next_step=step, checks=tuple(checks)
    )


def _is_accepted(checks: Sequence[Check], first: Check) -> bool:
    """Whether the session token was found good before the first check that fails."""
    before = checks[: list(checks).index(first)]
    return any(check.name == "token" and check.status in ("ok", "warn") for check in before)


def is_unlimited(key: APIKey) -> bool:
    """Whether the token may do all that the person may."""
    scopes = set(key.scopes) or {key.scope or "all"}
    return bool(scopes & NO_LIMIT) and set(key.allow_list) <= _ANYTHING


def fixed_end(key: APIKey | None) -> datetime | None:
    """When the token ends, whatever is done with it; nothing where its use prolongs it."""
    return key.expires_at if key is not None and key.login_type == _FIXED else None


def soon_over(ends_at: datetime | None, now: datetime, url: str) -> str:
    """A sentence where the token ends soon; else nothing."""
    if ends_at is None or ends_at - now > SOON:
        return ""
    hours = max(0, round((ends_at - now).total_seconds() / 3600))
    left = f"in {hours} hour{'' if hours == 1 else 's'}" if hours else "within the hour"
    return f"The session token ends {left}; a new one can be made at {url}/settings/tokens."


def _about_person(identity: Identity) -> str:
    """Sentences on who is signed in where, and what of that is not visible."""
    if identity.user is None:
        hidden = "The person is not visible to the session token."
        return sentences(f"Connected to {identity.url}.", hidden, needs(OF_THE_PERSON))
    known = f"Connected to {identity.url} as {one_line(identity.user.username, 40)}."
    if identity.organizations is not None:
        return known
    return sentences(
        known, "The organizations are not visible to the token.", needs(OF_ORGANIZATIONS)
    )


def _about_token(identity: Identity) -> str:
    """Sentences on the session token: where it is from, until when it is good, and for what."""
    key = identity.key
    source = f"The session token comes from {identity.token_source}"
    if key is None:
        return sentences(
            f"{source}; its end and its scopes are not visible to it.", needs(OF_THE_TOKEN)
        )
    soon = soon_over(fixed_end(key), identity.at, identity.url)
    ends = "" if key.expires_at is None else f", expires at {shown_time(key.expires_at)}"
    unless = " (using it extends that)" if ends and fixed_end(key) is None else ""
    return sentences(f"{source}{ends}{unless}, and {_limit(key)}.", soon)


def _limit(key: APIKey) -> str:
    """What the token may be used for of all that the person may."""
    if is_unlimited(key):
        return "is not limited to scopes"
    if not set(key.allow_list) <= _ANYTHING:
        return "is limited to some scopes, and to the things on its allow list"
    name = enough_for(key.scopes or (key.scope,))
    return f"is limited to some scopes, {f'enough for {name}' if name else _TOO_FEW}"


def _shown(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(one_line(text, 80) for text in texts[:_MOST])
