"""Bad input gets a clear error that says what to do, and nothing is changed."""

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from model import ERAS, Era, environ_for, model_on
from whole import Whole, deployed


async def refused(whole: Whole, tool: str, **arguments: object) -> str:
    """The error's text; nothing but reads was sent, and there is no workspace."""
    text = await whole.model.refusal(tool, **arguments)
    assert not [line for line in whole.requests() if not line.startswith("GET")]
    assert whole.world.workspaces == []
    return text.replace(whole.simulator.url, "https://coder.test")


@pytest.mark.fault("H4")
async def test_an_unknown_template_comes_back_with_near_names() -> None:
    async with deployed() as whole:
        assert await refused(whole, "create_workspace", template="qiuck") == snapshot(
            'There is no template "qiuck" on https://coder.test that this session token can see. It may mean: quick. Nothing was created; list_templates() shows them all.'
        )


async def test_a_display_name_is_answered_with_the_name() -> None:
    async with deployed() as whole:
        assert await refused(whole, "create_workspace", template="GPU machine") == snapshot(
            'There is no template "GPU machine" on https://coder.test that this session token can see. It may mean: gpu. Nothing was created; list_templates() shows them all.'
        )


async def test_an_unknown_template_id_says_so() -> None:
    async with deployed() as whole:
        template = "c8cce7cc-e6bc-4d09-a05a-a1b011a114d4"
        assert await refused(whole, "create_workspace", template=template) == snapshot(
            'There is no template "c8cce7cc-e6bc-4d09-a05a-a1b011a114d4" on https://coder.test that this session token can see. There are: agent-late, agent-never, broken, chatty, cloud-limit, dynamic, external-agent, external-auth, gpu, no-agent. Nothing was created; list_templates() shows them all.'
        )


@pytest.mark.parametrize("tool", ["start_workspace", "stop_workspace", "wait_for_workspace"])
async def test_an_unknown_workspace_says_what_there_is(tool: str) -> None:
    async with deployed() as whole:
        text = await refused(whole, tool, workspace="nothing")
        assert text == snapshot(
            'There is no workspace "nothing" on https://coder.test that this session token can see. There are none. list_workspaces() shows them all; create_workspace makes one.'
        )


@pytest.mark.fault("H4")
async def test_an_unknown_workspace_comes_back_with_near_names() -> None:
    async with deployed(seeded=True) as whole:
        text = await whole.model.refusal("start_workspace", workspace="api")
        assert text.replace(whole.simulator.url, "https://coder.test") == snapshot(
            'There is no workspace "api" on https://coder.test that this session token can see. It may mean: api-old. list_workspaces() shows them all; create_workspace makes one.'
        )


async def test_an_unknown_workspace_of_somebody_else_says_what_the_person_has() -> None:
    async with deployed(seeded=True) as whole:
        text = await whole.model.refusal("wait_for_workspace", workspace="dev2/api")
        assert text.replace(whole.simulator.url, "https://coder.test") == snapshot(
            'There is no workspace "dev2/api" on https://coder.test that this session token can see. It may mean: api-old. list_workspaces() shows them all; create_workspace makes one.'
        )


async def test_no_workspace_at_all_says_how_to_make_one() -> None:
    async with deployed() as whole:
        assert await refused(whole, "start_workspace") == snapshot(
            "You have no workspace on https://coder.test. Ask the person whether to create one: list_templates() shows from what, create_workspace makes it."
        )


@pytest.mark.parametrize(
    "workspace",
    ["not a name", "../../users/me", "a/b/c", "-x", "%2e%2e", "a?x=1"],
)
async def test_what_cannot_name_a_workspace_is_refused_without_a_request(workspace: str) -> None:
    async with deployed() as whole:
        text = await refused(whole, "start_workspace", workspace=workspace)
        assert "names no workspace" in text
        assert whole.requests() == []


async def test_an_id_that_nothing_has_is_refused() -> None:
    async with deployed() as whole:
        workspace = "0b54f40c-8793-4046-b1ea-8fd243e04824"
        assert await refused(whole, "start_workspace", workspace=workspace) == snapshot(
            "There is no workspace with the id 0b54f40c-8793-4046-b1ea-8fd243e04824 on https://coder.test that this session token can see. list_workspaces() shows those of the person."
        )


async def test_a_page_of_another_deployment_is_refused_without_a_request() -> None:
    async with deployed() as whole:
        page = "https://coder.example.net/@dev1/app"
        assert await refused(whole, "start_workspace", workspace=page) == snapshot(
            '"https://coder.example.net/@dev1/app" is not a page of https://coder.test, the deployment that this server is signed in to. Only workspaces of that one can be used.'
        )
        assert whole.requests() == []


@pytest.mark.parametrize("name", ["has space", "under_score", "two--dashes", "x" * 33, "new"])
async def test_a_name_that_coder_does_not_take_is_refused_before_anything_is_sent(
    name: str,
) -> None:
    async with deployed() as whole:
        text = await refused(whole, "create_workspace", template="quick", name=name)
        assert text.endswith("Call again with another name." if name == "new" else "such a name.")
        assert whole.requests() == []


