"""The routes of templates and their versions."""

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.records.accounts import Organization
from coder_mcp.simulator.rules.access import MEMBERS
from coder_mcp.simulator.rules.bodies import decoded, texts, uuid
from coder_mcp.simulator.rules.queries import matching_templates
from coder_mcp.simulator.rules.refusals import Refusal, access_control_dump, not_found
from coder_mcp.simulator.wire.parameters import (
    evaluated_json,
    external_auth_json,
    preset_json,
    rich_parameter_json,
)
from coder_mcp.simulator.wire.templates import template_json, version_json


def list_templates(call: Call) -> Answer:
    """`GET /templates`, of all the caller's organizations."""
    return listed(call, call.world.organizations)


def list_organization_templates(call: Call) -> Answer:
    """`GET /organizations/{organization}/templates`."""
    return listed(call, [call.organization()])


def listed(call: Call, organizations: list[Organization]) -> Answer:
    """The templates of some organizations that the query selects."""
    templates = [
        template
        for template in call.world.templates
        if template.organization in organizations and call.caller.sees_template(template)
    ]
    found = matching_templates(templates, call.query.get("q", ""), call.caller)
    return Answer(body=[template_json(template) for template in found])


def show_template(call: Call) -> Answer:
    """`GET /templates/{template}`, deprecated or not."""
    return Answer(body=template_json(call.template()))


def show_template_by_name(call: Call) -> Answer:
    """`GET /organizations/{organization}/templates/{templatename}`, in any letter case."""
    organization, name = call.organization(), call.params["templatename"].lower()
    for template in call.world.templates:
        if template.organization is organization and template.name.lower() == name:
            return Answer(body=template_json(template))
    raise not_found()


def show_version(call: Call) -> Answer:
    """`GET /templateversions/{templateversion}`."""
    return Answer(body=version_json(call.world, call.template_version()))


def list_versions(call: Call) -> Answer:
    """`GET /templates/{template}/versions`, the oldest first."""
    versions = call.template().versions
    return Answer(body=[version_json(call.world, version) for version in versions])


def list_rich_parameters(call: Call) -> Answer:
    """`GET …/rich-parameters`: the set as the import saw it, whatever the flow."""
    parameters = call.template_version().definition.parameters
    return Answer(body=[rich_parameter_json(parameter) for parameter in parameters])


def list_presets(call: Call) -> Answer:
    """`GET …/presets`: null, not an empty list, where there are none."""
    presets = call.template_version().presets
    return Answer(body=[preset_json(preset) for preset in presets] or None)


def list_external_auth(call: Call) -> Answer:
    """`GET …/external-auth`, as it stands for the caller.

    What a user has linked is personal; without the scope for it, reading a link fails
    (coderd/templateversions.go, coderd/database/dbauthz).
    """
    required = call.template_version().definition.external_auth
    user = call.caller.user
    is_linked = any(auth.provider in user.linked for auth in required)
    if is_linked and not call.caller.may("user:read_personal"):
        dump = access_control_dump(user.username, user.id, "read_personal", f"user {user.id}")
        raise Refusal(500, "Internal error fetching external auth link.", dump)
    return Answer(body=[external_auth_json(call.world, auth, user) for auth in required])


def evaluate(call: Call) -> Answer:
    """`POST …/dynamic-parameters/evaluate`: bad values are a 200 with diagnostics.

    So is an owner whom the token does not see (coderd/dynamicparameters/render.go).
    """
    version, fields = call.template_version(), decoded(call.body)
    owner_id = uuid(fields, "owner_id")
    sees_owners = call.caller.may("user:read", MEMBERS)
    if not sees_owners or all(user.id != owner_id for user in call.world.users):
        return Answer(body=evaluated_json(version, None))
    return Answer(body=evaluated_json(version, texts(fields, "inputs")))
