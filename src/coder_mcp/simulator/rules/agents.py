"""What an agent does, step by step: connect, run its startup scripts, leave.

Like jobs, an agent's life is a generator that yields when it wants to go on, in seconds after
the agent came to be.
"""

from collections.abc import Callable, Iterator
from functools import partial

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Agent, Script

# Between the connection and the start of the scripts: connected, but still `created`.
STARTING_AFTER = 0.112
# Without scripts an agent is ready a moment after it has begun to start.
READY_AFTER = 0.043
# Between `shutting_down` and `off`, and the last notice after that
# (recorded: flows/agent-goes-away.json).
EXIT_STEPS = (0.0, 0.03, 0.046)


def live(deployment: Deployment, agent: Agent) -> Iterator[float]:
    """Live from the end of the build on; with a note when the connection timeout has passed."""
    connects_after = agent.definition.connects_after
    timeout = agent.definition.connection_timeout_seconds
    if timeout and (connects_after is None or timeout < connects_after):
        yield timeout
        agent.timed_out = True
        changed(deployment, agent)
    if connects_after is not None:
        yield connects_after
        yield from start(deployment, agent, connects_after)


def start(deployment: Deployment, agent: Agent, at: float = 0) -> Iterator[float]:
    """Connect at this moment, and run the startup scripts side by side."""
    connect(deployment, agent)
    at += STARTING_AFTER
    yield at
    agent.lifecycle_state = "starting"
    agent.started_at = deployment.now()
    agent.ready_at = None
    changed(deployment, agent)
    for step_at, step in sorted(script_steps(deployment, agent), key=lambda timed: timed[0]):
        yield at + step_at
        step()
    if not agent.scripts:
        yield at + READY_AFTER
    agent.lifecycle_state = lifecycle_after(agent)
    # Also set where a script has failed: it means that the scripts are over.
    agent.ready_at = deployment.now()
    changed(deployment, agent)


def connect(deployment: Deployment, agent: Agent) -> None:
    """Connect, for the first time or again."""
    agent.connected_at = deployment.now()
    agent.first_connected_at = agent.first_connected_at or agent.connected_at
    agent.disconnected_at = None
    agent.lifecycle_state = "created"
    changed(deployment, agent)


def script_steps(
    deployment: Deployment, agent: Agent
) -> Iterator[tuple[float, Callable[[], None]]]:
    """What the startup scripts do, in seconds after they began: print lines, and end."""
    for script in agent.scripts:
        script.started_at, script.ended_at = deployment.now(), None
        for at, output, level in script.definition.output:
            yield at, partial(prints, deployment, agent, script, output, level)
        yield script.definition.ends_after, partial(ends, deployment, script)


def prints(deployment: Deployment, agent: Agent, script: Script, output: str, level: str) -> None:
    """Log a line; only the first line of an agent is a watch event."""
    is_first = not agent.log
    deployment.log_agent(agent, script, output, level)
    if is_first:
        changed(deployment, agent)


def ends(deployment: Deployment, script: Script) -> None:
    """Let the exit code of a script be known."""
    script.ended_at = deployment.now()


def lifecycle_after(agent: Agent) -> str:
    """The lifecycle state that the ends of the scripts give."""
    statuses = {script.definition.status for script in agent.scripts}
    if "timed_out" in statuses:
        return "start_timeout"
    return "start_error" if statuses - {"ok"} else "ready"


def leave(deployment: Deployment, agent: Agent) -> Iterator[float]:
    """End the agent's process in good order."""
    if agent.connected_at is None:
        return
    for_shutting_down, for_off, for_disconnect = EXIT_STEPS
    yield for_shutting_down
    agent.lifecycle_state = "shutting_down"
    changed(deployment, agent)
    yield for_off
    agent.lifecycle_state = "off"
    disconnect(deployment, agent)
    changed(deployment, agent)
    yield for_disconnect
    changed(deployment, agent)


def disconnect(deployment: Deployment, agent: Agent) -> None:
    """End the connection. By itself this is no watch event: status is computed when read."""
    agent.connected_at = None
    agent.disconnected_at = deployment.now()


def changed(deployment: Deployment, agent: Agent) -> None:
    """Tell those who watch the workspace."""
    agent.updated_at = deployment.now()
    deployment.workspace_changed.emit(agent.build.workspace)
