"""The routes of a workspace's schedule: its deadline, autostart, time to live, dormancy."""

from coder_mcp.simulator.http.calls import Answer, Call
from coder_mcp.simulator.rules.bodies import decoded, moment, number, text
from coder_mcp.simulator.rules.schedules import extend, set_autostart, set_ttl
from coder_mcp.simulator.wire.builds import workspace_json
from coder_mcp.simulator.wire.common import time_text

NO_CONTENT = Answer(status=204, text="", content_type="")
NOT_MODIFIED = Answer(status=304, text="", content_type="")


def put_extend(call: Call) -> Answer:
    """`PUT …/extend`."""
    workspace, deadline = call.workspace(), moment(decoded(call.body), "deadline")
    extend(call.world, call.caller, workspace, deadline)
    # Go's RFC 3339, which has no fraction.
    named = time_text(deadline.replace(microsecond=0))
    return Answer(body={"message": f"Deadline updated to {named}."})


def put_autostart(call: Call) -> Answer:
    """`PUT …/autostart`."""
    workspace, schedule = call.workspace(), text(decoded(call.body), "schedule")
    call.require("workspace:update")
    set_autostart(call.world, workspace, schedule or None)
    return NO_CONTENT


def put_ttl(call: Call) -> Answer:
    """`PUT …/ttl`."""
    workspace, ttl_ms = call.workspace(), number(decoded(call.body), "ttl_ms")
    call.require("workspace:update")
    set_ttl(call.world, workspace, ttl_ms)
    return NO_CONTENT


def put_dormant(call: Call) -> Answer:
    """`PUT …/dormant`: the workspace, or nothing where it is so already."""
    workspace, is_dormant = call.workspace(), decoded(call.body).get("dormant") is True
    call.require("workspace:update")
    if is_dormant == (workspace.dormant_at is not None):
        return NOT_MODIFIED
    if is_dormant:
        call.world.set_dormant(workspace)
    else:
        workspace.dormant_at = None
    return Answer(body=workspace_json(call.world, workspace))


def resolve_autostart(call: Call) -> Answer:
    """`GET …/resolve-autostart`: the parameters of a new version fit the old values here."""
    call.workspace()
    return Answer(body={"parameter_mismatch": False})
