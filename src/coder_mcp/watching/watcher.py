"""The only loop: streams and a poll show what becomes of a workspace, to all that wait for it.

A workspace has one watcher, whoever waits: its watch stream brings changes at once, its build's
log shows what it does, and a slow poll runs beside them because some changes make no event (a
place in the queue, the reaper, a lost agent). Where the watch cannot be had, the poll alone is
enough. A stream's end is never taken for the build's: it is a reason to look. Whoever leaves stops
the watching, once nobody else waits, and nothing else.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import anyio
from anyio.abc import TaskGroup

from coder_mcp.api.client import CoderClient
from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import (
    Event,
    LogSeen,
    Snapshot,
    WorkspaceGone,
    began,
    is_active,
)
from coder_mcp.errors import GOES_ON, CoderMcpError, Forbidden, Gone, NotFound, Unauthorized
from coder_mcp.models.workspaces import Workspace, WorkspaceBuild
from coder_mcp.watching.following import Following

QUEUED_POLL_SECONDS = 10.0
POLL_SECONDS = 30.0
"""Between looks while the watch stream is open."""
BLIND_POLL_SECONDS = (2.0, 5.0)
"""Between looks without it: at first, and after a minute."""
MOST_LOOKS_A_SECOND = 18.0
"""Of all watchers together: with many of them each looks less often, and never two at once."""
MOST_LOGS = 20
"""Whose streams are open at once."""
JITTER = 1.2
"""Up to how much longer a pause between looks is, so that many waits do not look at once."""
LONGEST_PAUSE_SECONDS = 30.0
"""Between two attempts to open a stream."""


class Manners:
    """How the watchers of a deployment share it: looks take turns, and only so many logs are open.

    A log costs a socket, and is for the last line of a progress report: a build is followed as well
    without it, and what explains a failure is read at its end.
    """

    def __init__(self) -> None:
        self.logs = anyio.Semaphore(MOST_LOGS)
        self._turns = anyio.Lock()
        self._next_turn = 0.0

    async def turn(self) -> None:
        """Wait until one more look may be had."""
        async with self._turns:
            await anyio.sleep_until(self._next_turn)
            self._next_turn = anyio.current_time() + 1 / MOST_LOOKS_A_SECOND


class Watcher:
    """What is seen of one workspace: its latest state, the end of its latest build's log.

    `manners` are those of all watchers of the deployment.
    """

    def __init__(self, client: CoderClient, workspace: Workspace, manners: Manners) -> None:
        self._client = client
        self._manners = manners
        self._followings: set[Following] = set()
        self._scope = anyio.CancelScope()
        self._tasks: TaskGroup | None = None
        self._workspace = workspace
        self._log = LogTail()
        self._log_of: UUID | None = None
        self._began = anyio.current_time()
        self._watching = False
        self._next_look = math.inf
        self._rescheduled = anyio.Event()

    def join(self, following: Following) -> None:
        """Bring its progress on from now on; it begins with all that was seen so far."""
        self._followings.add(following)
        self._seen(following.progress.workspace)
        if following.progress.build.id == self._log_of:
            following.progress = replace(following.progress, log=self._log)
        following.take(Snapshot(workspace=self._workspace, at=self._client.now()))

    def leave(self, following: Following) -> bool:
        """Stop bringing it on; whether it was the last, and the watching has stopped."""
        self._followings.discard(following)
        if not self._followings:
            self._scope.cancel()
        return not self._followings

    async def run(self) -> None:
        """Watch until the last has left."""
        try:
            with self._scope:
                async with anyio.create_task_group() as self._tasks:
                    self._tasks.start_soon(self._watch)
                    self._follow_log()
                    self._look_after(self._pause_seconds())
                    await self._poll()
        except Exception as error:  # noqa: BLE001  # a defect of ours ends the calls, not the server
            self._fail(error)

    async def _watch(self) -> None:
        """Keep the workspace's watch stream open."""
        pauses = _pauses()
        while True:
            try:
                async with self._client.watch_workspace(self._workspace.id) as workspaces:
                    opened = anyio.current_time()
                    self._watching = True
                    self._look_after(self._pause_seconds())
                    async for workspace in workspaces:
                        self._seen(workspace)
                self._watching = False
                self._look_after(0)
                if anyio.current_time() - opened > LONGEST_PAUSE_SECONDS:
                    pauses = _pauses()
            except CoderMcpError as error:
                if isinstance(error, _REFUSED):
                    return
            await anyio.sleep(next(pauses))

    def _follow_log(self) -> None:
        """Follow the log of the latest build, if it runs and is not followed yet."""
        build = self._workspace.latest_build
        if self._tasks is not None and build.id != self._log_of and is_active(build):
            self._log_of, self._log = build.id, LogTail()
            self._tasks.start_soon(self._keep_log, build)

    async def _keep_log(self, build: WorkspaceBuild) -> None:
        """Keep the stream of a build's log open, if there is room for one more."""
        try:
            self._manners.logs.acquire_nowait()
        except anyio.WouldBlock:
            return
        try:
            await self._read_log(build)
        finally:
            self._manners.logs.release()

    async def _read_log(self, build: WorkspaceBuild) -> None:
        """Read a build's log while the build is the latest and runs."""
        pauses = _pauses()
        while self._log_of == build.id and is_active(self._workspace.latest_build):
            try:
                async with self._client.follow_build_logs(build.id, self._log.last_id) as lines:
                    async for line in lines:
                        self._log = self._log.with_line(line)
                        self._tell(LogSeen(line=line))
                if is_active(self._workspace.latest_build):
                    self._look_after(0)
            except CoderMcpError as error:
                if isinstance(error, _REFUSED):
                    return
            await anyio.sleep(next(pauses))

    async def _poll(self) -> None:
        """Look at the workspace whenever it is time."""
        while True:
            self._rescheduled = anyio.Event()
            with anyio.CancelScope(deadline=self._next_look):
                await self._rescheduled.wait()
            if anyio.current_time() >= self._next_look:
                self._next_look = math.inf
                await self._look()
                # Unless a sooner one was asked for meanwhile.
                self._look_after(min(self._pause_seconds(), self._next_look - anyio.current_time()))

    async def _look(self) -> None:
        await self._manners.turn()
        try:
            self._seen(await self._client.workspace(self._workspace.id))
        except Gone:
            self._tell(WorkspaceGone())
        except CoderMcpError as error:
            if is_final(error):
                self._fail(error)

    def _look_after(self, seconds: float) -> None:
        self._next_look = anyio.current_time() + seconds
        self._rescheduled.set()

    def _pause_seconds(self) -> float:
        """From one look to the next."""
        first, later = BLIND_POLL_SECONDS
        if self._watching:
            phase = began(self._workspace, self._client.now()).phase
            seconds = QUEUED_POLL_SECONDS if phase is Phase.QUEUED else POLL_SECONDS
        else:
            seconds = first if anyio.current_time() - self._began <= 60 else later
        jitter = random.uniform(1, JITTER)  # noqa: S311  # spreads load, guards nothing
        return seconds * jitter

    def _seen(self, workspace: Workspace) -> None:
        if workspace.latest_build.build_number >= self._workspace.latest_build.build_number:
            self._workspace = workspace
            self._follow_log()
        self._tell(Snapshot(workspace=workspace, at=self._client.now()))

    def _tell(self, event: Event) -> None:
        for following in tuple(self._followings):
            following.take(event)

    def _fail(self, error: Exception) -> None:
        error.add_note(GOES_ON)
        for following in tuple(self._followings):
            following.fail(error)


def _pauses() -> Iterator[float]:
    """Seconds between two attempts to have a stream, without end: those who wait are the bound."""
    longest = 1.0
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311  # spreads load, guards nothing
        longest = min(LONGEST_PAUSE_SECONDS, 2 * longest)


# A stream that is refused so is not asked for again. A token that is refused may be renewed by the
# next look; if not, that look ends the wait.
_REFUSED = (Forbidden, NotFound)


def is_final(error: CoderMcpError) -> bool:
    """Whether looking again would not help; anything else may pass."""
    return isinstance(error, Unauthorized | Forbidden | NotFound)
