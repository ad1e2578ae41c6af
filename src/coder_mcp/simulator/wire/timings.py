"""How long the parts of a build took, as JSON."""

from coder_mcp.simulator.records.state import Agent, Build, Script
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.wire.common import time_text


def timings_json(build: Build) -> Json:
    """`GET …/timings`: of scripts that have ended, and of agents that have connected.

    Of the provisioner nothing is timed here, as it was not where this was recorded.
    """
    return {
        "provisioner_timings": [],
        "agent_script_timings": [
            script_json(agent, script)
            for agent in build.agents
            for script in agent.scripts
            if script.ended_at
        ],
        "agent_connection_timings": [
            connection_json(agent) for agent in build.agents if agent.first_connected_at
        ],
    }


def script_json(agent: Agent, script: Script) -> Json:
    """One run of a startup script."""
    return {
        "started_at": time_text(script.started_at or agent.created_at),
        "ended_at": time_text(script.ended_at or agent.created_at),
        "exit_code": script.definition.exit_code,
        "stage": "start",
        "status": script.definition.status,
        "display_name": script.definition.display_name,
        **agent_fields(agent),
    }


def connection_json(agent: Agent) -> Json:
    """How long an agent took to connect, from the end of the build on."""
    return {
        "started_at": time_text(agent.created_at),
        "ended_at": time_text(agent.first_connected_at or agent.created_at),
        "stage": "connect",
        **agent_fields(agent),
    }


def agent_fields(agent: Agent) -> Json:
    """Whose times they are."""
    return {
        "workspace_agent_id": str(agent.id),
        "workspace_agent_name": agent.definition.name,
    }
