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


def test_the_tour_has_what_a_person_may_ask_about() -> None:
    world = Simulator(tour=True).world
    assert {outline(workspace) for workspace in world.workspaces} == {
        ("web", "running", 3, 5),
        ("billing", "stopped", 2, 1),
        ("storefront", "running", 1, 5),
        ("search-index", "running", 1, 5),
        ("notebook", "running", 1, 2),
        ("prototype", "stopped", 2, 1),
        ("api-old", "stopped", 4, 1),
        ("gpu-training", "stopped", 2, 10),
        ("legacy-import", "failed", 1, 5),
        ("notes", "stopped", 2, 1),
    }
    assert world.quota() == Quota(credits_consumed=35, budget=60)
    assert [w.name for w in world.workspaces if w.is_outdated] == ["billing"]
    assert [w.name for w in world.workspaces if w.dormant_at] == ["prototype"]
    assert [w.name for w in world.workspaces if w.owner.username == "dev2"] == ["notes"]
    yesterday = world.now() - timedelta(days=1)
    running = [w for w in world.workspaces if w.latest_build.status == "running"]
    idle = {w.name for w in running if w.last_used_at < yesterday}
    assert idle == {"storefront", "search-index"}
    deadline = world.workspace("web").latest_build.deadline
    assert deadline is not None
    assert timedelta(hours=5) < deadline - world.now() < timedelta(hours=6)


async def test_the_tour_shows_apps_ports_a_failed_script_and_a_time_to_be_deleted() -> None:
    simulator = Simulator(tour=True)
    async with simulator.running(), client_of(simulator, simulator.session_token) as client:
        api = "/api/v2/users/me/workspace"
        web, notebook, prototype = [
            (await client.get(f"{api}/{name}")).json() for name in ("web", "notebook", "prototype")
        ]
        agent = web["latest_build"]["resources"][0]["agents"][0]
        ports = await client.get(f"/api/v2/workspaceagents/{agent['id']}/listening-ports")
        failed = notebook["latest_build"]["resources"][0]["agents"][0]
        log = (await client.get(f"/api/v2/workspaceagents/{failed['id']}/logs")).json()
    assert agent["expanded_directory"] == "/home/coder/project"
    assert {app["slug"]: (app["health"], app["hidden"]) for app in agent["apps"]} == {
        "code-server": ("healthy", False),
        "web": ("disabled", False),
        "jupyter": ("unhealthy", False),
        "metrics": ("disabled", True),
        "htop": ("disabled", False),
        "handbook": ("disabled", False),
    }
    assert ports.json()["ports"] == [{"process_name": "python", "network": "tcp", "port": 8000}]
    assert failed["lifecycle_state"] == "start_error"
    assert failed["scripts"][0]["exit_code"] == 1
    assert len(log) > 50
    assert log[-1]["level"] == "error"
    assert prototype["deleting_at"] > prototype["dormant_at"]
