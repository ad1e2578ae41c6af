"""The streams: a workspace as it changes, a build log as it grows, a form of parameters."""

import json
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast

import anyio
import anyio.lowlevel
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.http.faults import CloseAfter, CutAfter
from coder_mcp.simulator.http.workspace_routes import existing_workspace
from coder_mcp.simulator.records.state import Job, Workspace
from coder_mcp.simulator.wire.builds import log_line_json, log_text, workspace_json
from coder_mcp.simulator.wire.parameters import evaluated_json
from coder_mcp.simulator.world import World

# From the upgrade, and from a change, to the frame that shows it (recorded: 20 to 85 ms after
# the upgrade, 10 to 170 ms after a build's log has closed).
FRAME_AFTER_SECONDS = 0.03
PING = '{"type":"ping","data":null}'


class Abortable(Protocol):
    """The connection below a request, which `loopback` puts into its scope."""

    def abort(self) -> None:
        """Break it at once."""


def abort(scope: Scope) -> None:
    """Break the connection of a request, as a lost network does."""
    cast("Abortable", scope["state"]["transport"]).abort()


class Stream:
    """A WebSocket on which only the server talks; `limit` is a fault that ends it early."""

    def __init__(self, websocket: WebSocket, limit: CloseAfter | CutAfter | None = None) -> None:
        self._websocket = websocket
        self._limit = limit
        self._sent = 0
        self._over = anyio.CancelScope()
        self._is_talked_to = False

    async def run(self, talk: "Talk") -> None:
        """Let the server talk until it closes, or the client is gone, or talks itself."""
        with self._over:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._listen)
                await self._mind_limit()
                await talk.speak(self)
        if self._is_talked_to:
            await self._websocket.close(talk.violation_code, talk.violation_reason)

    async def send(self, text: str) -> None:
        """Send one text frame."""
        with suppress(WebSocketDisconnect):
            await self._websocket.send_text(text)
        self._sent += 1
        await self._mind_limit()

    async def close(self, code: int, reason: str) -> None:
        """Close in good order; nothing after this is run."""
        with suppress(WebSocketDisconnect):
            await self._websocket.close(code, reason)
        await self._end()

    async def _mind_limit(self) -> None:
        if self._limit is None or self._sent < self._limit.frames:
            return
        if isinstance(self._limit, CloseAfter):
            await self.close(self._limit.code, self._limit.reason)
        abort(self._websocket.scope)
        await self._end()

    async def _end(self) -> None:
        self._over.cancel()
        await anyio.lowlevel.checkpoint()

    async def _listen(self) -> None:
        """Wait for the client to leave, or to talk, which it may not."""
        message = await self._websocket.receive()
        self._is_talked_to = message["type"] == "websocket.receive"
        self._over.cancel()


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What the server says on a stream, and how it closes on a client that sends anything.

    `speak` does not return: it closes the stream, or has always more to say.
    """

    speak: Callable[[Stream], Awaitable[None]]
    violation_code: int
    violation_reason: str


async def say_nothing(_: Stream) -> None:
    """Stay open and silent."""
    await anyio.sleep_forever()


def watch_workspace(call: Call) -> Talk:
    """`GET /workspaces/{workspace}/watch-ws` as a WebSocket."""
    workspace = existing_workspace(call)

    async def speak(stream: Stream) -> None:
        await show_changes(call.world, workspace, stream)

    reason = "Clients cannot send messages for one-way WebSockets"
    return Talk(speak=speak, violation_code=1002, violation_reason=reason)


async def show_changes(world: World, workspace: Workspace, stream: Stream) -> None:
    """Send the whole workspace now, and once for each event of it, for ever.

    A frame shows the moment of its event, and is sent a little later. Events of one moment give
    frames that are equal. A deleted workspace stays watched.
    """

    def frame() -> str:
        return compact({"type": "data", "data": workspace_json(world, workspace)})

    def hear(changed: Workspace) -> None:
        if changed is workspace:
            events.send_nowait(anyio.current_time())

    events, heard = anyio.create_memory_object_stream[float](math.inf)
    with events, heard, world.workspace_changed.heard_by(hear):
        await stream.send(PING)
        await anyio.sleep(FRAME_AFTER_SECONDS)
        await stream.send(frame())
        async for moment in heard:
            text = frame()
            await anyio.sleep_until(moment + FRAME_AFTER_SECONDS)
            await stream.send(text)


def follow_logs(call: Call) -> Talk | None:
    """`GET /workspacebuilds/{workspacebuild}/logs` as a WebSocket, if the key `follow` is there."""
    if "follow" not in call.query:
        return None
    job, after = call.build().job, call.number("after")

    async def speak(stream: Stream) -> None:
        await show_log(call.world, job, after, stream)

    return Talk(speak=speak, violation_code=1008, violation_reason="")


async def show_log(world: World, job: Job, after: int, stream: Stream) -> None:
    """Send each line, then those to come; close when the log has ended, which it may never.

    The end is announced where a job ends by itself. One that is canceled while it is pending
    announces nothing, and only later streams know that it is over.
    """
    was_over = job.completed_at is not None
    shown = 0
    while True:
        if shown < len(job.log):
            line = job.log[shown]
            shown += 1
            if line.id > after:
                await stream.send(compact(log_line_json(line)))
        elif job.log_ended or was_over:
            await stream.close(1000, "done")
        else:
            await world.log_grew.next()


def follow_parameters(call: Call) -> Talk:
    """`GET …/dynamic-parameters` as a WebSocket: the form as it is at first.

    What a client types would be answered with more of it; here it ends the stream.
    """
    version = call.template_version()

    async def speak(stream: Stream) -> None:
        await stream.send(compact(evaluated_json(version, {}) | {"id": -1}))
        await anyio.sleep_forever()

    return Talk(speak=speak, violation_code=1008, violation_reason="")


def parameters_without_upgrade(call: Call) -> Answer:
    """`GET …/dynamic-parameters` as a plain request."""
    call.template_version()
    return upgrade_required(call, "Failed to accept WebSocket.")


def watch_without_upgrade(call: Call) -> Answer:
    """`GET /workspaces/{workspace}/watch-ws` as a plain request."""
    existing_workspace(call)
    return upgrade_required(
        call, "Internal error setting up server-sent events.", "cannot establish connection: "
    )


def show_logs(call: Call) -> Answer:
    """`GET /workspacebuilds/{workspacebuild}/logs`: all lines so far, it never waits."""
    job, after = call.build().job, call.number("after")
    if "follow" in call.query:
        return upgrade_required(call, "Failed to accept websocket.")
    lines = [line for line in job.log if line.id > after]
    if call.query.get("format") == "text":
        text = "".join(log_text(line) for line in lines)
        return Answer(text=text, content_type="text/plain; charset=utf-8")
    return Answer(body=[log_line_json(line) for line in lines])


def upgrade_required(call: Call, message: str, prefix: str = "") -> Answer:
    """What a stream answers to a plain GET: a line of prose and an envelope, neither of a kind."""
    connection = call.headers.get("connection", "")
    prose = (
        f'WebSocket protocol violation: Connection header "{connection}" does not contain Upgrade'
    )
    detail = f"{prefix}failed to accept WebSocket connection: {prose}"
    envelope = json.dumps({"message": message, "detail": detail}, indent="\t")
    return Answer(
        status=426,
        text=f"{prose}\n{envelope}\n",
        content_type="text/plain; charset=utf-8",
        headers={"Upgrade": "websocket"},
    )


def compact(value: object) -> str:
    """JSON text without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
