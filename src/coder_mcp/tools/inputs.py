"""The parameters and the preset of a call, held against the template before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from coder_mcp.api.writes import Refusal
from coder_mcp.core import errands, refusals
from coder_mcp.core import parameters as rules
from coder_mcp.core.results import Rejected, Validation
from coder_mcp.errors import CoderMcpError, NotFound
from coder_mcp.models.templates import DynamicParametersResponse, Preset, RichParameter
from coder_mcp.models.workspaces import RichParameterValue, Workspace
from coder_mcp.tools.call import Call

_UNCHECKED = "What the template asks for could not be read, so the parameters were sent unchecked."


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is sent for the template's parameters.

    Attributes:
        values: Of those that the call gave.
        preset: The preset that the call named.
        notes: What the answer has to say about them.
    """

    values: tuple[RichParameterValue, ...] = ()
    preset: Preset | None = None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The parameters that these give a value."""
        fixed = self.preset.parameters if self.preset is not None else ()
        return frozenset(value.name for value in (*self.values, *fixed))


@dataclass(frozen=True, kw_only=True)
class Target:
    """The template version that a build is of.

    Attributes:
        template_id: The template.
        version_id: Its version.
        classic: Whether its parameters are those of its import; else they depend on each other.
        owner_id: Whose workspace it is; none where that has to be asked for.
        build_id: The build whose values are kept where the call gives none; none for a create.
        workspace_name: As it is shown: `owner/name`, or the name of one to be made.
        read: The call that shows what the template asks for.
        again: The call to make once what is wrong is corrected.
    """

    template_id: UUID
    version_id: UUID
    classic: bool
    owner_id: UUID | None = None
    build_id: UUID | None = None
    workspace_name: str
    read: str
    again: str

    @classmethod
    def of(cls, workspace: Workspace, *, again: str) -> "Target":
        """The version that the workspace was built from last."""
        return cls(
            template_id=workspace.template_id,
            version_id=workspace.latest_build.template_version_id,
            classic=workspace.template_use_classic_parameter_flow,
            owner_id=workspace.owner_id,
            build_id=workspace.latest_build.id,
            workspace_name=errands.name_of(workspace),
            read=errands.call("read_template", template=str(workspace.template_id)),
            again=again,
        )


async def checked(
    call: Call,
    target: Target,
    parameters: Mapping[str, JsonValue] | None,
    preset: str = "",
    *,
    complete: bool = False,
) -> Inputs | Rejected:
    """The inputs as they are sent, or what to correct: unknown names, a preset that wins, values.

    Coder checks most values itself; what it does not check, it ignores, and builds. Where they
    have to be `complete`, it is also looked for what the version requires and nobody gave.
    """
    given = rules.spelled(parameters or {})
    chosen = None
    if preset:
        presets = await call.client.presets(target.version_id)
        chosen = rules.preset_named(preset, presets)
        if chosen is None:
            return _no_preset(target, preset, [known.name for known in presets])
    wrong: list[Validation] = []
    notes: tuple[str, ...] = ()
    if given or complete:
        wrong = rules.against_preset(given, chosen) if chosen is not None else []
        found = await _wrong(call, target, given, chosen, complete=complete)
        wrong += found or []
        notes = () if found is not None else (_UNCHECKED,)
    if wrong:
        return _to_correct(target, wrong)
    values = tuple(RichParameterValue(name=name, value=value) for name, value in given.items())
    return Inputs(values=values, preset=chosen, notes=notes)


async def explained(
    call: Call, target: Target, refusal: Refusal, inputs: Inputs | None = None
) -> Rejected:
    """Coder's refusal with what would be allowed, or where to sign in, read and added.

    With the inputs of a first build whatever else is missing is named too, so that one correction
    is enough.
    """
    known: tuple[RichParameter, ...] = ()
    providers = ()
    try:
        if refusals.concerns_parameters(refusal.response):
            known = await parameters_of(
                call, target.version_id, classic=target.classic, owner_id=target.owner_id
            )
        if refusals.concerns_external_auth(refusal.response):
            providers = await call.client.external_auth(target.version_id)
    except CoderMcpError:
        pass  # The refusal is told without them.
    refused = refusals.rejected(
        refusal.response,
        next_step=refusals.next_step(refusal.status, refusal.response, target.read, target.again),
        workspace_name=target.workspace_name,
        template_id=target.template_id,
        parameters=known,
        providers=providers,
    )
    missing = rules.missing(inputs.names, known) if inputs is not None else ()
    return refusals.with_missing(refused, missing)


async def _wrong(
    call: Call, target: Target, given: dict[str, str], preset: Preset | None, *, complete: bool
) -> list[Validation] | None:
    """What to correct in the values; nothing where what the template asks for cannot be read."""
    fixed = {value.name: value.value for value in preset.parameters} if preset is not None else {}
    try:
        if target.classic:
            known = await call.client.rich_parameters(target.version_id)
            had = await _before(call, target) if complete else {}
            missing = rules.missing(had | given, known) if complete else []
            return [*rules.unknown_names(given, known), *missing]
        response = await _evaluated(call, target, given | fixed)
    except CoderMcpError:
        return None
    wrong = rules.rejected_by_evaluation(response)
    if wrong and not response.parameters:  # it failed as a whole, and so tells of no names
        return wrong
    known = [rules.from_dynamic(parameter) for parameter in response.parameters]
    return [*rules.unknown_names(given, known), *wrong]


async def parameters_of(
    call: Call, version_id: UUID, *, classic: bool, owner_id: UUID | None = None
) -> tuple[RichParameter, ...]:
    """What a template version asks for: as its import saw it, or evaluated where it depends.

    Raises:
        CoderMcpError: It cannot be read.
    """
    if classic:
        return await call.client.rich_parameters(version_id)
    try:
        owner_id = owner_id or (await call.client.me()).id
        response = await call.client.evaluate_parameters(version_id, owner_id, {})
    except NotFound:
        response = None
    if response is None or (not response.parameters and rules.rejected_by_evaluation(response)):
        # A token without user:read, a server before v2.24, or values without which the template
        # cannot be evaluated: the import's own list is near.
        return await call.client.rich_parameters(version_id)
    return tuple(rules.from_dynamic(parameter) for parameter in response.parameters)


async def _evaluated(
    call: Call, target: Target, given: dict[str, str]
) -> DynamicParametersResponse:
    """The template's own evaluation of the values, with those of the last build beneath them."""
    owner_id = target.owner_id or (await call.client.me()).id
    inputs = await _before(call, target) | given
    return await call.client.evaluate_parameters(target.version_id, owner_id, inputs)


async def _before(call: Call, target: Target) -> dict[str, str]:
    """The values of the last build, which are kept where none is given."""
    if target.build_id is None:
        return {}
    before = await call.client.build_parameters(target.build_id)
    return {value.name: value.value for value in before}


def _no_preset(target: Target, preset: str, names: list[str]) -> Rejected:
    return Rejected(
        message="The template has no such preset; nothing was changed.",
        template_id=target.template_id,
        next_step=refusals.correct(target.read, target.again, into="preset"),
        error=f'there is no preset "{preset}"',
        validations=(
            Validation(
                field="preset", detail="not a preset of this template", allowed=tuple(names) or None
            ),
        ),
    )


def _to_correct(target: Target, wrong: list[Validation]) -> Rejected:
    names = ", ".join(dict.fromkeys(validation.field for validation in wrong))
    return Rejected(
        message="Some parameters have to be corrected; nothing was changed.",
        template_id=target.template_id,
        next_step=refusals.correct(target.read, target.again),
        error=f"to be corrected: {names}",
        validations=tuple(wrong),
    )
