"""The table of routes, by Coder's own names for the parts of their paths."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coder_mcp.simulator.http import account_routes as accounts
from coder_mcp.simulator.http import streams
from coder_mcp.simulator.http import template_routes as templates
from coder_mcp.simulator.http import workspace_routes as workspaces
from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.wire.common import buildinfo_json
from coder_mcp.simulator.world import World

API = "/api/v2"


@dataclass(frozen=True)
class Route:
    """A method and the template of a path, what answers it, and what may be said on a WebSocket.

    `open_stream` is None, or says None to this request, where an upgrade is not taken.
    """

    method: str
    path: str
    handle: Callable[[Call], Answer]
    open_stream: Callable[[Call], streams.Talk | None] | None = None

    @property
    def name(self) -> str:
        """How the ledger and faults name it."""
        return f"{self.method} {self.path}"

    def params(self, path: str) -> Mapping[str, str] | None:
        """The variable parts of a path, or None where it is another route's."""
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path)
        match = re.fullmatch(pattern, path)
        return None if match is None else match.groupdict()


def api_root(_: World) -> Answer:
    """`GET /api/v2/`."""
    return Answer(body={"message": "\N{WAVING HAND SIGN}"})


def buildinfo(world: World) -> Answer:
    """`GET /api/v2/buildinfo`."""
    return Answer(body=buildinfo_json(world))


def healthz(_: World) -> Answer:
    """`GET /healthz`."""
    return Answer(text="OK", content_type="text/plain; charset=utf-8")


# Answered to everybody, without a token.
PUBLIC: Mapping[str, Callable[[World], Answer]] = {
    API: api_root,
    f"{API}/": api_root,
    f"{API}/buildinfo": buildinfo,
    "/healthz": healthz,
}

VERSION = f"{API}/templateversions/{{templateversion}}"
ROUTES = (
    Route("GET", f"{API}/users/{{user}}", accounts.show_user),
    Route("GET", f"{API}/users/{{user}}/organizations", accounts.list_organizations),
    Route("GET", f"{API}/organizations/{{organization}}", accounts.show_organization),
    Route(
        "GET",
        f"{API}/organizations/{{organization}}/members/{{user}}/workspace-quota",
        accounts.show_quota,
    ),
    Route("GET", f"{API}/workspace-quota/{{user}}", accounts.show_quota),
    Route("GET", f"{API}/templates", templates.list_templates),
    Route("GET", f"{API}/templates/{{template}}", templates.show_template),
    Route(
        "GET",
        f"{API}/organizations/{{organization}}/templates",
        templates.list_organization_templates,
    ),
    Route(
        "GET",
        f"{API}/organizations/{{organization}}/templates/{{templatename}}",
        templates.show_template_by_name,
    ),
    Route("GET", VERSION, templates.show_version),
    Route("GET", f"{VERSION}/rich-parameters", templates.list_rich_parameters),
    Route("GET", f"{VERSION}/presets", templates.list_presets),
    Route("GET", f"{VERSION}/external-auth", templates.list_external_auth),
    Route("POST", f"{VERSION}/dynamic-parameters/evaluate", templates.evaluate),
    Route("GET", f"{API}/workspaces", workspaces.list_workspaces),
    Route("GET", f"{API}/workspaces/{{workspace}}", workspaces.show_workspace),
    Route("GET", f"{API}/workspaces/{{workspace}}/builds", workspaces.list_builds),
    Route("POST", f"{API}/workspaces/{{workspace}}/builds", workspaces.post_build),
    Route(
        "GET",
        f"{API}/workspaces/{{workspace}}/watch-ws",
        streams.watch_without_upgrade,
        streams.watch_workspace,
    ),
    Route("POST", f"{API}/users/{{user}}/workspaces", workspaces.post_workspace),
    Route(
        "GET",
        f"{API}/users/{{user}}/workspace/{{workspacename}}",
        workspaces.show_workspace_by_name,
    ),
    Route(
        "GET",
        f"{API}/users/{{user}}/workspace/{{workspacename}}/builds/{{buildnumber}}",
        workspaces.show_build_by_number,
    ),
    Route("GET", f"{API}/workspacebuilds/{{workspacebuild}}", workspaces.show_build),
    Route(
        "GET",
        f"{API}/workspacebuilds/{{workspacebuild}}/logs",
        streams.show_logs,
        streams.follow_logs,
    ),
    Route(
        "GET",
        f"{API}/workspacebuilds/{{workspacebuild}}/parameters",
        workspaces.list_build_parameters,
    ),
    Route("PATCH", f"{API}/workspacebuilds/{{workspacebuild}}/cancel", workspaces.cancel_build),
    Route("GET", f"{API}/workspaceagents/{{workspaceagent}}", workspaces.show_agent),
    Route("GET", f"{API}/workspaceagents/{{workspaceagent}}/logs", workspaces.list_agent_logs),
)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request, and the variable parts of its path."""
    for route in ROUTES:
        params = route.params(path) if route.method == method else None
        if params is not None:
            return route, params
    return None
