"""The deployment as an ASGI application: who asks, for what, and what goes wrong on the way."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime
from itertools import count
from uuid import UUID

import anyio
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.http.faults import (
    Action,
    CloseAfter,
    CutAfter,
    Delay,
    Faults,
    LoseAnswer,
    NeverAnswer,
    StaySilent,
)
from coder_mcp.simulator.http.ledger import LedgerEntry
from coder_mcp.simulator.http.routes import PUBLIC, ROUTES, Route, find_route
from coder_mcp.simulator.http.streams import Stream, Talk, abort, compact, say_nothing
from coder_mcp.simulator.rules.access import Caller, identify
from coder_mcp.simulator.rules.refusals import Refusal, route_not_found
from coder_mcp.simulator.world import World

# Below these an unknown path is told so only to callers who are known.
GROUPS = {route.path.split("/")[3] for route in ROUTES}
# What a path beside the API is answered with: success, and the dashboard.
DASHBOARD = Answer(
    text="<!doctype html><title>Coder</title>", content_type="text/html; charset=utf-8"
)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A request that has arrived: where it leads and who sent it, or why that is not known."""

    connection: HTTPConnection
    entry: LedgerEntry
    route: Route | None
    params: Mapping[str, str]
    caller: Caller | Refusal


class App:
    """Notes each request in the ledger, meets it with the faults that fit, and answers it."""

    def __init__(self, world: World, faults: Faults, ledger: list[LedgerEntry]) -> None:
        self._world = world
        self._faults = faults
        self._ledger = ledger
        self._open: set[anyio.CancelScope] = set()
        self._answers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket, until `leave` is called at most."""
        with anyio.CancelScope() as lifetime:
            self._open.add(lifetime)
            try:
                with suppress(ClientDisconnect):
                    await self._serve(scope, receive, send)
            finally:
                self._open.discard(lifetime)
        if lifetime.cancelled_caught:
            await gone(receive)

    def leave(self) -> None:
        """Give up whatever is being served; the connections are being broken."""
        for lifetime in self._open:
            lifetime.cancel()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrival = self._arrive(HTTPConnection(scope))
        self._ledger.append(arrival.entry)
        fault: Action | None = None
        for action in self._faults.take(arrival.entry.route):
            if isinstance(action, Delay):
                await anyio.sleep(action.seconds)
            else:
                fault = action
        if isinstance(fault, NeverAnswer):
            await gone(receive)
        elif arrival.entry.is_websocket:
            await self._talk(arrival, WebSocket(scope, receive, send), fault)
        else:
            body = await Request(scope, receive).body()
            answer = fault if isinstance(fault, Answer) else self._answer(arrival, body)
            arrival.entry.status = answer.status
            response = self._response(answer)
            if isinstance(fault, LoseAnswer):
                await lose(response, fault, scope, receive, send)
            else:
                await response(scope, receive, send)

    def _arrive(self, connection: HTTPConnection) -> Arrival:
        scope = connection.scope
        path = re.sub("/+", "/", scope["path"])
        # A WebSocket begins as a GET.
        method = str(scope.get("method", "GET"))
        found = find_route(method, path)
        route = found and found[0]
        try:
            caller = identify(
                self._world, connection.headers, connection.query_params, connection.cookies
            )
        except Refusal as refusal:
            caller = refusal
        entry = LedgerEntry(
            method=method,
            path=path,
            query=scope["query_string"].decode("latin-1"),
            is_websocket=scope["type"] == "websocket",
            route=f"{method} {path}" if path in PUBLIC else route and route.name,
            user=caller.user.username if isinstance(caller, Caller) else None,
            at=self._world.now(),
        )
        return Arrival(
            connection=connection,
            entry=entry,
            route=route,
            params=found[1] if found else {},
            caller=caller,
        )

    def _answer(self, arrival: Arrival, body: bytes) -> Answer:
        """The route's own answer, or its refusal as one."""
        try:
            return self._run(arrival, body)
        except Refusal as refusal:
            return refused(refusal)

    def _run(self, arrival: Arrival, body: bytes) -> Answer:
        path = arrival.entry.path
        if path in PUBLIC and arrival.entry.method == "GET":
            return PUBLIC[path](self._world)
        if not path.startswith(("/api/v2/", "/api/experimental/")):
            return DASHBOARD
        if path.split("/")[3] not in GROUPS:
            raise route_not_found()
        call = self._call(arrival, body)
        if arrival.route is None:
            if any(route.params(path) is not None for route in ROUTES):
                return Answer(status=405, text="", content_type="")
            raise route_not_found()
        return arrival.route.handle(call)

    def _call(self, arrival: Arrival, body: bytes) -> Call:
        if isinstance(arrival.caller, Refusal):
            raise arrival.caller
        return Call(
            world=self._world,
            caller=arrival.caller,
            params=arrival.params,
            query=arrival.connection.query_params,
            headers=arrival.connection.headers,
            body=body,
        )

    async def _talk(self, arrival: Arrival, websocket: WebSocket, fault: Action | None) -> None:
        """Open a stream, or refuse the upgrade with what a plain GET would be answered."""
        if isinstance(fault, LoseAnswer):
            abort(websocket.scope)
            return
        opened = fault if isinstance(fault, Answer) else self._open_stream(arrival)
        if isinstance(opened, Answer):
            arrival.entry.status = opened.status
            await websocket.send_denial_response(self._response(opened))
            return
        if isinstance(fault, StaySilent):
            opened = Talk(speak=say_nothing, violation_code=1008, violation_reason="")
        limit = fault if isinstance(fault, CloseAfter | CutAfter) else None
        headers = [(name.encode(), value.encode()) for name, value in self._headers().items()]
        await websocket.accept(headers=headers)
        try:
            await Stream(websocket, limit).run(opened)
        finally:
            arrival.entry.status = 101

    def _open_stream(self, arrival: Arrival) -> Talk | Answer:
        route = arrival.route
        try:
            talk = route and route.open_stream and route.open_stream(self._call(arrival, b""))
        except Refusal as refusal:
            return refused(refusal)
        return talk or self._answer(arrival, b"")

    def _response(self, answer: Answer) -> Response:
        content = compact(answer.body) if answer.text is None else answer.text
        headers = {**self._headers(), **answer.headers}
        if answer.content_type:
            headers["Content-Type"] = answer.content_type
        return Response(content, answer.status, headers)

    def _headers(self) -> dict[str, str]:
        """What every answer carries; the time is the deployment's."""
        return {
            "Date": format_datetime(self._world.now(), usegmt=True),
            "X-Coder-Build-Version": self._world.build_version,
            "X-Coder-Request-Id": str(UUID(int=next(self._answers), version=4)),
        }


def refused(refusal: Refusal) -> Answer:
    """A refusal as the answer to a request."""
    return Answer(status=refusal.status, body=refusal.envelope(), headers=refusal.headers)


async def lose(
    response: Response, fault: LoseAnswer, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send half of an answer and break the connection, or send nothing of it."""
    if fault.is_cut:
        head = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
        half = bytes(response.body)[: len(response.body) // 2]
        await send(head)
        await send({"type": "http.response.body", "body": half, "more_body": True})
        abort(scope)
    await gone(receive)


async def gone(receive: Receive) -> None:
    """Wait until the client is no longer there."""
    while not (await receive())["type"].endswith(".disconnect"):
        pass
