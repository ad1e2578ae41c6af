"""The only loop: streams and a poll feed the core, until a build is over or the window closes.

The workspace's watch stream brings changes at once, the build's log shows what it does, and a slow
poll runs beside them because some changes make no event (a place in the queue, the reaper, a
lost agent). Where the watch cannot be had, the poll alone is enough. A stream's end is never
taken for the build's: it is a reason to look. Whoever cancels the call stops the watching, and
nothing else.
"""

import math
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import anyio

from coder_mcp.api.client import CoderClient
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import (
    Event,
    LogSeen,
    Progress,
    Snapshot,
    TimePassed,
    WorkspaceGone,
    advance,
    is_active,
)
from coder_mcp.errors import CoderMcpError, Forbidden, Gone, NotFound, Unauthorized
from coder_mcp.models.workspaces import WorkspaceBuild

QUEUED_POLL_SECONDS = 10.0
POLL_SECONDS = 30.0
"""Between looks while the watch stream is open."""
BLIND_POLL_SECONDS = (2.0, 5.0)
"""Between looks without it: at first, and after a minute."""
LAST_LOOK_SECONDS = 2.0
REPORT_SECONDS = (1.0, 10.0)
"""The least and the most between two reports."""
LONGEST_PAUSE_SECONDS = 30.0
"""Between two attempts to open a stream."""

Report = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class _StreamChanged:
    """A stream was opened, or has ended; one that could not be opened is no news."""

    stream: Literal["watch", "log"]
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """What a read of the workspace brought: an event, or nothing and why."""

    event: Event | None = None
    error: CoderMcpError | None = None


async def follow(
    client: CoderClient, progress: Progress, *, deadline: float, report: Report
) -> Progress:
    """The progress once it is over, or as it is at the deadline after one fresh look.

    Args:
        client: The deployment.
        progress: How far the build had come.
        deadline: When the window closes, in `anyio.current_time()`.
        report: Called with each progress worth telling, at most once a second and at least
            once each ten; a slow one delays nothing.

    Raises:
        CoderMcpError: The workspace can no longer be read (401, 403, 404). The build goes on.
    """
    if not progress.is_over and anyio.current_time() < deadline:
        follower = _Follower(client, progress, report)
        with anyio.CancelScope(deadline=deadline):
            await follower.run()
        progress = _or_raise(follower.progress, follower.failure)
    if not progress.is_over:
        with anyio.move_on_after(LAST_LOOK_SECONDS):
            looked = await _look(client, progress)
            progress = _or_raise(progress, looked.error)
            progress = advance(progress, looked.event) if looked.event else progress
    return progress


