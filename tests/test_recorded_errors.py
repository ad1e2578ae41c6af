"""Each error that a real server was recorded with, on a route that a tool calls, as a model reads it.

The embedded simulator answers the route with the recorded error; what comes out of the tool is
kept here, to be reviewed like any text of ours.
"""

import json
import re
from collections.abc import Awaitable, Callable

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from model import text_of
from recorded import Json, names, recorded
from whole import Whole, deployed

Call = Callable[[Whole], Awaitable[str]]


async def read(whole: Whole, tool: str, **arguments: object) -> str:
    """What the model reads of the call: the payload or the error's text."""
    result = await whole.model.result(tool, **arguments)
    text = text_of(result).replace(whole.simulator.url, "https://coder.test")
    if result.is_error:
        return text
    payload = json.loads(text)
    return json.dumps({key: value for key, value in payload.items() if not key.endswith("_id")})


async def create(whole: Whole) -> str:
    return await read(whole, "create_workspace", template="params", name="mine")


async def start(whole: Whole) -> str:
    return await read(whole, "start_workspace", workspace="mine")


async def wait_by_id(whole: Whole) -> str:
    workspace = str(whole.world.workspace("mine").id)
    return await read(whole, "wait_for_workspace", workspace=workspace, wait_seconds=0)


async def wait_by_name(whole: Whole) -> str:
    return await read(whole, "wait_for_workspace", workspace="mine", wait_seconds=0)


async def list_workspaces(whole: Whole) -> str:
    return await read(whole, "list_workspaces", query="colour:red")


async def list_templates(whole: Whole) -> str:
    return await read(whole, "list_templates")


async def read_by_id(whole: Whole) -> str:
    template = str(whole.world.template("quick").id)
    return await read(whole, "read_template", template=template)


async def read_dynamic(whole: Whole) -> str:
    return await read(whole, "read_template", template="dynamic")


# The route that a recording is of, by its method and the shape of its path: the route's name in
# the simulator, and a call that comes to it.
ROUTES: list[tuple[str, str, str, Call]] = [
    ("POST", r"/users/[^/]+/workspaces", "POST /api/v2/users/{user}/workspaces", create),
    ("POST", r"/workspaces/[^/]+/builds", "POST /api/v2/workspaces/{workspace}/builds", start),
    ("GET", r"/workspaces/[^/]+", "GET /api/v2/workspaces/{workspace}", wait_by_id),
    (
        "GET",
        r"/users/[^/]+/workspace/[^/]+",
        "GET /api/v2/users/{user}/workspace/{workspacename}",
        wait_by_name,
    ),
    ("GET", r"/workspaces", "GET /api/v2/workspaces", list_workspaces),
    ("GET", r"/templates", "GET /api/v2/templates", list_templates),
    ("GET", r"/templates/[^/]+", "GET /api/v2/templates/{template}", read_by_id),
    ("GET", r"/users/me", "GET /api/v2/users/{user}", read_dynamic),
]


def route_of(recording: str) -> tuple[str, Call] | None:
    """The route that the recorded error is of, where a tool calls it."""
    exchange = recorded(recording)
    if "response" not in exchange or "steps" in exchange:
        return None
    request, response = exchange["request"], exchange["response"]
    if response["status"] < 400:
        return None
    path = request["path"].partition("?")[0].removeprefix("/api/v2")
    for method, shape, route, call in ROUTES:
        if method == request["method"] and re.fullmatch(shape, path):
            return route, call
    return None


RECORDINGS = [
    name
    for folder in ("workspaces", "builds", "templates", "users", "auth", "server")
    for name in names(folder)
    if route_of(name) is not None
]


@pytest.mark.parametrize("recording", RECORDINGS)
async def test_a_recorded_error_is_read_as_it_was_reviewed(recording: str) -> None:
    found = route_of(recording)
    assert found is not None
    route, call = found
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        if call is create:
            whole.world.build(workspace, "delete")
            await whole.pass_time()
        whole.simulator.faults.add(Fault(route=route, action=as_answer(recording), times=None))
        assert await call(whole) == READ[recording]


