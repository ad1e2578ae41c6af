"""Jobs step by step, without waiting: acquire, commit, succeed, fail, cancel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.state import Build
from coder_mcp.simulator.rules import jobs
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.seed import at_once

INSUFFICIENT = ("insufficient quota", "INSUFFICIENT_QUOTA")


def run(world: World, build: Build) -> Build:
    """Let a daemon do a job, at once."""
    assert jobs.acquire(world, world.id) is build
    at_once(world, jobs.play(world, build))
    return build


def stages(build: Build) -> list[str]:
    """The stages of a build's log, in order."""
    return list(dict.fromkeys(line.stage for line in build.job.log))


def test_a_daemon_takes_the_job_that_has_waited_longest() -> None:
    world = World()
    first = world.create("quick", "first").latest_build
    second = world.create("quick", "second").latest_build
    assert world.queue() == [first, second]
    assert jobs.acquire(world, world.daemon_ids[0]) is first
    assert first.status == "starting"
    assert first.job.worker_id == world.daemon_ids[0]
    assert world.queue() == [second]


def test_nothing_is_taken_while_the_daemons_are_held_or_nothing_waits() -> None:
    world = World()
    assert jobs.acquire(world, world.id) is None
    world.create("quick", "app")
    world.hold_provisioners()
    assert jobs.acquire(world, world.id) is None


def test_a_start_makes_resources_and_agents_those_with_agents_first() -> None:
    world = World()
    build = run(world, world.create("quick", "app").latest_build)
    assert build.status == "running"
    assert [r.definition.name for r in build.resources] == ["workspace", "home"]
    assert [agent.status for agent in build.agents] == ["connecting"]
    assert build.daily_cost == 5
    assert build.updated_at == build.job.completed_at


def test_a_stop_keeps_what_is_persistent_and_its_cost() -> None:
    world = World()
    workspace = world.create("gpu", "gpu-one")
    run(world, workspace.latest_build)
    stop = run(world, world.build(workspace, "stop"))
    assert stop.status == "stopped"
    assert [r.definition.name for r in stop.resources] == ["home"]
    assert (stop.agents, stop.daily_cost) == ([], 10)
    assert stages(stop) == [
        "Setting up",
        "Initializing Terraform Directory",
        "Commit quota",
        "Stopping workspace",
        "Cleaning Up",
    ]


def test_a_delete_commits_nothing_and_leaves_nothing() -> None:
    world = World()
    workspace = world.create("quick", "app")
    run(world, workspace.latest_build)
    delete = run(world, world.build(workspace, "delete"))
    assert (delete.status, delete.daily_cost, delete.resources) == ("deleted", 0, [])
    assert workspace.is_deleted
    assert "Commit quota" not in stages(delete)


def test_a_deadline_is_set_where_a_time_to_live_is_on_stops_as_well() -> None:
    world = World()
    workspace = world.create("quick", "app")
    assert run(world, workspace.latest_build).deadline is None
    workspace.ttl_ms = 60_000
    stop = run(world, world.build(workspace, "stop"))
    assert stop.job.completed_at is not None
    assert stop.deadline == stop.job.completed_at + timedelta(minutes=1)
    assert run(world, world.build(workspace, "delete")).deadline is None


def test_a_build_that_does_not_fit_fails_with_the_code_and_costs_nothing() -> None:
    world = World()
    build = run(world, world.create("too-big", "big").latest_build)
    assert build.status == "failed"
    assert (build.job.error, build.job.error_code) == INSUFFICIENT
    assert (build.daily_cost, build.resources) == (0, [])
    assert build.updated_at == build.created_at
    commit = [(line.level, line.output) for line in build.job.log if line.stage == "Commit quota"]
    assert commit == [
        ("info", "Build cost       —   100"),
        ("info", "Budget           —   60"),
        ("info", "Credits consumed —   0"),
        ("warn", "This build would exceed your quota. Failing."),
    ]
    assert stages(build)[-1] == "Cleaning Up"


def test_an_accepted_build_counts_itself_among_what_is_consumed() -> None:
    world = World()
    build = run(world, world.create("quick", "app").latest_build)
    assert "Credits consumed —   5" in [line.output for line in build.job.log]


