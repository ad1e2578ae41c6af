"""The parts that templates of the catalog share: scripts, apps, parameters, presets, providers."""

from coder_mcp.simulator.templates.definitions import (
    AppDefinition,
    ExternalAuthDefinition,
    OptionDefinition,
    ParameterDefinition,
    PresetDefinition,
    ScriptDefinition,
)

STARTUP = ScriptDefinition(
    display_name="startup",
    script="echo hello from startup\nsleep 1\necho $(printf '\\033[32mdone\\033[0m')",
    output=(
        (0.051, "hello from startup", "info"),
        (1.035, "\x1b[32mdone\x1b[0m", "info"),
    ),
    ends_after=1.041,
)
CLONE = ScriptDefinition(
    display_name="clone",
    script="for i in $(seq 1 10); do echo cloning $i/10; sleep 1; done",
    output=tuple((0.032 + i, f"cloning {i + 1}/10", "info") for i in range(10)),
    ends_after=10.033,
)
INSTALL = ScriptDefinition(
    display_name="install",
    script="echo installing; sleep 1; echo 'E: Unable to locate package foo' >&2; exit 3",
    output=(
        (0.039, "installing", "info"),
        (1.015, "E: Unable to locate package foo", "error"),
    ),
    ends_after=1.025,
    exit_code=3,
    status="exit_failure",
)
WAIT = ScriptDefinition(
    display_name="wait",
    script="echo waiting; sleep 60",
    output=((0.051, "waiting", "info"),),
    ends_after=14.027,
    exit_code=255,
    status="timed_out",
    timeout_seconds=4,
)
WARMUP = ScriptDefinition(
    display_name="warmup",
    script="echo warm; sleep 20",
    output=((0.051, "warm", "info"),),
    ends_after=20.036,
    start_blocks_login=False,
)

APPS = (
    AppDefinition(
        slug="cursor",
        display_name="Cursor",
        url="cursor://coder.coder-remote/open?token=$SESSION_TOKEN",
        external=True,
    ),
    AppDefinition(
        slug="docs", display_name="Team docs", url="https://docs.example.com", external=True
    ),
    AppDefinition(
        slug="web",
        display_name="Web preview",
        url="http://localhost:8080",
        subdomain=True,
        sharing_level="authenticated",
    ),
    AppDefinition(
        slug="code-server",
        display_name="code-server",
        url="http://localhost:13337/?folder=/home/coder",
        icon="/icon/code.svg",
        healthcheck_url="http://localhost:13337/healthz",
    ),
    AppDefinition(slug="htop", display_name="htop", command="htop"),
)

CLASSIC_PARAMETERS = (
    ParameterDefinition(
        name="region",
        form_type="dropdown",
        display_name="Region",
        description="Where it runs",
        mutable=False,
        options=(
            OptionDefinition(
                name="Europe",
                value="eu",
                description="Frankfurt",
                icon="/emojis/1f1ea-1f1fa.png",
            ),
            OptionDefinition(name="United States", value="us"),
        ),
    ),
    ParameterDefinition(
        name="cpu",
        type="number",
        form_type="slider",
        display_name="CPU cores",
        default="4",
        validation_min=1,
        validation_max=16,
        validation_monotonic="increasing",
    ),
    ParameterDefinition(
        name="repo",
        description="Git repository to clone",
        validation_regex="^https://",
        validation_error="must be an https URL",
    ),
    ParameterDefinition(name="gpu", type="bool", form_type="checkbox", default="false"),
    ParameterDefinition(
        name="tools", type="list(string)", form_type="tag-select", default='["git"]'
    ),
    ParameterDefinition(
        name="rebuild_cache", type="bool", form_type="checkbox", default="false", ephemeral=True
    ),
)
# All immutable; a GPU can be had everywhere but in Europe.
DYNAMIC_PARAMETERS = (
    ParameterDefinition(
        name="region",
        form_type="dropdown",
        display_name="Region",
        mutable=False,
        options=(
            OptionDefinition(name="Europe", value="eu"),
            OptionDefinition(name="United States", value="us"),
        ),
    ),
    ParameterDefinition(
        name="cpu",
        type="number",
        display_name="CPU cores",
        default="4",
        mutable=False,
        validation_min=1,
        validation_max=16,
        validation_monotonic="increasing",
    ),
    ParameterDefinition(
        name="gpu",
        type="bool",
        form_type="checkbox",
        default="false",
        mutable=False,
        absent_when=("region", "eu"),
    ),
    ParameterDefinition(
        name="repo",
        description="Git repository to clone",
        mutable=False,
        validation_regex="^https://",
        validation_error="must be an https URL",
    ),
)
PRESETS = (
    PresetDefinition(
        name="Small EU",
        parameters={"region": "eu", "cpu": "2", "repo": "https://git.example.com/app.git"},
        default=True,
        description="Two cores in Europe",
        icon="/icon/eu.svg",
    ),
    PresetDefinition(name="Large US", parameters={"region": "us", "cpu": "16"}),
)
PROVIDERS = (
    ExternalAuthDefinition(
        provider="github", display_name="GitHub", display_icon="/icon/github.svg"
    ),
    ExternalAuthDefinition(provider="gitlab", display_name="GitLab", optional=True),
)
