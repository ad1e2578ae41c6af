"""Workspaces, builds, jobs and build logs as JSON, key by key as on the wire.

What is absent when empty, null, or an empty string differs from key to key and from moment to
moment; the recordings decide (tests/recordings/workspaces, builds, flows).
"""

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Build, LogLine, Resource, Workspace
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.rules.schedules import deleting_at, next_start
from coder_mcp.simulator.wire.agents import agent_json, unhealthy_reason
from coder_mcp.simulator.wire.common import (
    ABSENT,
    NO_JOB_METADATA,
    given,
    given_time,
    nullable_time,
    time_text,
    trimmed,
)


def workspace_json(deployment: Deployment, workspace: Workspace, *, fresh: bool = False) -> Json:
    """A workspace with its latest build; `fresh` in the answer to the POST that made it."""
    template, owner = workspace.template, workspace.owner
    build, created = workspace.latest_build, time_text(workspace.created_at)
    return trimmed(
        {
            "id": str(workspace.id),
            "created_at": created,
            "updated_at": created,
            "owner_id": str(owner.id),
            "owner_name": owner.username,
            "owner_avatar_url": "",
            "organization_id": str(template.organization.id),
            "organization_name": template.organization.name,
            "template_id": str(template.id),
            "template_name": template.name,
            "template_display_name": template.definition.display_name,
            "template_icon": "",
            "template_allow_user_cancel_workspace_jobs": template.allow_user_cancel_workspace_jobs,
            "template_active_version_id": str(template.active_version.id),
            "template_require_active_version": template.require_active_version,
            "template_use_classic_parameter_flow": template.definition.use_classic_parameter_flow,
            "latest_build": build_json(deployment, build, fresh=fresh, in_workspace=True),
            "latest_app_status": None,
            "outdated": workspace.is_outdated,
            "name": workspace.name,
            "autostart_schedule": given(workspace.autostart_schedule),
            "ttl_ms": given(workspace.ttl_ms),
            "last_used_at": time_text(workspace.last_used_at),
            "deleting_at": nullable_time(deleting_at(workspace)),
            "dormant_at": nullable_time(workspace.dormant_at),
            "health": health_json(build),
            "automatic_updates": workspace.automatic_updates,
            "allow_renames": False,
            "favorite": False,
            "next_start_at": nullable_time(next_start(workspace, deployment.now())),
            "is_prebuild": False,
            "task_id": None,
        }
    )


def health_json(build: Build) -> Json:
    """Whether all agents are well; without any, they are."""
    failing = [str(agent.id) for agent in build.agents if unhealthy_reason(agent)]
    return {"healthy": not failing, "failing_agents": failing}


def build_json(
    deployment: Deployment, build: Build, *, fresh: bool = False, in_workspace: bool = False
) -> Json:
    """A build. The answer to the POST that made it has no version name and no place in the queue.

    Only that answer, and a workspace while the job is pending, say who could run the job.
    """
    workspace, has_succeeded = build.workspace, build.job.status == "succeeded"
    waits = fresh or (in_workspace and build.job.status == "pending")
    has_external_agent = build.version.definition.has_external_agent
    return trimmed(
        {
            "id": str(build.id),
            "created_at": time_text(build.created_at),
            "updated_at": time_text(build.updated_at),
            "workspace_id": str(workspace.id),
            "workspace_name": workspace.name,
            "workspace_owner_id": str(workspace.owner.id),
            "workspace_owner_name": workspace.owner.username,
            "template_version_id": str(build.version.id),
            "template_version_name": "" if fresh else build.version.name,
            "build_number": build.number,
            "transition": build.transition,
            "initiator_id": str(build.initiator.id),
            "initiator_name": build.initiator.username,
            "job": job_json(deployment, build, fresh=fresh),
            "reason": build.reason,
            "resources": [resource_json(deployment, r) for r in build.resources],
            "deadline": nullable_time(build.deadline),
            "max_deadline": nullable_time(build.max_deadline),
            "status": build.status,
            "daily_cost": build.daily_cost,
            "matched_provisioners": matched_provisioners_json(deployment, build, waits=waits),
            "template_version_preset_id": build.preset_id and str(build.preset_id),
            "has_ai_task": False if has_succeeded else ABSENT,
            "has_external_agent": has_external_agent if has_succeeded else ABSENT,
        }
    )


def job_json(deployment: Deployment, build: Build, *, fresh: bool) -> Json:
    """A provisioner job; its place in the queue is computed on each read."""
    job = build.job
    can_run = deployment.live_daemons(deployment.now()) and not fresh
    queue = deployment.queue() if can_run else []
    is_queued = build in queue
    return trimmed(
        {
            "id": str(job.id),
            "created_at": time_text(job.created_at),
            "started_at": given_time(job.started_at),
            "completed_at": given_time(job.completed_at),
            "canceled_at": given_time(job.canceled_at),
            "error": given(job.error),
            "error_code": given(job.error_code),
            "status": job.status,
            "worker_id": given(job.worker_id and str(job.worker_id)),
            "file_id": str(build.version.file_id),
            "tags": {"owner": "", "scope": "organization"},
            "queue_position": queue.index(build) + 1 if is_queued else 0,
            "queue_size": len(queue) if is_queued else 0,
            "organization_id": str(build.workspace.template.organization.id),
            "initiator_id": str(build.initiator.id),
            "input": {"workspace_build_id": str(build.id)},
            "type": "workspace_build",
            "metadata": NO_JOB_METADATA,
            "logs_overflowed": job.logs_overflowed,
        }
    )


def matched_provisioners_json(deployment: Deployment, build: Build, *, waits: bool) -> Json:
    """Who could run a waiting job, and was there when it was made; for every other job, zeros."""
    count = deployment.provisioners if waits else 0
    seen = time_text(deployment.daemons_seen_at()) if count else None
    return {
        "count": count,
        "available": deployment.live_daemons(build.created_at) if count else 0,
        "most_recently_seen": seen,
    }


def resource_json(deployment: Deployment, resource: Resource) -> Json:
    """A resource; agents and metadata are absent where there are none."""
    definition = resource.definition
    agents = [agent_json(deployment, agent) for agent in resource.agents]
    metadata = [
        {"key": key, "value": value, "sensitive": is_sensitive}
        for key, value, is_sensitive in definition.metadata
    ]
    return trimmed(
        {
            "id": str(resource.id),
            "created_at": time_text(resource.created_at),
            "job_id": str(resource.build.job.id),
            "workspace_transition": resource.build.transition,
            "type": definition.type,
            "name": definition.name,
            "hide": False,
            "icon": definition.icon,
            "agents": agents or ABSENT,
            "metadata": metadata or ABSENT,
            "daily_cost": definition.daily_cost,
        }
    )


def log_line_json(line: LogLine) -> Json:
    """A line of a build log."""
    return {
        "id": line.id,
        "created_at": time_text(line.created_at),
        "log_source": line.source,
        "log_level": line.level,
        "stage": line.stage,
        "output": line.output,
    }


def log_text(line: LogLine) -> str:
    """A line of a build log with `format=text`: whole seconds, `provisioner` on every line."""
    moment = f"{line.created_at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{moment} [{line.level}] [provisioner|{line.stage}] {line.output}\n"
