"""The values of rich parameters: what a build gets, what is refused, and in which words.

There are two flows. The classic one names the first bad parameter only and gives no
validations; the dynamic one names all, and its set of parameters depends on the values.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.templates.definitions import ParameterDefinition

BLOCK = "Invalid parameter value according to 'validation' block"
NOT_AN_OPTION = "Value must be a valid option"
MISSING = ("Required parameter not provided", "parameter value is null")


def classic_values(
    definitions: Iterable[ParameterDefinition],
    given: Iterable[tuple[str, str]],
    previous: Mapping[str, str],
) -> dict[str, str]:
    """The values of a build; names that no parameter has are dropped without a word.

    Of a name given twice the first counts (recorded: create-params-duplicate-result.json).
    """
    wanted: dict[str, str] = {}
    for name, value in given:
        wanted.setdefault(name, value)
    return {
        definition.name: classic_value(definition, wanted.get(definition.name), previous)
        for definition in definitions
    }


def classic_value(
    definition: ParameterDefinition, given: str | None, previous: Mapping[str, str]
) -> str:
    """One value, or the refusal that names this parameter.

    An empty one is stored as it is, though the default is checked in its place
    (codersdk/richparameters.go, `validateBuildParameter`).
    """
    before = None if definition.ephemeral else previous.get(definition.name)
    value = next((v for v in (given, before, definition.default) if v is not None), None)
    if value is None:
        raise classic_refusal(
            definition, f'Parameter "{definition.name}" is required but not provided'
        )
    if before is not None and value != before and not definition.mutable:
        raise classic_refusal(definition, immutable(definition))
    if not value and definition.default is None:
        problem = "parameter value is required"
    else:
        problem = classic_problem(definition, value or definition.default or "", before)
    if problem:
        title = definition.display_name or definition.name
        raise classic_refusal(definition, f'can\'t validate build parameter "{title}": {problem}')
    return value


def can_be_planned(definitions: Iterable[ParameterDefinition], values: Mapping[str, str]) -> bool:
    """Whether Terraform takes the values as they are stored, empty ones too.

    Source: provider/parameter.go of terraform-provider-coder, `ValidateInput`.
    """
    empty = (definition for definition in definitions if values.get(definition.name) == "")
    return not any(classic_problem(definition, "", None) for definition in empty)


def classic_refusal(definition: ParameterDefinition, reason: str) -> Refusal:
    """The classic flow's 400."""
    return Refusal(
        400,
        f'Unable to validate parameter "{definition.name}"',
        f"parameter validation failed\n{reason}",
    )


def immutable(definition: ParameterDefinition) -> str:
    """Why a changed value is refused."""
    return (
        f'Parameter "{definition.name}" is not mutable,'
        " so it can't be updated after creating a workspace."
    )


def classic_problem(definition: ParameterDefinition, value: str, before: str | None) -> str:
    """What is wrong with a value, in the classic flow's words; empty where nothing is."""
    allowed = [option.value for option in definition.options]
    if allowed and value not in allowed:
        return f"parameter value must match one of options: [{' '.join(allowed)}]"
    if definition.type == "bool" and value not in {"true", "false"}:
        return 'boolean value can be either "true" or "false"'
    if definition.type == "list(string)" and not is_string_list(value):
        return "parameter value is not a list of strings"
    problem = rule_broken(definition, value)
    if problem or before is None or definition.validation_monotonic != "increasing":
        return problem
    if int(value) < int(before):
        return f"parameter value '{value}' must be equal or greater than previous value: {before}"
    return ""


def rule_broken(definition: ParameterDefinition, value: str) -> str:
    """What the validation block says of a value, in words that both flows share."""
    if definition.type == "number":
        return number_broken(definition, value)
    pattern = definition.validation_regex
    if pattern is not None and not re.search(pattern, value):
        return f'{definition.validation_error} (value "{value}" does not match "{pattern}")'
    return ""


def number_broken(definition: ParameterDefinition, value: str) -> str:
    """What is wrong with a number."""
    if not re.fullmatch(r"-?\d+", value):
        return f'value "{value}" is not a number'
    low, high = definition.validation_min, definition.validation_max
    if low is not None and int(value) < low:
        return f"value {value} is less than the minimum {low}"
    if high is not None and int(value) > high:
        return f"value {value} is more than the maximum {high}"
    return ""


def is_string_list(value: str) -> bool:
    """Whether a value is the JSON text of a list of strings."""
    try:
        decoded: object = json.loads(value)
    except json.JSONDecodeError:
        return False
    if not isinstance(decoded, list):
        return False
    return all(isinstance(item, str) for item in cast("list[object]", decoded))


def present(
    definitions: Iterable[ParameterDefinition], inputs: Mapping[str, str]
) -> list[tuple[int, ParameterDefinition]]:
    """The parameters that exist at these inputs, with their places (from 1) in the whole set."""
    return [
        (place, definition)
        for place, definition in enumerate(definitions, start=1)
        if definition.absent_when is None
        or inputs.get(definition.absent_when[0]) != definition.absent_when[1]
    ]


def diagnose(definition: ParameterDefinition, given: str | None) -> list[tuple[str, str, str]]:
    """What the dynamic flow says of a value, as (summary, detail, code).

    A required value that is missing is also checked as if it were empty
    (recorded: templates/evaluate-empty.json).
    """
    problems: list[tuple[str, str, str]] = []
    value = definition.default if given is None else given
    allowed = [option.value for option in definition.options]
    if value is not None and allowed and value not in allowed:
        detail = f'the value "{value}" must be defined as one of options'
        problems.append((NOT_AN_OPTION, detail, ""))
    if value is not None or definition.validation_regex is not None:
        broken = rule_broken(definition, value or "")
        if broken:
            problems.append((BLOCK, broken, ""))
    if value is None:
        problems.append((*MISSING, "required"))
    return problems


def dynamic_values(
    definitions: tuple[ParameterDefinition, ...],
    given: Iterable[tuple[str, str]],
    previous: Mapping[str, str],
) -> dict[str, str]:
    """The values of a build in the dynamic flow; of a name given twice the last counts."""
    ephemeral = {definition.name for definition in definitions if definition.ephemeral}
    carried = {name: value for name, value in previous.items() if name not in ephemeral}
    inputs = carried | dict(given)
    validations: list[tuple[str, str]] = []
    values: dict[str, str] = {}
    for _, definition in present(definitions, inputs):
        value = inputs.get(definition.name)
        for summary, detail, _ in diagnose(definition, value):
            validations.append((definition.name, f"{summary}; {detail}"))
        before = carried.get(definition.name)
        if before is not None and value != before and not definition.mutable:
            validations.append((definition.name, immutable(definition)))
        values[definition.name] = value if value is not None else definition.default or ""
    if validations:
        raise Refusal(400, "Unable to validate parameters", validations=tuple(validations))
    return values
