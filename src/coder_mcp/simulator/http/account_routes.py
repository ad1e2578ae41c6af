"""The routes of users, their tokens, organizations, groups and quota."""

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.records.accounts import User
from coder_mcp.simulator.rules.quota import quota_of
from coder_mcp.simulator.rules.refusals import Refusal, not_found
from coder_mcp.simulator.wire.accounts import group_json, key_json
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


def list_readable_organizations(call: Call) -> Answer:
    """`GET /organizations`: all that the caller may read, a member of them or not."""
    organizations = [
        organization
        for organization in call.world.organizations
        if call.caller.may("organization:read") and call.caller.sees_organization(organization)
    ]
    return Answer(body=[organization_json(organization) for organization in organizations])


def show_organization(call: Call) -> Answer:
    """`GET /organizations/{organization}`."""
    return Answer(body=organization_json(call.organization()))


def show_quota(call: Call) -> Answer:
    """`GET …/workspace-quota`, of an organization or, by the old route, of the default one."""
    organization, user = call.organization(), call.user()
    return Answer(body=quota_json(quota_of(call.world, user, organization)))


def show_key(call: Call) -> Answer:
    """`GET /users/{user}/keys/{keyid}`; a scoped token needs a scope for this, even its own."""
    user, wanted = call.user(), call.params["keyid"]
    call.require("api_key:read")
    for token in call.world.tokens.values():
        if token.id == wanted and token.user is user:
            return Answer(body=key_json(token))
    raise not_found()


def list_keys(call: Call) -> Answer:
    """`GET /users/{user}/keys/tokens`: not those of sign-ins; null where there are none."""
    user, now = call.user(), call.world.now()
    found = [
        key_json(token) | {"username": user.username}
        for token in call.world.tokens.values()
        if token.user is user and token.name and token.expires_at > now
    ]
    return Answer(body=(found or None) if call.caller.may("api_key:read") else None)


def list_groups(call: Call) -> Answer:
    """`GET /groups`: those whose members the caller is among, all of them for owners."""
    if not call.world.is_licensed:
        raise Refusal(403, "Template RBAC is a Premium feature. Contact sales!")
    caller, query = call.caller, call.query
    wanted, member = query.get("organization"), query.get("has_member")
    found = [
        group_json(organization, group, [u for u in group.members if caller.sees_user(u)])
        for organization in call.world.organizations
        if wanted in {None, organization.name, str(organization.id)}
        for group in (organization.everyone, *organization.groups)
        if (caller.user.is_owner or caller.user in group.members)
        and (member is None or member in names_of(group.members))
    ]
    return Answer(body=found if caller.may("group:read") else [])


def names_of(users: list[User]) -> set[str]:
    """What these users can be called in a query."""
    return {name for user in users for name in (user.username, str(user.id))}
