"""create_workspace: the workspace of that name, made where there is none, and awaited."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field, JsonValue

from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.core import errands
from coder_mcp.core.errands import Errand, Verb
from coder_mcp.core.names import ME, TemplateReference, is_name, template_reference, workspace_name
from coder_mcp.core.plans import CREATE_PLANS, Act
from coder_mcp.core.progress import began
from coder_mcp.core.refusals import name_taken, unusable
from coder_mcp.core.results import NeedsChoice, Rejected, Result, Unknown
from coder_mcp.core.template_page import typical_seconds
from coder_mcp.core.unfinished import blocked
from coder_mcp.models.templates import Template
from coder_mcp.models.workspaces import CreateWorkspaceRequest, Workspace
from coder_mcp.tools import arguments
from coder_mcp.tools.audit import audited
from coder_mcp.tools.builds import decided, shown
from coder_mcp.tools.call import Call
from coder_mcp.tools.inputs import Inputs, checked, explained
from coder_mcp.tools.lookups import find_template
from coder_mcp.tools.recovery import recovered
from coder_mcp.tools.targets import Target
from coder_mcp.watching.flights import Made


async def create_workspace(
    call: Call,
    *,
    template: arguments.Template,
    name: Annotated[arguments.Text, Field(description="Default: the template's name")] = "",
    parameters: arguments.Parameters = None,
    preset: arguments.Preset = "",
    organization: arguments.Organization = "",
) -> Result:
    """Create a workspace from a template and wait until it can be used.

    Ends in `ready`, `in_progress` (do what next_step says) or why not. The same call again finds
    the same workspace and goes on waiting; it never makes a second one.
    """
    reference = template_reference(template, organization)
    known = None if name or is_name(reference.name) else await find_template(call, reference)
    named = name or (known.name if isinstance(known, Template) else reference.name)
    wanted = _Wanted(
        reference=reference,
        template=known,
        name=workspace_name(named),
        parameters=parameters or {},
        preset=preset,
    )
    errand = Errand(verb=Verb.CREATE, url=call.url, again=_again(wanted))
    found = await call.client.workspace_by_name(ME, wanted.name)
    answer = await _existing(call, errand, wanted, found) if found is not None else None
    return answer if answer is not None else await _new(call, errand, wanted)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """The workspace that the call is for; the template where it had to be read for the name."""

    reference: TemplateReference
    template: Template | NeedsChoice | None
    name: str
    parameters: Mapping[str, JsonValue]
    preset: str


async def _existing(call: Call, errand: Errand, wanted: _Wanted, found: Workspace) -> Result | None:
    """The answer by the workspace that has the name; nothing where it is gone by now."""
    if not _is_from(found, wanted.reference):
        return name_taken(found, wanted.name)
    decision = await decided(call, errand, found, CREATE_PLANS)
    if decision.act is Act.SETTLE:
        return blocked(errand, decision.progress)
    if decision.act is Act.BUILD:
        return None
    ignored = wanted.parameters or wanted.preset
    note = "It was there already, so the parameters and preset given were not applied."
    errand = replace(errand, joined=decision.waited, notes=(note,) if ignored else ())
    return await shown(call, errand, decision.progress)


async def _new(call: Call, errand: Errand, wanted: _Wanted) -> Result:
    """The answer by a workspace made now, or why none is made."""
    template = wanted.template or await find_template(call, wanted.reference)
    if isinstance(template, NeedsChoice):
        return template
    refused = unusable(template)
    if refused is not None:
        return refused
    target = Target(
        template_id=template.id,
        version_id=template.active_version_id,
        classic=template.use_classic_parameter_flow,
        workspace_name=_of_mine(wanted.name),
        read=errands.call("read_template", template=str(template.id)),
        again=errand.again,
    )
    inputs = await checked(call, target, wanted.parameters, wanted.preset)
    if isinstance(inputs, Rejected):
        return inputs
    made, is_ours = await _made(call, wanted, template, inputs)
    if isinstance(made, Workspace):
        typical = typical_seconds(template)
        errand = replace(errand, made=is_ours, joined=not is_ours, typical_seconds=typical)
        errand = replace(errand, notes=inputs.notes)
        return await shown(call, errand, began(made, call.client.now()))
    if isinstance(made, Unknown):
        return made
    return await _refused(call, errand, wanted, target, inputs, made)


async def _made(
    call: Call, wanted: _Wanted, template: Template, inputs: Inputs
) -> tuple[Made, bool]:
    """The workspace with its first build, or why there is none; whether it was made for us."""
    request = CreateWorkspaceRequest(
        name=wanted.name,
        template_id=template.id,
        rich_parameter_values=inputs.values,
        template_version_preset_id=inputs.preset.id if inputs.preset is not None else None,
    )

    async def write() -> Made:
        made = await audited(call, _of_mine(wanted.name), call.client.create_workspace(request))
        return await _recovered(call, request, made) if isinstance(made, Lost) else made

    return await call.flights.made(request.model_dump_json(), write)


async def _refused(
    call: Call,
    errand: Errand,
    wanted: _Wanted,
    target: Target,
    inputs: Inputs,
    refusal: Refusal,
) -> Result:
    """Why Coder did not make it; or, where the name was taken meanwhile, by what took it."""
    if refusal.status == 409:
        found = await call.client.workspace_by_name(ME, wanted.name)
        answer = await _existing(call, errand, wanted, found) if found is not None else None
        if answer is not None:
            return answer
    return await explained(call, target, refusal, inputs)


async def _recovered(
    call: Call, request: CreateWorkspaceRequest, lost: Lost
) -> Workspace | Unknown:
    """The workspace that was asked for, if it was made all the same.

    There was none of the name before the request, so one of this template is ours.
    """

    async def look() -> Workspace | None:
        found = await call.client.workspace_by_name(ME, request.name)
        return found if found is not None and found.template_id == request.template_id else None

    otherwise = Unknown(
        message=(
            f"The answer to the request to create workspace {request.name} was lost, and there is"
            " no such workspace to be seen yet. It may still come."
        ),
        workspace_name=_of_mine(request.name),
        next_step=(
            "Tell the person; before anything is tried again, call list_workspaces() and look"
            " whether it has come."
        ),
        error=str(lost.error),
    )
    return await recovered(lost, look, otherwise)


def _of_mine(name: str) -> str:
    """`owner/name` of a workspace that is not made yet: who `me` is, Coder's answer says."""
    return f"{ME}/{name}"


def _is_from(workspace: Workspace, reference: TemplateReference) -> bool:
    """Whether the workspace was made from the template that is meant."""
    organization = reference.organization.casefold()
    if organization and workspace.organization_name.casefold() != organization:
        return False
    if reference.id is not None:
        return workspace.template_id == reference.id
    return workspace.template_name.casefold() == reference.name.casefold()


def _again(wanted: _Wanted) -> str:
    return errands.call(
        "create_workspace",
        template=str(wanted.reference),
        name=wanted.name,
        parameters=dict(wanted.parameters),
        preset=wanted.preset,
    )
