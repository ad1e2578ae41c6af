"""Every key of every answer that was recorded may be missing, null or of another type."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import httpx2
import pytest

from builders import agent, at, errand, ident, transport_on
from coder_mcp.api.client import CoderClient
from coder_mcp.api.streams import decode_build_log, decode_watch
from coder_mcp.core.answers import answer
from coder_mcp.core.diagnosis import Surroundings, diagnosis
from coder_mcp.core.errands import Evidence, Verb
from coder_mcp.core.listing import template_row, workspace_row
from coder_mcp.core.logs.page import agent_lines, build_lines, part_of
from coder_mcp.core.logs.tail import LogTail, agent_log_shown
from coder_mcp.core.parameters import from_dynamic, rejected_by_evaluation
from coder_mcp.core.progress import Snapshot, TimePassed, WorkspaceGone, advance, began
from coder_mcp.core.schema import payload
from coder_mcp.core.sentences import progress_message
from coder_mcp.core.template_page import typical_seconds
from coder_mcp.core.unfinished import blocked
from coder_mcp.errors import CoderError, NotCoder
from coder_mcp.models.templates import DynamicParametersResponse, Template
from coder_mcp.models.wire import ProvisionerJobLog, WorkspaceAgentLog
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    CreateWorkspaceRequest,
    Workspace,
    WorkspacesResponse,
    WorkspaceTransition,
)
from recorded import exchanges, names, recorded, route_of

ID = ident("any")
CREATED = CreateWorkspaceRequest(name="mine", template_id=ID)
STARTED = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.START)

ROUTES: Mapping[str, Callable[[CoderClient], Awaitable[object]]] = {
    "GET /users/me": lambda client: client.me(),
    "GET /workspaces/{id}": lambda client: client.workspace(ID),
    "GET /users/{user}/workspace/{name}": lambda client: client.workspace_by_name("me", "app"),
    "GET /workspaces": lambda client: client.workspaces("", 10),
    "POST /users/{user}/workspaces": lambda client: client.create_workspace(CREATED),
    "POST /workspaces/{id}/builds": lambda client: client.create_build(ID, STARTED),
    "GET /workspacebuilds/{id}/logs": lambda client: client.build_logs(ID),
    "GET /workspacebuilds/{id}/timings": lambda client: client.build_timings(ID),
    "GET /workspacebuilds/{id}/parameters": lambda client: client.build_parameters(ID),
    "GET /workspaceagents/{id}/logs": lambda client: client.agent_logs(ID),
    "GET /organizations/{id}/members/{user}/workspace-quota": lambda client: client.quota(ID, ID),
    "GET /templates/{id}": lambda client: client.template(ID),
    "GET /templates": lambda client: client.templates(),
    "GET /templateversions/{id}": lambda client: client.template_version(ID),
    "GET /templateversions/{id}/rich-parameters": lambda client: client.rich_parameters(ID),
    "GET /templateversions/{id}/presets": lambda client: client.presets(ID),
    "GET /templateversions/{id}/external-auth": lambda client: client.external_auth(ID),
    "POST /templateversions/{id}/dynamic-parameters/evaluate": lambda client: (
        client.evaluate_parameters(ID, ID, {})
    ),
}
STREAMS: Mapping[str, Callable[[str], object]] = {
    "watch": decode_watch,
    "build_log_follow": decode_build_log,
}

Path = tuple[str | int, ...]
OTHERS: Sequence[object] = (
    *("", "text", "9999-12-31T23:59:59Z", "0001-01-02T00:00:00+14:00", "2026-03-01T12:00:00"),
    *(0, -7, 4.5, 10**30, True, [], [None], ["text"]),
    *({}, {"a": None}, {"text": {}}),
)
"""What stands in the place of a value."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a key path is found: in which body, and where there."""

    status: int
    body: Any
    path: Path

    def mutations(self) -> Iterator[object]:
        """The body without the key, with null in its place, and with values of other types."""
        if self.path:
            yield self._changed(lambda parent, key: parent.__delitem__(key))
        for value in (None, *OTHERS):
            if self.path:
                yield self._changed(lambda parent, key, value=value: parent.__setitem__(key, value))
            else:
                yield value

    def _changed(self, change: Callable[[Any, str | int], None]) -> object:
        body = deepcopy(self.body)
        parent = body
        for step in self.path[:-1]:
            parent = parent[step]
        change(parent, self.path[-1])
        return body


