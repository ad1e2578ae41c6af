"""What others do to a build meanwhile, and what becomes of it: cancels, deletes, agents, queues."""

from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules import jobs
from model import Payload
from whole import Whole, deployed

WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
BUILD = "POST /workspaces/{workspace}/builds"


async def waited(
    whole: Whole, seconds: float, happens: Callable[[Workspace], object], template: str = "slow"
) -> Payload:
    """What a wait answers in the middle of which something happens to its workspace."""
    workspace = whole.world.create(template, "mine")
    whole.later(seconds, lambda: happens(workspace))
    answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=400)
    assert whole.requests("POST") == []
    return answer


async def stopped(whole: Whole, template: str = "quick") -> Workspace:
    workspace = whole.world.create(template, "mine")
    await whole.pass_time()
    whole.world.build(workspace, "stop")
    await whole.pass_time()
    return workspace


@pytest.mark.fault("C1")
async def test_a_build_that_somebody_cancels_is_canceled_and_not_made_again() -> None:
    async with deployed() as whole:
        whole.later(3, lambda: whole.world.cancel(mine(whole).latest_build))
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert answer["outcome"] == "canceled"
        assert "start_workspace" in answer["next_step"]
        assert whole.requests("POST") == ["POST /users/{user}/workspaces"]


def mine(whole: Whole) -> Workspace:
    return whole.world.workspace("mine")


@pytest.mark.fault("C2", "C24")
@pytest.mark.parametrize("template", ["slow", "agent-late"])
async def test_a_start_whose_place_a_stop_takes_is_never_called_ready(template: str) -> None:
    async with deployed() as whole:

        def stop(workspace: Workspace) -> None:
            if workspace.latest_build.is_active:
                jobs.succeed(whole.world, workspace.latest_build)
            whole.world.build(workspace, "stop")

        answer = await waited(whole, 4, stop, template)
        assert answer["outcome"] == "superseded"
        newer = answer["superseded_by"]
        assert (newer["transition"], newer["initiator_name"]) == ("stop", "admin")
        assert newer["build_id"] == str(mine(whole).latest_build.id)


def vanishes(workspace: Workspace) -> None:
    """It is gone for whoever asks; no event tells of it."""
    workspace.is_deleted = True


@pytest.mark.fault("C3", "H8")
async def test_a_workspace_that_is_deleted_during_its_build_is_deleted() -> None:
    async with deployed() as whole:
        assert (await waited(whole, 3, vanishes, "agent-never"))["outcome"] == "deleted"


@pytest.mark.fault("C4")
async def test_another_workspace_of_the_same_name_is_not_taken_for_the_deleted_one() -> None:
    async with deployed() as whole:

        def gives_way(workspace: Workspace) -> None:
            vanishes(workspace)
            whole.world.create("quick", "mine")

        answer = await waited(whole, 3, gives_way, "agent-never")
        assert answer["outcome"] == "deleted"
        assert answer["build_id"] != str(mine(whole).latest_build.id)


@pytest.mark.fault("C5")
async def test_a_workspace_that_gets_another_name_and_owner_is_followed_by_its_id() -> None:
    async with deployed(user="admin") as whole:

        def moves(workspace: Workspace) -> None:
            workspace.name, workspace.owner = "theirs", whole.world.user("dev2")

        workspace = whole.world.create("slow", "mine")
        whole.later(3, lambda: moves(workspace))
        answer = await whole.call("wait_for_workspace", workspace="dev1/mine")
        assert (answer["outcome"], answer["workspace_name"]) == ("ready", "dev2/theirs")
        assert "dev2/theirs" in answer["ssh_command"]


@pytest.mark.fault("C6")
async def test_an_agent_that_never_connects_leaves_the_workspace_unreachable() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="400") as whole:
        began = anyio.current_time()
        answer = await whole.call("create_workspace", template="agent-never", name="mine")
        assert (answer["outcome"], answer["created"]) == ("unreachable", True)
        assert answer["troubleshooting_url"].startswith("https://")
        assert "timeout" in answer["agent_error"]
        assert anyio.current_time() - began < 140


@pytest.mark.fault("C7")
@pytest.mark.parametrize("comes_back", [True, False], ids=["comes back", "stays away"])
async def test_an_agent_that_was_lost_may_come_back_for_two_minutes(*, comes_back: bool) -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        (agent,) = workspace.latest_build.agents
        whole.world.disconnect_agent(agent, is_clean=False)
        if comes_back:
            whole.later(60, lambda: whole.world.connect_agent(agent))
        soon = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=5)
        assert (soon["outcome"], soon["phase"]) == ("in_progress", "unreachable")
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=300)
        assert answer["outcome"] == ("ready" if comes_back else "unreachable")


SCRIPTS = {"script-fails": ("start_error", "failed"), "script-timeout": ("start_timeout", "timed")}


@pytest.mark.fault("C8", "C9")
@pytest.mark.parametrize(("template", "how"), SCRIPTS.items(), ids=SCRIPTS)
async def test_a_startup_script_that_did_not_succeed_is_told_with_its_log(
    template: str, how: tuple[str, str]
) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        answer = await whole.call("create_workspace", template=template, name="mine")
        state, word = how
        assert (answer["outcome"], answer["lifecycle_state"]) == ("startup_failed", state)
        assert f"its startup script {word}" in answer["message"]
        assert answer["log_tail"]
        assert answer["ssh_command"] == "coder ssh dev1/mine"


@pytest.mark.fault("C10")
async def test_of_several_agents_the_lost_one_is_named() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("two-agents", "mine")
        await whole.pass_time()
        lost, here = workspace.latest_build.agents
        whole.world.disconnect_agent(lost, is_clean=False)
        answer = await whole.call("wait_for_workspace", workspace="mine")
        assert answer["outcome"] == "ready"
        assert f"{lost.definition.name} cannot be reached" in answer["message"]
        assert answer["ssh_command"] == f"coder ssh dev1/mine.{here.definition.name}"


@pytest.mark.fault("C11")
async def test_where_there_is_no_agent_the_build_is_all() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="no-agent", name="mine")
        assert (answer["outcome"], answer["agent_status"]) == ("ready", "no_agent")


@pytest.mark.fault("C13")
async def test_a_workspace_of_a_deprecated_template_can_still_be_started() -> None:
    async with deployed() as whole:
        await stopped(whole)
        whole.world.template("quick").deprecation_message = "Use another."
        answer = await whole.call("start_workspace", workspace="mine")
        assert (answer["outcome"], answer["started"]) == ("ready", True)


@pytest.mark.fault("C27")
@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_deployment_whose_clock_is_off_is_followed_by_that_clock(hours: int) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="400") as whole:
        with whole.world.shifted(timedelta(hours=hours)):
            began = anyio.current_time()
            soon = await whole.call(
                "create_workspace", template="agent-never", name="mine", wait_seconds=20
            )
            assert soon["elapsed_seconds"] in range(19, 24)
            answer = await whole.call("wait_for_workspace", workspace="mine")
            assert answer["outcome"] == "unreachable"
            assert 120 < anyio.current_time() - began < 140
