"""Session tokens and groups as JSON, key by key as on the wire."""

from datetime import UTC, datetime

from coder_mcp.simulator.records.accounts import Group, Organization, Token, User
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.wire.common import time_text

# What Go prints for a time that there is none of.
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def key_json(token: Token) -> Json:
    """A session token, without its secret; `scope` is the older form, which has no narrow ones."""
    return {
        "id": token.id,
        "user_id": str(token.user.id),
        "last_used": time_text(token.last_used or NEVER),
        "expires_at": time_text(token.expires_at),
        "created_at": time_text(token.created_at),
        "updated_at": time_text(token.updated_at),
        "login_type": token.login_type,
        "scope": "all" if token.scopes is None else "",
        "scopes": ["coder:all"] if token.scopes is None else sorted(token.scopes),
        "token_name": token.name,
        "lifetime_seconds": int(token.lifetime.total_seconds()),
        "allow_list": ["*:*"],
    }


def group_json(organization: Organization, group: Group, seen: list[User]) -> Json:
    """A group, with those of its members whom the caller may see."""
    return {
        "id": str(group.id),
        "name": group.name,
        "display_name": "",
        "organization_id": str(organization.id),
        "members": [member_json(user) for user in seen],
        "total_member_count": len(group.members),
        "avatar_url": "",
        "quota_allowance": group.quota_allowance,
        "source": "user",
        "organization_name": organization.name,
        "organization_display_name": organization.display_name,
    }


def member_json(user: User) -> Json:
    """A user, as others see them."""
    created = time_text(user.created_at)
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "email": f"{user.username}@example.com",
        "created_at": created,
        "updated_at": created,
        "last_seen_at": created,
        "status": user.status,
        "login_type": "password",
    }
