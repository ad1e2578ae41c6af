"""create_workspace: what it does with what it finds, cell by cell, and how its builds end."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer
from whole import deployed

CREATE = "POST /api/v2/users/{user}/workspaces"


async def test_a_new_workspace_is_made_awaited_and_ready() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="quick", name="billing-fix")
        assert whole.world.workspace("billing-fix").template.name == "quick"
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/billing-fix is created and ready.",
                "workspace_name": "dev1/billing-fix",
                "created": True,
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "url": "https://coder.test/@dev1/billing-fix",
                "ssh_command": "coder ssh dev1/billing-fix",
            }
        )


async def test_without_a_name_the_workspace_takes_the_templates_so_the_same_call_finds_it() -> None:
    async with deployed() as whole:
        first = await whole.call("create_workspace", template="quick")
        second = await whole.call("create_workspace", template="quick")
        assert (first["workspace_name"], first["created"]) == ("dev1/quick", True)
        assert second == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/quick is ready.",
                "workspace_name": "dev1/quick",
                "created": False,
                "status": "already_exists",
                "no_build": True,
                "url": "https://coder.test/@dev1/quick",
                "ssh_command": "coder ssh dev1/quick",
            }
        )
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


async def test_an_active_start_of_that_name_is_followed() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is ready.",
                "workspace_name": "dev1/mine",
                "created": False,
                "status": "already_exists",
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert whole.requests("POST") == []


@pytest.mark.fault("C1")
async def test_a_start_that_is_being_canceled_is_followed_to_its_end() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("slow", "mine")
        await whole.pass_time(2)
        whole.world.cancel(workspace.latest_build)
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert answer == snapshot(
            {
                "outcome": "canceled",
                "message": "The start build of workspace dev1/mine was canceled.",
                "workspace_name": "dev1/mine",
                "created": False,
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "next_step": 'Ask the person whether to try again: start_workspace(workspace="dev1/mine").',
            }
        )


async def test_an_active_stop_is_followed_and_the_answer_names_the_start() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer == snapshot(
            {
                "outcome": "stopped",
                "message": "Workspace dev1/mine is stopped.",
                "workspace_name": "dev1/mine",
                "created": False,
                "build_id": "a87a49fa-c6e1-4aad-a811-9e877b259a42",
                "next_step": 'To use it, call start_workspace(workspace="dev1/mine").',
            }
        )
        assert whole.requests("POST") == []


async def test_an_active_delete_is_followed_and_then_the_workspace_made() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert whole.world.workspace("mine") is not workspace


async def test_a_running_workspace_is_answered_by_its_agent_without_a_build() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is ready.",
                "workspace_name": "dev1/mine",
                "created": False,
                "status": "already_exists",
                "no_build": True,
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert whole.requests() == ["GET /users/{user}/workspace/{workspacename}"]


async def test_parameters_for_a_workspace_that_is_there_are_not_applied_and_that_is_said() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        answer = await whole.call(
            "create_workspace", template="quick", name="mine", parameters={"size": "8"}
        )
        assert answer["message"] == snapshot(
            "Workspace dev1/mine is ready. It was there already, so the parameters and preset given were not applied."
        )


@pytest.mark.parametrize("dormant", [False, True], ids=["stopped", "dormant"])
async def test_a_stopped_workspace_is_not_started(dormant: bool) -> None:  # noqa: FBT001  # a parameter
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        if dormant:
            whole.world.set_dormant(workspace)
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer == snapshot(
            {
                "outcome": "stopped",
                "message": "Workspace dev1/mine is stopped.",
                "workspace_name": "dev1/mine",
                "created": False,
                "no_build": True,
                "next_step": 'To use it, call start_workspace(workspace="dev1/mine").',
            }
        )


async def test_a_failed_workspace_is_answered_by_that_failure() -> None:
    async with deployed() as whole:
        whole.world.create("broken", "mine")
        await whole.pass_time()
        answer = await whole.call("create_workspace", template="broken", name="mine")
        ended_at, log_tail = answer.pop("ended_at"), answer.pop("log_tail")
        assert ended_at.endswith("Z")
        assert "Error: Unable to pull image nosuch:latest" in log_tail
        assert answer == snapshot(
            {
                "outcome": "build_failed",
                "message": "The start build of workspace dev1/mine failed.",
                "workspace_name": "dev1/mine",
                "created": False,
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "url": "https://coder.test/@dev1/mine/builds/1",
                "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/mine").',
                "error": "terraform apply: exit status 1",
            }
        )
        assert whole.requests("POST") == []


async def test_a_workspace_whose_first_build_was_canceled_is_answered_by_that() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        workspace = whole.world.create("quick", "mine")
        whole.world.cancel(workspace.latest_build)
        answer = await whole.call("create_workspace", template="quick", name="mine")
        answer.pop("ended_at")
        assert answer == snapshot(
            {
                "outcome": "canceled",
                "message": "The start build of workspace dev1/mine was canceled.",
                "workspace_name": "dev1/mine",
                "created": False,
                "build_id": "5870349f-8c74-4344-97f1-d66d09331ea5",
                "next_step": 'Ask the person whether to try again: start_workspace(workspace="dev1/mine").',
            }
        )


async def test_the_name_of_a_deleted_workspace_is_free() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", True)


async def test_a_name_that_another_templates_workspace_has_is_rejected() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        answer = await whole.call("create_workspace", template="gpu", name="MINE")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "You have a workspace named MINE already, made from template coder/quick. Nothing was created.",
                "workspace_name": "dev1/mine",
                "next_step": 'Ask the person for another name and call create_workspace with it, or use the workspace that is there: start_workspace(workspace="dev1/mine").',
                "error": 'the name "MINE" is taken',
            }
        )
        assert whole.requests("POST") == []


async def test_a_template_is_named_by_id_name_or_organization_and_name() -> None:
    async with deployed() as whole:
        template = whole.world.template("notebook", "research")
        by_id = await whole.call("create_workspace", template=str(template.id))
        by_both = await whole.call("create_workspace", template="research/notebook")
        assert by_id["workspace_name"] == by_both["workspace_name"] == "dev1/notebook"
        assert (by_id["created"], by_both["created"]) == (True, False)


async def test_a_template_name_of_two_organizations_needs_a_choice_or_the_organization() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="shared-name", name="mine")
        assert answer == snapshot(
            {
                "outcome": "needs_choice",
                "message": "More than one organization has a template named shared-name.",
                "candidates": ["coder/shared-name", "research/shared-name"],
                "next_step": "Ask the person which one; then make the same call with it as template.",
            }
        )
        chosen = await whole.call(
            "create_workspace", template="shared-name", name="mine", organization="research"
        )
        assert (chosen["outcome"], chosen["created"]) == ("ready", True)


@pytest.mark.fault("C13")
async def test_a_deprecated_template_is_rejected_with_its_administrators_words() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="old", name="mine")
        answer.pop("template_id")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Template old is deprecated. Nothing was created.",
                "next_step": "Ask the person to choose another template; list_templates() shows them.",
                "error": "the template is deprecated",
                "detail": "Use `quick` instead",
            }
        )
        assert whole.requests("POST") == []


async def test_a_template_that_is_closed_to_agents_is_not_used() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="no-agents-here")
        answer.pop("template_id")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Template no-agents-here is not open to AI agents: its administrators have turned that off. Nothing was changed.",
                "next_step": "Ask the person to choose another template; list_templates() shows them.",
                "error": "agents_allowed is false for this template",
            }
        )
        assert whole.requests("POST") == []


async def test_a_missing_sign_in_is_rejected_with_its_link() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="external-auth", name="mine")
        answer.pop("template_id")
        url = answer["validations"][0].pop("url")
        assert url == "https://coder.test/external-auth/github"
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused this; nothing was changed.",
                "workspace_name": "me/mine",
                "next_step": 'Ask the person to sign in at each url given here; then call create_workspace(template="external-auth", name="mine").',
                "error": "External authentication is required to create a workspace with this template.",
                "detail": "The workspace owner must authenticate with the following external auth providers: GitHub.",
                "validations": [{"field": "external_auth", "detail": "github"}],
            }
        )
        whole.world.authenticate("dev1", "github")
        answer = await whole.call("create_workspace", template="external-auth", name="mine")
        assert answer["outcome"] == "ready"


@pytest.mark.fault("N6", "N8", "H6")
@pytest.mark.parametrize(
    "lost", [NeverAnswer(), LoseAnswer(), LoseAnswer(is_cut=False)], ids=["unheard", "cut", "lost"]
)
async def test_a_create_whose_answer_is_lost_is_looked_up_and_never_sent_twice(
    lost: NeverAnswer | LoseAnswer,
) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=lost))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]
        made = [workspace.name for workspace in whole.world.workspaces]
        assert (answer["outcome"], made) == (
            ("unknown", []) if isinstance(lost, NeverAnswer) else ("ready", ["mine"])
        )


@pytest.mark.fault("H16")
async def test_a_create_that_the_deployment_failed_at_is_an_error_once_nothing_is_to_be_seen() -> (
    None
):
    async with deployed() as whole:
        broken = Answer(status=500, body={"message": "Internal error creating workspace."})
        whole.simulator.faults.add(Fault(route=CREATE, action=broken))
        text = await whole.model.refusal("create_workspace", template="quick", name="mine")
        assert "Internal error creating workspace." in text
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


@pytest.mark.fault("H6")
async def test_a_name_that_is_taken_meanwhile_is_decided_by_what_took_it() -> None:
    async with deployed() as whole:
        taken = Answer(status=404, body={"message": "Resource not found"})
        by_name = "GET /api/v2/users/{user}/workspace/{workspacename}"
        whole.world.create("quick", "mine")
        whole.simulator.faults.add(Fault(route=by_name, action=taken))
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["created"]) == ("ready", False)
