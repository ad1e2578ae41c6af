"""diagnose_workspace."""

import json
from datetime import timedelta

import anyio
import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Delay, Fault, NeverAnswer, StaySilent
from model import Payload
from robot import obeyed
from whole import Whole, deployed

BY_NAME = "GET /users/{user}/workspace/{workspacename}"
BUILD_LOG = "GET /workspacebuilds/{workspacebuild}/logs"
AGENT_LOG = "GET /workspaceagents/{workspaceagent}/logs"
TEMPLATE = "GET /templates/{template}"
DAEMONS = "GET /organizations/{organization}/provisionerdaemons"
TIMINGS = "GET /workspacebuilds/{workspacebuild}/timings"


async def diagnosed(whole: Whole, workspace: str) -> tuple[Payload, list[str]]:
    """The diagnosis, and what was sent for it."""
    whole.simulator.ledger.clear()
    answer = await whole.call("diagnose_workspace", workspace=workspace)
    assert len(json.dumps(answer)) // 4 < 700
    return answer, whole.requests()


async def test_a_failed_build_is_diagnosed_in_one_call() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await diagnosed(whole, "legacy-import")
        assert sent == [BY_NAME, BUILD_LOG, TEMPLATE]
        assert (
            answer.pop("log_tail").split("\n")[-5] == "│ Error: Unable to pull image nosuch:latest"
        )
        assert answer == snapshot(
            {
                "outcome": "diagnosed",
                "message": "The start build of workspace dev1/legacy-import failed.",
                "workspace_name": "dev1/legacy-import",
                "phase": "failed",
                "url": "https://coder.test/@dev1/legacy-import/builds/1",
                "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/legacy-import").',
                "findings": [
                    {"finding": "The build failed in this stage.", "detail": "Starting workspace"}
                ],
                "error": "terraform apply: exit status 1",
            }
        )


async def test_a_startup_script_that_failed_is_named_with_its_exit_and_its_last_lines() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await diagnosed(whole, "notebook")
        assert sent == [BY_NAME, AGENT_LOG, TEMPLATE]
        assert answer.pop("log_tail").split("\n")[-1].startswith("ERROR: No matching")
        assert answer == snapshot(
            {
                "outcome": "diagnosed",
                "message": "Workspace dev1/notebook is up and can be connected to, but its startup script failed.",
                "workspace_name": "dev1/notebook",
                "phase": "startup_failed",
                "url": "https://coder.test/@dev1/notebook",
                "next_step": "Tell the person that the startup script failed and what its log says, and ask whether to use the workspace as it is.",
                "findings": [
                    {
                        "finding": "A startup script of agent main failed with exit code 1.",
                        "detail": "Install requirements",
                    },
                    {
                        "finding": "The deployment's help on agents is here.",
                        "detail": "https://coder.test/docs/troubleshooting",
                    },
                ],
            }
        )


@pytest.mark.parametrize(
    ("template", "how"),
    [
        ("script-fails", "failed with exit code 3"),
        ("script-timeout", "did not end in its time and was ended"),
    ],
)
async def test_a_server_whose_agents_do_not_say_it_is_asked_for_the_timings(
    template: str, how: str
) -> None:
    async with deployed(build_version="v2.33.1+abc") as whole:
        whole.world.create(template, "mine")
        await whole.pass_time()
        answer, sent = await diagnosed(whole, "mine")
        assert sent == [BY_NAME, AGENT_LOG, TIMINGS, TEMPLATE]
        assert answer["findings"][0]["finding"] == f"A startup script of agent main {how}."


async def test_a_failure_of_the_quota_has_its_numbers() -> None:
    async with deployed(tour=True) as whole:
        await whole.call("create_workspace", template="gpu", name="big")
        answer, sent = await diagnosed(whole, "big")
        assert len(sent) == 5
        assert "35 of 60 credits are used, this build needs 40). 15 credits" in answer["message"]
        assert "get_quota()" in answer["next_step"]


@pytest.mark.parametrize("user", ["dev1", "admin"])
async def test_a_queued_build_tells_of_provisioners_to_who_may_see_them(user: str) -> None:
    async with deployed(user=user) as whole:
        whole.world.hold_provisioners()
        whole.world.create("quick", "mine", owner=user)
        await whole.pass_time(30)
        answer, sent = await diagnosed(whole, "mine")
        assert sent == [BY_NAME, DAEMONS, TEMPLATE]
        seen = "Provisioners of the organization: 3 idle."
        hidden = "The provisioners themselves are not visible: administrators see them."
        told = [one["finding"] for one in answer["findings"]]
        assert told == [seen if user == "admin" else hidden, "The build was made 30 s ago."]
        assert "number 1 of 1" in answer["message"]
        assert answer["next_step"] == f'Call wait_for_workspace(workspace="{user}/mine").'


