"""What is given for a template's parameters, held against what the template asks for.

Coder ignores a parameter that the template does not have, and lets a preset win over a value that
was given; both would build a workspace that nobody asked for, so both are refused here.
"""

import json
import math
from collections.abc import Container, Iterable, Mapping, Sequence

from pydantic import JsonValue

from coder_mcp.core.results import Validation
from coder_mcp.core.text import near, one_line
from coder_mcp.errors import BadArguments
from coder_mcp.models.templates import (
    DynamicParameter,
    DynamicParametersResponse,
    ParameterOption,
    ParameterValidation,
    Preset,
    RichParameter,
)

_LONGEST_DETAIL = 300


def spelled(parameters: Mapping[str, JsonValue]) -> dict[str, str]:
    """The values as Coder spells them: all are strings, a list is JSON, a boolean `true`.

    Raises:
        BadArguments: A value is an object, or nothing.
    """
    return {name: _spelled(name, value) for name, value in parameters.items()}


def _spelled(name: str, value: JsonValue) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() if math.isfinite(value):
            return str(int(value)) if value == int(value) else str(value)
        case list():
            return json.dumps([_spelled(name, item) for item in value], ensure_ascii=False)
        case _:
            raise BadArguments(
                f'The value of parameter "{one_line(name, 60)}" has to be text, a number, true or'
                " false, or a list of these. Nothing was changed."
            )


def unknown_names(
    given: Mapping[str, str], parameters: Sequence[RichParameter]
) -> list[Validation]:
    """A correction for each name that the template does not have, with the values so far."""
    names = [parameter.name for parameter in parameters]
    return [
        Validation(field=name, detail=_no_such_parameter(name, names))
        for name in given
        if name not in names
    ]


def _no_such_parameter(name: str, names: Sequence[str]) -> str:
    close = near(name, names)
    if close:
        return f"There is no parameter of this name; it may mean: {', '.join(close)}."
    if names:
        return f"There is no parameter of this name; there are: {', '.join(names)}."
    return "There is no parameter of this name; the template has none."


def missing(values: Container[str], parameters: Sequence[RichParameter]) -> list[Validation]:
    """A correction for each parameter that a value is required of and that has none."""
    return [
        Validation(
            field=parameter.name,
            detail="The template requires a value for this.",
            allowed=allowed(parameter) or None,
        )
        for parameter in parameters
        if parameter.required and parameter.name not in values
    ]


def against_preset(given: Mapping[str, str], preset: Preset) -> list[Validation]:
    """A correction for each value that the preset sets otherwise: in Coder the preset wins."""
    return [
        Validation(
            field=fixed.name,
            detail=(
                "The preset sets this to another value. Leave it out, or leave the preset out and"
                " give every value."
            ),
            allowed=(fixed.value,),
        )
        for fixed in preset.parameters
        if fixed.name in given and given[fixed.name] != fixed.value
    ]


def rejected_by_evaluation(response: DynamicParametersResponse) -> list[Validation]:
    """A correction for each value that the template's own evaluation reports as an error."""
    found = [
        Validation(
            field=parameter.name,
            detail=one_line(f"{wrong.summary}: {wrong.detail}", _LONGEST_DETAIL),
            allowed=allowed(from_dynamic(parameter)) or None,
        )
        for parameter in response.parameters
        for wrong in parameter.diagnostics
        if wrong.severity == "error"
    ]
    general = [
        Validation(
            field="parameters", detail=one_line(f"{wrong.summary}: {wrong.detail}", _LONGEST_DETAIL)
        )
        for wrong in response.diagnostics
        if wrong.severity == "error"
    ]
    return [*found, *general]


def allowed(parameter: RichParameter) -> tuple[str, ...]:
    """What may be given: its options, or the rule in words; empty where anything may."""
    if parameter.options:
        return tuple(option.value for option in parameter.options)
    if parameter.type == "bool":
        return ("true", "false")
    rules = (
        "" if parameter.validation_min is None else f"at least {parameter.validation_min}",
        "" if parameter.validation_max is None else f"at most {parameter.validation_max}",
        f"matching {parameter.validation_regex}" if parameter.validation_regex else "",
    )
    return tuple(rule for rule in rules if rule)


def from_dynamic(parameter: DynamicParameter) -> RichParameter:
    """A dynamic parameter in the form of a classic one, which says the same in fewer words."""
    rule = parameter.validations[0] if parameter.validations else ParameterValidation()
    return RichParameter(
        name=parameter.name,
        display_name=parameter.display_name,
        description_plaintext=parameter.description,
        type=parameter.type,
        form_type=parameter.form_type,
        mutable=parameter.mutable,
        default_value=parameter.default_value.value if parameter.default_value.valid else "",
        options=tuple(
            ParameterOption(
                name=option.name, value=option.value.value, description=option.description
            )
            for option in parameter.options
        ),
        required=parameter.required,
        ephemeral=parameter.ephemeral,
        validation_error=rule.validation_error,
        validation_regex=rule.validation_regex,
        validation_min=rule.validation_min,
        validation_max=rule.validation_max,
        validation_monotonic=rule.validation_monotonic,
    )


def preset_named(wanted: str, presets: Iterable[Preset]) -> Preset | None:
    """The preset of that name or id; letter case does not count."""
    for preset in presets:
        if wanted.casefold() in (preset.name.casefold(), str(preset.id)):
            return preset
    return None
