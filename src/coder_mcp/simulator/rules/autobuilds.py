"""The builds that nobody asks for: a stop at the deadline, a start at the scheduled time.

By the source (coderd/autobuild/lifecycle_executor.go); no recording shows them. Coder looks once
a minute, here they come on time.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.bodies import BuildRequest
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.rules.schedules import next_start
from coder_mcp.simulator.rules.workspaces import create_build
from coder_mcp.simulator.templates.definitions import Transition


@dataclass(frozen=True)
class Autobuild:
    """A build that comes by itself at a moment, unless something changes before."""

    workspace: Workspace
    transition: Transition
    at: datetime


def autobuild(workspace: Workspace) -> Autobuild | None:
    """The next one of a workspace; there is one only after a build that has succeeded."""
    build = workspace.latest_build
    if build.job.status != "succeeded" or workspace.is_deleted:
        return None
    if build.transition == "start":
        return build.deadline and Autobuild(workspace, "stop", build.deadline)
    moment = next_start(workspace, build.created_at)
    return moment and Autobuild(workspace, "start", moment)


def coming(deployment: Deployment, tried: set[Autobuild]) -> list[Autobuild]:
    """All that come, but those that were tried: what is refused is not asked for again."""
    every = (autobuild(workspace) for workspace in deployment.workspaces)
    return [one for one in every if one is not None and one not in tried]


def build_what_is_due(deployment: Deployment, tried: set[Autobuild]) -> None:
    """Queue the builds whose time has come, each in the name of the workspace's owner."""
    for one in coming(deployment, tried):
        if one.at > deployment.now():
            continue
        tried.add(one)
        workspace, template = one.workspace, one.workspace.template
        follows = template.require_active_version or workspace.automatic_updates == "always"
        version = template.active_version if one.transition == "start" and follows else None
        request = BuildRequest(
            transition=one.transition,
            template_version_id=version and version.id,
            reason=f"auto{one.transition}",
        )
        with suppress(Refusal):
            create_build(deployment, Caller(workspace.owner), workspace, request)
