"""What is given for parameters, held against what a template asks for."""

import math

import pytest
from inline_snapshot import snapshot
from pydantic import JsonValue

from builders import ident, preset
from coder_mcp.core.parameters import (
    against_preset,
    preset_named,
    spelled,
    unknown_names,
)
from coder_mcp.core.results import Validation
from coder_mcp.errors import BadArguments
from coder_mcp.models.templates import Preset, RichParameter
from recorded import answered

ASKED = [
    RichParameter.model_validate(wire) for wire in answered("templates/rich-parameters-params")
]
PRESETS = [Preset.model_validate(wire) for wire in answered("templates/presets-presets")]
SMALL = PRESETS[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("eu", "eu"),
        ("", ""),
        (" kept as it is \n", " kept as it is \n"),
        (True, "true"),
        (False, "false"),
        (4, "4"),
        (-1, "-1"),
        (0, "0"),
        (4.0, "4"),
        (0.5, "0.5"),
        (["git", "vim"], '["git", "vim"]'),
        ([], "[]"),
        ([1, 2.0, 0.5, True, "é"], '["1", "2", "0.5", "true", "é"]'),
        ([["a", 1], "b"], '["[\\"a\\", \\"1\\"]", "b"]'),
    ],
)
def test_a_value_is_spelled_as_coder_spells_it(value: JsonValue, text: str) -> None:
    assert spelled({"p": value}) == {"p": text}


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"a": 1},
        [None],
        ["a", {"b": 1}],
        [[None]],
        math.inf,
        -math.inf,
        math.nan,
        [math.inf],
    ],
    ids=repr,
)
def test_a_value_that_coder_has_no_spelling_for_is_refused(value: JsonValue) -> None:
    with pytest.raises(BadArguments, match='The value of parameter "p" has to be text'):
        spelled({"p": value})


def test_a_name_is_shown_on_one_line_in_a_refusal() -> None:
    with pytest.raises(BadArguments, match=r'parameter "a b" has') as refusal:
        spelled({"a\x1b[31m\n\u202eb": None})
    assert str(refusal.value).isprintable()


def test_names_that_the_template_has_are_not_unknown() -> None:
    assert unknown_names({"cpu": "4", "region": "eu"}, ASKED) == []


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("regoin", "There is no parameter of this name; it may mean: region."),
        ("CPU", "There is no parameter of this name; it may mean: cpu, gpu."),
        (
            "zzz",
            "There is no parameter of this name; there are: region, cpu, repo, gpu, tools, rebuild_cache.",
        ),
    ],
)
def test_a_name_that_the_template_does_not_have_is_told_with_those_it_may_mean(
    name: str, detail: str
) -> None:
    assert unknown_names({"cpu": "4", name: "x"}, ASKED) == [Validation(field=name, detail=detail)]


def test_a_template_that_asks_for_nothing_knows_no_name() -> None:
    detail = "There is no parameter of this name; the template has none."
    assert unknown_names({"cpu": "4"}, []) == [Validation(field="cpu", detail=detail)]


def test_a_value_that_the_preset_sets_otherwise_is_told_with_the_presets_own() -> None:
    given = {"region": "us", "cpu": "2", "gpu": "true"}
    assert against_preset(given, SMALL) == snapshot(
        [
            Validation(
                field="region",
                detail="The preset sets this to another value. Leave it out, or leave the preset out and give every value.",
                allowed=("eu",),
            )
        ]
    )


def test_values_that_the_preset_sets_alike_or_not_at_all_are_no_conflict() -> None:
    assert against_preset({"region": "eu", "cpu": "2", "gpu": "true"}, SMALL) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Small EU", "Small EU"),
        ("small eu", "Small EU"),
        ("LARGE US", "Large US"),
        (str(PRESETS[1].id).upper(), "Large US"),
        ("Small", None),
        ("", None),
    ],
)
def test_a_preset_is_found_by_its_name_or_id(wanted: str, found: str | None) -> None:
    preset = preset_named(wanted, PRESETS)
    assert (preset and preset.name) == found


def test_a_preset_may_set_nothing() -> None:
    empty = preset("Empty", {})
    assert against_preset({"cpu": "4"}, empty) == []
    assert preset_named(str(ident("preset Empty")), [empty]) == empty