@pytest.mark.fault("M16")
@pytest.mark.parametrize("era", ERAS)
async def test_an_unknown_argument_is_refused_and_the_right_one_named(era: Era) -> None:
    async with deployed(era=era) as whole:
        text = await refused(whole, "create_workspace", template="quick", nmae="mine")
        assert text == snapshot(
            "The arguments of create_workspace are not right: there is no argument nmae; did you mean name? It has: template, name, parameters, preset, organization, wait_seconds. Nothing was changed; call again with the right ones."
        )
        assert whole.requests() == []


@pytest.mark.fault("M17", "M18")
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("create_workspace", {}),
        ("create_workspace", {"template": 7}),
        ("create_workspace", {"template": "quick", "wait_seconds": True}),
        ("create_workspace", {"template": "quick", "wait_seconds": 1801}),
        ("create_workspace", {"template": "quick", "wait_seconds": "soon"}),
        ("create_workspace", {"template": "quick", "parameters": ["region"]}),
        ("create_workspace", {"template": "quick", "parameters": "{region: eu}"}),
        ("create_workspace", {"template": "q" * 401}),
        ("create_workspace", {"template": "quick", "parameters": {"region": "x" * 16_384}}),
        ("list_workspaces", {"query": {"status": "running"}}),
        ("delete_workspace", {"workspace": "mine", "confirm": True}),
    ],
    ids=lambda value: str(value)[:50],
)
async def test_an_argument_of_the_wrong_type_is_refused_before_anything_is_sent(
    tool: str, arguments: dict[str, object]
) -> None:
    async with deployed() as whole:
        text = await refused(whole, tool, **arguments)
        assert text.startswith(f"The arguments of {tool} are not right: ")
        assert "pydantic" not in text
        assert whole.requests() == []


async def test_null_for_an_optional_argument_is_no_argument() -> None:
    async with deployed() as whole:
        answer = await whole.call(
            "create_workspace", template="quick", name=None, parameters=None, wait_seconds=None
        )
        assert (answer["outcome"], answer["workspace_name"]) == ("ready", "dev1/quick")


async def test_an_object_that_a_client_sends_as_text_is_read() -> None:
    async with deployed() as whole:
        given = '{"region": "eu", "repo": "https://git.example.com/a.git"}'
        answer = await whole.call("create_workspace", template="params", parameters=given)
        assert answer["outcome"] == "ready"


@pytest.mark.fault("M15")
async def test_an_unknown_tool_says_which_there_are() -> None:
    async with deployed() as whole:
        assert await refused(whole, "restart_everything") == snapshot(
            "There is no tool restart_everything. There are: create_workspace, start_workspace, wait_for_workspace, stop_workspace, restart_workspace, update_workspace, delete_workspace, cancel_build, extend_workspace, list_workspaces, get_workspace, diagnose_workspace, read_logs, list_templates, read_template, get_quota, whoami."
        )


async def test_somebody_elses_workspace_is_not_changed_unless_that_is_meant() -> None:
    async with deployed(user="admin") as whole:
        theirs = whole.world.create("quick", "theirs", owner="dev2")
        await whole.pass_time()
        for reference in ("dev2/theirs", str(theirs.id)):
            for tool in ("stop_workspace", "start_workspace", "delete_workspace"):
                text = await whole.model.refusal(tool, workspace=reference)
                assert text == snapshot(
                    "Workspace dev2/theirs belongs to somebody else, and this server changes only the workspaces of the person that it is signed in as. Nothing was changed. Where that is meant, set CODER_MCP_OTHERS=1 in the server's configuration."
                )
        assert whole.requests("POST") == []
        seen = await whole.call("wait_for_workspace", workspace="dev2/theirs")
        assert seen["outcome"] == "ready"
    async with deployed(user="admin", CODER_MCP_OTHERS="1") as whole:
        whole.world.create("quick", "theirs", owner="dev2")
        await whole.pass_time()
        answer = await whole.call("stop_workspace", workspace="dev2/theirs")
        assert (answer["outcome"], answer["workspace_name"]) == ("stopped", "dev2/theirs")


async def test_without_any_settings_a_call_says_exactly_what_to_set(tmp_path: Path) -> None:
    async with model_on({"CODER_CONFIG_DIR": str(tmp_path)}) as model:
        assert await model.refusal("list_workspaces") == snapshot(
            "No Coder deployment is configured. In this server's configuration set CODER_URL (https://coder.example.com) and CODER_SESSION_TOKEN (a token from that deployment's page /settings/tokens), or run `coder login <url>` in a terminal. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
        )


async def test_without_a_token_a_call_names_the_deployments_token_page(tmp_path: Path) -> None:
    environ = {"CODER_CONFIG_DIR": str(tmp_path), "CODER_URL": "coder.example.com"}
    async with model_on(environ) as model:
        text = await model.refusal("list_workspaces")
        assert text.replace(str(tmp_path), "<directory>") == snapshot(
            "There is no session token for https://coder.example.com. Make one on https://coder.example.com/settings/tokens and set it as CODER_SESSION_TOKEN in this server's configuration (where the client names the command, or in the settings of the extension); or run `coder login https://coder.example.com` in a terminal: it keeps one in <directory>/session. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
        )


