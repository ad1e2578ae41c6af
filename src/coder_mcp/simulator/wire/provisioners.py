"""Provisioner daemons and their jobs as JSON, as owners see them."""

from uuid import UUID

from coder_mcp.simulator.records.accounts import Organization
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Build
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.wire.builds import job_json
from coder_mcp.simulator.wire.common import ABSENT, given, time_text, trimmed


def daemon_name(deployment: Deployment, daemon_id: UUID) -> str:
    """What a daemon is called: after the first, they are counted."""
    place = deployment.daemon_ids.index(daemon_id)
    return f"test-daemon-{place + 1}" if place else "test-daemon"


def daemon_json(deployment: Deployment, organization: Organization, daemon_id: UUID) -> Json:
    """A daemon, with the job it has and the one it had before."""
    own = [build for build in deployment.builds() if build.job.worker_id == daemon_id]
    current = next((build for build in own if build.is_active), None)
    over = [build for build in own if build.job.completed_at is not None]
    # By the start: a daemon has one job at a time.
    previous = max(over, key=lambda b: b.job.started_at or b.created_at, default=None)
    return trimmed(
        {
            "id": str(daemon_id),
            "organization_id": str(organization.id),
            "key_id": str(UUID(int=1)),
            "created_at": time_text(deployment.made_at),
            "last_seen_at": time_text(deployment.daemons_seen_at()),
            "name": daemon_name(deployment, daemon_id),
            "version": deployment.build_version,
            "api_version": "1.18",
            "provisioners": ["terraform"],
            "tags": {"owner": "", "scope": "organization"},
            "key_name": "built-in",
            "status": daemon_status(deployment, current),
            "current_job": ABSENT if current is None else daemon_job_json(current),
            "previous_job": ABSENT if previous is None else daemon_job_json(previous),
        }
    )


def daemon_status(deployment: Deployment, current: Build | None) -> str:
    """What a daemon does, if it is there."""
    if not deployment.live_daemons(deployment.now()):
        return "offline"
    return "busy" if current else "idle"


def daemon_job_json(build: Build) -> Json:
    """A job, as its daemon names it."""
    template = build.workspace.template
    return {
        "id": str(build.job.id),
        "status": build.job.status,
        "template_name": template.name,
        "template_icon": "",
        "template_display_name": template.definition.display_name,
    }


def organization_job_json(deployment: Deployment, build: Build) -> Json:
    """A job with what only this list has: who could do it, and what it is about.

    The size of the queue is there for running jobs as well.
    """
    job, workspace, worker = build.job, build.workspace, build.job.worker_id
    waits = job.status == "pending"
    is_active = waits or job.status == "running"
    daemons = [str(daemon_id) for daemon_id in deployment.daemon_ids]
    return trimmed(
        job_json(deployment, build, fresh=False)
        | {
            "worker_name": given(worker and daemon_name(deployment, worker)),
            "queue_size": len(deployment.queue()) if is_active and daemons else 0,
            "available_workers": (daemons or ABSENT) if waits else ABSENT,
            "metadata": {
                "template_version_name": build.version.name,
                "template_id": str(workspace.template.id),
                "template_name": workspace.template.name,
                "template_display_name": workspace.template.definition.display_name,
                "template_icon": "",
                "workspace_id": str(workspace.id),
                "workspace_name": workspace.name,
                "workspace_build_transition": build.transition,
            },
        }
    )
