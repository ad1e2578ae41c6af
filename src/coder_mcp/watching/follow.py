"""From a build to its end, or as far as it has come when the call's window closes."""

import math
from collections.abc import Awaitable, Callable

import anyio

from coder_mcp.core.progress import Progress, Snapshot, TimePassed, WorkspaceGone, advance
from coder_mcp.errors import GOES_ON, CoderMcpError, Gone
from coder_mcp.watching.following import Following
from coder_mcp.watching.watcher import is_final
from coder_mcp.watching.watchers import Watchers

LAST_LOOK_SECONDS = 2.0
"""For one fresh look when the window has closed."""
REPORT_SECONDS = (1.0, 10.0)
"""The least and the most between two reports."""

Report = Callable[[Progress], Awaitable[None]]
Seen = Callable[[Progress], None]


async def follow(
    watchers: Watchers, progress: Progress, *, deadline: float, report: Report, seen: Seen
) -> Progress:
    """The progress once it is over, or as it is at the deadline after one fresh look.

    Args:
        watchers: Of the deployment.
        progress: How far the build had come.
        deadline: When the window closes, in `anyio.current_time()`.
        report: Called with each progress worth telling, at most once a second and at least
            once each ten; a slow one delays nothing.
        seen: Called with each progress, at once.

    Raises:
        CoderMcpError: The workspace can no longer be read (401, 403, 404). The build goes on.
    """
    if not progress.is_over and anyio.current_time() < deadline:
        with watchers.following(progress, seen) as following:
            with anyio.CancelScope(deadline=deadline):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_reports, following, report)
                    await _end(following, watchers)
                    tasks.cancel_scope.cancel()
            if following.failure is not None:
                raise following.failure
            progress = following.progress
    if not progress.is_over:
        with anyio.move_on_after(LAST_LOOK_SECONDS):
            progress = await _looked(watchers, progress)
    return progress


async def _end(following: Following, watchers: Watchers) -> None:
    """Wait until there is nothing left to wait for; an agent that may still come has its limit."""
    while not following.is_over:
        limit = following.progress.limit
        left = math.inf if limit is None else (limit - watchers.client.now()).total_seconds()
        with anyio.move_on_after(left) as scope:
            await following.changed.wait()
        if scope.cancelled_caught:
            following.take(TimePassed(at=watchers.client.now()))


async def _reports(following: Following, report: Report) -> None:
    """Tell of the progress: soon after a change, and now and then without one."""
    least, most = REPORT_SECONDS
    while True:
        changed = following.changed
        await report(following.progress)
        await anyio.sleep(least)
        with anyio.move_on_after(most - least):
            await changed.wait()


async def _looked(watchers: Watchers, progress: Progress) -> Progress:
    """The progress after a read of the workspace."""
    client = watchers.client
    try:
        workspace = await client.workspace(progress.workspace.id)
    except Gone:
        return advance(progress, WorkspaceGone())
    except CoderMcpError as error:
        if is_final(error):
            error.add_note(GOES_ON)
            raise
        return progress
    return advance(progress, Snapshot(workspace=workspace, at=client.now()))
