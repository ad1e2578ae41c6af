"""Templates for a tour, as a company has them: a language each, with apps, ports and presets."""

from collections.abc import Iterable
from dataclasses import replace

from coder_mcp.simulator.templates import parts
from coder_mcp.simulator.templates.catalog import infrastructure, version
from coder_mcp.simulator.templates.definitions import (
    AgentDefinition,
    AppDefinition,
    OptionDefinition,
    ParameterDefinition,
    PresetDefinition,
    ScriptDefinition,
    TemplateDefinition,
)

EIGHT_HOURS_MS = 8 * 3_600_000
THIRTY_DAYS_MS = 30 * 24 * 3_600_000


def printed(texts: Iterable[str], *errors: str) -> tuple[tuple[float, str, str], ...]:
    """The output of a script that prints ten lines a second, errors last."""
    lines = [(text, "info") for text in texts] + [(text, "error") for text in errors]
    return tuple((place / 10, text, level) for place, (text, level) in enumerate(lines))


PACKAGES = ("numpy", "pandas", "scipy", "matplotlib", "scikit-learn", "jupyterlab")
SYNCED = printed(
    (
        "Cloning into '/home/coder/project'...",
        *(f"Receiving objects: {percent}%" for percent in range(2, 101, 2)),
        *(f" + {package}" for package in PACKAGES),
        "Installed 6 packages in 1.2s",
    )
)
UV_SYNC = ScriptDefinition(
    display_name="Install packages",
    script="git clone $REPO project && cd project && uv sync",
    output=SYNCED,
    ends_after=len(SYNCED) / 10,
)
FAILED = printed(
    (f"Collecting {package} (file {file} of 12)" for package in PACKAGES for file in range(1, 13)),
    "ERROR: Could not find a version that satisfies the requirement torch==9.9",
    "ERROR: No matching distribution found for torch==9.9",
)
PIP_FAILS = ScriptDefinition(
    display_name="Install requirements",
    script="pip install -r requirements.txt",
    output=FAILED,
    ends_after=len(FAILED) / 10,
    exit_code=1,
    status="exit_failure",
)

APPS = (
    AppDefinition(
        slug="code-server",
        display_name="VS Code in the browser",
        url="http://localhost:13337/?folder=/home/coder/project",
        icon="/icon/code.svg",
        healthcheck_url="http://localhost:13337/healthz",
        health="healthy",
    ),
    AppDefinition(
        slug="web",
        display_name="Web preview",
        url="http://localhost:8080",
        subdomain=True,
        sharing_level="organization",
    ),
    AppDefinition(
        slug="jupyter",
        display_name="JupyterLab",
        url="http://localhost:8888",
        subdomain=True,
        healthcheck_url="http://localhost:8888/api",
        health="unhealthy",
        group="Data",
        tooltip="Starts with the first notebook",
    ),
    AppDefinition(slug="metrics", display_name="Metrics", url="http://localhost:9100", hidden=True),
    AppDefinition(slug="htop", display_name="Processes", command="htop"),
    AppDefinition(
        slug="handbook",
        display_name="Team handbook",
        url="https://docs.example.com/python",
        external=True,
    ),
)
AGENT = AgentDefinition(
    scripts=(UV_SYNC,),
    apps=APPS,
    directory="~/project",
    ports=(("python", 8000), ("python", 8080)),
)

PARAMETERS = (
    ParameterDefinition(
        name="python",
        form_type="dropdown",
        display_name="Python version",
        default="3.14",
        options=tuple(OptionDefinition(name=f"Python {v}", value=v) for v in ("3.13", "3.14")),
    ),
    ParameterDefinition(
        name="memory",
        type="number",
        form_type="slider",
        display_name="Memory (GB)",
        description="What the container may use",
        default="4",
        validation_min=2,
        validation_max=32,
    ),
    ParameterDefinition(
        name="repo",
        display_name="Repository",
        description="Git repository to clone into ~/project",
        default="https://git.example.com/hello.git",
        mutable=False,
        validation_regex="^https://",
        validation_error="must be an https URL",
    ),
)
PRESETS = (
    PresetDefinition(
        name="Web service",
        parameters={"python": "3.14", "memory": "4"},
        default=True,
        description="Enough for a small service and its tests",
    ),
    PresetDefinition(
        name="Data science",
        parameters={"python": "3.13", "memory": "16"},
        description="Room for notebooks",
    ),
)
PYTHON = version(
    infrastructure(AGENT, running=5),
    parameters=PARAMETERS,
    presets=PRESETS,
    readme=(
        "# Python\n\nPython with uv and JupyterLab, for services and data work.\n\n"
        "The project is in `~/project`; what it serves on port 8080 is the app `web`.\n"
    ),
)

TOUR = (
    TemplateDefinition(
        "python",
        "Python with uv and JupyterLab, for services and data work",
        PYTHON,
        display_name="Python",
        earlier_versions=(replace(PYTHON, presets=()),),
        default_ttl_ms=EIGHT_HOURS_MS,
        allow_user_cancel_workspace_jobs=True,
    ),
    TemplateDefinition(
        "node",
        "Node.js with pnpm, for web frontends",
        version(
            infrastructure(AgentDefinition(scripts=(parts.STARTUP,), apps=APPS[:2]), running=5),
            readme="# Node.js\n\nNode.js with pnpm, for web frontends.\n",
        ),
        display_name="Node.js",
        time_til_dormant_ms=THIRTY_DAYS_MS,
        time_til_dormant_autodelete_ms=THIRTY_DAYS_MS,
    ),
    TemplateDefinition(
        "notebooks",
        "Python notebooks with PyTorch; its packages do not install at the moment",
        version(infrastructure(AgentDefinition(scripts=(PIP_FAILS,)))),
        display_name="Notebooks",
    ),
)
