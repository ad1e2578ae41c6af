"""The templates of the deployment, as data: those of the recordings, and four of our own.

Our own are `too-big` (one call reaches the quota), `no-agents-here` (hidden from AI tools),
and, for questions of organization, `notebook` and `shared-name`.
"""

from dataclasses import replace

from coder_mcp.simulator.templates import parts, playbook
from coder_mcp.simulator.templates.definitions import (
    AgentDefinition,
    ExternalAuthDefinition,
    ParameterDefinition,
    Play,
    PresetDefinition,
    ResourceDefinition,
    ScriptDefinition,
    TemplateDefinition,
    VersionDefinition,
)


def agent(*scripts: ScriptDefinition, name: str = "main") -> AgentDefinition:
    """An agent that connects in time."""
    return AgentDefinition(name=name, scripts=scripts)


def infrastructure(
    *agents: AgentDefinition,
    running: int = 2,
    stopped: int = 1,
    container_type: str = "docker_container",
) -> tuple[ResourceDefinition, ...]:
    """A container beside a volume that survives a stop; the costs are of the whole, in credits."""
    container = ResourceDefinition(
        type=container_type,
        name="workspace",
        daily_cost=running - stopped,
        icon="/icon/docker.png",
        metadata=(("image", "codercom/enterprise-base:ubuntu", False), ("secret", "x", True)),
        agents=agents,
    )
    volume = ResourceDefinition(
        type="docker_volume", name="home", daily_cost=stopped, persistent=True
    )
    return (container, volume)


def version(
    resources: tuple[ResourceDefinition, ...],
    start: Play = playbook.START,
    *,
    parameters: tuple[ParameterDefinition, ...] = (),
    presets: tuple[PresetDefinition, ...] = (),
    external_auth: tuple[ExternalAuthDefinition, ...] = (),
    readme: str = "",
) -> VersionDefinition:
    """A template version that stops and is deleted as all do."""
    return VersionDefinition(
        start=start,
        stop=playbook.STOP,
        delete=playbook.DELETE,
        resources=resources,
        parameters=parameters,
        presets=presets,
        external_auth=external_auth,
        readme=readme,
    )


def one_agent(*scripts: ScriptDefinition) -> VersionDefinition:
    """A cheap version whose agent runs these startup scripts."""
    return version(infrastructure(agent(*scripts)))


STARTED = agent(parts.STARTUP)
CHEAP = infrastructure(STARTED)
USUAL = infrastructure(STARTED, running=5)
NEVER = AgentDefinition(
    connects_after=None,
    connection_timeout_seconds=10,
    environment_variables={"SIM": "never"},
)
LATE = AgentDefinition(
    connects_after=9.488,
    connection_timeout_seconds=4,
    environment_variables={"SIM": "8s"},
    scripts=(parts.STARTUP,),
)

CATALOG = (
    TemplateDefinition(
        "quick",
        "A small container, ready in seconds",
        version(
            infrastructure(AgentDefinition(scripts=(parts.STARTUP,), apps=parts.APPS), running=5),
            readme="# Quick start\n\nA small Ubuntu container with `git` and code-server.\n",
        ),
        display_name="Quick start",
    ),
    TemplateDefinition(
        "slow",
        "Builds an image first",
        version(USUAL, playbook.START_SLOW),
        display_name="Slow image",
        allow_user_cancel_workspace_jobs=True,
    ),
    TemplateDefinition("broken", "Fails in terraform apply", version(USUAL, playbook.START_BROKEN)),
    TemplateDefinition(
        "plan-fails", "Fails in terraform plan", version(CHEAP, playbook.START_PLAN_FAILS)
    ),
    TemplateDefinition(
        "cloud-limit", "The cloud provider refuses", version(USUAL, playbook.START_CLOUD_LIMIT)
    ),
    TemplateDefinition(
        "odd-logs", "Control characters in the log", version(CHEAP, playbook.START_ODD_LOGS)
    ),
    TemplateDefinition("chatty", "1,500 log lines", version(CHEAP, playbook.START_CHATTY)),
    TemplateDefinition(
        "gpu",
        "An expensive machine",
        version(infrastructure(STARTED, running=40, stopped=10)),
        display_name="GPU machine",
    ),
    TemplateDefinition("no-agent", "Infrastructure only", version(infrastructure())),
    TemplateDefinition("agent-never", "The agent never connects", version(infrastructure(NEVER))),
    TemplateDefinition("agent-late", "The agent connects late", version(infrastructure(LATE))),
    TemplateDefinition("script-fails", "The startup script exits 3", one_agent(parts.INSTALL)),
    TemplateDefinition("script-slow", "The startup script takes long", one_agent(parts.CLONE)),
    TemplateDefinition("script-timeout", "The startup script times out", one_agent(parts.WAIT)),
    TemplateDefinition("script-background", "A non-blocking script", one_agent(parts.WARMUP)),
    TemplateDefinition(
        "two-agents",
        "Two agents",
        version(infrastructure(agent(name="db"), agent(parts.STARTUP, name="dev"))),
    ),
    TemplateDefinition(
        "external-agent",
        "External agent",
        version(
            infrastructure(
                replace(NEVER, connection_timeout_seconds=120),
                running=5,
                container_type="coder_external_agent",
            )
        ),
    ),
    TemplateDefinition(
        "params",
        "Classic parameters",
        version(USUAL, parameters=parts.CLASSIC_PARAMETERS),
        display_name="With parameters",
        use_classic_parameter_flow=True,
    ),
    TemplateDefinition(
        "presets",
        "Parameters with presets",
        version(USUAL, parameters=parts.CLASSIC_PARAMETERS, presets=parts.PRESETS),
        use_classic_parameter_flow=True,
    ),
    TemplateDefinition(
        "dynamic",
        "Dynamic parameters",
        version(USUAL, playbook.START_DYNAMIC, parameters=parts.DYNAMIC_PARAMETERS),
    ),
    TemplateDefinition(
        "external-auth", "Needs GitHub", version(CHEAP, external_auth=parts.PROVIDERS)
    ),
    TemplateDefinition(
        "pinned",
        "Requires the active version",
        version(USUAL),
        earlier_versions=(version(USUAL),),
        require_active_version=True,
    ),
    TemplateDefinition(
        "old",
        "Deprecated",
        version(CHEAP),
        display_name="Old one",
        deprecation_message="Use `quick` instead",
    ),
    TemplateDefinition(
        "too-big",
        "Costs more than the whole quota",
        version(infrastructure(STARTED, running=100, stopped=10)),
    ),
    TemplateDefinition("no-agents-here", "Not for AI agents", version(CHEAP), agents_allowed=False),
    TemplateDefinition(
        "notebook", "A notebook server", version(CHEAP), organizations=("research",)
    ),
    TemplateDefinition(
        "shared-name",
        "There is one in each organization",
        version(CHEAP),
        organizations=("coder", "research"),
    ),
)
