"""States of the deployment in which exchanges were recorded, each as what brings it about."""

from collections.abc import Awaitable, Callable

import anyio

from simulator.stages import Stage

Setup = Callable[[Stage], Awaitable[object]]

GIT = "https://git.example.com/a.git"


async def empty(stage: Stage) -> None:
    """Nobody has a workspace."""


async def app_runs(stage: Stage) -> None:
    await stage.built("quick", "app")


async def app_is_building(stage: Stage) -> None:
    stage.create("quick", "app")
    await anyio.sleep(0.3)


async def app_is_stopped(stage: Stage) -> None:
    await stage.built("quick", "app", "stop")


async def app_is_stopped_on_schedule(stage: Stage) -> None:
    workspace = await stage.built("quick", "app", "start")
    workspace.autostart_schedule = "CRON_TZ=Europe/Berlin 30 9 * * 1-5"
    workspace.ttl_ms = 28800000
    await stage.build("stop")


async def slow_is_building(stage: Stage) -> None:
    stage.world.set_budget(200)
    stage.create("slow", "slowone")
    await anyio.sleep(2.3)


async def slow_is_canceled(stage: Stage) -> None:
    await slow_is_building(stage)
    stage.world.cancel(stage.workspace.latest_build)


async def two_are_queued(stage: Stage) -> None:
    await anyio.sleep(60)
    stage.world.create("slow", "slowone")
    await anyio.sleep(1)
    stage.create("quick", "queued")
    stage.create("quick", "queued2")


async def only_sign_ins(stage: Stage) -> None:
    stage.world.revoke(stage.world.read_only_token)


async def slow_after_another(stage: Stage) -> None:
    stage.world.set_budget(200)
    await stage.built("two-agents", "two")
    await slow_is_building(stage)


async def two_wait_for_slow(stage: Stage) -> None:
    await two_are_queued(stage)
    await anyio.sleep(1)


async def quick_is_queued(stage: Stage) -> None:
    stage.world.hold_provisioners()
    stage.create("quick", "queued")


async def quick_may_be_canceled(stage: Stage) -> None:
    stage.world.template("quick").allow_user_cancel_workspace_jobs = True


async def quick_is_queued_and_may_be_canceled(stage: Stage) -> None:
    await quick_may_be_canceled(stage)
    await quick_is_queued(stage)


async def queued_is_canceled(stage: Stage) -> None:
    await quick_is_queued_and_may_be_canceled(stage)
    stage.world.cancel(stage.workspace.latest_build)


async def with_parameters(stage: Stage) -> None:
    parameters = {"region": "eu", "repo": GIT, "cpu": "4", "tools": '["git","make"]'}
    stage.create("params", "withparams", parameters=parameters)
    await stage.settle()


async def with_parameters_for_once(stage: Stage) -> None:
    parameters = {"region": "eu", "repo": "https://g.example.com/a"}
    stage.create("params", "x2", parameters=parameters)


async def gpu_is_deleted(stage: Stage) -> None:
    await stage.built("gpu", "gpu-one", "stop", "start", "delete")


async def outdated_is_stopped(stage: Stage) -> None:
    stage.world.template("quick").allow_user_cancel_workspace_jobs = True
    workspace = await stage.built("quick", "outdated", "stop")
    stage.world.publish_version(workspace.template)


async def outdated_is_dormant(stage: Stage) -> None:
    await outdated_is_stopped(stage)
    stage.world.set_dormant(stage.workspace)


async def outdated_was_dormant(stage: Stage) -> None:
    await outdated_is_dormant(stage)
    stage.world.build(stage.workspace, "start", by="dev1")
    await anyio.sleep(2)


async def outdated_runs(stage: Stage) -> None:
    stage.world.template("quick").allow_user_cancel_workspace_jobs = True
    workspace = await stage.built("quick", "outdated")
    stage.world.publish_version(workspace.template)


async def pinned_runs_on_the_old_version(stage: Stage) -> None:
    old = stage.world.template("pinned").versions[0]
    stage.create("pinned", "pinned", by="admin", version=old)
    await stage.settle()


async def pinned_is_stopped_on_the_old_version(stage: Stage) -> None:
    await pinned_runs_on_the_old_version(stage)
    await stage.build("stop")


async def quick_has_a_new_version(stage: Stage) -> None:
    quick = stage.world.template("quick")
    quick.allow_user_cancel_workspace_jobs = True
    stage.world.publish_version(quick)


async def pinned_has_a_third_version(stage: Stage) -> None:
    stage.world.publish_version(stage.world.template("pinned"))


async def external_agent_waits(stage: Stage) -> None:
    await stage.built("external-agent", "extagent")


async def without_a_licence(stage: Stage) -> None:
    stage.world.is_licensed = False


async def free_runs_without_a_licence(stage: Stage) -> None:
    stage.world.is_licensed = False
    stage.subject = stage.world.create("quick", "free", owner="admin")
    await stage.settle()


async def gpu_runs_beside_app(stage: Stage) -> None:
    await app_is_stopped(stage)
    await stage.built("gpu", "gpu-one")


async def gpu_two_is_refused(stage: Stage) -> None:
    await gpu_runs_beside_app(stage)
    await stage.built("gpu", "gpu-two")


async def gpu_one_is_stopped(stage: Stage) -> None:
    await app_is_stopped(stage)
    await stage.built("gpu", "gpu-one", "stop")


async def gpu_two_took_the_room(stage: Stage) -> None:
    await gpu_one_is_stopped(stage)
    gpu_one = stage.subject
    await stage.built("gpu", "gpu-two")
    stage.subject = gpu_one


async def gpu_one_is_refused(stage: Stage) -> None:
    await gpu_two_took_the_room(stage)
    await stage.build("start")


async def over_budget(stage: Stage) -> None:
    await gpu_runs_beside_app(stage)
    stage.world.set_budget(20)


async def over_budget_and_stopped(stage: Stage) -> None:
    await over_budget(stage)
    await stage.build("stop")


async def still_over_budget(stage: Stage) -> None:
    await gpu_runs_beside_app(stage)
    stage.world.set_budget(5)
    await stage.build("stop")


async def many(stage: Stage) -> None:
    """The six workspaces of the recorded lists; `outdated` was started a moment ago."""
    world = stage.world
    world.set_budget(200)
    old = world.template("pinned").versions[0]
    await stage.built("quick", "app")
    await stage.built("gpu", "gpu-one")
    await stage.built("agent-never", "never")
    await stage.built("quick", "outdated", "stop")
    stage.create("pinned", "pinned", by="admin", version=old)
    await stage.settle()
    await stage.build("stop", "stop")
    active = world.template("pinned").active_version
    world.build(world.workspace("pinned"), "start", by="dev1", version=active)
    await stage.built("broken", "broken")
    await quick_has_a_new_version(stage)
    world.build(world.workspace("outdated"), "start", by="dev1")
    await anyio.sleep(2.5)
    stage.subject = None


async def dev2_is_suspended(stage: Stage) -> None:
    stage.world.user("dev2").status = "suspended"
