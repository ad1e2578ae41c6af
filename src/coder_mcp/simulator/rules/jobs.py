"""What a provisioner does with a job, step by step.

A job in progress is a generator: what it yields is when it wants to go on, in seconds after the
job began. So the same steps are played in time by `provisioner` and at once by `seed`.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Agent, Build, Job, Resource, Script
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.parameters import can_be_planned
from coder_mcp.simulator.rules.quota import fits, quota_of
from coder_mcp.simulator.rules.refusals import Refusal, access_control_dump
from coder_mcp.simulator.rules.schedules import set_deadlines
from coder_mcp.simulator.templates import playbook
from coder_mcp.simulator.templates.definitions import Line, Play, ResourceDefinition

INSUFFICIENT_QUOTA = "INSUFFICIENT_QUOTA"
UNPLANNED = "terraform plan: exit status 1"
# Between a refusal by the quota, the last marker, and the end of the job.
REFUSED_STEPS = (0.003, 0.012)
# How long Terraform takes to stop once it is interrupted (recorded: flows/cancel-running.json).
INTERRUPTED_STEPS = (0.36, 0.37)


def acquire(deployment: Deployment, daemon_id: UUID) -> Build | None:
    """Give the job that has waited longest to a daemon; none while they are held."""
    queue = [] if deployment.is_held else deployment.queue()
    if not queue:
        return None
    build = queue[0]
    build.job.status = "running"
    build.job.started_at = deployment.now()
    build.job.worker_id = daemon_id
    deployment.workspace_changed.emit(build.workspace)
    return build


def play(deployment: Deployment, build: Build) -> Iterator[float]:
    """Run a job from its acquisition to its end."""
    script = build.version.definition.play(build.transition)
    yield from logged(deployment, build.job, script.plan)
    asked = build.version.definition.parameters
    if build.transition == "start" and not can_be_planned(asked, build.parameters):
        yield from ended(deployment, build, replace(script, error=UNPLANNED))
        return
    if script.commit_at is not None:
        yield script.commit_at
        if not commit(deployment, build):
            yield from refused(deployment, build, script.commit_at)
            return
    if script.apply:
        retire_agents(deployment, build)
    yield from logged(deployment, build.job, script.apply)
    yield from ended(deployment, build, script)


def logged(deployment: Deployment, job: Job, lines: tuple[Line, ...]) -> Iterator[float]:
    """Write lines at their times, those of one moment together."""
    for at, burst in groupby(lines, key=lambda line: line.at):
        yield at
        for line in burst:
            deployment.log(job, line)


def ended(deployment: Deployment, build: Build, script: Play) -> Iterator[float]:
    """Clean up, then succeed or fail."""
    yield script.ends_at - 0.010
    clean_up(deployment, build.job)
    yield script.ends_at
    if script.error:
        fail(deployment, build, script.error)
    else:
        succeed(deployment, build)


def refused(deployment: Deployment, build: Build, commit_at: float) -> Iterator[float]:
    """End a job that the quota did not let pass."""
    for_clean_up, for_end = REFUSED_STEPS
    yield commit_at + for_clean_up
    clean_up(deployment, build.job)
    yield commit_at + for_end
    fail(deployment, build, "insufficient quota", INSUFFICIENT_QUOTA)


def interrupted(deployment: Deployment, build: Build, since: float) -> Iterator[float]:
    """End a running job that was canceled `since` seconds after it began.

    It fails with whatever the provisioner says to that, and what was committed stays so.
    """
    for_clean_up, for_end = INTERRUPTED_STEPS
    yield since + for_clean_up
    clean_up(deployment, build.job)
    yield since + for_end
    fail(deployment, build, "terraform apply: signal: interrupt")


def clean_up(deployment: Deployment, job: Job) -> None:
    """Write the marker that is the last line of every build log."""
    deployment.log(job, playbook.marker(0, playbook.CLEANING_UP))


def commit(deployment: Deployment, build: Build) -> bool:
    """Commit the cost of a build to its owner's quota; False where it does not fit.

    No watch event tells of it. Without a licence nothing is committed, and nothing is refused.
    """
    workspace, job = build.workspace, build.job
    after = build.version.definition.resources_after(build.transition)
    cost = sum(resource.daily_cost for resource in after)
    if not cost:
        return True
    owner, organization = workspace.owner, workspace.template.organization
    others = quota_of(deployment, owner, organization, leaving_out=workspace)
    previous_cost = workspace.builds[-2].daily_cost if build.number > 1 else 0
    is_accepted = fits(others, cost=cost, previous_cost=previous_cost)
    if is_accepted and deployment.is_licensed:
        build.daily_cost = cost
        build.updated_at = deployment.now()
    # An accepted build is counted in, a refused one is not.
    consumed = quota_of(deployment, owner, organization).credits_consumed
    lines = (
        ("info", f"Build cost       —   {cost}"),
        ("info", f"Budget           —   {others.budget}"),
        ("info", f"Credits consumed —   {consumed}"),
        ("warn", "This build would exceed your quota. Failing."),
    )
    for level, output in lines[:3] if is_accepted else lines:
        line = Line(at=0, stage=playbook.COMMIT_QUOTA, output=output, level=level)
        deployment.log(job, line)
    return is_accepted


def succeed(deployment: Deployment, build: Build) -> None:
    """Write a job as succeeded, with the resources and agents that exist from now on."""
    workspace, now = build.workspace, deployment.now()
    build.job.status = "succeeded"
    build.updated_at = now
    workspace.is_deleted = build.transition == "delete"
    set_deadlines(build, now)
    after = build.version.definition.resources_after(build.transition)
    # Those with agents come first, then by name.
    for definition in sorted(after, key=lambda r: (not r.agents, r.name)):
        build.resources.append(created_resource(deployment, build, definition))
    finish(deployment, build)
    deployment.agents_created.emit(build)
    deployment.schedule_changed.emit(None)


def fail(deployment: Deployment, build: Build, error: str, error_code: str = "") -> None:
    """Write a job as failed."""
    build.job.status = "failed"
    build.job.error = error
    build.job.error_code = error_code if deployment.has_error_codes else ""
    finish(deployment, build)


def finish(deployment: Deployment, build: Build) -> None:
    """Say that a job is over: the log's readers hear of it first, the workspace's later."""
    build.job.completed_at = deployment.now()
    build.job.log_ended = True
    deployment.log_grew.emit(build.job)
    deployment.workspace_changed.emit(build.workspace)


def created_resource(
    deployment: Deployment, build: Build, definition: ResourceDefinition
) -> Resource:
    """A resource of a build that has succeeded; its agents run while the workspace does."""
    now = deployment.now()
    resource = Resource(id=deployment.new_id(), build=build, definition=definition, created_at=now)
    for agent in definition.agents if build.transition == "start" else ():
        scripts = tuple(
            Script(id=deployment.new_id(), log_source_id=deployment.new_id(), definition=script)
            for script in agent.scripts
        )
        resource.agents.append(
            Agent(
                id=deployment.new_id(),
                build=build,
                resource_id=resource.id,
                definition=agent,
                created_at=now,
                updated_at=now,
                app_ids=tuple(deployment.new_id() for _ in agent.apps),
                scripts=scripts,
            )
        )
    return resource


def retire_agents(deployment: Deployment, build: Build) -> None:
    """Take down the agents of earlier builds: their machine is being replaced or removed."""
    for earlier in build.workspace.builds[:-1]:
        for agent in earlier.agents:
            deployment.agent_exits.emit(agent)


def cancel(deployment: Deployment, caller: Caller, build: Build, expect_status: str | None) -> None:
    """Cancel a build: a pending job at once, a running one when its provisioner has stopped."""
    job = build.job
    check_cancel(caller, build, expect_status)
    job.canceled_at = deployment.now()
    if job.status == "pending":
        job.status = "canceled"
        # No end of the log is announced here: streams that follow it stay open for ever.
        job.completed_at = job.canceled_at
    else:
        job.status = "canceling"
        deployment.job_canceled.emit(job)
    deployment.workspace_changed.emit(build.workspace)


def check_cancel(caller: Caller, build: Build, expect_status: str | None) -> None:
    """Refuse a cancel that Coder would refuse; the order of the checks is Coder's.

    Members may cancel where the template lets them. Expecting the status to be `pending` gets
    past that check, and fails at the next one (recorded:
    builds/cancel-pending-not-allowed-but-expected.json).
    """
    job, template = build.job, build.workspace.template
    if expect_status not in {None, "pending", "running"}:
        validation = ("expect_status", f'"{expect_status}" is not a valid value')
        message = "Query parameters have invalid values."
        raise Refusal(400, message, validations=(validation,))
    if not caller.may("template:read"):
        raise Refusal(500, "Internal error verifying permission to cancel workspace build.")
    is_allowed = template.allow_user_cancel_workspace_jobs or caller.user.is_owner
    if not is_allowed and expect_status != "pending":
        message = "User is not allowed to cancel workspace builds. Owner role is required."
        raise Refusal(403, message)
    if job.completed_at or job.canceled_at:
        done = "completed" if job.completed_at else "been marked as canceled"
        raise Refusal(400, f"Job has already {done}!")
    if expect_status not in {None, job.status}:
        raise Refusal(412, "Job is not in the expected state.")
    if not is_allowed:
        detail = "only owners can cancel workspace builds"
        raise Refusal(500, "Internal error updating provisioner job.", detail)
    if not caller.may("workspace:update"):
        # Asked last, where the job is written (coderd/database/dbauthz).
        user, workspace = caller.user, build.workspace
        dump = access_control_dump(user.username, user.id, "update", f"workspace {workspace.id}")
        raise Refusal(500, "Internal error updating provisioner job.", dump)
