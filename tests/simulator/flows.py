"""What was there before each recorded flow began."""

from coder_mcp.simulator.templates.definitions import Transition
from simulator.stages import Stage
from simulator.states import Setup


def built(template: str, name: str, *transitions: Transition) -> Setup:
    async def setup(deployment: Stage) -> None:
        await deployment.built(template, name, *transitions)

    return setup


def app_on_schedule(*transitions: Transition) -> Setup:
    async def setup(deployment: Stage) -> None:
        app = deployment.create("quick", "app")
        app.autostart_schedule, app.ttl_ms = "CRON_TZ=Europe/Berlin 30 9 * * 1-5", 28800000
        await deployment.settle()
        await deployment.build(*transitions)

    return setup


def refused(name: str, *transitions: Transition) -> Setup:
    async def setup(deployment: Stage) -> None:
        deployment.world.set_budget(0)
        await deployment.built("gpu", name, *transitions)

    return setup


async def quick_has_changed(deployment: Stage) -> None:
    quick = deployment.world.template("quick")
    quick.allow_user_cancel_workspace_jobs = True
    deployment.world.publish_version(quick)


async def queued_behind_two(deployment: Stage) -> None:
    await quick_has_changed(deployment)
    deployment.world.create("slow", "slow3")
    deployment.world.create("slow", "slow4")


async def canceled_while_pending(deployment: Stage) -> None:
    deployment.world.template("quick").allow_user_cancel_workspace_jobs = True
    deployment.world.hold_provisioners()
    deployment.world.cancel(deployment.create("quick", "queued").latest_build)
    deployment.world.release_provisioners()


async def stopped_on_the_old_version(deployment: Stage) -> None:
    old = deployment.world.template("pinned").versions[0]
    deployment.create("pinned", "pinned", by="admin", version=old)
    await deployment.settle()
    await deployment.build("stop", "stop")


# What is there before a flow begins; the others begin with nothing.
SETUPS: dict[str, Setup] = {
    "flows/agent-goes-away": app_on_schedule("start", "stop", "start"),
    "flows/delete": refused("gpu-one", "stop", "start"),
    "flows/queued": queued_behind_two,
    "flows/start": app_on_schedule("start", "stop"),
    "flows/start-after-failure": built("broken", "broken"),
    "flows/start-after-room": refused("gpu-two", "start"),
    "flows/start-again": built("gpu", "gpu-two", "stop", "start", "stop"),
    "flows/start-canceled": canceled_while_pending,
    "flows/start-over-budget": built("gpu", "gpu-two", "stop", "start", "stop", "start", "stop"),
    "flows/start-quota-reached": built("gpu", "gpu-one", "stop"),
    "flows/start-quota-reached-retry": refused("gpu-two"),
    "flows/start-with-active-version": stopped_on_the_old_version,
    "flows/stop": app_on_schedule("start"),
    "flows/stop-costly": built("gpu", "gpu-one"),
    "flows/stop-over-budget": built("gpu", "gpu-two", "stop", "start"),
    "flows/stop-over-budget-still": built("gpu", "gpu-two", "stop", "start", "stop", "start"),
}
# Credits that builds of the setup commit only after the flow has begun.
LATE_CREDITS = {"flows/queued": 10}
