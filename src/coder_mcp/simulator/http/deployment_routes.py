"""The routes on which a deployment speaks of itself, its provisioners and who may do what."""

from typing import cast
from uuid import UUID

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.rules.bodies import decoded, text
from coder_mcp.simulator.rules.refusals import Json, not_found
from coder_mcp.simulator.wire.deployment import (
    appearance_json,
    entitlements_json,
    regions_json,
    ssh_json,
)
from coder_mcp.simulator.wire.provisioners import daemon_json, organization_job_json

# How many jobs are listed where nobody says.
JOBS = 50


def show_app_host(call: Call) -> Answer:
    """`GET /applications/host`; an empty one is none."""
    return Answer(body={"host": call.world.app_host})


def list_regions(call: Call) -> Answer:
    """`GET /regions`."""
    return Answer(body=regions_json(call.world))


def show_ssh(call: Call) -> Answer:
    """`GET /deployment/ssh`."""
    return Answer(body=ssh_json(call.world))


def show_entitlements(call: Call) -> Answer:
    """`GET /entitlements`, which members may read."""
    return Answer(body=entitlements_json(call.world))


def show_appearance(call: Call) -> Answer:
    """`GET /appearance`."""
    return Answer(body=appearance_json(call.world))


def list_experiments(_: Call) -> Answer:
    """`GET /experiments`: none here."""
    return Answer(body=[])


def list_daemons(call: Call) -> Answer:
    """`GET …/provisionerdaemons`, for owners."""
    organization = call.organization()
    if not call.caller.user.is_owner:
        raise not_found()
    daemons = call.world.daemon_ids
    return Answer(body=[daemon_json(call.world, organization, daemon) for daemon in daemons])


def list_jobs(call: Call) -> Answer:
    """`GET …/provisionerjobs`, for owners: builds only, the newest first."""
    organization, statuses = call.organization(), call.query.get("status", "")
    if not call.caller.user.is_owner:
        raise not_found()
    found = [
        build
        for build in call.world.builds()[::-1]
        if build.workspace.template.organization is organization
        and (not statuses or build.job.status in statuses.split(","))
    ]
    page = found[: call.number("limit") or JOBS]
    return Answer(body=[organization_job_json(call.world, build) for build in page])


def check_authorization(call: Call) -> Answer:
    """`POST /authcheck`: whether the caller may do each of these things."""
    checks = cast("dict[str, Json]", decoded(call.body).get("checks") or {})
    return Answer(body={name: is_allowed(call, check) for name, check in sorted(checks.items())})


def is_allowed(call: Call, check: Json) -> bool:
    """Whether the caller may do one thing: what is theirs, and reading what they share."""
    wanted, action = cast("Json", check.get("object") or {}), text(check, "action") or ""
    kind = text(wanted, "resource_type") or ""
    user = call.caller.user
    if not call.caller.may(f"{kind}:{action}"):
        return False
    if user.is_owner or text(wanted, "owner_id") in {"me", str(user.id)}:
        return True
    shared = {str(o.id) for o in call.world.organizations if user in o.members}
    is_shared = text(wanted, "organization_id") in shared | {None, str(UUID(int=0))}
    return kind in {"template", "organization"} and action in {"read", "use"} and is_shared
