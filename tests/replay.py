"""A recorded flow, played back over loopback: what the server sent, when it sent it.

The flow begins with the request that began it in the recording (where there is none, with the
first stream that is opened). Frames of its streams come at their recorded times; a read answers
the newest recorded poll that is not later than the last frame sent, so no answer runs ahead of
the streams; once the watch has no more, the newest at all. What the flow itself lacks, the state
before it and look-ups of its template, comes from the other recordings.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from loopback import serving
from recorded import Json, answered, names, polled, recorded

ORGANIZATION_QUOTA = "/api/v2/organizations/{organization}/members/{user}/workspace-quota"
NOT_FOUND = answered("workspaces/no-such-name")


@asynccontextmanager
async def replaying(
    flow: str, *, quota: str = "", played_seconds: float = 0.0
) -> AsyncGenerator["Replay"]:
    """Serve the flow.

    Args:
        flow: The recording.
        quota: The recording that answers for the credits.
        played_seconds: How much of it has passed before the call.
    """
    replay = Replay(flow=flow, quota=quota)
    if played_seconds:
        replay.skip(played_seconds)
    async with serving(replay.app()) as url:
        replay.url = url
        yield replay


@dataclass
class Replay:
    """A flow and how much of it has been played.

    Attributes:
        requests: Method and path of each request and stream, in order.
        posted: The bodies of the writes.
    """

    flow: str
    quota: str = ""
    url: str = ""
    requests: list[str] = field(default_factory=list)
    posted: list[Json] = field(default_factory=list)
    _began: float | None = None
    _shown: float = 0.0

    def skip(self, seconds: float) -> None:
        """Begin in the middle: what was sent until then has been sent."""
        self._began = anyio.current_time() - seconds
        self._shown = seconds

    def app(self) -> Starlette:
        """The deployment, as far as the flow needs one."""
        handlers: list[tuple[str, Callable[[Request], Awaitable[Response]], list[str]]] = [
            ("/api/v2/users/me", self._me, ["GET"]),
            ("/api/v2/users/me/workspaces", self._write, ["POST"]),
            ("/api/v2/users/me/workspace/{name}", self._workspace, ["GET"]),
            ("/api/v2/workspaces/{id}", self._workspace, ["GET"]),
            ("/api/v2/workspaces/{id}/builds", self._write, ["POST"]),
            ("/api/v2/workspacebuilds/{id}/logs", self._build_logs, ["GET"]),
            ("/api/v2/workspaceagents/{id}/logs", self._agent_logs, ["GET"]),
            ("/api/v2/templates", self._templates, ["GET"]),
            ("/api/v2/templateversions/{id}/rich-parameters", self._rich_parameters, ["GET"]),
            ("/api/v2/templateversions/{id}/presets", self._presets, ["GET"]),
            (
                "/api/v2/templateversions/{id}/dynamic-parameters/evaluate",
                self._evaluate,
                ["POST"],
            ),
            (ORGANIZATION_QUOTA, self._quota, ["GET"]),
        ]
        return Starlette(
            routes=[
                *(
                    Route(path, self._noted(handler), methods=how)
                    for path, handler, how in handlers
                ),
                WebSocketRoute("/api/v2/workspaces/{id}/watch-ws", self._watch),
                WebSocketRoute("/api/v2/workspacebuilds/{id}/logs", self._follow_logs),
            ]
        )

    def _noted(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def noted(request: Request) -> Response:
            self.requests.append(f"{request.method} {request.url.path}")
            response = await handler(request)
            response.headers["X-Coder-Build-Version"] = "v0.0.0-devel"
            response.headers["Date"] = format_datetime(self._now(), usegmt=True)
            return response

        return noted

    def _now(self) -> datetime:
        """The recorded server's time: when the flow began, plus what has been played."""
        played = 0.0 if self._began is None else anyio.current_time() - self._began
        return (began_at(self.flow) + timedelta(seconds=played)).astimezone(UTC)

    def _begin(self) -> float:
        if self._began is None:
            self._began = anyio.current_time()
        return self._began

    def _polled(self) -> tuple[int, Json]:
        """The newest poll not later than the last frame sent; once all are sent, than now."""
        polls, shown = polled(self.flow), self._shown
        if self._began is not None and shown >= recorded(self.flow)["watch"]["frames"][-1]["t"]:
            shown = anyio.current_time() - self._began
        past = [poll for poll in polls if poll[0] <= shown] or polls[:1]
        return past[-1][1], past[-1][2]

    async def _me(self, _: Request) -> Response:
        return JSONResponse(answered("users/me"))

    async def _write(self, request: Request) -> Response:
        self._begin()
        self.posted.append(await request.json())
        (step, *_) = recorded(self.flow)["steps"]
        return JSONResponse(step["response"]["json"], status_code=step["response"]["status"])

    async def _workspace(self, _: Request) -> Response:
        if self._began is None and "steps" in recorded(self.flow):
            before = workspace_before(self.flow)
            return JSONResponse(before or NOT_FOUND, status_code=200 if before else 404)
        status, workspace = self._polled()
        return JSONResponse(workspace, status_code=status)

    async def _build_logs(self, request: Request) -> Response:
        lines = recorded(self.flow)["build_logs"]["response"]["json"]
        after = int(request.query_params.get("after", "0"))
        return JSONResponse([line for line in lines if line["id"] > after])

    async def _agent_logs(self, request: Request) -> Response:
        for log in recorded(self.flow)["agent_logs"]:
            if request.path_params["id"] in log["request"]["path"]:
                return JSONResponse(log["response"]["json"])
        return JSONResponse(NOT_FOUND, status_code=404)

    async def _templates(self, _: Request) -> Response:
        return JSONResponse([template_of(self.flow)])

    async def _rich_parameters(self, _: Request) -> Response:
        name = template_of(self.flow)["name"]
        return JSONResponse(answered(f"templates/rich-parameters-{name}"))

    async def _presets(self, _: Request) -> Response:
        return JSONResponse(answered(f"templates/presets-{template_of(self.flow)['name']}"))

    async def _evaluate(self, _: Request) -> Response:
        # Recorded with two values that were refused; the flow gives others.
        response = answered("templates/evaluate-us")
        parameters: list[Json] = [
            {**parameter, "diagnostics": []} for parameter in response["parameters"]
        ]
        return JSONResponse({**response, "parameters": parameters})

    async def _quota(self, _: Request) -> Response:
        return JSONResponse(answered(self.quota))

    async def _watch(self, socket: WebSocket) -> None:
        await self._play(socket, recorded(self.flow)["watch"], history=1)

    async def _follow_logs(self, socket: WebSocket) -> None:
        stream = recorded(self.flow)["build_log_follow"]
        await self._play(socket, stream, history=len(stream["frames"]))

    async def _play(self, socket: WebSocket, stream: Json, history: int) -> None:
        """Send the frames at their times, of those that are past some; end as it did.

        Args:
            socket: The client's.
            stream: The recorded one.
            history: How many of the frames that are past a client still gets.
        """
        self.requests.append(f"WS {socket.url.path}")
        began = self._begin()
        await socket.accept()
        frames = stream["frames"]
        past = sum(frame["t"] < anyio.current_time() - began for frame in frames)
        for frame in frames[max(0, past - history) :]:
            await anyio.sleep_until(began + frame["t"])
            self._shown = max(self._shown, frame["t"])
            await socket.send_json(frame["json"])
        end = stream["end"]
        if end is not None and end["closed_by"] == "server":
            await anyio.sleep_until(began + end["t"])
            await socket.close(end["code"], end["reason"])
        else:
            await socket.receive()


