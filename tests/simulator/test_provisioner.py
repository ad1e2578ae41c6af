"""Daemons and agents at work: who takes what when, and what happens to agents meanwhile."""

import anyio

from coder_mcp.simulator import Simulator, World
from coder_mcp.simulator.records.state import Build
from simulator.stages import stage


def queue_places(world: World, builds: list[Build]) -> list[int]:
    """The place of each build in the queue, from 1, and 0 for none."""
    queue = world.queue()
    return [queue.index(build) + 1 if build in queue else 0 for build in builds]


async def test_three_daemons_build_three_workspaces_at_a_time() -> None:
    async with stage(provisioners=3) as deployment:
        world = deployment.world
        builds = [world.create("slow", f"slow{n}").latest_build for n in range(5)]
        await anyio.sleep(1)
        assert queue_places(world, builds) == [0, 0, 0, 1, 2]
        assert len({build.job.worker_id for build in builds[:3]}) == 3
        await anyio.sleep(13)
        assert queue_places(world, builds) == [0, 0, 0, 0, 0]
        assert [build.status for build in builds] == ["running"] * 3 + ["starting"] * 2


async def test_without_daemons_a_build_waits_for_ever_at_no_place() -> None:
    async with stage(provisioners=0) as deployment:
        workspace = deployment.create("quick", "app")
        await anyio.sleep(3600)
        headers = {"Coder-Session-Token": deployment.simulator.session_token}
        path = f"/api/v2/workspaces/{workspace.id}"
        read = (await deployment.client.get(path, headers=headers)).json()["latest_build"]
    assert (read["status"], read["job"]["queue_position"]) == ("pending", 0)
    assert read["matched_provisioners"]["count"] == 0
    assert read["matched_provisioners"]["most_recently_seen"] is None


async def test_held_daemons_take_nothing_until_they_are_released() -> None:
    async with stage() as deployment:
        deployment.world.hold_provisioners()
        build = deployment.create("quick", "app").latest_build
        await anyio.sleep(600)
        assert build.status == "pending"
        deployment.world.release_provisioners()
        await anyio.sleep(3)
        assert build.status == "running"


async def test_a_daemon_takes_a_job_at_once_and_keeps_to_the_recorded_times() -> None:
    async with stage() as deployment:
        build = deployment.create("quick", "app").latest_build
        await anyio.sleep(0.3)
        assert (build.status, build.daily_cost) == ("starting", 0)
        await anyio.sleep(0.7)
        assert build.daily_cost == 5
        await anyio.sleep(1)
        assert build.status == "running"
        job = build.job
        assert job.started_at is not None
        assert job.completed_at is not None
        assert 1.8 < (job.completed_at - job.started_at).total_seconds() < 2


async def test_a_canceled_running_build_ends_a_moment_later_and_frees_its_daemon() -> None:
    async with stage() as deployment:
        slow = deployment.world.create("slow", "slow").latest_build
        quick = deployment.world.create("quick", "quick").latest_build
        await anyio.sleep(2)
        deployment.world.cancel(slow, by="dev1")
        assert slow.status == "canceling"
        await anyio.sleep(1)
        assert (slow.status, slow.job.error) == ("failed", "terraform apply: signal: interrupt")
        assert slow.job.log[-1].stage == "Cleaning Up"
        await anyio.sleep(3)
        assert quick.status == "running"


async def test_canceling_one_build_leaves_the_others_alone() -> None:
    async with stage(provisioners=2) as deployment:
        one, other = (deployment.world.create("slow", name).latest_build for name in "ab")
        await anyio.sleep(2)
        deployment.world.cancel(one)
        await anyio.sleep(12)
        assert (one.status, other.status) == ("failed", "running")


async def test_a_stop_takes_the_agents_of_the_build_before_down() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("quick", "app", "stop")
        agent = workspace.builds[0].agents[0]
        assert (agent.status, agent.lifecycle_state) == ("disconnected", "off")


async def test_an_agent_that_has_not_connected_by_then_never_will() -> None:
    async with stage() as deployment:
        workspace = deployment.create("agent-late", "late")
        await anyio.sleep(4)
        deployment.world.build(workspace, "stop")
        await deployment.settle()
        assert workspace.builds[0].agents[0].first_connected_at is None


async def test_a_start_of_what_runs_replaces_the_agents() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("quick", "app", "start")
        before, after = (build.agents[0] for build in workspace.builds)
        assert (before.lifecycle_state, after.lifecycle_state) == ("off", "ready")


async def test_an_external_agent_connects_when_a_person_starts_it() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("external-agent", "external")
        agent = workspace.latest_build.agents[0]
        assert agent.status == "connecting"
        deployment.world.connect_agent(agent)
        await anyio.sleep(1)
        assert (agent.status, agent.lifecycle_state) == ("connected", "ready")


async def test_a_lost_agent_is_silent_and_may_come_back() -> None:
    async with stage() as deployment:
        workspace = deployment.create("script-slow", "lost")
        await anyio.sleep(5)
        agent = workspace.latest_build.agents[0]
        deployment.world.disconnect_agent(agent, is_clean=False)
        await deployment.settle()
        assert (agent.status, agent.lifecycle_state) == ("disconnected", "starting")
        deployment.world.connect_agent(agent)
        await deployment.settle()
        assert (agent.status, agent.lifecycle_state) == ("connected", "ready")


async def test_an_agent_that_ends_in_good_order_is_off() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("quick", "app")
        agent = workspace.latest_build.agents[0]
        deployment.world.disconnect_agent(agent)
        await anyio.sleep(1)
        assert (agent.status, agent.lifecycle_state) == ("disconnected", "off")


async def test_what_was_queued_before_the_start_is_built_after_it() -> None:
    simulator = Simulator()
    build = simulator.world.create("quick", "app").latest_build
    async with simulator.running():
        await anyio.sleep(3)
    assert build.status == "running"
