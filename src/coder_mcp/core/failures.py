"""The payloads of builds that did not do what they were for: failed, canceled, superseded.

Only Coder's own code makes a failure a quota failure; every other one is a `build_failed`, which
carries neither that code nor a quota.
"""

from typing import Literal

from coder_mcp.core import results
from coder_mcp.core.credits import held, holding
from coder_mcp.core.errands import (
    Errand,
    Evidence,
    Verb,
    call,
    name_of,
    page,
    sentences,
    start,
    wait_for,
)
from coder_mcp.core.progress import Progress
from coder_mcp.core.quota import enforced, figures, is_quota_failure, missing
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.workspaces import WorkspaceTransition

_LONGEST_ERROR = 500
_MOST_HOLDERS = 10
"""Workspaces that are named where the quota is full."""


def failed(errand: Errand, progress: Progress, evidence: Evidence) -> results.Result:
    """The build ended in an error: of the quota, or any other."""
    if is_quota_failure(progress.build.job, errand.server_version):
        return _quota_reached(errand, progress, evidence)
    workspace, build = progress.workspace, progress.build
    again = _again_after_failure(errand, progress)
    return results.BuildFailed(
        message=sentences(
            f"The {build.transition} build of workspace {name_of(workspace)} failed.", *errand.notes
        ),
        workspace_name=name_of(workspace),
        created=_found(errand),
        build_id=build.id,
        ended_at=_ended_at(errand, progress),
        url=page(errand, workspace, build.build_number),
        next_step=f"Tell the person why. When the cause is fixed, call {again}.",
        error_code=one_line(build.job.error_code, 100) or None,
        error=one_line(build.job.error, _LONGEST_ERROR),
        log_tail=evidence.log.shown() or None,
    )


def canceled(errand: Errand, progress: Progress, _: Evidence) -> results.Canceled:
    """Someone canceled the build."""
    workspace, build = progress.workspace, progress.build
    again = _again_after_failure(errand, progress)
    return results.Canceled(
        message=sentences(
            f"The {build.transition} build of workspace {name_of(workspace)} was canceled.",
            *errand.notes,
        ),
        workspace_name=name_of(workspace),
        created=_found(errand),
        build_id=build.id,
        ended_at=_ended_at(errand, progress),
        next_step=f"Ask the person whether to try again: {again}.",
    )


def superseded(errand: Errand, progress: Progress, _: Evidence) -> results.Superseded:
    """A build of another transition took its place."""
    workspace = progress.workspace
    newer = progress.superseded_by or workspace.latest_build
    return results.Superseded(
        message=sentences(
            f"While it was waited for, a {one_line(newer.transition, 20)} build of workspace"
            f" {name_of(workspace)} was begun, which took the place of this one.",
            *errand.notes,
        ),
        workspace_name=name_of(workspace),
        build_id=progress.build.id,
        next_step=f"Call {wait_for(workspace, newer)} to follow the newer build.",
        superseded_by=results.NewerBuild(
            build_id=newer.id,
            transition=newer.transition,
            initiator_name=newer.initiator_name,
        ),
    )


def _quota_reached(errand: Errand, progress: Progress, evidence: Evidence) -> results.QuotaReached:
    workspace, build = progress.workspace, progress.build
    quota, cost = enforced(evidence.quota), evidence.log.build_cost
    numbers, lacks = figures(quota, cost), missing(quota, cost)
    rows = tuple(held(other) for other in holding(evidence.others)[:_MOST_HOLDERS])
    again = _again_after_failure(errand, progress)
    if quota is not None and cost is not None and cost > quota.budget:
        way_out = (
            "To delete workspaces is not enough, since the build alone needs more than the budget:"
            " ask an administrator to raise the group's quota allowance."
        )
        ask = "Ask the person to have the allowance raised"
    else:
        way_out = (
            "Delete a workspace that is no longer needed, or ask an administrator to raise the"
            " group's quota allowance."
        )
        which = "which of these workspaces to delete" if rows else "which workspace to delete"
        names = "" if rows else " (list_workspaces() names them)"
        ask = f"Ask the person {which}{names}, or to have the allowance raised"
    return results.QuotaReached(
        message=sentences(
            f"Could not {_verb_of_quota(errand, progress)} workspace {name_of(workspace)}: the"
            f" workspace quota is full{f' ({numbers})' if numbers else ''}.",
            _lacking(lacks),
            way_out,
            *(note for note in errand.notes if note not in errand.warning),  # it has come true
        ),
        workspace_name=name_of(workspace),
        build_id=build.id,
        quota=quota and results.Quota(credits_consumed=quota.credits_consumed, budget=quota.budget),
        build_cost=cost,
        credits_missing=lacks,
        next_step=f"{ask}. When there is room, call {again}.",
        error=one_line(build.job.error, _LONGEST_ERROR),
        workspaces=rows or None,
    )


def _lacking(credits_missing: int | None) -> str:
    if credits_missing is None:
        return ""
    return (
        "1 credit is missing."
        if credits_missing == 1
        else f"{credits_missing} credits are missing."
    )


def _verb_of_quota(errand: Errand, progress: Progress) -> str:
    """What could not be done; for a wait, what the build was for."""
    if errand.verb is not Verb.WAIT:
        return errand.verb
    if progress.build.build_number == 1:
        return Verb.CREATE
    return progress.build.transition


def _again_after_failure(errand: Errand, progress: Progress) -> str:
    """The call that brings about what this call, or the build that was waited for, was for."""
    workspace, transition = progress.workspace, progress.build.transition
    if errand.whole:
        return errand.whole
    if errand.verb in (Verb.CREATE, Verb.START):
        return start(workspace)
    if transition == WorkspaceTransition.STOP:
        return call("stop_workspace", workspace=name_of(workspace))
    if transition == WorkspaceTransition.DELETE:
        return call("delete_workspace", workspace=str(workspace.id))
    return start(workspace)


def _found(errand: Errand) -> Literal[False] | None:
    return False if errand.verb is Verb.CREATE and not errand.made else None


def _ended_at(errand: Errand, progress: Progress) -> str | None:
    """When the build ended, where this call did not see it end."""
    ended = progress.build.job.completed_at
    if errand.made or errand.joined or ended is None:
        return None
    return shown_time(ended)
