"""What is wrong with a workspace, from what was read of it and around it.

The message and the next step are those of the tools that wait; the findings say what these do not:
the most important first, in our words, with what comes from outside in `detail`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from coder_mcp.core import results
from coder_mcp.core.agent_findings import of_agents
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, call, name_of, page, sentences, start
from coder_mcp.core.links import named
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import Progress, is_active
from coder_mcp.core.seen import Diagnosed, Finding
from coder_mcp.core.template_page import typical_seconds
from coder_mcp.core.text import one_line
from coder_mcp.core.times import shown_time
from coder_mcp.models.accounts import ProvisionerDaemon
from coder_mcp.models.templates import Template
from coder_mcp.models.workspaces import AgentScriptTiming

_FINE = frozenset({Phase.READY, Phase.STOPPED})
# Of a provisioner (codersdk, `ProvisionerDaemonStatus`).
_STATUSES = frozenset({"idle", "busy", "offline"})
# Why Coder made a build by itself (coderd/database, `build_reason`).
_REASONS = {
    "autostop": "It stopped automatically, at its deadline.",
    "dormancy": "It was stopped since it was not used for long.",
    "autodelete": "It was deleted since it was not used for long.",
}


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What was read beside the workspace; `None` where it was not needed or could not be had.

    Attributes:
        template: Its template.
        scripts: How the scripts of its agents ended, where the agents do not say it themselves.
        daemons: The provisioners of its organization, which members may not see.
    """

    template: Template | None = None
    scripts: tuple[AgentScriptTiming, ...] | None = None
    daemons: tuple[ProvisionerDaemon, ...] | None = None


def diagnosis(
    errand: Errand, progress: Progress, evidence: Evidence, around: Surroundings
) -> Diagnosed:
    """The payload of diagnose_workspace."""
    workspace, build = progress.workspace, progress.build
    told = answer(errand, progress, evidence)
    findings = (
        *_of_build(progress, evidence, around),
        *of_agents(progress, around.scripts or ()),
        *_of_workspace(progress, around),
    )
    fine = progress.phase in _FINE and not findings
    gone = progress.phase is Phase.DELETED or named(workspace) is None
    failed = isinstance(told, results.BuildFailed | results.QuotaReached)
    return Diagnosed(
        message=sentences(told.message, "Nothing is wrong with it." if fine else ""),
        workspace_name=name_of(workspace),
        phase=progress.phase,
        url=None if gone else page(errand, workspace, build.build_number if failed else None),
        next_step=_next_step(told, progress),
        findings=findings or None,
        error=told.error if failed else None,
        log_tail=getattr(told, "log_tail", None),
    )


def _next_step(told: results.Result, progress: Progress) -> str | None:
    workspace = progress.workspace
    name = name_of(workspace)
    match told:
        case results.QuotaReached() if not _needs_more_than_all(told):
            return (
                "Ask the person what to delete (get_quota() names what holds credits); when there"
                f" is room, call {start(workspace)}."
            )
        case results.Unreachable() if not progress.build.has_external_agent:
            again = call("restart_workspace", workspace=name)
            return f"Ask the person whether to restart it, which ends what runs in it: {again}."
        case results.Ready() if workspace.outdated:
            update = call("update_workspace", workspace=name)
            return f"Ask the person whether to move it to the newer version: {update}."
        case _:
            return getattr(told, "next_step", None)


def _needs_more_than_all(told: results.QuotaReached) -> bool:
    """Whether no delete makes room for the build."""
    return bool(told.quota and told.build_cost and told.build_cost > told.quota.budget)


def _of_build(progress: Progress, evidence: Evidence, around: Surroundings) -> Iterator[Finding]:
    """Where the build failed, or what it waits for."""
    build = progress.build
    stage = one_line(evidence.log.failing_stage, 80)
    if progress.phase is Phase.FAILED and stage:
        yield Finding(finding="The build failed in this stage.", detail=stage)
    if progress.phase is Phase.QUEUED:
        yield Finding(finding=_about_daemons(around.daemons))
    if is_active(build):
        seconds = max(0, round((progress.at - build.created_at).total_seconds()))
        usual = typical_seconds(around.template) if around.template is not None else None
        known = f"; half of the starts of this template take up to {usual} s" if usual else ""
        usually = known if build.transition == "start" else ""
        yield Finding(finding=f"The build was made {seconds} s ago{usually}.")
    reason = _REASONS.get(build.reason)
    if progress.phase in (Phase.STOPPED, Phase.DELETED) and reason:
        yield Finding(finding=reason)


def _about_daemons(daemons: tuple[ProvisionerDaemon, ...] | None) -> str:
    if daemons is None:
        return "The provisioners themselves are not visible: administrators see them."
    counts = Counter(one.status if one.status in _STATUSES else "other" for one in daemons)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return f"Provisioners of the organization: {told or 'none'}."


def _of_workspace(progress: Progress, around: Surroundings) -> Iterator[Finding]:
    """What is to be known of the workspace and its template, whatever its build does."""
    workspace, template = progress.workspace, around.template
    if progress.phase is Phase.DELETED:
        return
    if workspace.dormant_at is not None:
        since = shown_time(workspace.dormant_at)
        yield Finding(finding=f"It is dormant since {since}: it was not used. A start wakes it.")
    if workspace.deleting_at is not None:
        at = shown_time(workspace.deleting_at)
        yield Finding(finding=f"Unless it is used, it is deleted at {at}.")
    if template is not None and template.deprecated:
        said = one_line(template.deprecation_message, 300)
        yield Finding(
            finding="Its template is deprecated: no new workspace is made from it.",
            detail=said or None,
        )
    if workspace.outdated:
        yield Finding(finding="Its template has a newer version than the one that it was built of.")