async def test_a_wrong_option_is_said_by_each_call() -> None:
    async with model_on({"CODER_MCP_WAIT_SECONDS": "soon", "CODER_MCP_OTHERS": "maybe"}) as model:
        assert await model.refusal("list_workspaces") == snapshot(
            "CODER_MCP_WAIT_SECONDS is not a number of 0 to 1800. CODER_MCP_OTHERS is neither on (1, true) nor off (0, false). Correct the server's configuration."
        )


@pytest.mark.fault("N25", "H19")
async def test_a_wrong_address_that_answers_a_web_page_is_told_from_a_deployment() -> None:
    async with deployed() as whole:
        page = Answer(
            status=200, text="<html><title>Sign in</title></html>", content_type="text/html"
        )
        whole.simulator.faults.add(Fault(route="*", action=page, times=None))
        assert await refused(whole, "create_workspace", template="quick") == snapshot(
            "https://coder.test answered /api/v2/users/me/workspace/quick with a web page instead of JSON. Either CODER_URL is not the address of a Coder deployment, or a sign-in page or proxy stands before it."
        )


@pytest.mark.fault("N21")
async def test_an_address_that_sends_elsewhere_is_named_and_not_followed() -> None:
    async with deployed() as whole:
        headers = {"Location": "https://coder.example.net/api/v2/users/me?code=secret"}
        away = Answer(status=307, text="", content_type="text/plain", headers=headers)
        whole.simulator.faults.add(Fault(route="*", action=away, times=None))
        assert await refused(whole, "create_workspace", template="quick") == snapshot(
            "https://coder.test sends requests to https://coder.example.net, which is not followed because the session token would go with it. If that is the deployment's address, set CODER_URL to it."
        )


@pytest.mark.fault("H1")
@pytest.mark.parametrize("token", ["AAAAAAAAAA-BBBBBBBBBBBBBBBBBBBBBB", "malformed"])
async def test_a_token_that_is_not_accepted_says_where_a_new_one_comes_from(token: str) -> None:
    async with deployed(token=token) as whole:
        text = await refused(whole, "create_workspace", template="quick")
        assert text.startswith("https://coder.test did not accept the session token")
        assert "/settings/tokens" in text
        assert token not in text


async def test_a_token_that_was_revoked_meanwhile_says_the_same() -> None:
    async with deployed() as whole:
        await whole.call("list_workspaces")
        whole.world.revoke(whole.simulator.session_token)
        text = await whole.model.refusal("list_workspaces")
        assert "did not accept the session token from CODER_SESSION_TOKEN" in text


async def test_a_token_that_may_not_create_says_so() -> None:
    async with deployed() as whole:
        token = whole.world.read_only_token
        environ = environ_for(whole.simulator.url, token)
        async with model_on(environ) as model:
            text = await model.refusal("create_workspace", template="quick", name="mine")
        assert text.replace(whole.simulator.url, "https://coder.test") == snapshot(
            "https://coder.test does not let this session token do that, and answers as if there were no such thing. The token is probably limited to some scopes: make one at https://coder.test/settings/tokens that may, and put it where this one is; then call again. Nothing was changed. A session token that is limited to scopes needs the scope workspace:create (coder:workspaces.create holds it, and what else is needed). Coder said: Resource not found or you do not have access to this resource."
        )
        assert whole.world.workspaces == []


@pytest.mark.fault("H3")
async def test_a_token_that_may_only_read_finds_workspaces_in_the_list() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        environ = environ_for(whole.simulator.url, whole.world.read_only_token)
        async with model_on(environ) as model:
            assert (await model.call("wait_for_workspace", workspace="mine"))["outcome"] == "ready"
            stopped = await model.call("stop_workspace", workspace="mine")
        stopped.pop("template_id")
        assert stopped == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused this; nothing was changed.",
                "workspace_name": "dev1/mine",
                "next_step": 'Tell the person that they, or this session token, lack the permission workspace:stop. A session token that is limited to scopes needs the scope workspace:stop (coder:workspaces.operate holds it, and what else is needed). If it is not limited, an administrator can allow it. Once that is done, call stop_workspace(workspace="dev1/mine").',
                "error": "You do not have permission to stop this workspace.",
                "detail": "You don't have permission to view this content. If you believe this is a mistake, please contact your administrator or try signing in with different credentials.",
            }
        )


@pytest.mark.fault("N3")
async def test_a_host_that_refuses_connections_says_so() -> None:
    async with model_on(environ_for("http://127.0.0.1:9")) as model:
        assert await model.refusal("create_workspace", template="quick") == snapshot(
            "http://127.0.0.1:9 refused the connection. Is CODER_URL right, and the deployment running?"
        )
