"""From what Coder refused to what a person can correct."""

import re
from collections.abc import Iterable
from uuid import UUID

from coder_mcp.core import results
from coder_mcp.core.errands import call, name_of, start
from coder_mcp.core.parameters import allowed
from coder_mcp.core.results import Validation
from coder_mcp.core.scopes import needs, permission
from coder_mcp.core.text import one_line
from coder_mcp.core.values import LEAVE_OUT
from coder_mcp.models.templates import ExternalAuth, RichParameter, Template
from coder_mcp.models.wire import ErrorResponse
from coder_mcp.models.workspaces import Workspace

EXTERNAL_AUTH = "external_auth"
"""The field under which Coder names a provider that the person has to sign in to."""

_LONGEST = 300
_ANOTHER_TEMPLATE = "Ask the person to choose another template; list_templates() shows them."
# Coder's names for what our arguments carry.
_ARGUMENTS = {
    "template_id": "template",
    "template_version_preset_id": "preset",
    "rich_parameter_values": "parameters",
}
_NEXT_STEPS = {
    409: "Another build came first; call {again}, which waits for it.",
    403: (
        "Tell the person that they, or this session token, may not do this; an administrator can"
        " allow it. Once that is done, call {again}."
    ),
}
_TELL = "Tell the person why. Once it is corrected, call {again}."
# What Coder's access control appends (coderd/rbac, `UnauthorizedError`): the subject with its
# e-mail address and roles, and a memory address.
_ENGINE = re.compile(r"unauthorized: rbac: |\(subject: ")
# The beginning of Coder's reason, in both flows (recorded: builds/start-immutable-changed.json).
_IMMUTABLE = "is not mutable, "
_OLD_VERSION = "cannot use non-active version"
# The classic flow names one parameter, in its message, and says why after this line.
_CLASSIC_PARAMETER = 'Unable to validate parameter "'
_CLASSIC_DETAIL = "parameter validation failed"


def rejected(
    response: ErrorResponse,
    *,
    next_step: str,
    workspace_name: str,
    template_id: UUID,
    parameters: Iterable[RichParameter] = (),
    providers: Iterable[ExternalAuth] = (),
) -> results.Rejected:
    """Coder's refusal, with what would be allowed and where to sign in added where known.

    Coder's `detail` can be kilobytes of its access-control engine; its beginning is what a person
    can act on.
    """
    known = {parameter.name: parameter for parameter in parameters}
    links = {provider.id: provider for provider in providers}
    detail = actionable(response.detail.removeprefix(_CLASSIC_DETAIL))
    pairs = [(wrong.field, wrong.detail) for wrong in response.validations]
    if not pairs and (classic := _classic_parameter(response)):
        pairs, detail = [(classic, detail)], ""
    validations = tuple(_validation(field, detail, known, links) for field, detail in pairs)
    return results.Rejected(
        message="Coder refused this; nothing was changed.",
        workspace_name=workspace_name,
        template_id=template_id,
        next_step=next_step,
        error=one_line(response.message, _LONGEST),
        detail=detail or None,
        validations=validations or None,
    )


def with_missing(refused: results.Rejected, missing: Iterable[Validation]) -> results.Rejected:
    """The refusal with whatever else is missing: Coder's classic flow names one and stops."""
    named = refused.validations or ()
    fields = {validation.field for validation in named}
    more = tuple(validation for validation in missing if validation.field not in fields)
    return refused.model_copy(update={"validations": (*named, *more) or None})


def concerns_parameters(response: ErrorResponse) -> bool:
    """Whether a parameter's value was refused, in the classic flow or the dynamic one."""
    return response.message.startswith("Unable to validate parameter")


def concerns_external_auth(response: ErrorResponse) -> bool:
    """Whether a sign-in to another service is missing."""
    return any(wrong.field == EXTERNAL_AUTH for wrong in response.validations)


def correct(read: str, again: str, into: str = "parameters") -> str:
    """The next step where what an argument holds has to be corrected."""
    return (
        f"Correct them ({read} shows what the template asks for; ask the person for what is theirs"
        f" to choose), then call again with the right values in {into}: {again}."
    )


def move(update: str) -> str:
    """The next step where only the template's active version has what was given."""
    return (
        "The template's active version has what was given, and this workspace is of an older one."
        f" Ask the person whether to move it there: {update}."
    )


