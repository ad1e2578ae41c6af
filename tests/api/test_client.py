"""One method a route: what it asks, and that it reads the recorded answer."""

import json
from collections.abc import Awaitable, Callable
from inspect import getclosurevars, getmembers, iscoroutinefunction

import httpx2
import pytest

from builders import at, ident, transport_on
from canary import TOKEN
from coder_mcp.api.client import CoderClient
from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    CreateWorkspaceRequest,
    RichParameterValue,
    WorkspaceTransition,
)
from recorded import answered

ID = ident("it")
USER = ident("user")
CREATE = CreateWorkspaceRequest(
    name="app",
    template_id=ID,
    rich_parameter_values=(RichParameterValue(name="cpu", value="4"),),
    template_version_preset_id=USER,
)
STOP = CreateWorkspaceBuildRequest(transition=WorkspaceTransition.STOP)
START = CreateWorkspaceBuildRequest(
    transition=WorkspaceTransition.START,
    template_version_id=USER,
    rich_parameter_values=(RichParameterValue(name="tools", value='["é"]'),),
)
Ask = Callable[[CoderClient], Awaitable[object]]

# What is called, the request it makes, its body, and a good answer.
ROUTES: dict[str, tuple[Ask, str, object, object]] = {
    "me": (lambda c: c.me(), "GET /users/me", None, answered("users/me")),
    "workspace": (lambda c: c.workspace(ID), f"GET /workspaces/{ID}", None, answered("workspaces/get-running")),
    "deleted workspace": (
        lambda c: c.workspace(ID, include_deleted=True),
        f"GET /workspaces/{ID}?include_deleted=true",
        None,
        answered("workspaces/get-deleted-include"),
    ),
    "workspace by name": (
        lambda c: c.workspace_by_name("me", "app"),
        "GET /users/me/workspace/app",
        None,
        answered("workspaces/get-by-owner-and-name"),
    ),
    "workspaces": (
        lambda c: c.workspaces("owner:me status:running", 50),
        "GET /workspaces?q=owner%3Ame+status%3Arunning&limit=50",
        None,
        answered("workspaces/list-mine"),
    ),
    "create_workspace": (
        lambda c: c.create_workspace(CREATE),
        "POST /users/me/workspaces",
        {
            "name": "app",
            "template_id": str(ID),
            "rich_parameter_values": [{"name": "cpu", "value": "4"}],
            "template_version_preset_id": str(USER),
        },
        answered("workspaces/create-no-licence"),
    ),
    "create_build": (
        lambda c: c.create_build(ID, START),
        f"POST /workspaces/{ID}/builds",
        {
            "transition": "start",
            "template_version_id": str(USER),
            "rich_parameter_values": [{"name": "tools", "value": '["é"]'}],
        },
        answered("builds/start-dormant"),
    ),
    "create_build without anything": (
        lambda c: c.create_build(ID, STOP),
        f"POST /workspaces/{ID}/builds",
        {"transition": "stop"},
        answered("builds/start-dormant"),
    ),
    "build_logs": (
        lambda c: c.build_logs(ID, 355),
        f"GET /workspacebuilds/{ID}/logs?after=355",
        None,
        answered("builds/logs-after"),
    ),
    "build_parameters": (
        lambda c: c.build_parameters(ID),
        f"GET /workspacebuilds/{ID}/parameters",
        None,
        answered("builds/parameters-given"),
    ),
    "agent_logs": (lambda c: c.agent_logs(ID), f"GET /workspaceagents/{ID}/logs", None, answered("agents/logs")),
    "quota": (
        lambda c: c.quota(ID, USER),
        f"GET /organizations/{ID}/members/{USER}/workspace-quota",
        None,
        answered("quota/one-running"),
    ),
    "template": (lambda c: c.template(ID), f"GET /templates/{ID}", None, answered("templates/get")),
    "templates": (lambda c: c.templates(), "GET /templates", None, answered("templates/list-all")),
    "templates of a query": (
        lambda c: c.templates("exact_name:quick"),
        "GET /templates?q=exact_name%3Aquick",
        None,
        answered("templates/list-search"),
    ),
    "template_version": (
        lambda c: c.template_version(ID),
        f"GET /templateversions/{ID}",
        None,
        answered("templates/version"),
    ),
    "rich_parameters": (
        lambda c: c.rich_parameters(ID),
        f"GET /templateversions/{ID}/rich-parameters",
        None,
        answered("templates/rich-parameters-params"),
    ),
    "presets": (
        lambda c: c.presets(ID),
        f"GET /templateversions/{ID}/presets",
        None,
        answered("templates/presets-presets"),
    ),
    "external_auth": (
        lambda c: c.external_auth(ID),
        f"GET /templateversions/{ID}/external-auth",
        None,
        answered("templates/external-auth"),
    ),
    "evaluate_parameters": (
        lambda c: c.evaluate_parameters(ID, USER, {"region": "eu"}),
        f"POST /templateversions/{ID}/dynamic-parameters/evaluate",
        {"id": 0, "inputs": {"region": "eu"}, "owner_id": str(USER)},
        answered("templates/evaluate-ok"),
    ),
    "build": (lambda c: c.build(ID), f"GET /workspacebuilds/{ID}", None, answered("builds/get")),
    "builds": (
        lambda c: c.builds(ID, 3),
        f"GET /workspaces/{ID}/builds?limit=3",
        None,
        [answered("builds/get")],
    ),
    "build_by_number": (
        lambda c: c.build_by_number("dev1", "app", 2),
        "GET /users/dev1/workspace/app/builds/2",
        None,
        answered("workspaces/build-by-number"),
    ),
    "build_timings": (
        lambda c: c.build_timings(ID),
        f"GET /workspacebuilds/{ID}/timings",
        None,
        answered("builds/timings"),
    ),
    "cancel_build": (
        lambda c: c.cancel_build(ID),
        f"PATCH /workspacebuilds/{ID}/cancel",
        None,
        answered("builds/cancel-running"),
    ),
    "extend_workspace": (
        lambda c: c.extend_workspace(ID, at(0)),
        f"PUT /workspaces/{ID}/extend",
        {"deadline": "2026-03-01T12:00:00Z"},
        answered("workspaces/extend"),
    ),
    "own_key": (
        lambda c: c.own_key(),
        f"GET /users/me/keys/{TOKEN.partition('-')[0]}",
        None,
        answered("users/own-key"),
    ),
    "organizations": (
        lambda c: c.organizations(),
        "GET /users/me/organizations",
        None,
        answered("users/organizations-me"),
    ),
    "build_info": (lambda c: c.build_info(), "GET /buildinfo", None, answered("server/buildinfo")),
    "app_host": (
        lambda c: c.app_host(),
        "GET /applications/host",
        None,
        {"host": "*.apps.example.com"},
    ),
    "provisioner_daemons": (
        lambda c: c.provisioner_daemons(ID),
        f"GET /organizations/{ID}/provisionerdaemons",
        None,
        answered("server/provisioner-daemons-as-owner"),
    ),
}  # fmt: skip


def test_every_method_that_asks_is_called_above() -> None:
    methods = {name for name, _ in getmembers(CoderClient, iscoroutinefunction) if name[0] != "_"}
    called = {name for ask, *_ in ROUTES.values() for name in getclosurevars(ask).unbound}
    assert methods - called == set()


@pytest.mark.parametrize("route", ROUTES)
async def test_a_method_asks_one_route_and_reads_its_answer(route: str) -> None:
    ask, asked, body, answer = ROUTES[route]
    requests: list[tuple[str, object]] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        path = request.url.raw_path.decode().removeprefix("/api/v2")
        requests.append((f"{request.method} {path}", json.loads(request.content or b"null")))
        return httpx2.Response(200, json=answer)

    async with transport_on(handler) as transport:
        result = await ask(CoderClient(transport))
    assert requests == [(asked, body)]
    assert not isinstance(result, Lost | Refusal)
    assert result
