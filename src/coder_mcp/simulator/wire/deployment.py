"""What a deployment says of itself as JSON: where apps are, what it is entitled to, its looks."""

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.rules.refusals import Json
from coder_mcp.simulator.wire.common import time_text

# The features of the recorded licence: whether each is also switched on.
FEATURES = {
    "access_control": True,
    "advanced_template_scheduling": True,
    "agent_runtime_hours": False,
    "aibridge": True,
    "appearance": True,
    "audit_log": False,
    "boundary": True,
    "browser_only": False,
    "connection_log": False,
    "control_shared_ports": True,
    "custom_roles": True,
    "external_provisioner_daemons": True,
    "external_token_encryption": False,
    "high_availability": True,
    "managed_agent_limit": True,
    "multiple_external_auth": True,
    "multiple_organizations": True,
    "scim": False,
    "service_accounts": True,
    "task_batch_actions": True,
    "template_rbac": True,
    "user_role_management": True,
    "workspace_batch_actions": True,
    "workspace_external_agent": True,
    "workspace_prebuilds": True,
    "workspace_proxy": True,
}
NOT_ENTITLED: Json = {"entitlement": "not_entitled", "enabled": False}


def entitlements_json(deployment: Deployment) -> Json:
    """`GET /entitlements`; limits and what was used of them are left out."""
    is_licensed = deployment.is_licensed
    features = {
        name: {"entitlement": "entitled", "enabled": is_on} if is_licensed else NOT_ENTITLED
        for name, is_on in FEATURES.items()
    }
    return {
        "features": {
            **features,
            "ai_governance_user_limit": NOT_ENTITLED,
            "user_limit": NOT_ENTITLED | {"actual": len(deployment.users)},
        },
        "warnings": [],
        "errors": [],
        "has_license": is_licensed,
        "trial": False,
        "require_telemetry": False,
        "refreshed_at": time_text(deployment.made_at),
    }


def regions_json(deployment: Deployment) -> Json:
    """`GET /regions`: the deployment itself, and no proxies."""
    primary: Json = {
        "id": str(deployment.id),
        "name": "primary",
        "display_name": "Default",
        "icon_url": "/emojis/1f3e1.png",
        "healthy": True,
        "path_app_url": deployment.access_url,
        "wildcard_hostname": deployment.app_host,
    }
    return {"regions": [primary]}


def ssh_json(deployment: Deployment) -> Json:
    """`GET /deployment/ssh`: how the hosts of workspaces are called."""
    return {
        "hostname_prefix": deployment.ssh_prefix,
        "hostname_suffix": deployment.ssh_suffix,
        "ssh_config_options": None,
    }


def appearance_json(deployment: Deployment) -> Json:
    """`GET /appearance`."""
    version = f"Version: [`{deployment.build_version}`](https://github.com/coder/coder)"
    issue = f"https://github.com/coder/coder/issues/new?labels=needs+triage&body={version}"
    links = (
        ("Documentation", "https://coder.com/docs", "docs"),
        ("Report a bug", issue, "bug"),
        ("Join the Coder Discord", "https://discord.gg/coder", "chat"),
        ("Star the Repo", "https://github.com/coder/coder", "star"),
    )
    return {
        "application_name": "",
        "logo_url": "",
        "docs_url": "https://coder.com/docs",
        "service_banner": {"enabled": False},
        "announcement_banners": [],
        "support_links": [
            {"name": name, "target": target, "icon": icon} for name, target, icon in links
        ],
    }