def next_step(status: int, response: ErrorResponse, read: str, again: str) -> str:
    """What to do about a refusal of Coder's.

    Args:
        status: Of the answer.
        response: Coder's words.
        read: The call that shows what the template asks for.
        again: The call that was refused.
    """
    if concerns_external_auth(response):
        return f"Ask the person to sign in at each url given here; then call {again}."
    if concerns_parameters(response):
        return correct(read, again)
    if response.detail.startswith(_OLD_VERSION):
        return f"The template requires its newest version; call {again}, which moves to it."
    if any(wrong.field == "name" for wrong in response.validations):
        return f"Ask the person for another name; with it in place of this one, call {again}."
    missing = permission(response.message)
    if missing:
        return (
            f"Tell the person that they, or this session token, lack the permission {missing}."
            f" {needs((missing,))} If it is not limited, an administrator can allow it. Once that"
            f" is done, call {again}."
        )
    return _NEXT_STEPS.get(status, _TELL).format(again=again)


def actionable(detail: str) -> str:
    """Coder's detail without the state of its access-control engine, which can be kilobytes."""
    return one_line(_ENGINE.split(detail, maxsplit=1)[0].rstrip(" :"), _LONGEST)


def running_already(workspace: Workspace, again: str) -> results.Rejected:
    """Why parameters are not given to a workspace that runs: they are of its next build."""
    stop = call("stop_workspace", workspace=name_of(workspace))
    return results.Rejected(
        message=(
            f"Workspace {name_of(workspace)} is running, and parameters are taken by a build only."
            " Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        next_step=(
            f"Ask the person whether it may be stopped, which ends what runs in it: {stop}; then"
            f" call {again}."
        ),
        error="the workspace is running",
    )


def unusable(template: Template) -> results.Rejected | None:
    """Why no workspace is made from this template, where that is certain beforehand."""
    if template.deprecated:
        return results.Rejected(
            message=f"Template {template.name} is deprecated. Nothing was created.",
            template_id=template.id,
            next_step=_ANOTHER_TEMPLATE,
            error="the template is deprecated",
            detail=one_line(template.deprecation_message, _LONGEST) or None,
        )
    return closed_to_agents(template)


def closed_to_agents(template: Template) -> results.Rejected | None:
    """Why this template is neither shown nor used, where its administrators keep agents out."""
    if template.agents_allowed:
        return None
    return results.Rejected(
        message=(
            f"Template {template.name} is not open to AI agents: its administrators have turned"
            " that off. Nothing was changed."
        ),
        template_id=template.id,
        next_step=_ANOTHER_TEMPLATE,
        error="agents_allowed is false for this template",
    )


def name_taken(workspace: Workspace, name: str) -> results.Rejected:
    """Why a workspace of that name is not made: one of another template has it."""
    return results.Rejected(
        message=(
            f"You have a workspace named {name} already, made from template"
            f" {one_line(workspace.organization_name, 40)}/{one_line(workspace.template_name, 40)}."
            " Nothing was created."
        ),
        workspace_name=name_of(workspace),
        next_step=(
            "Ask the person for another name and call create_workspace with it, or use the"
            f" workspace that is there: {start(workspace)}."
        ),
        error=f'the name "{name}" is taken',
    )


def _classic_parameter(response: ErrorResponse) -> str:
    """The one parameter that the classic flow names: in the message, not in `validations`."""
    if not response.message.startswith(_CLASSIC_PARAMETER):
        return ""
    return response.message.removeprefix(_CLASSIC_PARAMETER).rstrip('"')


def _validation(
    field: str,
    detail: str,
    known: dict[str, RichParameter],
    links: dict[str, ExternalAuth],
) -> Validation:
    provider = links.get(detail) if field == EXTERNAL_AUTH else None
    parameter = None if _IMMUTABLE in detail else known.get(field)
    return Validation(
        field=one_line(_ARGUMENTS.get(field, field), 80),
        detail=LEAVE_OUT if _IMMUTABLE in detail else one_line(detail, _LONGEST),
        allowed=(allowed(parameter) or None) if parameter is not None else None,
        url=one_line(provider.authenticate_url, _LONGEST) if provider is not None else None,
    )
