"""The past of a seeded deployment: there at once, and as if it had been lived."""

from datetime import timedelta

import anyio

from coder_mcp.simulator import Simulator
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules.quota import Quota
from simulator.stages import client_of


def outline(workspace: Workspace) -> tuple[str, str, int, int]:
    build = workspace.latest_build
    return workspace.name, build.status, build.number, build.daily_cost


def test_the_seed_is_one_workspace_of_each_kind() -> None:
    world = Simulator(seeded=True).world
    assert {outline(workspace) for workspace in world.workspaces} == {
        ("web", "running", 3, 5),
        ("api-old", "stopped", 4, 1),
        ("gpu-training", "stopped", 2, 10),
        ("legacy-import", "failed", 1, 5),
    }
    assert {workspace.owner.username for workspace in world.workspaces} == {"dev1"}


def test_one_more_gpu_does_not_fit_the_seeded_quota() -> None:
    world = Simulator(seeded=True).world
    assert world.quota() == Quota(credits_consumed=21, budget=60)
    assert 21 + world.template("gpu").active_version.definition.resources[0].daily_cost <= 60
    assert 21 + 40 > 60


def test_the_past_is_in_order() -> None:
    world = Simulator(seeded=True).world
    an_hour_ago = world.now() - timedelta(hours=1)
    for workspace in world.workspaces:
        moments = [workspace.template.created_at, workspace.created_at]
        for build in workspace.builds:
            assert build.job.started_at is not None
            assert build.job.completed_at is not None
            moments += [build.created_at, build.job.started_at, build.job.completed_at]
        assert moments == sorted(moments)
        assert moments[-1] < an_hour_ago
        assert workspace.created_at <= workspace.last_used_at < world.now()


async def test_the_running_one_has_a_ready_agent_and_can_be_stopped() -> None:
    simulator = Simulator(seeded=True)
    async with simulator.running(), client_of(simulator, simulator.session_token) as client:
        read = (await client.get("/api/v2/users/me/workspace/web")).json()
        agent = read["latest_build"]["resources"][0]["agents"][0]
        assert (agent["status"], agent["lifecycle_state"]) == ("connected", "ready")
        assert agent["logs_length"] == 31
        simulator.world.build(simulator.world.workspace("web"), "stop", by="dev1")
        await anyio.sleep(3)
        assert simulator.world.workspace("web").latest_build.status == "stopped"
        assert simulator.world.workspace("web").builds[2].agents[0].lifecycle_state == "off"
