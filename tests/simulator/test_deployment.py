"""What a deployment tells of itself: its ports, times, provisioners, and who may do what."""

from dataclasses import replace
from typing import Any

import anyio
import httpx2

from coder_mcp.simulator.templates.definitions import VersionDefinition
from simulator.stages import Stage, client_of, stage


def me(deployment: Stage, user: str = "dev1") -> httpx2.AsyncClient:
    return client_of(deployment.simulator, deployment.world.session_tokens[user])


def listening(version: VersionDefinition, *ports: tuple[str, int]) -> VersionDefinition:
    """The same version, with processes that listen."""
    container, *others = version.resources
    agents = tuple(replace(agent, ports=ports) for agent in container.agents)
    return replace(version, resources=(replace(container, agents=agents), *others))


async def test_ports_are_listed_but_not_those_of_apps_while_the_agent_is_connected() -> None:
    async with stage() as deployment, me(deployment) as client:
        quick = deployment.world.template("quick")
        ports = (("node", 8080), ("vite", 5173), ("code-server", 13337))
        deployment.world.publish_version(quick, listening(quick.active_version.definition, *ports))
        agent = (await deployment.built("quick", "app")).latest_build.agents[0]
        path = f"/api/v2/workspaceagents/{agent.id}/listening-ports"
        found = (await client.get(path)).json()["ports"]
        deployment.world.disconnect_agent(agent)
        await anyio.sleep(1)
        refused = await client.get(path)
    assert found == [{"process_name": "vite", "network": "tcp", "port": 5173}]
    assert refused.status_code == 400
    assert refused.json()["message"] == (
        'Agent state is "disconnected", it must be in the "connected" state.'
    )


async def timings(client: httpx2.AsyncClient, deployment: Stage) -> dict[str, list[Any]]:
    build = deployment.workspace.latest_build
    return (await client.get(f"/api/v2/workspacebuilds/{build.id}/timings")).json()


async def test_a_script_and_a_connection_are_timed_once_they_are_over() -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.create("script-fails", "app")
        await anyio.sleep(3)
        before = await timings(client, deployment)
        await deployment.settle()
        after = await timings(client, deployment)
    assert (before["agent_connection_timings"], before["agent_script_timings"]) == ([], [])
    script = after["agent_script_timings"][0]
    assert (script["exit_code"], script["status"]) == (3, "exit_failure")
    assert script["started_at"] < script["ended_at"]
    assert [timing["stage"] for timing in after["agent_connection_timings"]] == ["connect"]


async def test_an_owner_sees_who_works_on_what_and_what_waits() -> None:
    async with stage(provisioners=2) as deployment, me(deployment, "admin") as client:
        organization = deployment.world.organization("coder")
        path = f"/api/v2/organizations/{organization.id}"
        await deployment.built("broken", "one")
        for name in ("two", "three", "four"):
            deployment.world.create("slow", name)
        await anyio.sleep(1)
        daemons = (await client.get(f"{path}/provisionerdaemons")).json()
        waiting = (await client.get(f"{path}/provisionerjobs?status=pending")).json()
        newest = (await client.get(f"{path}/provisionerjobs?limit=1")).json()
    assert [daemon["status"] for daemon in daemons] == ["busy", "busy"]
    before = [daemon.get("previous_job", {}).get("status") for daemon in daemons]
    assert sorted(map(str, before)) == ["None", "failed"]
    assert len({daemon["name"] for daemon in daemons}) == 2
    assert [job["metadata"]["workspace_name"] for job in waiting] == ["four"]
    assert len(waiting[0]["available_workers"]) == 2
    assert [job["metadata"]["workspace_name"] for job in newest] == ["four"]


async def test_without_provisioners_nobody_could_do_a_waiting_job() -> None:
    async with stage(provisioners=0) as deployment, me(deployment, "admin") as client:
        deployment.world.create("quick", "app")
        path = "/api/v2/organizations/default"
        daemons = (await client.get(f"{path}/provisionerdaemons")).json()
        job = (await client.get(f"{path}/provisionerjobs")).json()[0]
    assert daemons == []
    assert "available_workers" not in job
    assert (job["status"], job["queue_size"]) == ("pending", 0)


async def test_it_can_be_asked_what_one_may_do() -> None:
    """As the recording of it, and: reading of what is shared, and what a scope takes away."""
    async with stage() as deployment:
        world = deployment.world
        coder = str(world.organization("coder").id)
        checks = {
            name: {"object": {"resource_type": kind, "organization_id": coder}, "action": action}
            for name, kind, action in (
                ("read_template", "template", "read"),
                ("change_template", "template", "update"),
                ("all_workspaces", "workspace", "read"),
            )
        }
        checks["my_workspace"] = {
            "object": {"resource_type": "workspace", "owner_id": "me"},
            "action": "create",
        }
        answers: dict[str, Any] = {}
        tokens = {**world.session_tokens, "read-only": world.read_only_token}
        for who in ("dev1", "admin", "read-only"):
            async with client_of(deployment.simulator, tokens[who]) as client:
                answers[who] = (
                    await client.post("/api/v2/authcheck", json={"checks": checks})
                ).json()
    names = ["all_workspaces", "change_template", "my_workspace", "read_template"]
    assert {who: [answer[name] for name in names] for who, answer in answers.items()} == {
        "dev1": [False, False, True, True],
        "admin": [True, True, True, True],
        "read-only": [False, False, False, True],
    }


async def test_where_apps_and_hosts_are_can_be_chosen() -> None:
    async with stage() as deployment, me(deployment) as client:
        deployment.world.app_host, deployment.world.ssh_suffix = "", "coder"
        host = (await client.get("/api/v2/applications/host")).json()
        region = (await client.get("/api/v2/regions")).json()["regions"][0]
        ssh = (await client.get("/api/v2/deployment/ssh")).json()
    assert (host, region["wildcard_hostname"]) == ({"host": ""}, "")
    assert region["path_app_url"] == deployment.simulator.url
    assert ssh["hostname_suffix"] == "coder"


async def test_lost_provisioners_are_counted_but_not_available_to_what_comes_later() -> None:
    async with stage() as deployment, me(deployment) as client:
        world = deployment.world
        world.lose_provisioners()
        at_once = world.create("quick", "at-once")
        await anyio.sleep(200)
        later = world.create("quick", "later")
        shown = [
            (await client.get(f"/api/v2/workspaces/{workspace.id}")).json()["latest_build"]
            for workspace in (at_once, later)
        ]
        async with me(deployment, "admin") as admin:
            path = "/api/v2/organizations/default/provisionerdaemons"
            daemons = (await admin.get(path)).json()
        world.release_provisioners()
        await deployment.settle()
        assert (at_once.latest_build.status, later.latest_build.status) == ("running", "running")
    matched = [build["matched_provisioners"] for build in shown]
    assert [(one["count"], one["available"]) for one in matched] == [(1, 1), (1, 0)]
    assert [build["job"]["queue_size"] for build in shown] == [0, 0]
    assert [daemon["status"] for daemon in daemons] == ["offline"]
