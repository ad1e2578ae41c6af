"""Who is asking, and what they may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coder_mcp.simulator.records.accounts import Organization, Token, User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Template, Workspace
from coder_mcp.simulator.rules.refusals import Refusal

# What the composite scopes stand for (coderd/rbac/scopes.go), so far as routes here ask for it.
MEMBERS = "organization_member:read"
COMPOSITES = {
    "coder:workspaces.create": {
        "template:read",
        "template:use",
        "workspace:read",
        "workspace:create",
        "workspace:update",
        "workspace:start",
        "workspace:stop",
        MEMBERS,
    },
    "coder:workspaces.operate": {
        "template:read",
        "workspace:read",
        "workspace:update",
        "workspace:start",
        "workspace:stop",
        MEMBERS,
    },
    "coder:workspaces.delete": {
        "template:read",
        "template:use",
        "workspace:read",
        "workspace:delete",
        MEMBERS,
    },
    "coder:workspaces.access": {"template:read", "workspace:read", MEMBERS},
}

SIGNED_OUT = "You are signed out or your session has expired. Please sign in again to continue."
KEY_ID_LENGTH, SECRET_LENGTH = 10, 22
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Caller:
    """A user, within the scopes of the token they showed; without scopes, all rights they have."""

    user: User
    scopes: frozenset[str] | None = None

    def may(self, *scopes: str) -> bool:
        """Whether the token has one of these scopes."""
        if self.scopes is None:
            return True
        composites = [COMPOSITES.get(scope, {scope}) for scope in self.scopes]
        return any(scope in held for held in composites for scope in scopes)

    def sees_user(self, user: User) -> bool:
        """Members see nobody but themselves (recorded: users/other-user.json)."""
        return self.user.is_owner or user is self.user

    def sees_organization(self, organization: Organization) -> bool:
        """Members see the organizations that they belong to."""
        return self.user.is_owner or self.user in organization.members

    def sees_template(self, template: Template) -> bool:
        """Everybody in the organization may read and use its templates."""
        return self.may("template:read") and self.sees_organization(template.organization)

    def sees_workspace(self, workspace: Workspace) -> bool:
        """Members see their own workspaces only."""
        return self.may("workspace:read") and self.sees_user(workspace.owner)


def identify(
    deployment: Deployment,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    cookies: Mapping[str, str],
) -> Caller:
    """The caller, by the token of the request; 401 without a good one."""
    text = shown_token(headers, query, cookies)
    if not text:
        detail = 'Cookie "coder_session_token" or query parameter must be provided.'
        raise signed_out(deployment, detail)
    parts = text.split("-")
    if len(parts) != 2:
        detail = f"incorrect amount of API key parts, expected 2 got {len(parts)}"
        raise signed_out(deployment, f"Invalid API key format: {detail}")
    if len(parts[0]) != KEY_ID_LENGTH or len(parts[1]) != SECRET_LENGTH:
        raise signed_out(deployment, "Invalid API key format: incorrect length")
    token = deployment.tokens.get(text)
    if token is None:
        is_known = any(known.startswith(f"{parts[0]}-") for known in deployment.tokens)
        raise signed_out(
            deployment, "API key secret is invalid." if is_known else "API key is invalid."
        )
    if token.expires_at < deployment.now():
        # As Go prints a time.
        moment = f"{token.expires_at:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".")
        raise signed_out(deployment, f'API key expired at "{moment} +0000 UTC".')
    if token.user.status != "active":
        raise inactive(deployment, token.user)
    use(token, deployment.now())
    return Caller(token.user, token.scopes)


def use(token: Token, now: datetime) -> None:
    """Note the use, once an hour; a sign-in then lasts its whole lifetime from now on.

    Tokens that were made for programs have a fixed end (coderd/httpmw/apikey.go).
    """
    if token.last_used is None or now - token.last_used >= NOTED_EVERY:
        token.last_used = now
    if not token.name and token.expires_at - now <= token.lifetime - NOTED_EVERY:
        token.expires_at = now + token.lifetime
        token.updated_at = now


def shown_token(
    headers: Mapping[str, str], query: Mapping[str, str], cookies: Mapping[str, str]
) -> str:
    """The first token that Coder looks at (coderd/httpmw/apikey.go, APITokenFromRequest)."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    candidates = (
        cookies.get("coder_session_token"),
        query.get("coder_session_token"),
        headers.get("coder-session-token"),
        bearer if scheme.lower() == "bearer" else None,
        query.get("access_token"),
    )
    return next((token for token in candidates if token), "")


def signed_out(deployment: Deployment, detail: str) -> Refusal:
    """The answer to a missing or bad token: it says expired, whatever is wrong with it."""
    headers = challenge(deployment, "The access token has expired")
    return Refusal(401, SIGNED_OUT, detail, headers=headers)


def inactive(deployment: Deployment, user: User) -> Refusal:
    """The answer to the good token of a suspended account."""
    message = (
        f'User is not active (status = "{user.status}").'
        " Contact an admin to reactivate your account."
    )
    return Refusal(401, message, headers=challenge(deployment, "The access token is invalid"))


def challenge(deployment: Deployment, description: str) -> Mapping[str, str]:
    """The WWW-Authenticate header of a 401."""
    metadata = f"{deployment.access_url}/.well-known/oauth-protected-resource"
    value = (
        f'Bearer realm="coder", error="invalid_token", error_description="{description}",'
        f' resource_metadata="{metadata}"'
    )
    return {"WWW-Authenticate": value}
