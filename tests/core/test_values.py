"""What is given for the next build, held against the last one and the rules of a classic template."""

import pytest
from inline_snapshot import snapshot

from builders import parameter
from coder_mcp.core.results import Validation
from coder_mcp.core.values import broken, changed
from coder_mcp.models.templates import RichParameter
from recorded import answered

ASKED = [
    RichParameter.model_validate(wire) for wire in answered("templates/rich-parameters-params")
]
EU_US = [{"value": "eu"}, {"value": "us"}]


def test_a_value_that_is_fixed_is_to_be_left_out_and_one_that_may_only_grow_grows() -> None:
    before = {"region": "eu", "cpu": "4", "repo": "https://a"}
    given = {"region": "us", "cpu": "2", "repo": "https://b"}
    assert changed(given, before, ASKED) == snapshot(
        [
            Validation(
                field="region",
                detail="This cannot be changed once the workspace is made; leave it out.",
                allowed=("eu",),
            ),
            Validation(
                field="cpu",
                detail="This is 4 now, and can only be raised.",
                allowed=("at least 4", "at most 16"),
            ),
        ]
    )


def test_values_that_stay_or_go_the_right_way_or_are_new_are_fine() -> None:
    before = {"region": "eu", "cpu": "4"}
    assert changed({"region": "eu", "cpu": "4"}, before, ASKED) == []
    assert changed({"cpu": "5"}, before, ASKED) == []
    assert changed({"region": "us", "cpu": "1"}, {}, ASKED) == []


def test_one_that_may_only_shrink_shrinks() -> None:
    shrinking = parameter("age", type="number", validation_monotonic="decreasing")
    assert changed({"age": "3"}, {"age": "4"}, [shrinking]) == []
    assert changed({"age": "5"}, {"age": "4"}, [shrinking])[0].allowed == ("at most 4",)


@pytest.mark.parametrize(
    ("rules", "given"),
    [
        ({"validation_monotonic": "increasing", "validation_max": 4}, "3"),
        ({"validation_monotonic": "decreasing", "validation_min": 9}, "9"),
    ],
)
def test_where_no_value_fits_none_is_offered(rules: dict[str, object], given: str) -> None:
    (wrong,) = changed({"cpu": given}, {"cpu": "8"}, [parameter("cpu", type="number", **rules)])
    assert wrong.detail.endswith("and no other value fits; leave it out.")
    assert wrong.allowed is None


@pytest.mark.parametrize("before", ["", "many", "4.5", "9" * 5000])
def test_where_the_last_value_is_no_number_any_number_may_follow(before: str) -> None:
    assert changed({"cpu": "2"}, {"cpu": before}, ASKED) == []


@pytest.mark.parametrize(
    ("known", "value", "fits"),
    [
        ({"options": EU_US}, "eu", True),
        ({"options": EU_US}, "mars", False),
        ({"options": EU_US, "type": "list(string)"}, '["eu", "us"]', True),
        ({"options": EU_US, "type": "list(string)"}, '["eu", "mars"]', False),
        ({"options": EU_US}, "", False),
        ({"options": [{"value": ""}]}, "", True),
        ({}, "", True),
        ({"required": True}, "", False),
        ({"type": "bool"}, "", False),
        ({"type": "list(string)"}, "", False),
        ({"type": "number"}, "", False),
        ({"type": "bool"}, "true", True),
        ({"type": "bool"}, "True", False),
        ({"type": "list(string)"}, "[]", True),
        ({"type": "list(string)"}, '["a", 1]', False),
        ({"type": "list(string)"}, '"a"', False),
        ({"type": "list(string)"}, "a", False),
        ({"type": "list(string)"}, "[" * 8000, False),
        ({"type": "number"}, "many", True),
        ({"type": "number", "validation_min": 1}, "many", False),
        ({"type": "number", "validation_min": 1}, "1.5", False),
        ({"type": "number", "validation_min": 1}, "+1", True),
        ({"type": "number", "validation_min": 1}, "0", False),
        ({"type": "number", "validation_min": 1}, "-1", False),
        ({"type": "number", "validation_max": 16}, "16", True),
        ({"type": "number", "validation_max": 16}, "17", False),
        ({"type": "number", "validation_max": 16}, "9" * 5000, False),
        ({"type": "number", "validation_monotonic": "increasing"}, "x", False),
        ({"validation_regex": "^(a+)+$"}, "a" * 60 + "!", True),
    ],
)
def test_a_value_fits_by_the_rules_that_coder_has(
    known: dict[str, object], value: str, *, fits: bool
) -> None:
    found = broken({"p": value}, [parameter("p", **known)])
    assert (found == []) is fits


def test_what_does_not_fit_is_told_with_what_would() -> None:
    assert broken({"region": "mars", "cpu": "99", "gpu": "yes"}, ASKED) == snapshot(
        [
            Validation(field="region", detail="This is none of its options.", allowed=("eu", "us")),
            Validation(
                field="cpu",
                detail="This is out of its range.",
                allowed=("at least 1", "at most 16"),
            ),
            Validation(field="gpu", detail="This is true or false.", allowed=("true", "false")),
        ]
    )
