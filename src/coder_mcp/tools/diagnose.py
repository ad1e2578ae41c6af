"""diagnose_workspace."""

import anyio

from coder_mcp.core.agent_findings import needs_timings
from coder_mcp.core.diagnosis import Surroundings, diagnosis
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress, began
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.evidence import evidence_deadline, evidence_of
from coder_mcp.tools.lookups import find_workspace, look_at


async def diagnose_workspace(call: Call, *, workspace: arguments.OnlyWorkspace = "") -> Result:
    """Find out why a workspace failed, hangs or cannot be reached, and what to do about it."""
    found = await find_workspace(call, workspace, tool="diagnose_workspace", changes=False)
    if isinstance(found, NeedsChoice):
        return found
    progress = began(found, call.client.now())
    errand = look_at(call, found)
    until = evidence_deadline(call)
    evidence = await evidence_of(call, errand, progress, until)
    return diagnosis(errand, progress, evidence, await _surroundings(call, progress, until))


async def _surroundings(call: Call, progress: Progress, until: float) -> Surroundings:
    """What can be read around the workspace until then: all of it can be done without."""
    workspace, build = progress.workspace, progress.build
    timings, daemons, template = None, None, None
    with anyio.CancelScope(deadline=until):
        if needs_timings(progress):
            timings = await or_none(call.client.build_timings(build.id))
        if progress.phase is Phase.QUEUED:
            daemons = await or_none(call.client.provisioner_daemons(workspace.organization_id))
        template = await or_none(call.client.template(workspace.template_id))
    return Surroundings(
        template=template,
        scripts=timings.agent_script_timings if timings is not None else None,
        daemons=daemons,
    )
