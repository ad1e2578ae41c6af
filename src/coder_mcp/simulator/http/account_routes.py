"""The routes of users, organizations and quota."""

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.rules.quota import quota_of
from coder_mcp.simulator.wire.common import organization_json, quota_json, user_json


def show_user(call: Call) -> Answer:
    """`GET /users/{user}`."""
    return Answer(body=user_json(call.world, call.user()))


def list_organizations(call: Call) -> Answer:
    """`GET /users/{user}/organizations`: those that the caller may read as well."""
    user, caller = call.user(), call.caller
    organizations = [
        organization
        for organization in call.world.organizations
        if user in organization.members
        and caller.may("organization:read")
        and caller.sees_organization(organization)
    ]
    return Answer(body=[organization_json(organization) for organization in organizations])


def show_organization(call: Call) -> Answer:
    """`GET /organizations/{organization}`."""
    return Answer(body=organization_json(call.organization()))


def show_quota(call: Call) -> Answer:
    """`GET …/workspace-quota`, of an organization or, by the old route, of the default one."""
    organization, user = call.organization(), call.user()
    return Answer(body=quota_json(quota_of(call.world, user, organization)))
