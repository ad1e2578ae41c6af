"""How a workspace stands and how it is opened, as a model reads it."""

from datetime import datetime

from coder_mcp.core import results
from coder_mcp.core.agents import phase_of, root_agents
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, call, name_of, page, sentences
from coder_mcp.core.links import Links, named
from coder_mcp.core.names import is_name
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.core.seen import AgentShown, AppShown, WorkspaceFound
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.workspaces import AgentStatus, JobStatus, WorkspaceAgent, WorkspaceApp

_MOST_APPS = 20
_MOST_NAMED = 5
_NOT_WORTH_SAYING = frozenset({"", "disabled", "healthy"})


def needs_app_host(progress: Progress, port: int | None) -> bool:
    """Whether an address of a subdomain is to be shown."""
    agents = [agent for agent in _agents(progress) if _is_here(agent)]
    return any(port is not None or any(map(_is_on_subdomain, _apps(agent))) for agent in agents)


def workspace_page(
    errand: Errand, progress: Progress, *, app_host: str | None, port: int | None
) -> WorkspaceFound:
    """The workspace: its state in the words of the tools that wait, then where it opens.

    Args:
        errand: A wait.
        progress: Of its latest build.
        app_host: Of the deployment's subdomain apps; None where it could not be had.
        port: To be opened in a browser.
    """
    workspace, build = progress.workspace, progress.build
    told = answer(errand, progress, Evidence())
    gone = progress.phase is Phase.DELETED
    running = _is_running(progress)
    agents = tuple(
        _agent(errand, progress, agent, app_host or "", port) for agent in _agents(progress)
    )
    error = told.error if isinstance(told, results.BuildFailed | results.QuotaReached) else None
    return WorkspaceFound(
        message=sentences(
            told.message, _about_time(progress), _about_hosts(progress, agents, app_host, port)
        ),
        workspace_name=name_of(workspace),
        phase=progress.phase,
        status=one_line(build.status, 20),
        template_name=one_line(workspace.template_name, 80),
        template_version=one_line(build.template_version_name, 80) or None,
        outdated=True if workspace.outdated and not gone else None,
        last_used_at=_time(workspace.last_used_at),
        url=None if gone or named(workspace) is None else page(errand, workspace),
        deadline=_time(build.deadline) if running else None,
        autostart_schedule=one_line(workspace.autostart_schedule, 100) or None,
        next_start_at=None if running else _time(workspace.next_start_at),
        dormant_at=_time(workspace.dormant_at),
        deleting_at=_time(workspace.deleting_at),
        next_step=_next_step(told, progress),
        agents=agents or None,
        error=error,
    )


def _next_step(told: results.Result, progress: Progress) -> str | None:
    """That of the tools that wait; for a cause they would have read, the call that finds it."""
    external = progress.build.has_external_agent
    failed = isinstance(told, results.BuildFailed | results.StartupFailed)
    if failed or (isinstance(told, results.Unreachable) and not external):
        look = call("diagnose_workspace", workspace=name_of(progress.workspace))
        return f"Call {look} to see why."
    return getattr(told, "next_step", None)


def _is_running(progress: Progress) -> bool:
    build = progress.build
    return build.transition == "start" and build.job.status == JobStatus.SUCCEEDED


def _agents(progress: Progress) -> tuple[WorkspaceAgent, ...]:
    return root_agents(progress.build) if _is_running(progress) else ()


def _is_here(agent: WorkspaceAgent) -> bool:
    """Whether something of it can be opened."""
    return agent.status == AgentStatus.CONNECTED and phase_of(agent) is not Phase.UNREACHABLE


def _apps(agent: WorkspaceAgent) -> tuple[WorkspaceApp, ...]:
    return tuple(app for app in agent.apps if not app.hidden)[:_MOST_APPS]


def _is_on_subdomain(app: WorkspaceApp) -> bool:
    return app.subdomain and not app.external and not app.command


def _agent(
    errand: Errand, progress: Progress, agent: WorkspaceAgent, app_host: str, port: int | None
) -> AgentShown:
    """An agent; one that is not connected has nothing to be opened."""
    shown = AgentShown(
        name=one_line(agent.name, 40),
        status=one_line(agent.status, 20),
        lifecycle_state=one_line(agent.lifecycle_state, 20),
    )
    if not _is_here(agent):
        return shown
    workspace, several = progress.workspace, len(_agents(progress)) > 1
    links = Links(url=errand.url, app_host=app_host, workspace=workspace, agent=agent)
    target = named(workspace, agent if several else None)
    # What the template does not want to be shown is not shown here either.
    editors = links.editors if "vscode" in agent.display_apps else {}
    port_url = links.port(port) if port is not None else None
    forward = f"coder port-forward {target} --tcp {port}:{port}"
    return shown.model_copy(
        update={
            "ssh_command": f"coder ssh {target}" if target else None,
            "vscode_url": editors.get("vscode"),
            "cursor_url": editors.get("cursor"),
            "terminal_url": links.terminal if "web_terminal" in agent.display_apps else None,
            "port_url": port_url,
            "port_command": forward if port is not None and not port_url and target else None,
            "apps": tuple(_app(app, links) for app in _apps(agent)) or None,
        }
    )


def _app(app: WorkspaceApp, links: Links) -> AppShown:
    name = one_line(app.display_name, 60)
    return AppShown(
        slug=one_line(app.slug, 60),
        url=links.app(app),
        health=None if app.health in _NOT_WORTH_SAYING else one_line(app.health, 20),
        display_name=name if name.casefold() not in ("", app.slug.casefold()) else None,
    )


def _about_time(progress: Progress) -> str:
    workspace, deadline = progress.workspace, progress.build.deadline
    parts: list[str] = []
    if _is_running(progress) and deadline is not None:
        parts.append(f"It stops automatically at {shown_time(deadline)}.")
    if workspace.dormant_at is not None:
        parts.append("It is dormant: it was not used for long. A start wakes it.")
    if workspace.deleting_at is not None:
        parts.append(f"Unless it is used, it is deleted at {shown_time(workspace.deleting_at)}.")
    return sentences(*parts)


def _about_hosts(
    progress: Progress, agents: tuple[AgentShown, ...], app_host: str | None, port: int | None
) -> str:
    """Why something cannot be opened in a browser, where that is so."""
    if port is not None and not any(map(_is_here, _agents(progress))):
        gone = progress.phase is Phase.DELETED
        return "" if gone else f"Port {port} can be opened once an agent is connected."
    apps = [app.slug for agent in agents for app in agent.apps or () if app.url is None]
    closed = [f"the app {slug}" for slug in apps if is_name(slug)][:_MOST_NAMED]
    forwarded = any(agent.port_command for agent in agents)
    closed += [f"port {port}"] if forwarded else []
    if not closed:
        return ""
    if app_host is None:
        why = "the deployment did not say under which host"
    elif not app_host:
        why = "the deployment has no host for subdomains"
    else:
        why = "the names are too long for an address"
    return sentences(
        f"In a browser {' and '.join(closed)} cannot be opened: {why}.",
        "port_command brings the port to this computer." if forwarded else "",
    )


def _time(moment: datetime | None) -> str | None:
    return shown_time(moment) if moment is not None else None
