"""Builds that wait for ever, hang, fail late or say too much, as the deployment tells of them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from coder_mcp.simulator import Fault, StaySilent
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules import jobs
from coder_mcp.simulator.templates.definitions import Line, Play
from whole import Whole, deployed

WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
HUNG = "Build has been detected as hung for 5 minutes and has been terminated by the reaper."
PENDING = "Build has been detected as pending for 30 minutes and has been terminated."


def fails(whole: Whole, workspace: Workspace, error: str) -> None:
    """Let the latest build end as Coder's reaper ends it."""
    jobs.fail(whole.world, workspace.latest_build, error)


@pytest.mark.fault("C16")
async def test_where_no_provisioner_is_there_that_is_said_at_once_and_in_the_end() -> None:
    async with deployed(provisioners=0) as whole:
        soon = await whole.call("create_workspace", template="quick", name="mine", wait_seconds=5)
        assert (soon["outcome"], soon["phase"]) == ("in_progress", "queued")
        assert "there is no provisioner that can run it" in soon["message"]
        assert "there is no provisioner that can run it" in whole.model.progress[0][1]
        workspace = whole.world.workspace("mine")
        whole.later(1700, lambda: fails(whole, workspace, PENDING))
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1800)
        assert (answer["outcome"], answer["error"]) == ("build_failed", PENDING)
        assert answer["next_step"].endswith('call start_workspace(workspace="dev1/mine").')


@pytest.mark.fault("C17")
async def test_a_place_in_the_queue_that_gets_worse_is_told_as_it_is() -> None:
    async with deployed(provisioners=1, CODER_MCP_WAIT_SECONDS="300") as whole:
        whole.world.hold_provisioners()
        whole.later(5, lambda: pushes_in(whole))
        whole.later(60, whole.world.release_provisioners)
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert answer["outcome"] == "ready"
        told = [message for _, message in whole.model.progress]
        first, worse = (f"The build is queued, number {place}." for place in ("1 of 1", "2 of 2"))
        assert told.index(first) < told.index(worse)
        assert all(one < other for (one, _), (other, _) in pairwise(whole.model.progress))


def pushes_in(whole: Whole) -> None:
    """Let somebody's build come before all others."""
    job = whole.world.create("slow", "urgent", owner="dev2").latest_build.job
    job.created_at -= timedelta(hours=1)


@pytest.mark.fault("C18")
@pytest.mark.parametrize("silent", [False, True], ids=["watched", "without an event"])
async def test_a_build_that_the_reaper_ends_failed_for_its_reason(*, silent: bool) -> None:
    async with deployed(provisioners=0, CODER_MCP_WAIT_SECONDS="100") as whole:
        if silent:
            whole.simulator.faults.add(Fault(route=WATCH, action=StaySilent(), times=None))
        workspace = whole.world.create("slow", "mine")
        whole.later(3, lambda: fails(whole, workspace, HUNG))
        answer = await whole.call("wait_for_workspace", workspace="mine")
        assert (answer["outcome"], answer["error"]) == ("build_failed", HUNG)
        assert "error_code" not in answer


@pytest.mark.fault("C20")
async def test_of_a_huge_log_the_errors_and_the_end_are_told() -> None:
    async with deployed() as whole:
        template = whole.world.template("quick")
        noise = [line(f"{number}: {'x' * 500}") for number in range(2000)]
        cause = line("Error: the disk is full", "error")
        apply = (*noise[:50], cause, *noise[50:])
        start = Play(plan=(), commit_at=None, apply=apply, ends_at=2, error="exit status 1")
        whole.world.publish_version(
            template, replace(template.active_version.definition, start=start)
        )
        answer = await whole.call("create_workspace", template="quick", name="mine")
        assert (answer["outcome"], answer["error"]) == ("build_failed", "exit status 1")
        assert "Error: the disk is full" in answer["log_tail"]
        assert len(answer["log_tail"].encode()) <= 2048
        assert len(answer["log_tail"].splitlines()) <= 20


def line(output: str, level: str = "info") -> Line:
    return Line(at=1, stage="Starting workspace", output=output, level=level)


@pytest.mark.fault("C23")
async def test_a_cancel_that_never_ends_goes_on() -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        build = whole.world.create("quick", "mine").latest_build
        build.job.status, build.job.canceled_at = "canceling", whole.world.now()
        for tool in ("wait_for_workspace", "start_workspace", "stop_workspace"):
            answer = await whole.call(tool, workspace="mine", wait_seconds=60)
            assert answer["outcome"] == "in_progress"
            assert "build is being canceled" in answer["message"]
        assert whole.requests("POST") == []


@pytest.mark.fault("C26")
async def test_a_delete_that_fails_is_told_and_gives_nothing_up() -> None:
    async with deployed() as whole:
        template = whole.world.template("quick")
        delete = Play(plan=(), commit_at=None, apply=(), ends_at=1, error="volume is in use")
        version = replace(template.active_version.definition, delete=delete)
        whole.world.publish_version(template, version)
        workspace = whole.world.create(template, "mine")
        await whole.pass_time()
        asked = await whole.call("delete_workspace", workspace="mine")
        answer = await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
        assert (answer["outcome"], answer["error"]) == ("build_failed", "volume is in use")
        assert f'delete_workspace(workspace="{workspace.id}")' in answer["next_step"]
        assert not workspace.is_deleted
        assert whole.requests("POST") == ["POST /workspaces/{workspace}/builds"]
