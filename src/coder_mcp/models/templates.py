"""Templates, their versions, parameters and presets."""

from uuid import UUID

from pydantic import BaseModel, Field

from coder_mcp.models.wire import Wire


class BuildTimeStats(Wire):
    """Milliseconds; the wire uses Go's names (codersdk/templates.go)."""

    p50: int | None = Field(None, alias="P50")
    p95: int | None = Field(None, alias="P95")


class Template(Wire):
    id: UUID
    name: str
    organization_id: UUID
    organization_name: str = ""
    display_name: str = ""
    description: str = ""
    active_version_id: UUID
    active_user_count: int = 0
    build_time_stats: dict[str, BuildTimeStats] = Field(default_factory=dict[str, BuildTimeStats])
    deprecated: bool = False
    deprecation_message: str = ""
    use_classic_parameter_flow: bool = True
    # Since August 2026; where an older server says nothing, agents may.
    agents_allowed: bool = True


class TemplateVersion(Wire):
    id: UUID
    name: str = ""
    readme: str = ""
    has_external_agent: bool = False


class ParameterOption(Wire):
    name: str = ""
    value: str
    description: str = ""


class RichParameter(Wire):
    """What a template asks for, as its import saw it (codersdk, `TemplateVersionParameter`)."""

    name: str
    display_name: str = ""
    description_plaintext: str = ""
    type: str = "string"
    form_type: str = ""
    mutable: bool = True
    default_value: str = ""
    options: tuple[ParameterOption, ...] = ()
    required: bool = False
    ephemeral: bool = False
    validation_error: str = ""
    validation_regex: str = ""
    validation_min: int | None = None
    validation_max: int | None = None
    validation_monotonic: str = ""


class ParameterValue(Wire):
    """A value of a dynamic parameter; `valid` says that it is one, not that it is acceptable."""

    value: str = ""
    valid: bool = False


class DynamicOption(Wire):
    name: str = ""
    value: ParameterValue = ParameterValue()
    description: str = ""


class ParameterValidation(Wire):
    validation_error: str = ""
    validation_regex: str = ""
    validation_min: int | None = None
    validation_max: int | None = None
    validation_monotonic: str = ""


class Diagnostic(Wire):
    severity: str = "error"
    summary: str = ""
    detail: str = ""


class DynamicParameter(Wire):
    """What a template asks for given the other values (codersdk, `PreviewParameter`)."""

    name: str
    display_name: str = ""
    description: str = ""
    type: str = "string"
    form_type: str = ""
    mutable: bool = True
    default_value: ParameterValue = ParameterValue()
    options: tuple[DynamicOption, ...] = ()
    validations: tuple[ParameterValidation, ...] = ()
    required: bool = False
    ephemeral: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()


class DynamicParametersRequest(BaseModel):
    id: int = 0
    inputs: dict[str, str]
    owner_id: UUID


class DynamicParametersResponse(Wire):
    diagnostics: tuple[Diagnostic, ...] = ()
    parameters: tuple[DynamicParameter, ...] = ()


class PresetParameter(Wire):
    name: str = Field(alias="Name")
    value: str = Field("", alias="Value")


class Preset(Wire):
    """A named set of answers. Presets have no JSON tags upstream, hence the capitals."""

    id: UUID = Field(alias="ID")
    name: str = Field(alias="Name")
    description: str = Field("", alias="Description")
    default: bool = Field(default=False, alias="Default")
    parameters: tuple[PresetParameter, ...] = Field((), alias="Parameters")


class ExternalAuth(Wire):
    """Another service that a template needs a sign-in to (`TemplateVersionExternalAuth`)."""

    id: str
    display_name: str = ""
    authenticate_url: str = ""
    authenticated: bool = False
    optional: bool = False
