"""The values of parameters in both flows; the words of refusals are in the fidelity tests."""

import pytest

from coder_mcp.simulator.rules.parameters import can_be_planned, classic_values, dynamic_values
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.templates.definitions import ParameterDefinition
from coder_mcp.simulator.templates.parts import CLASSIC_PARAMETERS, DYNAMIC_PARAMETERS

GIVEN = (("region", "eu"), ("repo", "https://git.example.com/a.git"))
BUILT = classic_values(CLASSIC_PARAMETERS, GIVEN, {})


def classic_detail(*given: tuple[str, str], previous: dict[str, str] | None = None) -> str:
    """Why the classic flow refuses, without its first line."""
    with pytest.raises(Refusal) as refused:
        classic_values(CLASSIC_PARAMETERS, given, previous or {})
    assert refused.value.status == 400
    assert not refused.value.validations
    return refused.value.detail.partition("\n")[2]


def dynamic_details(*given: tuple[str, str], previous: dict[str, str] | None = None) -> list[str]:
    """The parameters that the dynamic flow names."""
    with pytest.raises(Refusal) as refused:
        dynamic_values(DYNAMIC_PARAMETERS, given, previous or {})
    assert refused.value.message == "Unable to validate parameters"
    return [field for field, _ in refused.value.validations]


def test_a_build_gets_what_is_given_and_defaults_for_the_rest() -> None:
    assert BUILT == {
        "region": "eu",
        "cpu": "4",
        "repo": "https://git.example.com/a.git",
        "gpu": "false",
        "tools": '["git"]',
        "rebuild_cache": "false",
    }


def test_names_that_no_parameter_has_are_dropped_without_a_word() -> None:
    assert classic_values(CLASSIC_PARAMETERS, (*GIVEN, ("colour", "red")), {}) == BUILT
    assert "colour" not in dynamic_values(DYNAMIC_PARAMETERS, (*GIVEN, ("colour", "red")), {})


def test_of_a_name_given_twice_the_classic_flow_takes_the_first_the_dynamic_one_the_last() -> None:
    given = (*GIVEN, ("region", "us"))
    assert classic_values(CLASSIC_PARAMETERS, given, {})["region"] == "eu"
    assert dynamic_values(DYNAMIC_PARAMETERS, given, {})["region"] == "us"


def test_values_of_the_build_before_are_kept_unless_others_are_given() -> None:
    values = classic_values(CLASSIC_PARAMETERS, (("cpu", "8"),), BUILT)
    assert values == BUILT | {"cpu": "8"}


def test_an_ephemeral_value_is_not_kept() -> None:
    once = classic_values(CLASSIC_PARAMETERS, (("rebuild_cache", "true"),), BUILT)
    assert once["rebuild_cache"] == "true"
    assert classic_values(CLASSIC_PARAMETERS, (), once)["rebuild_cache"] == "false"
    ephemeral = (ParameterDefinition(name="once", default="no", ephemeral=True),)
    assert dynamic_values(ephemeral, (), {"once": "yes"}) == {"once": "no"}


def test_the_classic_flow_names_the_first_bad_parameter_only() -> None:
    assert classic_detail(("region", "mars"), ("cpu", "99")).startswith(
        'can\'t validate build parameter "Region"'
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("cpu", "0", "value 0 is less than the minimum 1"),
        ("cpu", "17", "value 17 is more than the maximum 16"),
        ("cpu", "many", 'value "many" is not a number'),
        ("tools", "git", "parameter value is not a list of strings"),
        ("tools", '{"a": 1}', "parameter value is not a list of strings"),
        ("tools", "[1]", "parameter value is not a list of strings"),
        ("gpu", "yes", 'boolean value can be either "true" or "false"'),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(name: str, value: str, reason: str) -> None:
    assert classic_detail(*GIVEN, (name, value)).endswith(f": {reason}")


def test_an_empty_value_is_stored_though_the_default_is_checked_and_cannot_be_planned() -> None:
    values = classic_values(CLASSIC_PARAMETERS, (("cpu", ""),), BUILT)
    assert values["cpu"] == ""
    assert can_be_planned(CLASSIC_PARAMETERS, BUILT)
    assert not can_be_planned(CLASSIC_PARAMETERS, values)
    rises = BUILT | {"cpu": "8"}
    assert "greater than previous value: 8" in classic_detail(("cpu", ""), previous=rises)
    assert classic_detail(("region", "eu"), ("repo", "")).endswith("parameter value is required")


def test_an_immutable_value_can_be_repeated_but_not_changed() -> None:
    assert classic_values(CLASSIC_PARAMETERS, (("region", "eu"),), BUILT) == BUILT
    assert "is not mutable" in classic_detail(("region", "us"), previous=BUILT)
    before = dynamic_values(DYNAMIC_PARAMETERS, GIVEN, {})
    assert dynamic_values(DYNAMIC_PARAMETERS, GIVEN, before) == before
    assert dynamic_details(("cpu", "8"), previous=before) == ["cpu"]


def test_an_increasing_value_may_stay_or_rise() -> None:
    assert classic_values(CLASSIC_PARAMETERS, (("cpu", "4"),), BUILT)["cpu"] == "4"
    assert "greater than previous value: 4" in classic_detail(("cpu", "2"), previous=BUILT)


def test_the_dynamic_flow_names_all_bad_parameters() -> None:
    assert dynamic_details(("cpu", "99")) == ["region", "cpu", "repo", "repo"]


def test_the_set_of_dynamic_parameters_depends_on_the_values() -> None:
    assert list(dynamic_values(DYNAMIC_PARAMETERS, GIVEN, {})) == ["region", "cpu", "repo"]
    in_america = dynamic_values(DYNAMIC_PARAMETERS, (*GIVEN[1:], ("region", "us")), {})
    assert list(in_america) == ["region", "cpu", "gpu", "repo"]
