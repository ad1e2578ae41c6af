"""The steps that the tools share: wait out what stands in the way, make a build, show its end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import anyio

from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.core import errands
from coder_mcp.core.answers import answer, blocked
from coder_mcp.core.errands import Errand, Evidence, name_of
from coder_mcp.core.log import agent_log_shown
from coder_mcp.core.phases import Phase
from coder_mcp.core.plans import Act, Plans, next_act
from coder_mcp.core.progress import Progress, began, is_active
from coder_mcp.core.quota import is_quota_failure
from coder_mcp.core.results import Result, Unknown
from coder_mcp.errors import CoderBroken, Gone
from coder_mcp.follow import follow
from coder_mcp.models.workspaces import CreateWorkspaceBuildRequest, Workspace, WorkspaceBuild
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.inputs import Target, explained

MOST_DECISIONS = 3
"""How often a tool decides anew because the latest build is another one by then."""
EVIDENCE_SECONDS = (10.0, 2.5)
"""For reading what explains an end: at most, and beyond the window's end."""
LOST_LOOKS_SECONDS = (0.5, 2.0)
"""Before each look for a build whose request was not answered."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a tool does next, and by which build that is decided.

    Attributes:
        act: `settle` means that the window closed on a build that stands in the way.
        progress: Of the workspace's latest build.
        waited: Whether a build was found active.
    """

    act: Act
    progress: Progress
    waited: bool

    @property
    def workspace(self) -> Workspace:
        """The workspace as it was seen last."""
        return self.progress.workspace


async def decided(call: Call, workspace: Workspace, plans: Plans, deadline: float) -> Decision:
    """What to do about the workspace, once builds that stand in the way have ended."""
    waited = is_active(workspace.latest_build)
    progress = began(workspace, call.client.now())
    for _ in range(MOST_DECISIONS):
        act = next_act(plans, progress)
        if act is not Act.SETTLE:
            return Decision(act=act, progress=progress, waited=waited)
        settling = began(progress.workspace, call.client.now(), until="built")
        settled = await follow(call.client, settling, deadline=deadline, report=call.report)
        if not settled.is_over:
            return Decision(act=Act.SETTLE, progress=settled, waited=waited)
        gone = settled.phase is Phase.DELETED
        progress = settled if gone else began(settled.workspace, call.client.now())
    return Decision(act=Act.SETTLE, progress=progress, waited=waited)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A build that can be asked for.

    Attributes:
        request: What is sent.
        target: The template version it is of, for the words of a refusal.
        updated: Whether it moves the workspace to the template's active version.
        notes: What the answer has to say about it.
    """

    request: CreateWorkspaceBuildRequest
    target: Target
    updated: bool = False
    notes: tuple[str, ...] = ()


def _as_it_is(errand: Errand, _: Workspace) -> Errand:
    return errand


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a tool that builds proceeds.

    Attributes:
        plans: What it does by the latest build.
        prepare: The build it asks for, or why it does not.
        unbuilt: Where it answers by a build that is there already: what that means for the
            answer, or the answer.
    """

    plans: Plans
    prepare: Callable[[Workspace], Awaitable[Prepared | Result]]
    unbuilt: Callable[[Errand, Workspace], Errand | Result] = _as_it_is


async def carried_out(
    call: Call,
    errand: Errand,
    workspace: Workspace,
    course: Course,
    deadline: float,
    *,
    first: bool = True,
) -> Result:
    """Decide by the latest build, make the one that is wanted where there is need, and answer.

    Where Coder says that another build came first (409), it is all decided once more.
    """
    decision = await decided(call, workspace, course.plans, deadline)
    if decision.act is Act.SETTLE:
        return blocked(errand, decision.progress)
    errand = replace(errand, joined=decision.waited)
    if decision.act is Act.ANSWER:
        unbuilt = course.unbuilt(errand, decision.workspace)
        if isinstance(unbuilt, Result):
            return unbuilt
        return await shown(call, unbuilt, decision.progress, deadline)
    prepared = await course.prepare(decision.workspace)
    if isinstance(prepared, Result):
        return prepared
    made = await _made(call, decision.workspace, prepared.request)
    if isinstance(made, Refusal) and made.status == 409 and first:
        again = await call.client.workspace(workspace.id, include_deleted=True)
        return await carried_out(call, errand, again, course, deadline, first=False)
    return await _answered(call, errand, prepared, made, deadline)


async def _answered(
    call: Call,
    errand: Errand,
    prepared: Prepared,
    made: Workspace | Refusal | Unknown,
    deadline: float,
) -> Result:
    """The answer by the build that was made, or why none was."""
    if isinstance(made, Unknown):
        return made
    if isinstance(made, Refusal):
        return await explained(call, prepared.target, made)
    notes = (*errand.notes, *prepared.notes)
    errand = replace(errand, made=True, updated=prepared.updated, notes=notes)
    return await shown(call, errand, began(made, call.client.now()), deadline)


async def _made(
    call: Call, workspace: Workspace, request: CreateWorkspaceBuildRequest
) -> Workspace | Refusal | Unknown:
    """The workspace with the build that was made, still pending; or why there is none."""
    made = await call.client.create_build(workspace.id, request)
    if isinstance(made, WorkspaceBuild):
        return workspace.model_copy(update={"latest_build": made})
    return await _recovered(call, workspace, request, made) if isinstance(made, Lost) else made


async def shown(call: Call, errand: Errand, progress: Progress, deadline: float) -> Result:
    """Follow the build, read what explains its end, and answer."""
    progress = await follow(call.client, progress, deadline=deadline, report=call.report)
    errand = replace(errand, server_version=call.client.transport.server_version)
    evidence = await _evidence(call, errand, progress, deadline)
    return answer(errand, progress, evidence)


async def _evidence(call: Call, errand: Errand, progress: Progress, deadline: float) -> Evidence:
    """What explains the end, as far as it can be read in the time there is."""
    most, beyond = EVIDENCE_SECONDS
    workspace, build, evidence = progress.workspace, progress.build, Evidence(log=progress.log)
    now = anyio.current_time()
    with anyio.CancelScope(deadline=min(now + most, max(now, deadline) + beyond)):
        if progress.phase is Phase.STARTUP_FAILED and progress.agent is not None:
            lines = await or_none(call.client.agent_logs(progress.agent.id))
            evidence = replace(evidence, agent_log=agent_log_shown(lines or ()))
        if progress.phase is Phase.FAILED:
            rest = await or_none(call.client.build_logs(build.id, progress.log.last_id))
            evidence = replace(evidence, log=progress.log.with_lines(rest or ()))
            if is_quota_failure(build.job, errand.server_version):
                quota = await call.client.quota(workspace.organization_id, workspace.owner_id)
                evidence = replace(evidence, quota=quota)
    return evidence


async def _recovered(
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

    No request is sent twice. Where Coder itself answered that it failed, and nothing is to be
    seen, its transaction was undone, and its error is raised.
    """
    for seconds in LOST_LOOKS_SECONDS:
        await anyio.sleep(seconds)
        found = await or_none(look())
        if found is not None:
            return found
    if isinstance(lost.error, CoderBroken):
        raise lost.error
    return otherwise
