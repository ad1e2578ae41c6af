"""What a template is made of, as frozen values: the vocabulary in which the catalog is written.

Times are seconds. Names are Coder's; `catalog` fills them in, `playbook` writes the builds.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Literal

Transition = Literal["start", "stop", "delete"]
# What the dashboard offers for an agent where its template does not choose.
DISPLAY_APPS = ("vscode", "ssh_helper", "port_forwarding_helper", "web_terminal")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a build log, written `at` seconds after its job began."""

    at: float
    stage: str
    output: str
    level: str = "info"
    source: str = "provisioner"


@dataclass(frozen=True, kw_only=True)
class Play:
    """How a build of one transition goes, in seconds after its job began.

    `plan` is logged before the quota is committed at `commit_at`, `apply` after it. Without
    `commit_at` nothing is committed: deletes never are, and a failed plan has no cost yet.
    At `ends_at` the job succeeds, or fails with `error`.
    """

    plan: tuple[Line, ...]
    commit_at: float | None
    apply: tuple[Line, ...]
    ends_at: float
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScriptDefinition:
    """A startup script: what it prints when, and how it ends, counted from its own start.

    `output` holds (seconds, text, level). `timeout_seconds` is what the template allows; the
    agent lets the script run on for 10 s after that, so `ends_after` says the whole time.
    """

    display_name: str
    script: str
    ends_after: float
    output: tuple[tuple[float, str, str], ...] = ()
    exit_code: int = 0
    status: str = "ok"
    start_blocks_login: bool = True
    timeout_seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class AppDefinition:
    """A button of the dashboard; `healthcheck_url` is empty where the app is not probed.

    Who probes says what is in `health`, from the moment the agent is ready.
    """

    slug: str
    display_name: str
    url: str | None = None
    external: bool = False
    command: str | None = None
    icon: str | None = None
    subdomain: bool = False
    sharing_level: str = "owner"
    healthcheck_url: str = ""
    health: str = "initializing"
    hidden: bool = False
    group: str = ""
    tooltip: str = ""


@dataclass(frozen=True, kw_only=True)
class AgentDefinition:
    """An agent. `connects_after` is None for one that never does; a timeout of 0 is never.

    `directory` may begin with `~`; `ports` are what processes of the workspace listen on, as
    (process, port).
    """

    name: str = "main"
    connects_after: float | None = 1.49
    connection_timeout_seconds: int = 120
    environment_variables: Mapping[str, str] | None = None
    scripts: tuple[ScriptDefinition, ...] = ()
    apps: tuple[AppDefinition, ...] = ()
    directory: str = "/home/coder"
    display_apps: tuple[str, ...] = DISPLAY_APPS
    ports: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResourceDefinition:
    """A piece of infrastructure. `persistent` ones outlive a stop and go on costing."""

    type: str
    name: str
    daily_cost: int
    persistent: bool = False
    icon: str = ""
    metadata: tuple[tuple[str, str, bool], ...] = ()
    agents: tuple[AgentDefinition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OptionDefinition:
    """One of the values a parameter allows."""

    name: str
    value: str
    description: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ParameterDefinition:
    """A rich parameter; it is required where `default` is None.

    `absent_when` names a parameter and the value of it at which this one does not exist: the
    set of dynamic parameters depends on the inputs.
    """

    name: str
    type: str = "string"
    form_type: str = "input"
    display_name: str = ""
    description: str = ""
    default: str | None = None
    mutable: bool = True
    ephemeral: bool = False
    options: tuple[OptionDefinition, ...] = ()
    validation_min: int | None = None
    validation_max: int | None = None
    validation_monotonic: str | None = None
    validation_regex: str | None = None
    validation_error: str | None = None
    absent_when: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class PresetDefinition:
    """A named set of parameter values."""

    name: str
    parameters: Mapping[str, str]
    default: bool = False
    description: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ExternalAuthDefinition:
    """A provider whose account the workspace's owner must (or may) have linked."""

    provider: str
    display_name: str
    display_icon: str = ""
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class VersionDefinition:
    """What one template version builds and asks for."""

    start: Play
    stop: Play
    delete: Play
    resources: tuple[ResourceDefinition, ...]
    parameters: tuple[ParameterDefinition, ...] = ()
    presets: tuple[PresetDefinition, ...] = ()
    external_auth: tuple[ExternalAuthDefinition, ...] = ()
    readme: str = ""

    def play(self, transition: Transition) -> Play:
        """How a build of this version goes."""
        return {"start": self.start, "stop": self.stop, "delete": self.delete}[transition]

    def resources_after(self, transition: Transition) -> tuple[ResourceDefinition, ...]:
        """What exists once a build has succeeded."""
        if transition == "delete":
            return ()
        return tuple(r for r in self.resources if transition == "start" or r.persistent)

    @property
    def has_external_agent(self) -> bool:
        """Whether a person has to start the agent by hand; told by the resource's type."""
        return any(resource.type == "coder_external_agent" for resource in self.resources)


@dataclass(frozen=True)
class TemplateDefinition:
    """A template as an administrator made it; `version` is the active one.

    At the beginning of each of the `autostop_days`, `monday` to `sunday`, workspaces have to stop.
    """

    name: str
    description: str
    version: VersionDefinition
    _: KW_ONLY
    display_name: str = ""
    earlier_versions: tuple[VersionDefinition, ...] = ()
    organizations: tuple[str, ...] = ("coder",)
    deprecation_message: str = ""
    allow_user_cancel_workspace_jobs: bool = False
    require_active_version: bool = False
    use_classic_parameter_flow: bool = False
    agents_allowed: bool = True
    default_ttl_ms: int = 0
    autostop_days: tuple[str, ...] = ()
    time_til_dormant_ms: int = 0
    time_til_dormant_autodelete_ms: int = 0
