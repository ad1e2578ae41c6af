"""Deadlines, autostart and dormancy: when they are, and how far they can be moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import available_timezones

import anyio
import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.rules.schedules import (
    deleting_at,
    extend,
    next_start,
    parsed,
    required_stop,
    set_autostart,
    set_deadlines,
    set_ttl,
)
from coder_mcp.simulator.templates.definitions import ParameterDefinition
from simulator.listening import Heard, listen
from simulator.stages import Stage, client_of, stage

HOUR = timedelta(hours=1)
# A Friday.
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def running(world: World, *, ttl: timedelta | None = None) -> Workspace:
    """A workspace whose start has just succeeded."""
    workspace = world.create("quick", "app")
    workspace.ttl_ms = None if ttl is None else ttl // timedelta(milliseconds=1)
    build = workspace.latest_build
    build.job.status, build.job.completed_at = "succeeded", world.now()
    set_deadlines(build, world.now())
    return workspace


def refusal(world: World, workspace: Workspace, hours: float) -> str:
    caller = Caller(world.user("dev1"))
    with pytest.raises(Refusal) as refused:
        extend(world, caller, workspace, world.now() + hours * HOUR)
    return f"{refused.value.status} {refused.value.message}"


def test_a_deadline_is_moved_later_and_earlier() -> None:
    world = World()
    workspace = running(world, ttl=8 * HOUR)
    for hours in (10, 3):
        wanted = world.now() + hours * HOUR
        extend(world, Caller(world.user("dev1")), workspace, wanted)
        assert workspace.latest_build.deadline == wanted


def test_a_deadline_is_not_moved_to_where_it_cannot_be() -> None:
    world = World()
    assert refusal(world, running(world), 9) == "409 Workspace shutdown is manual."
    world = World()
    workspace = running(world, ttl=8 * HOUR)
    soon = "new deadline must be at least 30 minutes in the future"
    assert refusal(world, workspace, 0.48) == f"400 Cannot extend workspace: {soon}"
    workspace.latest_build.max_deadline = world.now() + 10 * HOUR
    assert refusal(world, workspace, 11) == "400 Cannot extend workspace beyond max deadline."
    world.build(workspace, "start")
    assert refusal(world, workspace, 9) == "409 Workspace is still building!"


def test_a_token_that_may_not_update_moves_no_deadline() -> None:
    world = World()
    workspace = running(world, ttl=8 * HOUR)
    scopes = frozenset({"workspace:read", "template:read"})
    with pytest.raises(Refusal) as refused:
        extend(world, Caller(world.user("dev1"), scopes), workspace, world.now() + 9 * HOUR)
    assert (refused.value.status, refused.value.message) == (
        500,
        "Failed to extend workspace deadline.",
    )
    operate = frozenset({"coder:workspaces.operate"})
    extend(world, Caller(world.user("dev1"), operate), workspace, world.now() + 9 * HOUR)


def test_the_day_on_which_a_template_stops_workspaces_ends_every_time_to_live() -> None:
    world = World()
    workspace = running(world, ttl=30 * HOUR)
    template, build = workspace.template, workspace.latest_build
    assert required_stop(template, FRIDAY) is None
    template.autostop_days = ("saturday",)
    set_deadlines(build, FRIDAY)
    assert build.deadline == build.max_deadline == datetime(2026, 11, 21, tzinfo=UTC)
    workspace.ttl_ms = 3_600_000
    set_deadlines(build, FRIDAY)
    assert build.deadline == FRIDAY + HOUR
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert required_stop(template, late) == datetime(2026, 11, 28, tzinfo=UTC)


def test_a_new_time_to_live_counts_from_the_next_build_and_none_counts_at_once() -> None:
    world = World()
    workspace = running(world, ttl=8 * HOUR)
    before = workspace.latest_build.deadline
    set_ttl(world, workspace, 90_500)
    assert (workspace.ttl_ms, workspace.latest_build.deadline) == (60_000, before)
    set_ttl(world, workspace, None)
    assert (workspace.ttl_ms, workspace.latest_build.deadline) == (None, None)
    with pytest.raises(Refusal, match="Error updating workspace time until shutdown"):
        set_ttl(world, workspace, 31 * 24 * 3_600_000)


def test_a_template_gives_its_workspaces_a_time_to_live() -> None:
    world = World()
    world.template("quick").default_ttl_ms = 3_600_000
    assert world.create("quick", "app").ttl_ms == 3_600_000


@pytest.mark.parametrize(
    ("schedule", "starts"),
    [
        ("30 9 * * 1-5", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("CRON_TZ=UTC 0,15 13 * * fri", datetime(2026, 11, 20, 13, 0, tzinfo=UTC)),
        ("0 12 * * 5", datetime(2026, 11, 27, 12, 0, tzinfo=UTC)),
        ("0 0 * * *", datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        ("0 0 * * 0", datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_schedule_says_when_the_workspace_starts_next(schedule: str, starts: datetime) -> None:
    workspace = World().create("quick", "app")
    assert next_start(workspace, FRIDAY) is None
    workspace.autostart_schedule = schedule
    assert next_start(workspace, FRIDAY) == starts
    workspace.dormant_at = FRIDAY
    assert next_start(workspace, FRIDAY) is None


@pytest.mark.skipif(not available_timezones(), reason="the machine knows no time zones")
def test_a_schedule_is_of_its_own_time_zone() -> None:
    workspace = World().create("quick", "app")
    workspace.autostart_schedule = "CRON_TZ=Europe/Berlin 30 9 * * 1-5"
    assert next_start(workspace, FRIDAY) == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="unknown time zone Mars"):
        parsed("CRON_TZ=Mars 30 9 * * 1-5")


def test_an_end_after_the_next_autostart_is_counted_from_that() -> None:
    workspace = running(World(), ttl=8 * HOUR)
    workspace.autostart_schedule = "0 13 * * *"
    set_deadlines(workspace.latest_build, FRIDAY)
    assert workspace.latest_build.deadline == FRIDAY + 9 * HOUR


@pytest.mark.parametrize("schedule", ["30 9 1 * 1", "60 9 * * 1", "30 9 * * someday", "whenever"])
def test_what_is_no_weekly_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match="schedule"):
        parsed(schedule)


def test_a_dormant_workspace_is_deleted_when_its_template_says_so() -> None:
    world = World()
    workspace = world.create("quick", "app")
    workspace.template.time_til_dormant_autodelete_ms = 86_400_000
    assert deleting_at(workspace) is None
    world.set_dormant(workspace)
    assert deleting_at(workspace) == world.now() + 24 * HOUR


async def extendable(deployment: Stage) -> str:
    deployment.world.template("quick").default_ttl_ms = 28_800_000
    return f"/api/v2/workspaces/{(await deployment.built('quick', 'app')).id}"


async def test_an_extension_is_answered_and_shown_and_watchers_hear_of_it() -> None:
    async with stage() as deployment:
        path = await extendable(deployment)
        deadline = (deployment.world.now() + 10 * HOUR).replace(microsecond=500_000)
        heard = Heard()
        token = deployment.simulator.session_token
        async with (
            client_of(deployment.simulator, token) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(listen, client, f"{path}/watch-ws", 2, heard)
            await anyio.sleep(1)
            answer = await client.put(f"{path}/extend", json={"deadline": deadline.isoformat()})
            whole_seconds = f"{deadline:%Y-%m-%dT%H:%M:%SZ}"
            assert answer.json() == {"message": f"Deadline updated to {whole_seconds}."}
        frames = [cast("Any", frame)["data"] for frame in heard.values]
        shown = [frame["latest_build"]["deadline"] for frame in frames if frame]
        assert datetime.fromisoformat(shown[-1]) == deadline != datetime.fromisoformat(shown[0])


async def test_a_deadline_has_to_be_given_and_to_be_a_time() -> None:
    async with stage() as deployment:
        path = await extendable(deployment)
        async with client_of(deployment.simulator, deployment.simulator.session_token) as client:
            missing = await client.put(f"{path}/extend", json={})
            wrong = [
                await client.put(f"{path}/extend", json={"deadline": deadline})
                for deadline in ("tomorrow", "2026-11-25T10:00:00")
            ]
    assert missing.json()["validations"][0]["field"] == "deadline"
    assert [answer.status_code for answer in wrong] == [400, 400]
    assert wrong[0].json()["detail"].startswith('parsing time "tomorrow" as ')


async def test_a_workspace_is_stopped_at_its_deadline_and_not_before() -> None:
    async with stage() as deployment:
        deployment.world.template("quick").default_ttl_ms = 3_600_000
        workspace = await deployment.built("quick", "app")
        caller = Caller(workspace.owner)
        extend(deployment.world, caller, workspace, deployment.world.now() + 3 * HOUR)
        await anyio.sleep(2.9 * 3600)
        assert workspace.latest_build.status == "running"
        await anyio.sleep(0.2 * 3600)
        build = workspace.latest_build
        assert (build.status, build.reason, build.initiator) == (
            "stopped",
            "autostop",
            workspace.owner,
        )


async def test_a_workspace_is_started_at_its_scheduled_time_each_day() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("quick", "app", "stop")
        moment = deployment.world.now() + HOUR
        set_autostart(deployment.world, workspace, f"{moment.minute} {moment.hour} * * *")
        set_ttl(deployment.world, workspace, 3_600_000)
        await anyio.sleep(1.1 * 3600)
        build = workspace.latest_build
        assert (build.number, build.status, build.reason) == (3, "running", "autostart")
        await anyio.sleep(24 * 3600)
        reasons = [build.reason for build in workspace.builds[2:]]
        assert reasons == ["autostart", "autostop", "autostart"]


async def test_what_cannot_be_started_at_its_time_is_left_alone() -> None:
    async with stage() as deployment:
        workspace = await deployment.built("pinned", "app", "stop")
        moment = deployment.world.now() + HOUR
        set_autostart(deployment.world, workspace, f"{moment.minute} {moment.hour} * * *")
        needed = ParameterDefinition(name="region")
        old = workspace.template.active_version.definition
        deployment.world.publish_version(workspace.template, replace(old, parameters=(needed,)))
        await anyio.sleep(30 * 3600)
        assert workspace.latest_build.number == 2
