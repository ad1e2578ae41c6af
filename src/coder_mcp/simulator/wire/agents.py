"""Agents and their logs as JSON, key by key as on the wire."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Agent, AgentLogLine, Script
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.templates.definitions import AppDefinition
from coder_mcp.simulator.wire.common import ABSENT, given, given_time, time_text, trimmed

# How far apart the moments are at which a connected agent is noted as seen.
HEARTBEAT = timedelta(seconds=5)
# The first report of a latency comes a little after the agent has connected.
FIRST_LATENCY = timedelta(seconds=0.25)
LOG_ICON = "/icon/terminal.svg"
HOME = "/home/coder"


def agent_json(deployment: Deployment, agent: Agent) -> Json:
    """An agent. What its process reports is empty until it has connected and begun."""
    definition, has_reported = agent.definition, agent.started_at is not None
    seen = last_seen(agent, deployment.now())
    return trimmed(
        {
            "id": str(agent.id),
            "parent_id": None,
            "created_at": time_text(agent.created_at),
            "updated_at": time_text(max(agent.updated_at, seen or agent.updated_at)),
            "first_connected_at": given_time(agent.first_connected_at),
            "last_connected_at": given_time(seen),
            "disconnected_at": given_time(agent.disconnected_at),
            "started_at": given_time(agent.started_at),
            "ready_at": given_time(agent.ready_at),
            "status": agent.status,
            "lifecycle_state": agent.lifecycle_state,
            "name": definition.name,
            "resource_id": str(agent.resource_id),
            "architecture": "amd64",
            "environment_variables": definition.environment_variables,
            "operating_system": "linux",
            "logs_length": sum(len(line.output.encode()) for line in agent.log),
            "logs_overflowed": agent.logs_overflowed,
            "directory": given(definition.directory),
            "expanded_directory": expanded(definition.directory) if has_reported else ABSENT,
            "version": deployment.build_version if has_reported else "",
            "api_version": "2.10" if has_reported else "",
            "apps": apps_json(agent),
            "latency": latency_json(agent, deployment.now()),
            "connection_timeout_seconds": definition.connection_timeout_seconds,
            "troubleshooting_url": f"{deployment.access_url}/docs/troubleshooting",
            "subsystems": [],
            "health": health_json(agent),
            "display_apps": list(definition.display_apps),
            "log_sources": [log_source_json(agent, script) for script in agent.scripts],
            "scripts": [script_json(deployment, script) for script in agent.scripts],
            "startup_script_behavior": startup_script_behavior(agent),
        }
    )


def expanded(directory: str) -> object:
    """The directory as the agent finds it, absent where the template names none."""
    return given(re.sub("^~", HOME, directory))


def last_seen(agent: Agent, now: datetime) -> datetime | None:
    """When the agent was last known to be connected: in steps while it is, at its end after."""
    if agent.connected_at is None:
        return agent.disconnected_at
    return agent.connected_at + (now - agent.connected_at) // HEARTBEAT * HEARTBEAT


def latency_json(agent: Agent, now: datetime) -> object:
    """The way to the agent: absent before the first report, and once the agent is leaving."""
    is_leaving = agent.lifecycle_state in {"shutting_down", "off"}
    if agent.connected_at is None or is_leaving or now - agent.connected_at < FIRST_LATENCY:
        return ABSENT
    return {"Coder Embedded Relay": {"preferred": True, "latency_ms": 0.42}}


def unhealthy_reason(agent: Agent) -> str:
    """Why an agent is not healthy, in Coder's words; empty where it is.

    One that is connected is healthy before its scripts have ended, and after a script's
    time-out too (recorded: flows/agent-startup-script-times-out.json).
    """
    if agent.lifecycle_state == "off":
        return "agent is not running"
    by_status = {
        "connecting": "agent has not yet connected",
        "timeout": "agent is taking too long to connect",
        "disconnected": "agent has lost connection",
    }
    by_lifecycle = {
        "start_error": "agent startup script exited with an error",
        "shutting_down": "agent is shutting down",
    }
    return by_status.get(agent.status) or by_lifecycle.get(agent.lifecycle_state, "")


def health_json(agent: Agent) -> Json:
    """Whether an agent is healthy, and else why not."""
    reason = unhealthy_reason(agent)
    return trimmed({"healthy": not reason, "reason": given(reason)})


def apps_json(agent: Agent) -> list[Json]:
    """The agent's apps."""
    workspace = agent.build.workspace
    host = f"{workspace.name}--{workspace.owner.username}"
    pairs = zip(agent.app_ids, agent.definition.apps, strict=True)
    return [app_json(app_id, app, host, app_health(agent, app)) for app_id, app in pairs]


def app_health(agent: Agent, app: AppDefinition) -> str:
    """What the probes of an app have last said."""
    if not app.healthcheck_url:
        return "disabled"
    return agent.app_health.get(app.slug, "initializing" if agent.ready_at is None else app.health)


def app_json(app_id: UUID, app: AppDefinition, host: str, health: str) -> Json:
    """An app."""
    return trimmed(
        {
            "id": str(app_id),
            "url": given(app.url),
            "external": app.external,
            "slug": app.slug,
            "display_name": app.display_name,
            "command": given(app.command),
            "icon": given(app.icon),
            "subdomain": app.subdomain,
            "subdomain_name": f"{app.slug}--{host}" if app.subdomain else ABSENT,
            "sharing_level": app.sharing_level,
            "healthcheck": {
                "url": app.healthcheck_url,
                "interval": 3 if app.healthcheck_url else 0,
                "threshold": 10 if app.healthcheck_url else 0,
            },
            "health": health,
            "group": given(app.group),
            "hidden": app.hidden,
            "open_in": "slim-window",
            "tooltip": given(app.tooltip),
            "statuses": [],
        }
    )


def log_source_json(agent: Agent, script: Script) -> Json:
    """Where the lines of one script's output come from."""
    return {
        "workspace_agent_id": str(agent.id),
        "id": str(script.log_source_id),
        "created_at": time_text(agent.created_at),
        "display_name": script.definition.display_name,
        "icon": LOG_ICON,
    }


def script_json(deployment: Deployment, script: Script) -> Json:
    """A startup script; its exit code and status are absent until it has ended, and in v2.33."""
    definition = script.definition
    is_told = script.ended_at is not None and deployment.has_error_codes
    return trimmed(
        {
            "id": str(script.id),
            "log_source_id": str(script.log_source_id),
            "log_path": f"{definition.display_name}.log",
            "script": definition.script,
            "cron": "",
            "run_on_start": True,
            "run_on_stop": False,
            "start_blocks_login": definition.start_blocks_login,
            "timeout": definition.timeout_seconds * 1_000_000_000,
            "display_name": definition.display_name,
            "exit_code": definition.exit_code if is_told else ABSENT,
            "status": definition.status if is_told else ABSENT,
        }
    )


def startup_script_behavior(agent: Agent) -> str:
    """Blocking where any start script keeps people from logging in before it ends."""
    blocks = any(script.definition.start_blocks_login for script in agent.scripts)
    return "blocking" if blocks else "non-blocking"


def agent_log_line_json(line: AgentLogLine) -> Json:
    """A line that a startup script printed."""
    return {
        "id": line.id,
        "created_at": time_text(line.created_at),
        "output": line.output,
        "level": line.level,
        "source_id": str(line.source_id),
    }
