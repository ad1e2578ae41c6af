"""What a template version asks for as JSON: parameters of both flows, presets, providers."""

from collections.abc import Mapping

from coder_mcp.simulator.records.accounts import User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Preset, TemplateVersion
from coder_mcp.simulator.rules.parameters import diagnose, present
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.templates.definitions import (
    ExternalAuthDefinition,
    OptionDefinition,
    ParameterDefinition,
)
from coder_mcp.simulator.wire.common import ABSENT, given, trimmed

NO_OWNER: Json = {
    "severity": "error",
    "summary": "Workspace owner not found",
    "detail": "no user has this id",
    "extra": {"code": "owner_not_found"},
}


def rich_parameter_json(parameter: ParameterDefinition) -> Json:
    """A parameter as the import of its version saw it."""
    return trimmed(
        {
            "name": parameter.name,
            "display_name": given(parameter.display_name),
            "description": parameter.description,
            "description_plaintext": parameter.description,
            "type": parameter.type,
            "form_type": parameter.form_type,
            "mutable": parameter.mutable,
            "default_value": parameter.default or "",
            "icon": "",
            "options": [option_json(option) for option in parameter.options],
            "validation_error": given(parameter.validation_error),
            "validation_regex": given(parameter.validation_regex),
            "validation_min": given(parameter.validation_min),
            "validation_max": given(parameter.validation_max),
            "validation_monotonic": given(parameter.validation_monotonic),
            "required": parameter.default is None,
            "ephemeral": parameter.ephemeral,
        }
    )


def option_json(option: OptionDefinition) -> Json:
    """An allowed value."""
    return {
        "name": option.name,
        "description": option.description,
        "value": option.value,
        "icon": option.icon,
    }


def preset_json(preset: Preset) -> Json:
    """A preset: Go's names, for want of JSON tags (codersdk/presets.go)."""
    definition = preset.definition
    parameters = [{"Name": n, "Value": v} for n, v in definition.parameters.items()]
    return {
        "ID": str(preset.id),
        "Name": definition.name,
        "Parameters": parameters,
        "Default": definition.default,
        "DesiredPrebuildInstances": None,
        "Description": definition.description,
        "Icon": definition.icon,
    }


def external_auth_json(deployment: Deployment, auth: ExternalAuthDefinition, user: User) -> Json:
    """A provider; `optional` is present only where it is true."""
    return trimmed(
        {
            "id": auth.provider,
            "type": auth.provider,
            "display_name": auth.display_name,
            "display_icon": auth.display_icon,
            "authenticate_url": f"{deployment.access_url}/external-auth/{auth.provider}",
            "authenticated": auth.provider in user.linked,
            "optional": auth.optional or ABSENT,
        }
    )


def evaluated_json(version: TemplateVersion, inputs: Mapping[str, str] | None) -> Json:
    """The answer to `evaluate`, whose `id` is always 0; without inputs, to an unknown owner."""
    if inputs is None:
        return {"id": 0, "diagnostics": [NO_OWNER], "parameters": None}
    parameters = [
        dynamic_parameter_json(definition, place, inputs.get(definition.name))
        for place, definition in present(version.definition.parameters, inputs)
    ]
    return {"id": 0, "diagnostics": [], "parameters": parameters}


def dynamic_parameter_json(definition: ParameterDefinition, place: int, typed: str | None) -> Json:
    """One parameter. `value.valid` says that there is a value, not that it is acceptable.

    A missing required value reads as a reference of Terraform's, never to be sent back.
    """
    value = definition.default if typed is None else typed
    reference = f"data.coder_parameter.{definition.name}.value"
    return {
        "name": definition.name,
        "display_name": definition.display_name,
        "description": definition.description,
        "type": definition.type,
        "form_type": definition.form_type,
        "styling": {},
        "mutable": definition.mutable,
        "default_value": value_json(definition.default, ""),
        "icon": "",
        "options": [
            {
                "name": option.name,
                "description": option.description,
                "value": value_json(option.value, ""),
                "icon": option.icon,
            }
            for option in definition.options
        ],
        "validations": validations_json(definition),
        "required": definition.default is None,
        "order": place,
        "ephemeral": definition.ephemeral,
        "value": value_json(value, reference),
        "diagnostics": [
            {"severity": "error", "summary": summary, "detail": detail, "extra": {"code": code}}
            for summary, detail, code in diagnose(definition, typed)
        ],
    }


def value_json(value: str | None, otherwise: str) -> Json:
    """A value as Terraform sees it, which may be none."""
    return {"value": otherwise if value is None else value, "valid": value is not None}


def validations_json(definition: ParameterDefinition) -> list[Json]:
    """The validation block, if there is one; what it leaves out is null."""
    rules: Json = {
        "validation_regex": definition.validation_regex,
        "validation_min": definition.validation_min,
        "validation_max": definition.validation_max,
        "validation_monotonic": definition.validation_monotonic,
    }
    if all(rule is None for rule in rules.values()):
        return []
    return [{"validation_error": definition.validation_error or "", **rules}]
