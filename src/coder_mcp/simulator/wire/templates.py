"""Templates and their versions as JSON, key by key as on the wire."""

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Template, TemplateVersion
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.rules.schedules import WEEK
from coder_mcp.simulator.wire.common import NO_JOB_METADATA, time_text

UNKNOWN_TIMES: Json = {"P50": None, "P95": None}
# What is the same for all templates here. Statistics stay null: Coder has them after hours.
COMMON: Json = {
    "provisioner": "terraform",
    "active_user_count": 0,
    "build_time_stats": {"delete": UNKNOWN_TIMES, "start": UNKNOWN_TIMES, "stop": UNKNOWN_TIMES},
    "deleted": False,
    "icon": "",
    "activity_bump_ms": 3600000,
    "time_til_autostop_notify_ms": 0,
    "autostart_requirement": {"days_of_week": list(WEEK)},
    "allow_user_autostart": True,
    "allow_user_autostop": True,
    "failure_ttl_ms": 0,
    "max_port_share_level": "owner",
    "cors_behavior": "simple",
    "disable_module_cache": False,
}


def template_json(template: Template) -> Json:
    """A template."""
    organization, definition = template.organization, template.definition
    return COMMON | {
        "id": str(template.id),
        "created_at": time_text(template.created_at),
        "updated_at": time_text(template.updated_at),
        "organization_id": str(organization.id),
        "organization_name": organization.name,
        "organization_display_name": organization.display_name,
        "organization_icon": "",
        "name": template.name,
        "display_name": definition.display_name,
        "active_version_id": str(template.active_version.id),
        "description": definition.description,
        "deprecated": bool(template.deprecation_message),
        "deprecation_message": template.deprecation_message,
        "created_by_id": str(template.created_by.id),
        "created_by_name": template.created_by.username,
        "allow_user_cancel_workspace_jobs": template.allow_user_cancel_workspace_jobs,
        "require_active_version": template.require_active_version,
        "use_classic_parameter_flow": definition.use_classic_parameter_flow,
        "agents_allowed": template.agents_allowed,
        "default_ttl_ms": template.default_ttl_ms,
        "autostop_requirement": {"days_of_week": list(template.autostop_days), "weeks": 1},
        "time_til_dormant_ms": template.time_til_dormant_ms,
        "time_til_dormant_autodelete_ms": template.time_til_dormant_autodelete_ms,
    }


def version_json(deployment: Deployment, version: TemplateVersion) -> Json:
    """A template version; the README is its `readme`."""
    template, created = version.template, time_text(version.created_at)
    author = template.created_by
    organization_id = str(template.organization.id)
    job: Json = {
        "id": str(version.job_id),
        "created_at": created,
        "started_at": created,
        "completed_at": created,
        "status": "succeeded",
        "worker_id": str(deployment.id),
        "file_id": str(version.file_id),
        "tags": {"owner": "", "scope": "organization"},
        "queue_position": 0,
        "queue_size": 0,
        "organization_id": organization_id,
        "initiator_id": str(author.id),
        "input": {"template_version_id": str(version.id)},
        "type": "template_version_import",
        "metadata": NO_JOB_METADATA,
        "logs_overflowed": False,
    }
    return {
        "id": str(version.id),
        "template_id": str(template.id),
        "organization_id": organization_id,
        "created_at": created,
        "updated_at": created,
        "name": version.name,
        "message": "",
        "job": job,
        "readme": version.definition.readme,
        "created_by": {"id": str(author.id), "username": author.username, "name": author.name},
        "archived": False,
        "has_external_agent": version.definition.has_external_agent,
    }
