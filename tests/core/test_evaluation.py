"""What a template's own evaluation says of values, and what a parameter allows."""

import pytest
from inline_snapshot import snapshot

from builders import parameter
from coder_mcp.core.parameters import allowed, from_dynamic, rejected_by_evaluation
from coder_mcp.core.results import Validation
from coder_mcp.models.templates import (
    DynamicParameter,
    DynamicParametersResponse,
    RichParameter,
)
from recorded import answered, names

ASKED = [
    RichParameter.model_validate(wire) for wire in answered("templates/rich-parameters-params")
]
EVALUATIONS = [name for name in names("templates") if name.startswith("templates/evaluate-")]


def evaluation(name: str) -> DynamicParametersResponse:
    return DynamicParametersResponse.model_validate(answered(name))


@pytest.mark.parametrize("name", EVALUATIONS)
def test_an_evaluation_is_refused_by_its_diagnostics_and_not_by_its_status(name: str) -> None:
    response = evaluation(name)
    errors = [wrong for asked in response.parameters for wrong in asked.diagnostics]
    assert len(rejected_by_evaluation(response)) == len(errors)


def test_values_that_the_template_refuses_are_told_with_what_it_allows() -> None:
    assert rejected_by_evaluation(evaluation("templates/evaluate-us")) == snapshot(
        [
            Validation(
                field="cpu",
                detail="Invalid parameter value according to 'validation' block: value 99 is more than the maximum 16",
                allowed=("at least 1", "at most 16"),
            ),
            Validation(
                field="repo",
                detail='Invalid parameter value according to \'validation\' block: must be an https URL (value "ssh://x" does not match "^https://")',
                allowed=("matching ^https://",),
            ),
        ]
    )


def test_values_that_are_missing_are_told_with_what_it_allows() -> None:
    assert rejected_by_evaluation(evaluation("templates/evaluate-empty")) == snapshot(
        [
            Validation(
                field="region",
                detail="Required parameter not provided: parameter value is null",
                allowed=("eu", "us"),
            ),
            Validation(
                field="repo",
                detail='Invalid parameter value according to \'validation\' block: must be an https URL (value "" does not match "^https://")',
                allowed=("matching ^https://",),
            ),
            Validation(
                field="repo",
                detail="Required parameter not provided: parameter value is null",
                allowed=("matching ^https://",),
            ),
        ]
    )


def test_an_error_of_the_whole_template_is_told_and_a_warning_is_not() -> None:
    error = {"severity": "error", "summary": "Failed", "detail": "no module\n\x1b[31mx"}
    warning = error | {"severity": "warning"}
    wire = {
        "diagnostics": [warning, error],
        "parameters": [{"name": "cpu", "diagnostics": [warning]}],
    }
    assert rejected_by_evaluation(DynamicParametersResponse.model_validate(wire)) == [
        Validation(field="parameters", detail="Failed: no module x")
    ]


def test_an_evaluation_that_could_render_nothing_refuses_nothing() -> None:
    nothing = DynamicParametersResponse.model_validate({"diagnostics": [], "parameters": None})
    assert rejected_by_evaluation(nothing) == []


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (parameter("p", options=[{"value": "eu"}, {"value": "us"}]), ("eu", "us")),
        (parameter("p", type="bool"), ("true", "false")),
        (parameter("p", type="number", validation_min=1), ("at least 1",)),
        (parameter("p", type="number", validation_max=16), ("at most 16",)),
        (
            parameter("p", type="number", validation_min=0, validation_max=0),
            ("at least 0", "at most 0"),
        ),
        (parameter("p", validation_regex="^https://"), ("matching ^https://",)),
        (parameter("p"), ()),
        (parameter("p", type="list(string)"), ()),
    ],
)
def test_what_a_parameter_allows_is_said_in_few_words(
    asked: RichParameter, what: tuple[str, ...]
) -> None:
    assert allowed(asked) == what


def test_a_dynamic_parameter_says_the_same_as_the_classic_one_of_its_template() -> None:
    dynamic = {
        asked.name: from_dynamic(asked)
        for asked in evaluation("templates/evaluate-classic").parameters
    }
    classic = {asked.name: asked for asked in ASKED}
    without_details = {"description_plaintext", "options"}
    assert dynamic.keys() == classic.keys()
    for name, asked in classic.items():
        assert dynamic[name].model_dump(exclude=without_details) == asked.model_dump(
            exclude=without_details
        )
        assert allowed(dynamic[name]) == allowed(asked)


def test_a_dynamic_parameter_without_a_default_has_none() -> None:
    reference = {"value": "data.coder_parameter.region.value", "valid": False}
    dynamic = DynamicParameter.model_validate({"name": "region", "default_value": reference})
    assert from_dynamic(dynamic) == parameter("region")
