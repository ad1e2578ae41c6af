"""What is said of the session token, and of what the person may use with it. Pure."""

from collections.abc import Sequence

from coder_mcp.core.checks.check import Check
from coder_mcp.core.credits import Credits, left, said
from coder_mcp.core.errands import sentences
from coder_mcp.core.identity import Identity, connected, is_unlimited
from coder_mcp.core.quota import enforced
from coder_mcp.core.scopes import OF_ORGANIZATIONS, OF_THE_TOKEN, needs
from coder_mcp.core.text import one_line
from coder_mcp.core.tool_scopes import closed
from coder_mcp.errors import CoderError, CoderMcpError
from coder_mcp.models.accounts import APIKey, Organization

_MOST = 10
_POLLED = "Builds are looked at every few seconds in place of being watched; nothing else is lost."
_TOO_OLD = "A server before v2.22 has none."
_LET_THROUGH = "Have WebSockets let through by whatever stands before the deployment."
_NO_WORKSPACE = (
    "There is no workspace that could be watched: whether WebSockets get through shows with the"
    " first."
)
_NO_TEMPLATE = "There is no template that the person may use, so no workspace can be created."
_ASK_FOR_ONE = "Ask an administrator of the deployment for one, or for the group that may use it."
_ADD = "Ask an administrator of the deployment to add them to one."
_NO_CREDITS = (
    "Delete a workspace that is no longer needed, or ask an administrator to raise the group's"
    " quota allowance."
)


def about_token(identity: Identity) -> Check:
    """Whose it is and until when it is good, in whoami's words."""
    told = connected(identity)
    status = "warn" if told.next_step else "ok"
    return Check(name="token", status=status, message=told.message, next_step=told.next_step)


def about_scopes(key: APIKey | None, url: str) -> Check:
    """What the token is limited to, and which tools cannot work with that."""
    if key is None:
        return Check(
            name="scopes",
            status="warn",
            message="The scopes of the token are not visible to it.",
            next_step=needs(OF_THE_TOKEN),
        )
    if is_unlimited(key):
        return Check(name="scopes", status="ok", message="The token is not limited to scopes.")
    scopes = key.scopes or (key.scope,)
    lost = closed(scopes)
    few = bool(key.allow_list) and "*:*" not in key.allow_list
    limit = f"The token is limited to {_listed(scopes)}."
    if not lost and not few:
        return Check(name="scopes", status="ok", message=f"{limit} Every tool can work with that.")
    lacking = sorted({permission for missing in lost.values() for permission in missing})
    more = f" that has {', '.join(lacking)} too" if lacking else ""
    return Check(
        name="scopes",
        status="warn",
        message=sentences(
            limit,
            f"It sees only {_listed(key.allow_list)}." if few else "",
            f"With that these tools cannot work: {', '.join(lost)}." if lost else "",
        ),
        next_step=f"Where more is needed, make a token{more} at {url}/settings/tokens.",
    )


def about_websocket(*, has_workspace: bool, refusal: CoderMcpError | None) -> Check:
    """Whether builds can be watched; `refusal` is why a stream did not open, if it did not."""
    if not has_workspace:
        return Check(name="WebSocket", status="skipped", message=_NO_WORKSPACE)
    if refusal is None:
        said_of_it = "WebSockets work: builds are watched live."
        return Check(name="WebSocket", status="ok", message=said_of_it)
    status = refusal.status if isinstance(refusal, CoderError) else 0
    why = f"The stream is refused (HTTP {status})." if status else f"{refusal}"
    return Check(
        name="WebSocket",
        status="warn",
        message=sentences(why, _POLLED),
        next_step=sentences(_TOO_OLD if status == 404 else "", _LET_THROUGH),
    )


def about_organizations(organizations: Sequence[Organization] | None, *, is_limited: bool) -> Check:
    """Those that the person belongs to; a token may see none, or be told nothing."""
    if organizations is None:
        return Check(
            name="organizations",
            status="warn",
            message="The organizations are not visible to the token.",
            next_step=needs(OF_ORGANIZATIONS),
        )
    if not organizations:
        return Check(
            name="organizations",
            status="warn",
            message="The person belongs to no organization that the token sees.",
            next_step=sentences(_ADD, needs(OF_ORGANIZATIONS) if is_limited else ""),
        )
    names = _listed([known.name for known in organizations])
    return Check(name="organizations", status="ok", message=f"The person belongs to {names}.")


def about_quota(credits_of: Sequence[Credits]) -> Check:
    """Credits used and left in each organization."""
    hidden = any(one.quota is None for one in credits_of)
    used_up = any(
        (quota := enforced(one.quota)) is not None and left(quota) == 0 for one in credits_of
    )
    step = _NO_CREDITS if used_up else needs(OF_ORGANIZATIONS) if hidden else None
    return Check(
        name="quota",
        status="warn" if step else "ok",
        message=sentences(*(said(one) for one in credits_of)),
        next_step=step,
    )


def about_templates(count: int, *, is_limited: bool) -> Check:
    """How many the person may use; a token without the scope sees none."""
    if count:
        said_of_them = f"There {'is' if count == 1 else 'are'} {count} to create workspaces from."
        return Check(name="templates", status="ok", message=said_of_them)
    scope = needs(("template:read",)) if is_limited else ""
    return Check(
        name="templates",
        status="warn",
        message=_NO_TEMPLATE,
        next_step=sentences(_ASK_FOR_ONE, scope),
    )


def _listed(texts: Sequence[str]) -> str:
    shown = [one_line(text, 60) for text in texts[:_MOST]]
    return ", ".join(shown) + (f" and {len(texts) - _MOST} more" if len(texts) > _MOST else "")
