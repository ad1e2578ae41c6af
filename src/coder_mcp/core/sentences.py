"""What a build is doing, in words: while it goes on, and at the end of a call's window."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import JobStatus

LONGEST_PROGRESS = 120
LONGEST_WARNING = 240


def progress_message(progress: Progress, warning: str = "") -> str:
    """One line for a progress notification, the most telling part first."""
    if warning:
        return one_line(f"{warning} {doing(progress)}", LONGEST_WARNING)
    log = progress.log
    if progress.phase is Phase.PROVISIONING and log.stage:
        said = (one_line(part, LONGEST_PROGRESS) for part in (log.stage, log.output))
        return one_line(": ".join(part for part in said if part), LONGEST_PROGRESS)
    return one_line(doing(progress), LONGEST_PROGRESS)


def doing(progress: Progress) -> str:
    """A sentence that says what is being waited for; no text from outside but agents' names."""
    return _DOING.get(progress.phase, _unknown)(progress)


def _queued(progress: Progress) -> str:
    job, provisioners = progress.build.job, progress.build.matched_provisioners
    if provisioners is not None and provisioners.count == 0:
        return (
            "The build is queued, and there is no provisioner that can run it:"
            " an administrator has to start one."
        )
    if provisioners is not None and provisioners.available == 0:
        return "The build is queued; the provisioners that can run it do not answer."
    if job.queue_position:
        return f"The build is queued, number {job.queue_position} of {job.queue_size}."
    return "The build is queued for a provisioner."


def _provisioning(progress: Progress) -> str:
    doing_now = "being canceled" if progress.build.job.status == JobStatus.CANCELING else "running"
    return f"The {one_line(progress.build.transition, 20)} build is {doing_now}."


def _connecting(progress: Progress) -> str:
    return f"The build is done; its agent {_agent(progress)} has not connected yet."


def _preparing(progress: Progress) -> str:
    return f"The agent {_agent(progress)} is connected and runs its startup script."


def _unreachable(progress: Progress) -> str:
    return f"The build is done, but its agent {_agent(progress)} cannot be reached so far."


def _unknown(progress: Progress) -> str:
    build, agent = progress.build, progress.agent
    if agent is None:
        state = one_line(f"{build.transition}, {build.job.status}", 60)
        return f'The build is in a state that is new to this server: "{state}".'
    state = one_line(f"{agent.status}, {agent.lifecycle_state}", 60)
    return f'The agent {_agent(progress)} is in a state that is new to this server: "{state}".'


def _agent(progress: Progress) -> str:
    return one_line(progress.agent.name, 40) if progress.agent is not None else ""


_DOING: Mapping[Phase, Callable[[Progress], str]] = MappingProxyType(
    {
        Phase.QUEUED: _queued,
        Phase.PROVISIONING: _provisioning,
        Phase.CONNECTING: _connecting,
        Phase.PREPARING: _preparing,
        Phase.UNREACHABLE: _unreachable,
        Phase.UNKNOWN: _unknown,
    }
)
