"""A parameter and a preset of a template as a model reads them."""

from inline_snapshot import snapshot

from builders import parameter, preset, template, version
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.core.template_page import TemplateParts, template_page
from coder_mcp.models.templates import RichParameter


def shown_as(asked: RichParameter) -> JsonObject:
    """How this parameter is shown."""
    parts = TemplateParts(
        template=template(), version=version(), parameters=[asked], presets=[], external_auth=[]
    )
    parameters = payload(template_page(parts))["parameters"]
    assert isinstance(parameters, list)
    (one,) = parameters
    assert isinstance(one, dict)
    return one


def test_a_parameter_says_only_what_is_so() -> None:
    assert shown_as(parameter("cpu")) == {"name": "cpu", "type": "string", "required": False}


def test_a_parameter_says_all_that_is_so() -> None:
    asked = parameter(
        "cpu",
        type="number",
        required=True,
        default_value="4",
        validation_min=0,
        validation_max=16,
        validation_regex="^.$",
        validation_monotonic="increasing",
        mutable=False,
        ephemeral=True,
        description_plaintext="How many\ncores",
        options=[{"name": "Four", "value": "4"}, {"name": "8", "value": "8"}, {"value": "16"}],
    )
    assert shown_as(asked) == snapshot(
        {
            "name": "cpu",
            "type": "number",
            "required": True,
            "default": "4",
            "options": [{"value": "4", "name": "Four"}, {"value": "8"}, {"value": "16"}],
            "minimum": 0,
            "maximum": 16,
            "pattern": "^.$",
            "monotonic": "increasing",
            "immutable": True,
            "ephemeral": True,
            "description": "How many cores",
        }
    )


def test_long_descriptions_and_defaults_are_cut() -> None:
    shown = shown_as(parameter("p", description_plaintext="x" * 999, default_value="y" * 999))
    assert shown["description"] == "x" * 292 + " … [cut]"
    assert shown["default"] == "y" * 292 + " … [cut]"


def test_a_preset_may_set_nothing() -> None:
    parts = TemplateParts(
        template=template(),
        version=version(),
        parameters=[],
        presets=[preset("Empty", {})],
        external_auth=[],
    )
    assert payload(template_page(parts))["presets"] == [{"name": "Empty", "parameters": {}}]
