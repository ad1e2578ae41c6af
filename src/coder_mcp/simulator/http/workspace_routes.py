"""The routes of workspaces, builds and agents. Those that can become streams are in `streams`."""

from urllib.parse import urlsplit

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.records.state import Build, Workspace
from coder_mcp.simulator.rules import jobs
from coder_mcp.simulator.rules.bodies import build_request, workspace_request
from coder_mcp.simulator.rules.queries import matching_workspaces
from coder_mcp.simulator.rules.refusals import Json, Refusal, access_control_dump
from coder_mcp.simulator.rules.workspaces import create_build, create_workspace
from coder_mcp.simulator.wire.agents import agent_json, agent_log_line_json
from coder_mcp.simulator.wire.builds import build_json, workspace_json
from coder_mcp.simulator.wire.timings import timings_json


def list_workspaces(call: Call) -> Answer:
    """`GET /workspaces`; `count` is of all that the query selects, whatever the page."""
    visible = [
        workspace
        for workspace in call.world.workspaces
        if call.caller.sees_workspace(workspace) and not workspace.is_deleted
    ]
    limit, offset = call.number("limit"), call.number("offset")
    found = matching_workspaces(visible, call.query.get("q", ""), call.caller)
    page = found[offset : offset + limit] if limit else found[offset:]
    body: Json = {
        "workspaces": [workspace_json(call.world, workspace) for workspace in page],
        "count": len(found),
    }
    return Answer(body=body)


def show_workspace(call: Call) -> Answer:
    """`GET /workspaces/{workspace}`; one that was deleted is gone unless it is asked for."""
    return shown(call, existing_workspace(call))


def existing_workspace(call: Call) -> Workspace:
    """The workspace in the path, unless it was deleted."""
    workspace = call.workspace()
    if workspace.is_deleted and not call.includes_deleted:
        message = (
            f'Workspace "{workspace.id}" was deleted, you can view this workspace by'
            " specifying '?include_deleted=true' and trying again."
        )
        raise Refusal(410, message)
    return workspace


def shown(call: Call, workspace: Workspace) -> Answer:
    """A workspace, for those who may read its template too (recorded: users/scope-matrix.json)."""
    if not call.caller.may("template:read"):
        raise Refusal(403, "Forbidden.")
    return Answer(body=workspace_json(call.world, workspace))


def show_workspace_by_name(call: Call) -> Answer:
    """`GET /users/{user}/workspace/{workspacename}`."""
    return shown(call, call.named_workspace())


def show_build_by_number(call: Call) -> Answer:
    """`GET /users/{user}/workspace/{workspacename}/builds/{buildnumber}`."""
    workspace, number = call.named_workspace(), call.params["buildnumber"]
    for build in workspace.builds:
        if str(build.number) == number:
            return Answer(body=build_json(call.world, build))
    raise Refusal(404, f'Workspace "{workspace.name}" Build {number} does not exist.')


def post_workspace(call: Call) -> Answer:
    """`POST /users/{user}/workspaces`."""
    request = workspace_request(call.body)
    workspace = create_workspace(call.world, call.caller, call.any_user(), request)
    return Answer(status=201, body=workspace_json(call.world, workspace, fresh=True))


def list_builds(call: Call) -> Answer:
    """`GET /workspaces/{workspace}/builds`, the newest first."""
    builds = call.workspace().builds[::-1]
    limit, offset = call.number("limit"), call.number("offset")
    page = builds[offset : offset + limit] if limit else builds[offset:]
    return Answer(body=[build_json(call.world, build) for build in page])


def post_build(call: Call) -> Answer:
    """`POST /workspaces/{workspace}/builds`."""
    workspace, request = call.workspace(), build_request(call.body)
    build = create_build(call.world, call.caller, workspace, request)
    return Answer(status=201, body=build_json(call.world, build, fresh=True))


def show_build(call: Call) -> Answer:
    """`GET /workspacebuilds/{workspacebuild}`."""
    return Answer(body=build_json(call.world, call.build()))


def list_build_parameters(call: Call) -> Answer:
    """`GET …/parameters`: all of the build's, given or not."""
    return Answer(body=parameters_json(call.build()))


def parameters_json(build: Build) -> list[Json]:
    """The values that a build was made with."""
    return [{"name": name, "value": value} for name, value in build.parameters.items()]


def cancel_build(call: Call) -> Answer:
    """`PATCH …/cancel`."""
    jobs.cancel(call.world, call.caller, call.build(), call.query.get("expect_status"))
    return Answer(body={"message": "Job has been marked as canceled..."})


def show_build_timings(call: Call) -> Answer:
    """`GET …/timings` of a build."""
    return Answer(body=timings_json(call.build()))


def show_timings(call: Call) -> Answer:
    """`GET …/timings` of a workspace: of its latest build."""
    return Answer(body=timings_json(call.workspace().latest_build))


def list_port_shares(call: Call) -> Answer:
    """`GET …/port-share`: nobody shares ports here."""
    call.workspace()
    return Answer(body={"shares": []})


def list_ports(call: Call) -> Answer:
    """`GET …/listening-ports`: what the agent finds now, without the ports of its apps."""
    agent = call.agent()
    if agent.status != "connected":
        message = f'Agent state is "{agent.status}", it must be in the "connected" state.'
        raise Refusal(400, message)
    apps = {urlsplit(app.url).port for app in agent.definition.apps if app.url and not app.external}
    ports = [
        {"process_name": process, "network": "tcp", "port": port}
        for process, port in agent.definition.ports
        if port not in apps
    ]
    return Answer(body={"ports": ports})


def show_agent(call: Call) -> Answer:
    """`GET /workspaceagents/{workspaceagent}`."""
    return Answer(body=agent_json(call.world, call.agent()))


def list_agent_logs(call: Call) -> Answer:
    """`GET …/logs` of an agent; as text it is an error for everyone but owners."""
    agent, after = call.agent(), call.number("after")
    user = call.caller.user
    if call.query.get("format") == "text" and not user.is_owner:
        message = "Internal error fetching workspace agent log sources."
        dump = access_control_dump(user.username, user.id, "read", "system")
        raise Refusal(500, message, dump)
    return Answer(body=[agent_log_line_json(line) for line in agent.log if line.id > after])