async def test_an_agent_that_never_came_is_diagnosed_with_the_deployments_help() -> None:
    async with deployed() as whole:
        whole.world.create("agent-never", "mine")
        await whole.pass_time(200)
        answer, _ = await diagnosed(whole, "mine")
        assert answer == snapshot(
            {
                "outcome": "diagnosed",
                "message": "Workspace dev1/mine is built, but its agent main cannot be reached.",
                "workspace_name": "dev1/mine",
                "phase": "unreachable",
                "url": "https://coder.test/@dev1/mine",
                "next_step": 'Ask the person whether to restart it, which ends what runs in it: restart_workspace(workspace="dev1/mine").',
                "findings": [
                    {"finding": "Agent main did not connect within 10 s, its template's limit."},
                    {
                        "finding": "The deployment's help on agents is here.",
                        "detail": "https://coder.test/docs/troubleshooting",
                    },
                ],
            }
        )


async def test_dormant_outdated_and_deprecated_are_told() -> None:
    async with deployed(tour=True) as whole:
        dormant, _ = await diagnosed(whole, "prototype")
        assert "It is dormant since" in dormant["findings"][0]["finding"]
        assert "it is deleted at" in dormant["findings"][1]["finding"]
        whole.world.template("python").deprecation_message = "Use python2 instead."
        outdated, _ = await diagnosed(whole, "billing")
        assert outdated["findings"] == snapshot(
            [
                {
                    "finding": "Its template is deprecated: no new workspace is made from it.",
                    "detail": "Use python2 instead.",
                },
                {"finding": "Its template has a newer version than the one that it was built of."},
            ]
        )


async def test_a_healthy_workspace_has_nothing_wrong_with_it() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await diagnosed(whole, "storefront")
        assert sent == [BY_NAME, TEMPLATE]
        assert answer == snapshot(
            {
                "outcome": "diagnosed",
                "message": "Workspace dev1/storefront is ready. Nothing is wrong with it.",
                "workspace_name": "dev1/storefront",
                "phase": "ready",
                "url": "https://coder.test/@dev1/storefront",
            }
        )


async def test_all_but_the_workspace_can_be_done_without() -> None:
    async with deployed(tour=True) as whole:
        broken = Answer(status=404, body={"message": "Resource not found."})
        for route in (BUILD_LOG, TEMPLATE):
            named = route.replace("GET ", "GET /api/v2")
            whole.simulator.faults.add(Fault(route=named, action=broken, times=None))
        answer, _ = await diagnosed(whole, "legacy-import")
        assert answer["error"] == "terraform apply: exit status 1"
        assert not {"findings", "log_tail"} & set(answer)


async def test_a_deployment_that_goes_silent_is_not_waited_for_beyond_the_window() -> None:
    async with deployed(tour=True, CODER_MCP_WAIT_SECONDS="5") as whole:
        for route in (BUILD_LOG, TEMPLATE):
            named = route.replace("GET ", "GET /api/v2")
            whole.simulator.faults.add(Fault(route=named, action=StaySilent(), times=None))
        began = whole.world.now()
        answer, _ = await diagnosed(whole, "legacy-import")
        assert answer["phase"] == "failed"
        assert whole.world.now() - began <= timedelta(seconds=10)


async def test_who_does_what_a_diagnosis_says_comes_to_an_end_and_changes_nothing() -> None:
    async with deployed(tour=True) as whole:
        whole.world.create("slow", "mine")
        names = [
            workspace.name for workspace in whole.world.workspaces if workspace.name != "notes"
        ]
        for name in names:
            errand = await obeyed(whole.model, "diagnose_workspace", workspace=name)
            assert errand.outcome == ("ready" if name == "mine" else "diagnosed")
        assert whole.requests("P") == []


@pytest.mark.parametrize("seconds", ["0", "3"])
async def test_what_hangs_beside_a_workspace_leaves_the_diagnosis_in_a_small_window(
    seconds: str,
) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS=seconds) as whole:
        whole.world.create("broken", "mine")
        await whole.pass_time()
        slow = f"GET /api/v2{BY_NAME.removeprefix('GET ')}"
        whole.simulator.faults.add(Fault(route=slow, action=Delay(2.4), times=None))
        for route in (BUILD_LOG, TEMPLATE):
            hanging = f"GET /api/v2{route.removeprefix('GET ')}"
            whole.simulator.faults.add(Fault(route=hanging, action=NeverAnswer(), times=None))
        began = anyio.current_time()
        answer, _ = await diagnosed(whole, "mine")
        assert anyio.current_time() - began <= int(seconds) + 5
        assert (answer["outcome"], answer["phase"]) == ("diagnosed", "failed")
