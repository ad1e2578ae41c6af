"""What explains the end of a build, read in the time that there is."""

from collections.abc import Awaitable
from dataclasses import replace

import anyio

from coder_mcp.core.errands import Errand, Evidence
from coder_mcp.core.logs.tail import agent_log_shown
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress
from coder_mcp.core.quota import is_quota_failure
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import Workspace
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.lookups import MOST_LISTED
from coder_mcp.watching.follow import LAST_LOOK_SECONDS

EVIDENCE_SECONDS = (10.0, 2.5)
"""For reading what explains an end: at most, and beyond the window's end."""


def evidence_deadline(call: Call) -> float:
    """When it has to be read, in `anyio.current_time()`, so that the answer comes in its time."""
    most, beyond = EVIDENCE_SECONDS
    now = anyio.current_time()
    last = call.deadline + LAST_LOOK_SECONDS + beyond
    return min(now + most, max(now, call.deadline) + beyond, last)


async def evidence_of(call: Call, errand: Errand, progress: Progress, until: float) -> Evidence:
    """What explains the end, as far as it can be read until then."""
    build, evidence = progress.build, Evidence(log=progress.log)
    with anyio.CancelScope(deadline=until):
        if progress.phase is Phase.STARTUP_FAILED and progress.agent is not None:
            lines = await or_none(call.client.agent_logs(progress.agent.id))
            evidence = replace(evidence, agent_log=agent_log_shown(lines or ()))
        if progress.phase is Phase.FAILED:
            rest = await or_none(call.client.build_logs(build.id, progress.log.last_id))
            evidence = replace(evidence, log=progress.log.with_lines(rest or ()))
            if is_quota_failure(build.job, errand.server_version):
                quota = await or_none(_quota(call, progress.workspace))
                evidence = replace(evidence, quota=quota)
                others = await or_none(_others(call, progress.workspace))
                evidence = replace(evidence, others=others or ())
    return evidence


def _quota(call: Call, workspace: Workspace) -> Awaitable[WorkspaceQuota]:
    return call.client.quota(workspace.organization_id, workspace.owner_id)


async def _others(call: Call, workspace: Workspace) -> tuple[Workspace, ...]:
    """The other workspaces of its owner that count against the same quota."""
    page = await call.client.workspaces(f"owner:{workspace.owner_name}", MOST_LISTED)
    return tuple(
        other
        for other in page.workspaces
        if other.organization_id == workspace.organization_id and other.id != workspace.id
    )
