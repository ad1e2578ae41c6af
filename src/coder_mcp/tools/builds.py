"""The steps that the tools share: wait out what stands in the way, make a build, show its end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from coder_mcp.api.writes import Lost, Refusal
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, name_of
from coder_mcp.core.phases import Phase
from coder_mcp.core.plans import Act, Plans, next_act
from coder_mcp.core.progress import Progress, TimePassed, advance, began, is_active
from coder_mcp.core.results import Result, Unknown
from coder_mcp.core.unfinished import blocked, requesting
from coder_mcp.models.wire import ErrorResponse
from coder_mcp.models.workspaces import CreateWorkspaceBuildRequest, Workspace, WorkspaceBuild
from coder_mcp.tools.audit import audited
from coder_mcp.tools.call import Call
from coder_mcp.tools.evidence import evidence_deadline, evidence_of
from coder_mcp.tools.forecast import forewarned
from coder_mcp.tools.inputs import explained
from coder_mcp.tools.recovery import recovered_build
from coder_mcp.tools.targets import Target
from coder_mcp.watching.flights import Made
from coder_mcp.watching.follow import follow

MOST_DECISIONS = 3
"""How often a tool decides anew because the latest build is another one by then."""


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


async def decided(call: Call, errand: Errand, workspace: Workspace, plans: Plans) -> Decision:
    """What to do about the workspace, once builds that stand in the way have ended."""
    waited = is_active(workspace.latest_build)
    progress = began(workspace, call.client.now())
    for _ in range(MOST_DECISIONS):
        act = next_act(plans, progress)
        if act is not Act.SETTLE:
            return Decision(act=act, progress=progress, waited=waited)
        settling = began(progress.workspace, call.client.now(), until="built")
        settled = await followed(call, errand, settling, blocked)
        if not settled.is_over:
            return Decision(act=Act.SETTLE, progress=settled, waited=waited)
        # Nothing stands in the way any more: from here on something may be asked of Coder.
        call.so_far = lambda: requesting(errand.again)
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
        is_checked: Whether its parameters were held against the version, where they have to be.
    """

    request: CreateWorkspaceBuildRequest
    target: Target
    updated: bool = False
    notes: tuple[str, ...] = ()
    is_checked: bool = True


async def _as_it_is(errand: Errand, _: Workspace) -> Errand:
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
    unbuilt: Callable[[Errand, Workspace], Awaitable[Errand | Result]] = _as_it_is


async def carried_out(
    call: Call,
    errand: Errand,
    workspace: Workspace,
    course: Course,
    *,
    first: bool = True,
) -> Result:
    """Decide by the latest build, make the one that is wanted where there is need, and answer.

    Where Coder says that another build came first (409), it is all decided again.
    """
    decision = await decided(call, errand, workspace, course.plans)
    if decision.act is Act.SETTLE:
        return blocked(errand, decision.progress)
    errand = replace(errand, joined=decision.waited)
    if decision.act is Act.ANSWER:
        unbuilt = await course.unbuilt(errand, decision.workspace)
        if isinstance(unbuilt, Result):
            return unbuilt
        return await shown(call, unbuilt, decision.progress)
    prepared = await course.prepare(decision.workspace)
    if isinstance(prepared, Result):
        return prepared
    made, is_ours = await made_build(call, decision.workspace, prepared.request)
    if isinstance(made, Refusal) and made.status == 409 and first:
        again = await call.client.workspace(workspace.id, include_deleted=True)
        return await carried_out(call, errand, again, course, first=False)
    updated = prepared.updated and is_ours
    notes = (*errand.notes, *prepared.notes)
    errand = replace(errand, made=is_ours, joined=not is_ours, updated=updated, notes=notes)
    return await _answered(call, errand, prepared.target, made)


async def _answered(call: Call, errand: Errand, target: Target, made: Made) -> Result:
    """The answer by the build that was made, or why none was."""
    match made:
        case Workspace():
            return await shown(call, errand, began(made, call.client.now()))
        case Refusal():
            return await explained(call, target, made)
        case Unknown():
            return made


async def made_build(
    call: Call, workspace: Workspace, request: CreateWorkspaceBuildRequest
) -> tuple[Made, bool]:
    """The workspace with the build that was made, or why there is none; whether it was for us.

    Between the decision and this, a call beside this one may have made a build, which may have
    ended. That is told as Coder tells it of a build that runs.
    """

    async def write() -> Made:
        asked = call.client.create_build(workspace.id, request)
        made = await audited(call, name_of(workspace), asked)
        if isinstance(made, WorkspaceBuild):
            return workspace.model_copy(update={"latest_build": made})
        if isinstance(made, Lost):
            return await recovered_build(call, workspace, request, made)
        return made

    if call.flights.newest_build(workspace.id) > workspace.latest_build.build_number:
        first = ErrorResponse(message="Another build came first.")
        return Refusal(status=409, response=first), True
    return await call.flights.made(f"{workspace.id} {request.model_dump_json()}", write)


async def shown(call: Call, errand: Errand, progress: Progress) -> Result:
    """Follow the build, read what explains its end, and answer."""
    if errand.made:
        so_far = _answer_so_far(errand, progress)
        call.so_far = lambda: so_far
        errand = await forewarned(call, errand, progress)
    call.token_note()  # It may be known when the build has ended.
    progress = await followed(call, errand, progress, _answer_so_far)
    errand = replace(errand, server_version=call.client.transport.server_version)
    evidence = await evidence_of(call, errand, progress, evidence_deadline(call))
    if progress.phase is Phase.READY and (note := call.token_note()):
        errand = replace(errand, notes=(*errand.notes, note))
    return answer(errand, progress, evidence)


async def followed(
    call: Call, errand: Errand, progress: Progress, answered: Callable[[Errand, Progress], Result]
) -> Progress:
    """Follow the build; what is answered if the call has to end meanwhile is kept up to date."""

    def seen(progress: Progress) -> None:
        call.so_far = lambda: answered(errand, advance(progress, TimePassed(at=call.client.now())))

    warnings = [errand.warning]

    async def report(progress: Progress) -> None:
        await call.report(progress, warnings.pop() if warnings else "")

    seen(progress)
    return await follow(call.watchers, progress, deadline=call.deadline, report=report, seen=seen)


def _answer_so_far(errand: Errand, progress: Progress) -> Result:
    return answer(errand, progress, Evidence(log=progress.log))