def paths(body: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401  # JSON as it was recorded
    """Every place in a body; of a list, all the elements."""
    yield path
    parts: dict[str | int, Any] = {}
    if isinstance(body, dict):
        parts = cast("dict[str | int, Any]", body)
    elif isinstance(body, list):
        parts = dict(enumerate(cast("list[Any]", body)))
    for step, value in parts.items():
        yield from paths(value, (*path, step))


def distinct(bodies: list[tuple[int, object]]) -> list[Place]:
    """One place for each key path, in the smallest body that has it; lists count as one."""
    found: dict[tuple[bool, Path], Place] = {}
    for status, body in sorted(bodies, key=lambda each: len(json.dumps(each[1]))):
        for path in paths(body):
            named = tuple("[]" if isinstance(step, int) else step for step in path)
            place = Place(status=status, body=body, path=path)
            found.setdefault((status < 400, named), place)
    return list(found.values())


@cache
def places(route: str) -> list[Place]:
    """The key paths of all that was recorded of a route, or of a stream."""
    if route in STREAMS:
        flows = [recorded(flow) for flow in names("flows") if route in recorded(flow)]
        return distinct([(200, each["json"]) for flow in flows for each in flow[route]["frames"]])
    return distinct(
        [
            (one["response"]["status"], one["response"]["json"])
            for _, one in exchanges()
            if route_of(one, ROUTES) == route and "json" in one["response"]
        ]
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize("route", ROUTES)
async def test_a_mutated_answer_is_a_model_or_an_error_of_ours(route: str) -> None:
    current = b"", 200

    def handler(_: httpx2.Request) -> httpx2.Response:
        content, status = current
        return httpx2.Response(
            status, content=content, headers={"content-type": "application/json"}
        )

    async with transport_on(handler) as transport:
        client = CoderClient(transport)
        for place in places(route):
            for body in place.mutations():
                current = json.dumps(body).encode(), place.status
                try:
                    read = await ROUTES[route](client)
                except (NotCoder, CoderError):
                    continue
                shown(read)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_mutated_frame_is_a_model_or_nothing(stream: str) -> None:
    for place in places(stream):
        for body in place.mutations():
            read = STREAMS[stream](json.dumps(body))
            if read is not None:
                shown(read)


def test_the_paths_are_many() -> None:
    every = {route: len(places(route)) for route in (*ROUTES, *STREAMS)}
    assert min(every.values()) > 1
    assert sum(every.values()) > 1000


def shown(read: object) -> None:
    """Make of what was read what the tools make of it; nothing is raised."""
    for each in cast("tuple[object, ...]", read) if isinstance(read, tuple) else (read,):
        match each:
            case Workspace():
                follow(each)
                workspace_row(each)
            case WorkspacesResponse():
                shown(each.workspaces)
            case Template():
                typical_seconds(each)
                template_row(each, used=1, several_organizations=True)
            case DynamicParametersResponse():
                rejected_by_evaluation(each)
                assert len([from_dynamic(one) for one in each.parameters]) == len(each.parameters)
            case ProvisionerJobLog():
                LogTail().with_lines((each,)).shown()
                assert part_of(build_lines((each,))).shown <= 1
            case WorkspaceAgentLog():
                agent_log_shown((each,))
                assert part_of(agent_lines((each,), agent())).shown <= 1
            case _:
                pass


def follow(workspace: Workspace) -> None:
    """Begin with the workspace, see it once more and much later, and answer by it each time."""
    first = began(workspace, at(0))
    settling = began(workspace, at(0), until="built")
    events = (
        Snapshot(workspace=workspace, at=at(1)),
        TimePassed(at=at(86_400)),
        WorkspaceGone(),
    )
    for verb in Verb:
        assert payload(blocked(errand(verb), settling))["outcome"] == "in_progress"
        for progress in (first, *(advance(first, event) for event in events)):
            assert progress_message(progress)
            assert payload(answer(errand(verb), progress, Evidence()))["outcome"]
    for progress in (first, advance(first, events[1])):
        found = diagnosis(errand(Verb.WAIT), progress, Evidence(), Surroundings())
        assert payload(found)["outcome"] == "diagnosed"
