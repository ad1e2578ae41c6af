"""The parameters and the preset of a call, held against the template before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from coder_mcp.api.writes import Refusal
from coder_mcp.core import parameters as rules
from coder_mcp.core import refusals, values
from coder_mcp.core.results import Rejected, Validation
from coder_mcp.errors import CoderMcpError
from coder_mcp.models.templates import Preset, RichParameter
from coder_mcp.models.workspaces import RichParameterValue
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.targets import Target, evaluated, parameters_of, values_before

_UNCHECKED = "What the template asks for could not be read, so the parameters were sent unchecked."


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is sent for the template's parameters.

    Attributes:
        values: Of those that the call gave.
        preset: The preset that the call named.
        notes: What the answer has to say about them.
        is_checked: Whether they were held against the template, where there was need.
    """

    values: tuple[RichParameterValue, ...] = ()
    preset: Preset | None = None
    notes: tuple[str, ...] = ()
    is_checked: bool = True

    @property
    def names(self) -> frozenset[str]:
        """The parameters that these give a value."""
        fixed = self.preset.parameters if self.preset is not None else ()
        return frozenset(value.name for value in (*self.values, *fixed))


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
    is_checked = True
    if given or complete:
        wrong = rules.against_preset(given, chosen) if chosen is not None else []
        found = await _wrong(call, target, given, chosen, complete=complete)
        wrong += found or []
        is_checked = found is not None
    if wrong:
        return await _to_correct(call, target, wrong)
    sent = tuple(RichParameterValue(name=name, value=value) for name, value in given.items())
    notes = () if is_checked or not given else (_UNCHECKED,)
    return Inputs(values=sent, preset=chosen, notes=notes, is_checked=is_checked)


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
        before = await values_before(call, target)
        if target.classic:
            return await _wrong_in_classic(call, target, given, before, complete=complete)
        response = await evaluated(call, target, before | given | fixed)
    except CoderMcpError:
        return None
    wrong = rules.rejected_by_evaluation(response)
    if wrong and not response.parameters:  # it failed as a whole, and so tells of no names
        return wrong
    known = [rules.from_dynamic(parameter) for parameter in response.parameters]
    unknown = rules.unknown_names(given, known)
    return _with_changed(values.changed(given, before, known), [*unknown, *wrong])


async def _wrong_in_classic(
    call: Call,
    target: Target,
    given: dict[str, str],
    before: dict[str, str],
    *,
    complete: bool,
) -> list[Validation]:
    """What to correct by what the import saw; of a workspace that is there, in the values too.

    Of a first build Coder refuses the values itself, and nothing is lost by asking; all but empty
    ones. Where another version is built, the values that are kept have to fit as well.
    """
    known = await call.client.rich_parameters(target.version_id)
    unknown = rules.unknown_names(given, known)
    if target.build_id is None:
        empty = {name: value for name, value in given.items() if not value}
        return [*unknown, *values.broken(empty, known)]
    lasting = {one.name for one in known if not one.ephemeral}
    kept = {name: value for name, value in before.items() if name in lasting} if complete else {}
    held = kept | given
    missing = rules.missing(before | given, known) if complete else []
    wrong = [*unknown, *missing, *values.broken(held, known)]
    patterned = {one.name for one in known if one.validation_regex and one.name in held}
    patterned -= {one.field for one in wrong}
    if patterned:
        response = await or_none(evaluated(call, target, before | given))
        refused = rules.rejected_by_evaluation(response) if response is not None else []
        wrong += [one for one in refused if one.field in patterned]
    return _with_changed(values.changed(given, before, known), wrong)


def _with_changed(changed: list[Validation], others: list[Validation]) -> list[Validation]:
    """All of them; of a value that may not be changed at all, that alone."""
    fields = {wrong.field for wrong in changed}
    return [*changed, *(wrong for wrong in others if wrong.field not in fields)]


def _no_preset(target: Target, preset: str, names: list[str]) -> Rejected:
    return Rejected(
        message="The template has no such preset; nothing was changed.",
        workspace_name=target.workspace_name,
        template_id=target.template_id,
        next_step=refusals.correct(target.read, target.again, into="preset"),
        error=f'there is no preset "{preset}"',
        validations=(
            Validation(
                field="preset", detail="not a preset of this template", allowed=tuple(names) or None
            ),
        ),
    )


async def _to_correct(call: Call, target: Target, wrong: list[Validation]) -> Rejected:
    names = ", ".join(dict.fromkeys(validation.field for validation in wrong))
    newer = await _in_newer(call, target, {validation.field for validation in wrong})
    return Rejected(
        message="Some parameters have to be corrected; nothing was changed.",
        workspace_name=target.workspace_name,
        template_id=target.template_id,
        next_step=(
            refusals.move(target.update) if newer else refusals.correct(target.read, target.again)
        ),
        error=f"to be corrected: {names}",
        validations=tuple(wrong),
    )


async def _in_newer(call: Call, target: Target, wrong: set[str]) -> bool:
    """Whether the template's active version has what this one lacks: read_template shows that."""
    if target.newer_id is None:
        return False
    of = target.newer_id
    classic, owner_id = target.classic, target.owner_id
    here = await or_none(parameters_of(call, target.version_id, classic=classic, owner_id=owner_id))
    there = await or_none(parameters_of(call, of, classic=classic, owner_id=owner_id))
    if here is None or there is None:
        return False
    return not wrong.isdisjoint({one.name for one in there} - {one.name for one in here})