def test_a_refused_start_gives_up_what_the_stopped_workspace_held() -> None:
    world = World()
    gpu_one = world.create("gpu", "gpu-one")
    run(world, gpu_one.latest_build)
    run(world, world.build(gpu_one, "stop"))
    gpu_two = world.create("gpu", "gpu-two")
    run(world, gpu_two.latest_build)
    assert world.quota().credits_consumed == 50
    refused = run(world, world.build(gpu_one, "start"))
    assert refused.job.error_code == "INSUFFICIENT_QUOTA"
    assert world.quota().credits_consumed == 40


def test_after_a_refused_start_even_the_stop_is_an_increase() -> None:
    world = World()
    workspace = world.create("gpu", "gpu-one")
    run(world, workspace.latest_build)
    run(world, world.build(workspace, "stop"))
    world.set_budget(5)
    for transition in ("start", "stop"):
        build = run(world, world.build(workspace, transition))
        assert build.job.error_code == "INSUFFICIENT_QUOTA"


def test_a_build_that_failed_after_the_commit_goes_on_counting() -> None:
    world = World()
    build = run(world, world.create("cloud-limit", "cloudy").latest_build)
    assert "insufficient quota" in build.job.error
    assert build.job.error_code == ""
    assert world.quota().credits_consumed == 5


def test_a_failed_plan_has_cost_nothing() -> None:
    world = World()
    build = run(world, world.create("plan-fails", "app").latest_build)
    assert build.job.error == "terraform plan: exit status 1"
    assert (build.daily_cost, stages(build)[-2:]) == (0, ["Planning Infrastructure", "Cleaning Up"])


def test_a_build_that_costs_nothing_has_no_commit_stage() -> None:
    world = World()
    quick = world.template("quick")
    world.add_version(quick, replace(quick.active_version.definition, resources=()))
    build = run(world, world.create(quick, "app").latest_build)
    assert (build.status, build.daily_cost) == ("running", 0)
    assert "Commit quota" not in stages(build)


def test_without_a_licence_nothing_is_committed_and_nothing_refused() -> None:
    world = World()
    world.is_licensed = False
    build = run(world, world.create("too-big", "big").latest_build)
    assert (build.status, build.daily_cost) == ("running", 0)
    assert "Budget           —   -1" in [line.output for line in build.job.log]


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("v2.33.9+abc", ""),
        ("v1.99.0", ""),
        ("v2.34.0", "INSUFFICIENT_QUOTA"),
        ("v0.0.0-devel", "INSUFFICIENT_QUOTA"),
    ],
)
def test_releases_before_2_34_name_no_error_code(version: str, code: str) -> None:
    world = World(build_version=version)
    build = run(world, world.create("too-big", "big").latest_build)
    assert (build.job.error, build.job.error_code) == ("insufficient quota", code)


def test_a_canceled_running_job_is_canceling_then_failed_and_keeps_its_cost() -> None:
    world = World()
    build = world.create("slow", "slow").latest_build
    jobs.acquire(world, world.id)
    steps = jobs.play(world, build)
    while build.daily_cost == 0:
        next(steps)
    world.cancel(build, by="dev1")
    assert build.status == "canceling"
    at_once(world, jobs.interrupted(world, build, 2.0))
    assert (build.status, build.job.error) == ("failed", "terraform apply: signal: interrupt")
    assert (build.job.error_code, build.daily_cost) == ("", 5)
    assert build.job.canceled_at is not None


def test_a_canceled_pending_job_is_canceled_at_once_and_its_log_never_ends() -> None:
    world = World()
    build = world.create("slow", "slow").latest_build
    world.cancel(build, by="dev1")
    job = build.job
    assert (build.status, job.completed_at, job.started_at) == ("canceled", job.canceled_at, None)
    assert not job.log_ended
    assert world.queue() == []


def test_a_build_is_canceled_by_members_only_where_the_template_lets_them() -> None:
    world = World()
    build = world.create("quick", "app").latest_build
    with pytest.raises(Refusal) as refused:
        world.cancel(build, by="dev1")
    assert refused.value.status == 403
    world.cancel(build, by="admin")
    assert build.status == "canceled"


def test_an_unknown_expectation_is_refused_first() -> None:
    world = World()
    build = world.create("quick", "app").latest_build
    with pytest.raises(Refusal) as refused:
        jobs.cancel(world, Caller(world.user("dev1")), build, "sleeping")
    assert refused.value.validations[0][0] == "expect_status"


def test_ids_of_log_lines_count_over_the_whole_deployment() -> None:
    world = World()
    first = run(world, world.create("quick", "one").latest_build)
    second = run(world, world.create("quick", "two").latest_build)
    assert second.job.log[0].id == first.job.log[-1].id + 1