def workspace_before(flow: str) -> Json | None:
    """The workspace as it was recorded last before the flow; none where the flow makes it."""
    _, _, first = polled(flow)[0]
    earlier = [
        workspace
        for workspace in _all_workspaces()
        if workspace["id"] == first["id"]
        and workspace["latest_build"]["build_number"] < first["latest_build"]["build_number"]
    ]
    # Sorting keeps the order among equals: of one build, its last state.
    by_number = sorted(earlier, key=lambda workspace: workspace["latest_build"]["build_number"])
    return by_number[-1] if by_number else None


def began_at(flow: str) -> datetime:
    """When the flow began, by the recorded server's clock: with the build, or before its end."""
    polls = polled(flow)
    build = polls[0][2]["latest_build"]
    if "steps" in recorded(flow):
        return datetime.fromisoformat(build["created_at"])
    seconds, _, last = polls[-1]
    (agent,) = [
        agent
        for resource in last["latest_build"]["resources"]
        for agent in resource.get("agents", [])
    ]
    return datetime.fromisoformat(agent["updated_at"]) - timedelta(seconds=seconds)


def template_of(flow: str) -> Json:
    """The template that the flow's workspace is made from, as it was listed."""
    _, _, first = polled(flow)[0]
    listed = answered("templates/list-all")
    return next(template for template in listed if template["id"] == first["template_id"])


@cache
def _all_workspaces() -> list[Json]:
    """Each workspace that was recorded, in each state; a flow's states in their order."""
    single = [answered(name) for name in names("workspaces") if name.startswith("workspaces/get-")]
    flows = [workspace for flow in names("flows") for _, _, workspace in polled(flow)]
    return [found for found in (*single, *flows) if "latest_build" in found]
