"""A template as a model reads it: what it asks for, its presets, sign-ins and README."""

from collections.abc import Sequence
from dataclasses import dataclass

from coder_mcp.core.errands import call, sentences
from coder_mcp.core.found import (
    ExternalAuthShown,
    OptionShown,
    ParameterShown,
    PresetShown,
    TemplateFound,
)
from coder_mcp.core.text import one_line, prose
from coder_mcp.models.templates import (
    ExternalAuth,
    Preset,
    RichParameter,
    Template,
    TemplateVersion,
)

LONGEST_README = 8000
_LONGEST_DESCRIPTION = 300
_LONGEST_VALUE = 300


@dataclass(frozen=True, kw_only=True)
class TemplateParts:
    """What was read of a template; presets and sign-ins are `None` where they could not be.

    `last_start_cost`: the credits that the last start of one of the person's workspaces of it
    took, where that is known.
    """

    template: Template
    version: TemplateVersion
    parameters: Sequence[RichParameter]
    presets: Sequence[Preset] | None
    external_auth: Sequence[ExternalAuth] | None
    last_start_cost: int | None = None


def template_page(parts: TemplateParts) -> TemplateFound:
    """The payload of read_template."""
    template = parts.template
    required = [one_line(known.name, 40) for known in parts.parameters if known.required]
    asks = f"asks for {', '.join(required)}" if required else "needs no parameters"
    return TemplateFound(
        message=sentences(
            f"Template {template.name} {asks}.",
            *_choices(parts, required),
            _cost(parts.last_start_cost),
            "It is deprecated: no new workspace is made from it." if template.deprecated else "",
            "Its presets could not be read." if parts.presets is None else "",
            "The sign-ins that it needs could not be read." if parts.external_auth is None else "",
        ),
        template_id=template.id,
        name=template.name,
        organization_name=template.organization_name or None,
        typical_seconds=typical_seconds(template),
        has_external_agent=True if parts.version.has_external_agent else None,
        last_start_cost=parts.last_start_cost,
        next_step=_next_step(parts, required),
        parameters=tuple(_parameter(known) for known in parts.parameters),
        presets=tuple(_preset(known) for known in parts.presets or ()) or None,
        external_auth=tuple(_external_auth(known) for known in parts.external_auth or ()) or None,
        display_name=one_line(template.display_name, 100) or None,
        description=one_line(template.description, _LONGEST_DESCRIPTION) or None,
        readme=prose(parts.version.readme, LONGEST_README) or None,
    )


def _choices(parts: TemplateParts, required: list[str]) -> tuple[str, ...]:
    """What can be given beyond what is asked for."""
    more, presets = len(parts.parameters) - len(required), len(parts.presets or ())
    return (
        f"{more} {'more ' if required else ''}can be given." if more else "",
        f"It has {presets} {'preset' if presets == 1 else 'presets'}." if presets else "",
    )


def _cost(credits_taken: int | None) -> str:
    if credits_taken is None:
        return ""
    return f"The last start of a workspace of yours from it took {credits_taken} credits."


def _next_step(parts: TemplateParts, required: list[str]) -> str:
    template = parts.template
    name = "/".join(part for part in (template.organization_name, template.name) if part)
    create = call("create_workspace", template=name)
    sign_ins = parts.external_auth or ()
    if any(not (auth.authenticated or auth.optional) for auth in sign_ins):
        return f"Ask the person to sign in at each url under external_auth; then call {create}."
    if not required:
        may = ("parameters" if parts.parameters else "", "a preset" if parts.presets else "")
        given = " or ".join(words for words in may if words)
        otherwise = (
            f"; with {given} where the person wants other than the defaults" if given else ""
        )
        return f"Call {create}{otherwise}."
    preset = ", or name a preset" if parts.presets else ""
    return (
        f"Call {create} with parameters for {', '.join(required)}{preset}; ask the person for what"
        " is theirs to choose."
    )


def typical_seconds(template: Template) -> int | None:
    """How long a start takes half of the time, where Coder has enough builds to tell."""
    stats = template.build_time_stats.get("start")
    return round(stats.p50 / 1000) if stats is not None and stats.p50 is not None else None


def _parameter(known: RichParameter) -> ParameterShown:
    return ParameterShown(
        name=known.name,
        type=known.type,
        required=known.required,
        default=one_line(known.default_value, _LONGEST_VALUE) or None,
        options=tuple(
            OptionShown(
                value=option.value,
                name=None if option.name == option.value else one_line(option.name, 80) or None,
            )
            for option in known.options
        )
        or None,
        minimum=known.validation_min,
        maximum=known.validation_max,
        pattern=known.validation_regex or None,
        rule=one_line(known.validation_error, _LONGEST_DESCRIPTION) or None,
        monotonic=known.validation_monotonic or None,
        immutable=None if known.mutable else True,
        ephemeral=True if known.ephemeral else None,
        display_name=_display_name(known),
        description=one_line(known.description_plaintext, _LONGEST_DESCRIPTION) or None,
    )


def _display_name(known: RichParameter) -> str | None:
    """How it is shown where that says more than its name: a unit, say."""
    shown = one_line(known.display_name, 100)
    told = shown.casefold().replace(" ", "_") != known.name.casefold().replace("-", "_")
    return shown if shown and told else None


def _preset(known: Preset) -> PresetShown:
    return PresetShown(
        name=known.name,
        default=True if known.default else None,
        parameters={fixed.name: fixed.value for fixed in known.parameters},
        description=one_line(known.description, _LONGEST_DESCRIPTION) or None,
    )


def _external_auth(known: ExternalAuth) -> ExternalAuthShown:
    return ExternalAuthShown(
        id=known.id,
        authenticated=known.authenticated,
        optional=True if known.optional else None,
        url=known.authenticate_url,
        display_name=one_line(known.display_name, 80) or None,
    )
