"""What is answered where a call has to end before the build does."""

from collections.abc import Mapping
from types import MappingProxyType

from coder_mcp.core.errands import Errand, Verb, name_of, sentences, wait_for
from coder_mcp.core.progress import Progress
from coder_mcp.core.results import InProgress
from coder_mcp.core.sentences import doing
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import WorkspaceTransition

# What a build of each transition is to bring about.
_AIMS: Mapping[str, str] = MappingProxyType(
    {
        WorkspaceTransition.START: "ready",
        WorkspaceTransition.STOP: "stopped",
        WorkspaceTransition.DELETE: "deleted",
    }
)


def going_on(errand: Errand, progress: Progress) -> InProgress:
    """The payload where the build that was waited for goes on."""
    workspace, build = progress.workspace, progress.build
    aim = _AIMS.get(build.transition, "done")
    # A create that met a stop goes on after it; a wait would end there.
    stopping = errand.verb is Verb.CREATE and build.transition == WorkspaceTransition.STOP
    next_step = f"{errand.again} again" if stopping else wait_for(workspace, build)
    return in_progress(
        errand,
        progress,
        message=f"Workspace {name_of(workspace)} is not {aim} yet.",
        next_step=f"Call {next_step}.",
    )


def blocked(errand: Errand, progress: Progress) -> InProgress:
    """The payload where the window closed on a build that must end before this call can act."""
    return in_progress(
        errand,
        progress,
        message=(
            f"Another build of workspace {name_of(progress.workspace)} has to end before this can"
            " be done, so it was not asked for yet."
        ),
        next_step=f"Call {errand.again} again.",
    )


def in_progress(errand: Errand, progress: Progress, *, message: str, next_step: str) -> InProgress:
    """The payload where a build goes on without this call."""
    workspace, build = progress.workspace, progress.build
    return InProgress(
        message=sentences(message, doing(progress), "It goes on without this call.", *errand.notes),
        workspace_name=name_of(workspace),
        phase=progress.phase,
        build_id=build.id,
        elapsed_seconds=max(0, round((progress.at - build.created_at).total_seconds())),
        typical_seconds=errand.typical_seconds,
        queue_position=build.job.queue_position or None,
        queue_size=build.job.queue_size or None,
        next_step=next_step,
        last_log=one_line(progress.log.output, 200) or None,
    )


def requesting(again: str) -> InProgress:
    """The payload where a call has to end before it knows of a build; `again` is the same call."""
    return InProgress(
        message=(
            "The deployment has not answered yet. If something was asked of it, it goes on without"
            " this call, and the same call finds it."
        ),
        phase="requesting",
        next_step=f"Call {again} again.",
    )
