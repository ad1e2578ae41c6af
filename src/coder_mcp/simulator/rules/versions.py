"""Which template version a build uses, with which values, and who may use it."""

from uuid import UUID

from coder_mcp.simulator.records.accounts import User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Template, TemplateVersion, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.bodies import BuildRequest, WorkspaceRequest
from coder_mcp.simulator.rules.parameters import classic_values, dynamic_values
from coder_mcp.simulator.rules.refusals import Refusal, access_control_dump, not_found
from coder_mcp.simulator.templates.definitions import Transition

NEEDS_EXTERNAL_AUTH = (
    "External authentication is required to create a workspace with this template."
)
NO_ROWS = "sql: no rows in result set"


def visible_templates(deployment: Deployment, caller: Caller) -> list[Template]:
    """The templates that the caller may read, deprecated ones too."""
    return [template for template in deployment.templates if caller.sees_template(template)]


def requested_version(
    deployment: Deployment, caller: Caller, request: WorkspaceRequest
) -> TemplateVersion:
    """The version that a create names, by itself or as the active one of a template.

    A template that is missing is a 400, not a 404 (recorded: create-no-such-template.json).
    """
    if not caller.may("user:read", "organization_member:read"):
        raise not_found()
    for template in visible_templates(deployment, caller):
        if template.id == request.template_id:
            return template.active_version
        for version in template.versions:
            if version.id == request.template_version_id:
                return version
    if request.template_id is not None:
        field, kind, wanted = "template_id", "template", request.template_id
    else:
        field, kind, wanted = "template_version_id", "template version", request.template_version_id
    message = f'{kind.capitalize()} "{wanted}" doesn\'t exist.'
    raise Refusal(400, message, validations=((field, f"{kind} not found"),))


def build_version(
    deployment: Deployment, workspace: Workspace, request: BuildRequest
) -> TemplateVersion:
    """The version that a build is to use."""
    wanted = request.template_version_id
    if wanted is None:
        return workspace.latest_build.version
    every = (version for template in deployment.templates for version in template.versions)
    version = next((version for version in every if version.id == wanted), None)
    if version is None:
        detail = f"get template version {wanted}: {NO_ROWS}"
        raise Refusal(400, "template version does not exist", detail)
    if version.template is not workspace.template:
        detail = (
            f"templateVersion.TemplateID = {{UUID:{version.template.id} Valid:true}},"
            f" template.ID = {workspace.template.id}"
        )
        raise Refusal(400, "template version doesn't match template", detail)
    return version


def build_values(
    version: TemplateVersion,
    request: WorkspaceRequest | BuildRequest,
    previous: dict[str, str],
) -> dict[str, str]:
    """The parameter values of a build: before it, given, of the preset; the last one wins.

    An unknown preset is a 500, found before the values are looked at
    (recorded: create-bad-preset.json).
    """
    from_preset: dict[str, str] = {}
    if request.template_version_preset_id is not None:
        presets = (
            preset
            for earlier in version.template.versions
            for preset in earlier.presets
            if preset.id == request.template_version_preset_id
        )
        preset = next(presets, None)
        if preset is None:
            detail = f"failed to get preset parameters: {NO_ROWS}"
            raise Refusal(500, "failed to fetch preset parameter values", detail)
        from_preset = dict(preset.definition.parameters)
    given = [pair for pair in request.rich_parameter_values if pair[0] not in from_preset]
    given += from_preset.items()
    is_classic = version.template.definition.use_classic_parameter_flow
    check = classic_values if is_classic else dynamic_values
    return check(version.definition.parameters, given, previous)


def implied_preset(version: TemplateVersion, request: WorkspaceRequest) -> UUID | None:
    """The largest preset whose values are all given by hand (queries/presets.sql)."""
    given = set(request.rich_parameter_values)
    matching = [p for p in version.presets if given.issuperset(p.definition.parameters.items())]
    largest = max(matching, key=lambda preset: len(preset.definition.parameters), default=None)
    return largest and largest.id


def check_external_auth(version: TemplateVersion, owner: User) -> None:
    """Refuse where the owner has not linked an account that the template requires."""
    missing = [
        auth
        for auth in version.definition.external_auth
        if not auth.optional and auth.provider not in owner.linked
    ]
    if missing:
        names = ", ".join(auth.display_name for auth in missing)
        detail = (
            "The workspace owner must authenticate with the following external auth providers:"
            f" {names}."
        )
        validations = tuple(("external_auth", auth.provider) for auth in missing)
        raise Refusal(403, NEEDS_EXTERNAL_AUTH, detail, validations)


def check_version(caller: Caller, version: TemplateVersion, transition: Transition) -> None:
    """Refuse a member's start on an old version where the template requires the active one."""
    template = version.template
    if transition != "start" or not template.require_active_version or caller.user.is_owner:
        return
    if version is not template.active_version:
        organization = str(template.organization.id)[:4]
        target = f"org:{organization}.template.id:{str(template.id)[:4]}.acl:1"
        dump = access_control_dump(caller.user.username, caller.user.id, "update", target)
        raise Refusal(403, "insert workspace build", f"cannot use non-active version: {dump}")
