"""The table of routes, by Coder's own names for the parts of their paths."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coder_mcp.simulator.http import account_routes as accounts
from coder_mcp.simulator.http import deployment_routes as deployments
from coder_mcp.simulator.http import schedule_routes as schedules
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

# A route to a line: its method, its path below `/api/v2`, and what answers it.
TABLE: Mapping[str, Callable[[Call], Answer]] = {
    "GET /users/{user}": accounts.show_user,
    "GET /users/{user}/organizations": accounts.list_organizations,
    "GET /users/{user}/keys/tokens": accounts.list_keys,
    "GET /users/{user}/keys/{keyid}": accounts.show_key,
    "GET /organizations": accounts.list_readable_organizations,
    "GET /organizations/{organization}": accounts.show_organization,
    "GET /organizations/{organization}/members/{user}/workspace-quota": accounts.show_quota,
    "GET /organizations/{organization}/provisionerdaemons": deployments.list_daemons,
    "GET /organizations/{organization}/provisionerjobs": deployments.list_jobs,
    "GET /workspace-quota/{user}": accounts.show_quota,
    "GET /groups": accounts.list_groups,
    "POST /authcheck": deployments.check_authorization,
    "GET /appearance": deployments.show_appearance,
    "GET /applications/host": deployments.show_app_host,
    "GET /deployment/ssh": deployments.show_ssh,
    "GET /entitlements": deployments.show_entitlements,
    "GET /experiments": deployments.list_experiments,
    "GET /regions": deployments.list_regions,
    "GET /templates": templates.list_templates,
    "GET /templates/{template}": templates.show_template,
    "GET /templates/{template}/versions": templates.list_versions,
    "GET /organizations/{organization}/templates": templates.list_organization_templates,
    "GET /organizations/{organization}/templates/{templatename}": templates.show_template_by_name,
    "GET /templateversions/{templateversion}": templates.show_version,
    "GET /templateversions/{templateversion}/rich-parameters": templates.list_rich_parameters,
    "GET /templateversions/{templateversion}/presets": templates.list_presets,
    "GET /templateversions/{templateversion}/external-auth": templates.list_external_auth,
    "GET /templateversions/{templateversion}/dynamic-parameters": (
        streams.parameters_without_upgrade
    ),
    "POST /templateversions/{templateversion}/dynamic-parameters/evaluate": templates.evaluate,
    "GET /workspaces": workspaces.list_workspaces,
    "GET /workspaces/{workspace}": workspaces.show_workspace,
    "GET /workspaces/{workspace}/builds": workspaces.list_builds,
    "POST /workspaces/{workspace}/builds": workspaces.post_build,
    "GET /workspaces/{workspace}/watch-ws": streams.watch_without_upgrade,
    "GET /workspaces/{workspace}/timings": workspaces.show_timings,
    "GET /workspaces/{workspace}/port-share": workspaces.list_port_shares,
    "PUT /workspaces/{workspace}/extend": schedules.put_extend,
    "PUT /workspaces/{workspace}/autostart": schedules.put_autostart,
    "PUT /workspaces/{workspace}/ttl": schedules.put_ttl,
    "PUT /workspaces/{workspace}/dormant": schedules.put_dormant,
    "GET /workspaces/{workspace}/resolve-autostart": schedules.resolve_autostart,
    "POST /users/{user}/workspaces": workspaces.post_workspace,
    "GET /users/{user}/workspace/{workspacename}": workspaces.show_workspace_by_name,
    "GET /users/{user}/workspace/{workspacename}/builds/{buildnumber}": (
        workspaces.show_build_by_number
    ),
    "GET /workspacebuilds/{workspacebuild}": workspaces.show_build,
    "GET /workspacebuilds/{workspacebuild}/logs": streams.show_logs,
    "GET /workspacebuilds/{workspacebuild}/timings": workspaces.show_build_timings,
    "GET /workspacebuilds/{workspacebuild}/parameters": workspaces.list_build_parameters,
    "PATCH /workspacebuilds/{workspacebuild}/cancel": workspaces.cancel_build,
    "GET /workspaceagents/{workspaceagent}": workspaces.show_agent,
    "GET /workspaceagents/{workspaceagent}/listening-ports": workspaces.list_ports,
    "GET /workspaceagents/{workspaceagent}/logs": workspaces.list_agent_logs,
}
# What may be said on a WebSocket, of the routes that take an upgrade.
STREAMS: Mapping[str, Callable[[Call], streams.Talk | None]] = {
    "GET /workspaces/{workspace}/watch-ws": streams.watch_workspace,
    "GET /templateversions/{templateversion}/dynamic-parameters": streams.follow_parameters,
    "GET /workspacebuilds/{workspacebuild}/logs": streams.follow_logs,
}
ROUTES = tuple(
    Route(name.partition(" ")[0], f"{API}{name.partition(' ')[2]}", handle, STREAMS.get(name))
    for name, handle in TABLE.items()
)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request, and the variable parts of its path."""
    for route in ROUTES:
        params = route.params(path) if route.method == method else None
        if params is not None:
            return route, params
    return None
