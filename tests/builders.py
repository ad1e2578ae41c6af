"""Small models for tests: the least that Coder's JSON can hold, read by the program's own models.

A test names what it is about; everything else is the same in all of them.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

import httpx2

from coder_mcp.api.transport import Transport
from coder_mcp.core.errands import Errand, Verb
from coder_mcp.core.progress import Progress, began
from coder_mcp.login import Login, LoginSource
from coder_mcp.models.templates import Preset, RichParameter, Template, TemplateVersion
from coder_mcp.models.wire import ProvisionerJobLog
from coder_mcp.models.workspaces import Workspace, WorkspaceAgent, WorkspaceBuild

URL = "https://coder.example.com"
TOKEN = "EXAMPLEid1-EXAMPLEsecretEXAMPLEse"  # noqa: S105  # of the shape that Coder's have
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When every build of the tests was made."""
COMPLETED_SECONDS = 10.0
"""When those that have ended did, after they were made."""

Wire = Mapping[str, object]
"""Keys of Coder's JSON, by their own names."""

Handler = (
    Callable[[httpx2.Request], httpx2.Response]
    | Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]
)
"""What answers a request in the place of a deployment."""


def at(seconds: float) -> datetime:
    """This long after the build was made."""
    return BEGAN + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    """The same, as Coder writes it."""
    return at(seconds).isoformat().replace("+00:00", "Z")


def ident(name: str) -> UUID:
    """The id of the thing of this name, the same in every run."""
    return uuid5(NAMESPACE_DNS, name)


def agent(
    status: str = "connected", lifecycle_state: str = "ready", name: str = "main", **more: object
) -> WorkspaceAgent:
    wire = {
        "id": str(ident(f"agent {name}")),
        "name": name,
        "status": status,
        "lifecycle_state": lifecycle_state,
    }
    return WorkspaceAgent.model_validate(wire | more)


def build(
    status: str = "succeeded",
    transition: str = "start",
    *agents: WorkspaceAgent,
    number: int = 1,
    job: Wire | None = None,
    **more: object,
) -> WorkspaceBuild:
    """A build whose provisioner job has this status, and these agents in one resource."""
    ended = {"completed_at": stamp(COMPLETED_SECONDS)}
    wire = {
        "id": str(ident(f"build {number}")),
        "build_number": number,
        "transition": transition,
        "status": status_of(transition, status),
        "created_at": stamp(0),
        "template_version_id": str(ident("version")),
        "initiator_name": "dev1",
        "job": {"id": str(ident(f"job {number}")), "status": status, "created_at": stamp(0)}
        | (ended if status in ("succeeded", "failed", "canceled") else {})
        | dict(job or {}),
        "resources": [{"agents": agents}],
    }
    return WorkspaceBuild.model_validate(wire | more)


def status_of(transition: str, job_status: str) -> str:
    """The word that Coder makes of both (codersdk/provisionerdaemons.go)."""
    words = {
        "running": {"start": "starting", "stop": "stopping", "delete": "deleting"},
        "succeeded": {"start": "running", "stop": "stopped", "delete": "deleted"},
    }
    return words.get(job_status, {}).get(transition, job_status)


def workspace(
    latest_build: WorkspaceBuild | None = None,
    name: str = "app",
    owner_name: str = "dev1",
    **more: object,
) -> Workspace:
    wire = {
        "id": str(ident(f"workspace {name}")),
        "name": name,
        "owner_id": str(ident(owner_name)),
        "owner_name": owner_name,
        "organization_id": str(ident("organization")),
        "organization_name": "coder",
        "template_id": str(ident("template quick")),
        "template_name": "quick",
        "template_active_version_id": str(ident("version")),
        "latest_build": latest_build or build("succeeded", "start", agent()),
    }
    return Workspace.model_validate(wire | more)


def progress_of(latest_build: WorkspaceBuild, seconds: float = COMPLETED_SECONDS) -> Progress:
    """The progress of a workspace with this build, first seen this long after it was made."""
    return began(workspace(latest_build), at(seconds))


def errand(
    verb: Verb,
    *,
    made: bool = False,
    joined: bool = False,
    notes: Sequence[str] = (),
    server_version: str = "v2.36.1+c9a1e2b",
) -> Errand:
    return Errand(
        verb=verb,
        url=URL,
        server_version=server_version,
        again=f'{verb}_workspace(workspace="dev1/app")',
        made=made,
        joined=joined,
        notes=tuple(notes),
    )


def log_line(
    number: int, output: str, level: str = "info", stage: str = "Starting workspace"
) -> ProvisionerJobLog:
    source = "provisioner" if output else "provisioner_daemon"
    wire = {"id": number, "log_source": source, "log_level": level, "stage": stage}
    return ProvisionerJobLog.model_validate(wire | {"output": output})


def template(name: str = "quick", **more: object) -> Template:
    wire = {
        "id": str(ident(f"template {name}")),
        "name": name,
        "organization_id": str(ident("organization")),
        "organization_name": "coder",
        "active_version_id": str(ident("version")),
    }
    return Template.model_validate(wire | more)


def version(**more: object) -> TemplateVersion:
    return TemplateVersion.model_validate({"id": str(ident("version")), "name": "v1"} | more)


def parameter(name: str, **more: object) -> RichParameter:
    return RichParameter.model_validate({"name": name} | more)


def preset(name: str, values: Mapping[str, str], **more: object) -> Preset:
    fixed = [{"Name": key, "Value": value} for key, value in values.items()]
    wire = {"ID": str(ident(f"preset {name}")), "Name": name, "Parameters": fixed}
    return Preset.model_validate(wire | more)


def login(url: str = URL, session_token: str = TOKEN) -> Login:
    return Login(url=url, session_token=session_token, source="CODER_SESSION_TOKEN")


def answering(
    status: int,
    json: object = None,
    *,
    content: bytes | AsyncIterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Handler:
    """Every request is answered with this, which is JSON unless it says otherwise."""
    typed = {"content-type": "application/json; charset=utf-8"} | dict(headers or {})

    def handler(_: httpx2.Request) -> httpx2.Response:
        if content is None:
            return httpx2.Response(status, json=json, headers=typed)
        return httpx2.Response(status, content=content, headers=typed)

    return handler


@asynccontextmanager
async def transport_on(
    handler: Handler, environ: Mapping[str, str] | None = None
) -> AsyncGenerator[Transport]:
    """A transport whose deployment is the handler, and which finds its login in the environment."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(handler)) as http:
        yield Transport(login(), LoginSource(environ or {}), http)
