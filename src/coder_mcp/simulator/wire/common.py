"""Accounts as JSON, and the pieces of which all JSON of the wire is made.

The modules beside this one do templates, parameters, builds and agents. Where the wire differs
from Coder's own specification, the wire counts.
"""

from datetime import datetime

from coder_mcp.simulator.records.accounts import Organization, User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.rules.quota import Quota
from coder_mcp.simulator.rules.refusals import Json

# What is not on the wire at all, as opposed to null.
ABSENT = object()
NIL = "00000000-0000-0000-0000-000000000000"
NO_JOB_METADATA: Json = {
    "template_version_name": "",
    "template_id": NIL,
    "template_name": "",
    "template_display_name": "",
    "template_icon": "",
}


def time_text(moment: datetime) -> str:
    """A time as Go prints it: RFC 3339 in UTC, the fraction without trailing zeros."""
    fraction = f".{moment:%f}".rstrip("0").rstrip(".")
    # Not every platform's %Y pads a year of fewer than four digits.
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def given_time(moment: datetime | None) -> object:
    """A time that is absent until there is one."""
    return ABSENT if moment is None else time_text(moment)


def nullable_time(moment: datetime | None) -> str | None:
    """A time that is null until there is one."""
    return None if moment is None else time_text(moment)


def given(value: object) -> object:
    """A value that is absent where there is none, or an empty one."""
    return ABSENT if value is None or value == "" else value


def trimmed(fields: Json) -> Json:
    """The fields without the absent ones."""
    return {name: value for name, value in fields.items() if value is not ABSENT}


def user_json(deployment: Deployment, user: User) -> Json:
    """`GET /users/me`; `roles` is empty for a plain member."""
    created = time_text(user.created_at)
    organizations = [o for o in deployment.organizations if user in o.members]
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
        "organization_ids": [str(organization.id) for organization in organizations],
        "roles": [{"name": "owner", "display_name": "Owner"}] if user.is_owner else [],
        "has_ai_seat": False,
    }


def organization_json(organization: Organization) -> Json:
    """An organization."""
    created = time_text(organization.created_at)
    return {
        "id": str(organization.id),
        "name": organization.name,
        "display_name": organization.display_name,
        "icon": "",
        "description": organization.description,
        "created_at": created,
        "updated_at": created,
        "is_default": organization.is_default,
        "default_org_member_roles": ["organization-workspace-access"],
    }


def quota_json(quota: Quota) -> Json:
    """`GET …/workspace-quota`."""
    return {"credits_consumed": quota.credits_consumed, "budget": quota.budget}


def buildinfo_json(deployment: Deployment) -> Json:
    """`GET /buildinfo`, which needs no token."""
    return {
        "external_url": "https://github.com/coder/coder",
        "version": deployment.build_version,
        "dashboard_url": deployment.access_url,
        "telemetry": False,
        "workspace_proxy": False,
        "agent_api_version": "1.0",
        "provisioner_api_version": "1.18",
        "upgrade_message": "",
        "deployment_id": str(deployment.id),
        "webpush_public_key": "",
    }