def as_answer(recording: str) -> Answer:
    response: Json = recorded(recording)["response"]
    kind = response["headers"].get("content-type", "application/json")
    headers = {key: value for key, value in response["headers"].items() if key == "retry-after"}
    if "json" in response:
        return Answer(status=response["status"], body=response["json"], headers=headers)
    return Answer(status=response["status"], text=response.get("text", ""), content_type=kind)


READ: dict[str, str] = snapshot(
    {
        "workspaces/bad-uuid": 'https://coder.test refused the request (HTTP 400). Coder said: Invalid UUID "not-a-uuid". invalid UUID length: 10.',
        "workspaces/create-bad-name-33-characters": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\""}]}',
        "workspaces/create-bad-name-empty": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"\\""}]}',
        "workspaces/create-bad-name-leading-dash": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"-lead\\""}]}',
        "workspaces/create-bad-name-reserved-new": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"new\\""}]}',
        "workspaces/create-bad-name-space": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"bad name\\""}]}',
        "workspaces/create-bad-name-two-dashes": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"two--dashes\\""}]}',
        "workspaces/create-bad-name-underscore": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "name", "detail": "Validation failed for tag \\"workspace_name\\" with value: \\"under_score\\""}]}',
        "workspaces/create-bad-preset": "https://coder.test failed to answer (HTTP 500). That is the deployment's own problem, perhaps not for long: call again in a minute, or tell its administrator. Coder said: failed to fetch preset parameter values. failed to get preset parameters: sql: no rows in result set. Its request id is 00000000-0000-4000-8000-000000000003.",
        "workspaces/create-bad-schedule": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Invalid Autostart Schedule.", "validations": [{"field": "schedule", "detail": "validate weekly schedule: expected schedule to consist of 5 fields with an optional CRON_TZ=<timezone> prefix"}]}',
        "workspaces/create-both-template-and-version": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "template", "detail": "Validation failed for tag \\"excluded_with\\" with value: \\"726b4568-29e1-4def-b5d7-8ceb88821bbd\\""}, {"field": "template_version_id", "detail": "Validation failed for tag \\"excluded_with\\" with value: \\"7dd951d4-9eda-48e6-987a-6e7b434d614b\\""}]}',
        "workspaces/create-conflict-name": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Workspace \\"app\\" already exists.", "validations": [{"field": "name", "detail": "This value is already in use and should be unique."}]}',
        "workspaces/create-conflict-name-other-case": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person for another name; with it in place of this one, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Workspace \\"App\\" already exists.", "validations": [{"field": "name", "detail": "This value is already in use and should be unique."}]}',
        "workspaces/create-deprecated-template": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Template \\"old\\" has been deprecated, and cannot be used to create a new workspace.", "detail": "Use `quick` instead"}',
        "workspaces/create-dynamic-invalid": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameters", "validations": [{"field": "region", "detail": "Value must be a valid option; the value \\"mars\\" must be defined as one of options", "allowed": ["eu", "us"]}, {"field": "repo", "detail": "Invalid parameter value according to \'validation\' block; must be an https URL (value \\"ssh://x\\" does not match \\"^https://\\")", "allowed": ["matching ^https://"]}]}',
        "workspaces/create-empty-template-id": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Request body must be valid JSON.", "detail": "invalid UUID length: 0"}',
        "workspaces/create-external-auth-missing": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Ask the person to sign in at each url given here; then call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "External authentication is required to create a workspace with this template.", "detail": "The workspace owner must authenticate with the following external auth providers: GitHub.", "validations": [{"field": "external_auth", "detail": "github"}]}',
        "workspaces/create-for-other-user-as-member": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person that they, or this session token, lack the permission workspace:create. A session token that is limited to scopes needs the scope workspace:create (coder:workspaces.create holds it, and what else is needed). If it is not limited, an administrator can allow it. Once that is done, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unauthorized to create workspace.", "detail": "You are unable to create a workspace in this organization. It is possible to have access to the template, but not be able to create a workspace. Please contact an administrator about your permissions if you feel this is an error."}',
        "workspaces/create-inactive-version-refused": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "The template requires its newest version; call create_workspace(template=\\"params\\", name=\\"mine\\"), which moves to it.", "error": "insert workspace build", "detail": "cannot use non-active version"}',
        "workspaces/create-malformed-json": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Request body must be valid JSON.", "detail": "unexpected EOF"}',
        "workspaces/create-no-such-template": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Template \\"c8cce7cc-e6bc-4d09-a05a-a1b011a114d4\\" doesn\'t exist.", "validations": [{"field": "template", "detail": "template not found"}]}',
        "workspaces/create-no-template": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Tell the person why. Once it is corrected, call create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Validation failed.", "validations": [{"field": "template", "detail": "Validation failed for tag \\"required_without\\" with value: \\"00000000-0000-0000-0000-000000000000\\""}, {"field": "template_version_id", "detail": "Validation failed for tag \\"required_without\\" with value: \\"00000000-0000-0000-0000-000000000000\\""}]}',
        "workspaces/create-params-invalid-number": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameter \\"cpu\\"", "validations": [{"field": "cpu", "detail": "can\'t validate build parameter \\"CPU cores\\": value 99 is more than the maximum 16", "allowed": ["at least 1", "at most 16"]}, {"field": "region", "detail": "The template requires a value for this.", "allowed": ["eu", "us"]}, {"field": "repo", "detail": "The template requires a value for this.", "allowed": ["matching ^https://"]}]}',
        "workspaces/create-params-invalid-option": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameter \\"region\\"", "validations": [{"field": "region", "detail": "can\'t validate build parameter \\"Region\\": parameter value must match one of options: [eu us]", "allowed": ["eu", "us"]}, {"field": "repo", "detail": "The template requires a value for this.", "allowed": ["matching ^https://"]}]}',
        "workspaces/create-params-invalid-regex": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameter \\"repo\\"", "validations": [{"field": "repo", "detail": "can\'t validate build parameter \\"repo\\": must be an https URL (value \\"ssh://x\\" does not match \\"^https://\\")", "allowed": ["matching ^https://"]}, {"field": "region", "detail": "The template requires a value for this.", "allowed": ["eu", "us"]}]}',
        "workspaces/create-params-missing": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameter \\"region\\"", "validations": [{"field": "region", "detail": "Parameter \\"region\\" is required but not provided", "allowed": ["eu", "us"]}, {"field": "repo", "detail": "The template requires a value for this.", "allowed": ["matching ^https://"]}]}',
        "workspaces/create-params-not-a-bool": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "me/mine", "next_step": "Correct them (read_template(template=\\"c6147ea6-0058-4ebc-99bf-e9521b067f58\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: create_workspace(template=\\"params\\", name=\\"mine\\").", "error": "Unable to validate parameter \\"gpu\\"", "validations": [{"field": "gpu", "detail": "can\'t validate build parameter \\"gpu\\": boolean value can be either \\"true\\" or \\"false\\"", "allowed": ["true", "false"]}, {"field": "region", "detail": "The template requires a value for this.", "allowed": ["eu", "us"]}, {"field": "repo", "detail": "The template requires a value for this.", "allowed": ["matching ^https://"]}]}',
        "workspaces/get-as-other-member": "There is no workspace with the id 2be4666c-42f5-41e2-94b9-49687fd50f01 on https://coder.test that this session token can see. list_workspaces() shows those of the person.",
        "workspaces/get-deleted": "The workspace was deleted. Coder said: Workspace \"be40d77e-bfd4-4a72-ad08-271b817dc712\" was deleted, you can view this workspace by specifying '?include_deleted=true' and trying again.",
        "workspaces/get-deleted-by-name": '{"outcome": "stopped", "message": "Workspace dev1/mine is stopped.", "workspace_name": "dev1/mine", "next_step": "Ask the person whether to start it: start_workspace(workspace=\\"dev1/mine\\")."}',
        "workspaces/list-bad-limit": 'https://coder.test refused the request (HTTP 400). Coder said: Query parameters have invalid values. limit: Query param "limit" must be a valid 32-bit positive integer: strconv.ParseInt: parsing "x": invalid syntax.',
        "workspaces/list-bad-query": 'https://coder.test refused the request (HTTP 400). Coder said: Invalid workspace search query. colour: "colour" is not a valid query param.',
        "workspaces/list-bad-status": 'https://coder.test refused the request (HTTP 400). Coder said: Invalid workspace search query. status: Query param "status" has invalid value: "sleeping" is not a valid value.',
        "workspaces/no-such-id": "There is no workspace with the id 2be4666c-42f5-41e2-94b9-49687fd50f01 on https://coder.test that this session token can see. list_workspaces() shows those of the person.",
        "workspaces/no-such-name": '{"outcome": "stopped", "message": "Workspace dev1/mine is stopped.", "workspace_name": "dev1/mine", "next_step": "Ask the person whether to start it: start_workspace(workspace=\\"dev1/mine\\")."}',
        "builds/as-other-member": "https://coder.test does not let this session token do that, and answers as if there were no such thing. The token is probably limited to some scopes: make one at https://coder.test/settings/tokens that may, and put it where this one is; then call again. Nothing was changed. Coder said: Resource not found or you do not have access to this resource.",
        "builds/bad-transition": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Tell the person why. Once it is corrected, call start_workspace(workspace=\\"dev1/mine\\").", "error": "Validation failed.", "validations": [{"field": "transition", "detail": "Validation failed for tag \\"oneof\\" with value: \\"reboot\\""}]}',
        "builds/conflict-while-active": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Another build came first; call start_workspace(workspace=\\"dev1/mine\\"), which waits for it.", "error": "A workspace build is already active.", "detail": "A workspace build is already active."}',
        "builds/no-such-version": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Tell the person why. Once it is corrected, call start_workspace(workspace=\\"dev1/mine\\").", "error": "template version does not exist", "detail": "get template version 5cd21959-3923-4c91-aa04-916e493cd90b: sql: no rows in result set"}',
        "builds/no-transition": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Tell the person why. Once it is corrected, call start_workspace(workspace=\\"dev1/mine\\").", "error": "Validation failed.", "validations": [{"field": "transition", "detail": "Validation failed for tag \\"oneof\\" with value: \\"\\""}]}',
        "builds/start-deleted": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Another build came first; call start_workspace(workspace=\\"dev1/mine\\"), which waits for it.", "error": "Cannot start a deleted workspace!", "detail": "This workspace has been deleted and cannot be modified."}',
        "builds/start-deleted-include": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Another build came first; call start_workspace(workspace=\\"dev1/mine\\"), which waits for it.", "error": "Cannot start a deleted workspace!", "detail": "This workspace has been deleted and cannot be modified."}',
        "builds/start-immutable-changed": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Correct them (read_template(template=\\"de66bfe2-4be2-473c-a1ca-6d00bf483c0f\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: start_workspace(workspace=\\"dev1/mine\\").", "error": "Unable to validate parameter \\"region\\"", "validations": [{"field": "region", "detail": "This cannot be changed once the workspace is made; leave it out."}]}',
        "builds/start-inactive-version-refused": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "The template requires its newest version; call start_workspace(workspace=\\"dev1/mine\\"), which moves to it.", "error": "insert workspace build", "detail": "cannot use non-active version"}',
        "builds/start-inactive-version-refused-explicit": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "The template requires its newest version; call start_workspace(workspace=\\"dev1/mine\\"), which moves to it.", "error": "insert workspace build", "detail": "cannot use non-active version"}',
        "builds/start-monotonic-violated": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Correct them (read_template(template=\\"de66bfe2-4be2-473c-a1ca-6d00bf483c0f\\") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: start_workspace(workspace=\\"dev1/mine\\").", "error": "Unable to validate parameter \\"cpu\\"", "validations": [{"field": "cpu", "detail": "can\'t validate build parameter \\"CPU cores\\": parameter value \'2\' must be equal or greater than previous value: 4"}]}',
        "builds/start-running-outdated-version-required": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "The template requires its newest version; call start_workspace(workspace=\\"dev1/mine\\"), which moves to it.", "error": "insert workspace build", "detail": "cannot use non-active version"}',
        "builds/version-of-other-template": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Tell the person why. Once it is corrected, call start_workspace(workspace=\\"dev1/mine\\").", "error": "template version doesn\'t match template", "detail": "templateVersion.TemplateID = {UUID:fc8ca216-b7fe-41af-83e6-571cea6c47a7 Valid:true}, template.ID = 726b4568-29e1-4def-b5d7-8ceb88821bbd"}',
        "templates/bad-uuid": 'https://coder.test refused the request (HTTP 400). Coder said: Invalid UUID "not-a-uuid". invalid UUID length: 10.',
        "templates/list-bad-query": 'https://coder.test refused the request (HTTP 400). Coder said: Invalid template search query. colour: "colour" is not a valid query param.',
        "templates/no-such-id": 'There is no template "de66bfe2-4be2-473c-a1ca-6d00bf483c0f" on https://coder.test that this session token can see. There are: agent-late, agent-never, broken, chatty, cloud-limit, dynamic, external-agent, external-auth, gpu, no-agent. Nothing was created; list_templates() shows them all.',
        "users/read-only-create": "https://coder.test does not let this session token do that, and answers as if there were no such thing. The token is probably limited to some scopes: make one at https://coder.test/settings/tokens that may, and put it where this one is; then call again. Nothing was changed. A session token that is limited to scopes needs the scope workspace:create (coder:workspaces.create holds it, and what else is needed). Coder said: Resource not found or you do not have access to this resource.",
        "users/read-only-me": '{"outcome": "found", "message": "Template dynamic asks for region, repo. 2 more can be given.", "name": "dynamic", "organization_name": "coder", "next_step": "Call create_workspace(template=\\"coder/dynamic\\") with parameters for region, repo; ask the person for what is theirs to choose.", "parameters": [{"name": "region", "type": "string", "required": true, "options": [{"value": "eu", "name": "Europe"}, {"value": "us", "name": "United States"}], "immutable": true}, {"name": "cpu", "type": "number", "required": false, "default": "4", "minimum": 1, "maximum": 16, "monotonic": "increasing", "immutable": true, "display_name": "CPU cores"}, {"name": "gpu", "type": "bool", "required": false, "default": "false", "immutable": true}, {"name": "repo", "type": "string", "required": true, "pattern": "^https://", "rule": "must be an https URL", "immutable": true, "description": "Git repository to clone"}], "description": "Dynamic parameters"}',
        "users/read-only-stop": '{"outcome": "rejected", "message": "Coder refused this; nothing was changed.", "workspace_name": "dev1/mine", "next_step": "Tell the person that they, or this session token, lack the permission workspace:stop. A session token that is limited to scopes needs the scope workspace:stop (coder:workspaces.operate holds it, and what else is needed). If it is not limited, an administrator can allow it. Once that is done, call start_workspace(workspace=\\"dev1/mine\\").", "error": "You do not have permission to stop this workspace.", "detail": "You don\'t have permission to view this content. If you believe this is a mistake, please contact your administrator or try signing in with different credentials."}',
        "auth/bad-token": "https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. API key is invalid.",
        "auth/deleted-token": "https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. API key is invalid.",
        "auth/malformed-token": "https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. Invalid API key format: incorrect amount of API key parts, expected 2 got 1.",
        "auth/no-token": 'https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. Cookie "coder_session_token" or query parameter must be provided.',
        "auth/no-token-post": 'https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. Cookie "coder_session_token" or query parameter must be provided.',
        "auth/suspended-user": 'The account that the session token from CODER_SESSION_TOKEN belongs to is not active on https://coder.test. Only an administrator of the deployment can change that; tell the person. Coder said: User is not active (status = "suspended"). Contact an admin to reactivate your account.',
        "auth/wrong-secret": "https://coder.test did not accept the session token from CODER_SESSION_TOKEN. Make a new one at https://coder.test/settings/tokens and put it where the old one was; then call again. Coder said: You are signed out or your session has expired. Please sign in again to continue. API key secret is invalid.",
        "server/rate-limited": "https://coder.test limits how often it can be asked. Call again after 60 seconds. Coder said: You've been rate limited for sending more than 12 requests in 1m0s.",
    }
)
