"""Writes whose answer was lost: what they made is looked for, and nothing is sent twice."""

from collections.abc import Awaitable, Callable

import anyio

from coder_mcp.api.writes import Lost
from coder_mcp.core import errands
from coder_mcp.core.errands import name_of
from coder_mcp.core.results import Unknown
from coder_mcp.errors import CoderBroken, Gone
from coder_mcp.models.workspaces import CreateWorkspaceBuildRequest, Workspace
from coder_mcp.tools.call import Call, or_none

LOST_LOOKS_SECONDS = (0.5, 2.0)
"""Before each look for a build whose request was not answered."""


async def recovered_build(
    call: Call, workspace: Workspace, request: CreateWorkspaceBuildRequest, lost: Lost
) -> Workspace | Unknown:
    """The workspace with the build that was asked for, if it was made all the same.

    It is ours if it is newer than the one that was there, of the transition that was asked for,
    and made by the person that this server works as.
    """
    me = await or_none(call.client.me())
    by = workspace.owner_name if me is None else me.username

    async def look() -> Workspace | None:
        try:
            now = await call.client.workspace(workspace.id)
        except Gone:
            return await call.client.workspace(workspace.id, include_deleted=True)
        latest = now.latest_build
        newer = latest.build_number > workspace.latest_build.build_number
        ours = latest.transition == request.transition
        by_us = latest.initiator_name in ("", by)
        return now if newer and ours and by_us else None

    otherwise = Unknown(
        message=(
            f"The answer to the request for a {request.transition} build of workspace"
            f" {name_of(workspace)} was lost, and no such build is to be seen yet. It may still"
            " come."
        ),
        workspace_name=name_of(workspace),
        next_step=(
            "Tell the person. Before anything is tried again, look whether it has come: call"
            f" {errands.call('wait_for_workspace', workspace=name_of(workspace))}."
        ),
        error=str(lost.error),
    )
    return await recovered(lost, look, otherwise)


async def recovered(
    lost: Lost, look: Callable[[], Awaitable[Workspace | None]], otherwise: Unknown
) -> Workspace | Unknown:
    """What a write has made whose answer was lost, as far as it is to be seen.

    No request is sent twice. Where Coder itself answered that it failed (a 500 in its own words),
    and nothing is to be seen, its transaction was undone, and its error is raised; what a proxy
    answers in its place says nothing of the request.
    """
    for seconds in LOST_LOOKS_SECONDS:
        await anyio.sleep(seconds)
        found = await or_none(look())
        if found is not None:
            return found
    if isinstance(lost.error, CoderBroken) and lost.error.response.message:
        raise lost.error
    return otherwise
