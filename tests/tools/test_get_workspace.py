"""get_workspace."""

import json

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from model import Payload
from whole import Whole, deployed

APP_HOST = "GET /api/v2/applications/host"


def masked(whole: Whole, answer: Payload) -> Payload:
    """The answer without what differs from run to run."""
    encoded = whole.simulator.url.replace(":", "%3A").replace("/", "%2F")
    text = json.dumps(answer).replace(encoded, "https%3A%2F%2Fcoder.test")
    return {key: each for key, each in json.loads(text).items() if key != "last_used_at"}


async def test_a_running_workspace_is_shown_with_all_that_opens_it() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("get_workspace", workspace="web")
        assert whole.requests() == [
            "GET /users/{user}/workspace/{workspacename}",
            "GET /applications/host",
        ]
        assert masked(whole, answer) == snapshot(
            {
                "outcome": "found",
                "message": "Workspace dev1/web is ready.",
                "workspace_name": "dev1/web",
                "phase": "ready",
                "status": "running",
                "template_name": "quick",
                "template_version": "v1",
                "url": "https://coder.test/@dev1/web",
                "agents": [
                    {
                        "name": "main",
                        "status": "connected",
                        "lifecycle_state": "ready",
                        "ssh_command": "coder ssh dev1/web",
                        "vscode_url": "vscode://coder.coder-remote/open?url=https%3A%2F%2Fcoder.test&owner=dev1&workspace=web&agent=main&folder=%2Fhome%2Fcoder",
                        "cursor_url": "cursor://coder.coder-remote/open?url=https%3A%2F%2Fcoder.test&owner=dev1&workspace=web&agent=main&folder=%2Fhome%2Fcoder",
                        "terminal_url": "https://coder.test/@dev1/web.main/terminal",
                        "apps": [
                            {"slug": "cursor", "url": "https://coder.test/@dev1/web"},
                            {
                                "slug": "docs",
                                "url": "https://docs.example.com",
                                "display_name": "Team docs",
                            },
                            {
                                "slug": "web",
                                "url": "http://web--web--dev1.apps.coder.example.com/",
                                "display_name": "Web preview",
                            },
                            {
                                "slug": "code-server",
                                "url": "https://coder.test/@dev1/web.main/apps/code-server/",
                                "health": "initializing",
                            },
                            {
                                "slug": "htop",
                                "url": "https://coder.test/@dev1/web.main/terminal?app=htop",
                            },
                        ],
                    }
                ],
            }
        )
        text = json.dumps(answer)
        assert whole.simulator.session_token not in text
        assert "token" not in text.casefold()
        assert len(text) // 4 < 330


async def test_the_address_of_a_port_is_given() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("get_workspace", workspace="web", port=3000)
        assert answer["agents"][0]["port_url"] == snapshot(
            "http://3000--main--web--dev1.apps.coder.example.com/"
        )


async def test_a_deployment_without_a_wildcard_host_says_so() -> None:
    async with deployed(seeded=True) as whole:
        whole.world.app_host = ""
        answer = await whole.call("get_workspace", workspace="web", port=3000)
        assert answer["message"] == snapshot(
            "Workspace dev1/web is ready. In a browser the app web and port 3000 cannot be opened: the deployment has no host for subdomains. port_command brings the port to this computer."
        )
        assert answer["agents"][0]["port_command"] == snapshot(
            "coder port-forward dev1/web --tcp 3000:3000"
        )


async def test_a_host_that_cannot_be_had_is_done_without() -> None:
    async with deployed(seeded=True) as whole:
        failed = Answer(status=404, body={"message": "Route not found."})
        whole.simulator.faults.add(Fault(route=APP_HOST, action=failed, times=None))
        answer = await whole.call("get_workspace", workspace="web")
        assert answer["message"] == snapshot(
            "Workspace dev1/web is ready. In a browser the app web cannot be opened: the deployment did not say under which host."
        )


async def test_a_stopped_workspace_has_no_addresses_that_cannot_work() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("get_workspace", workspace="api-old", port=3000)
        assert masked(whole, answer) == snapshot(
            {
                "outcome": "found",
                "message": "Workspace dev1/api-old is stopped. Port 3000 can be opened once an agent is connected.",
                "workspace_name": "dev1/api-old",
                "phase": "stopped",
                "status": "stopped",
                "template_name": "quick",
                "template_version": "v1",
                "url": "https://coder.test/@dev1/api-old",
                "next_step": 'Ask the person whether to start it: start_workspace(workspace="dev1/api-old").',
            }
        )
        assert len(whole.requests()) == 1


async def test_a_workspace_that_is_being_built_is_told_as_such() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        whole.world.create("quick", "mine")
        answer = await whole.call("get_workspace", workspace="mine")
        assert masked(whole, answer) == snapshot(
            {
                "outcome": "found",
                "message": "Workspace dev1/mine is not ready yet. The build is queued, number 1 of 1. It goes on without this call.",
                "workspace_name": "dev1/mine",
                "phase": "queued",
                "status": "pending",
                "template_name": "quick",
                "template_version": "v1",
                "url": "https://coder.test/@dev1/mine",
                "next_step": 'Call wait_for_workspace(workspace="dev1/mine").',
            }
        )


async def test_a_deleted_workspace_is_still_shown_by_its_id() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        answer = await whole.call("get_workspace", workspace=str(workspace.id), port=3000)
        assert masked(whole, answer) == snapshot(
            {
                "outcome": "found",
                "message": "Workspace dev1/mine is deleted.",
                "workspace_name": "dev1/mine",
                "phase": "deleted",
                "status": "deleted",
                "template_name": "quick",
                "template_version": "v1",
            }
        )


async def test_anothers_workspace_may_be_looked_at_by_who_may_read_it() -> None:
    async with deployed(user="admin") as whole:
        whole.world.create("two-agents", "theirs", owner="dev2")
        await whole.pass_time()
        answer = await whole.call("get_workspace", workspace="dev2/theirs")
        commands = [agent["ssh_command"] for agent in answer["agents"]]
        assert commands == ["coder ssh dev2/theirs.db", "coder ssh dev2/theirs.dev"]


async def test_of_several_workspaces_one_has_to_be_chosen() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("get_workspace")
        assert answer["outcome"] == "needs_choice"


@pytest.mark.parametrize("port", [0, 8, 65536, -1, "x", True, 80.5])
async def test_a_port_that_is_none_is_refused(port: object) -> None:
    async with deployed(seeded=True) as whole:
        text = await whole.model.refusal("get_workspace", workspace="web", port=port)
        assert text.startswith("The arguments of get_workspace are not right: port")
        assert whole.requests() == []