class _Follower:
    """What one follow knows: the progress, whether the watch is open, and when to look."""

    def __init__(self, client: CoderClient, progress: Progress, report: Report) -> None:
        self.progress = progress
        self.failure: CoderMcpError | None = None
        self._client = client
        self._report = report
        self._changed = anyio.Event()
        self._began = anyio.current_time()
        self._watching = False
        self._looking = False
        self._next_look = self._began + self._poll_seconds()
        self._send, self._items = anyio.create_memory_object_stream[
            Event | _StreamChanged | _Looked
        ](16)

    async def run(self) -> None:
        """Follow until the progress is over or can no longer be followed."""
        async with self._send, self._items, anyio.create_task_group() as tasks:
            tasks.start_soon(self._reports)
            tasks.start_soon(self._watch)
            tasks.start_soon(self._log, self.progress.build)
            while not self.progress.is_over and not _is_final(self.failure):
                if anyio.current_time() >= self._next_look and not self._looking:
                    self._looking = True
                    tasks.start_soon(self._read)
                known = self.progress.build.id
                self._take(await self._next_item())
                if self.progress.build.id != known:
                    tasks.start_soon(self._log, self.progress.build)
            tasks.cancel_scope.cancel()

    async def _next_item(self) -> Event | _StreamChanged | _Looked:
        """What comes next: of the streams, of a look, or that a moment has come."""
        until = math.inf if self._looking else self._next_look
        with anyio.CancelScope(deadline=min(until, self._limit())):
            return await self._items.receive()
        return TimePassed(at=self._client.now())

    def _take(self, item: Event | _StreamChanged | _Looked) -> None:
        """Bring what this follow knows up to date."""
        now = anyio.current_time()
        match item:
            case _StreamChanged(stream="watch", is_open=True):
                self._watching, self._next_look = True, now + self._poll_seconds(watching=True)
            case _StreamChanged(stream="watch"):
                self._watching, self._next_look = False, now
            case _StreamChanged():
                self._next_look = now if is_active(self.progress.build) else self._next_look
            case _Looked(event=event, error=error):
                self._looking, self.failure = False, error
                self._next_look = now + self._poll_seconds(watching=self._watching)
                self._advance(event)
            case _:
                self._advance(item)

    def _advance(self, event: Event | None) -> None:
        before = self.progress
        self.progress = before if event is None else advance(before, event)
        if self.progress is not before:
            self._changed.set()

    def _poll_seconds(self, *, watching: bool = False) -> float:
        if not watching:
            first, later = BLIND_POLL_SECONDS
            return first if anyio.current_time() - self._began <= 60 else later
        return QUEUED_POLL_SECONDS if self.progress.phase is Phase.QUEUED else POLL_SECONDS

    def _limit(self) -> float:
        """When an agent that may still come is given up, in `anyio.current_time()`."""
        if self.progress.limit is None:
            return math.inf
        left = self.progress.limit - self._client.now()
        return anyio.current_time() + max(0.0, left.total_seconds())

    async def _read(self) -> None:
        await self._send.send(await _look(self._client, self.progress))

    async def _reports(self) -> None:
        """Tell of the progress: soon after a change, and now and then without one."""
        least, most = REPORT_SECONDS
        while True:
            self._changed = anyio.Event()
            await self._report(self.progress)
            await anyio.sleep(least)
            with anyio.move_on_after(most - least):
                await self._changed.wait()

    async def _watch(self) -> None:
        """Keep the workspace's watch stream open."""
        pauses = _pauses()
        while True:
            try:
                async with self._client.watch_workspace(self.progress.workspace.id) as workspaces:
                    await self._send.send(_StreamChanged(stream="watch", is_open=True))
                    async for workspace in workspaces:
                        await self._send.send(Snapshot(workspace=workspace, at=self._client.now()))
                await self._send.send(_StreamChanged(stream="watch", is_open=False))
            except CoderMcpError as error:
                if _is_final(error):
                    return
            await anyio.sleep(next(pauses))

    async def _log(self, build: WorkspaceBuild) -> None:
        """Keep the stream of a build's log open while the build is the one followed and runs."""
        pauses = _pauses()
        while self.progress.build.id == build.id and is_active(self.progress.build):
            try:
                after = self.progress.log.last_id
                async with self._client.follow_build_logs(build.id, after) as lines:
                    async for line in lines:
                        await self._send.send(LogSeen(line=line))
                await self._send.send(_StreamChanged(stream="log", is_open=False))
            except CoderMcpError as error:
                if _is_final(error):
                    return
            await anyio.sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """Seconds between two attempts to have a stream, without end: the window is the bound."""
    longest = 1.0
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311  # spreads load, guards nothing
        longest = min(LONGEST_PAUSE_SECONDS, 2 * longest)


async def _look(client: CoderClient, progress: Progress) -> _Looked:
    """Read the workspace once."""
    try:
        workspace = await client.workspace(progress.workspace.id)
    except Gone:
        return _Looked(event=WorkspaceGone())
    except CoderMcpError as error:
        return _Looked(error=error)
    return _Looked(event=Snapshot(workspace=workspace, at=client.now()))


def _is_final(error: CoderMcpError | None) -> bool:
    """Whether looking again would not help; anything else may pass."""
    return isinstance(error, Unauthorized | Forbidden | NotFound)


def _or_raise(progress: Progress, error: CoderMcpError | None) -> Progress:
    if error is not None and _is_final(error):
        error.add_note("Nothing was canceled: the build goes on without this call.")
        raise error
    return progress
