"""When a build failed because of Coder's quota, and what is said of the credits."""

import re
from collections.abc import Iterable

from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import JobErrorCode, ProvisionerJob, WorkspaceBuild

# From this version on the job carries a code; before, its whole error is this text
# (provisionerd/runner). A cloud provider's refusal may contain the same words: never search.
_FIRST_WITH_CODE = (2, 34)
_ERROR_BEFORE = "insufficient quota"


def is_quota_failure(job: ProvisionerJob, server_version: str) -> bool:
    """Whether Coder's quota ended the job: its code says so, or an older server's exact text."""
    if job.error_code:
        return job.error_code == JobErrorCode.INSUFFICIENT_QUOTA
    version = release(server_version)
    return version is not None and version < _FIRST_WITH_CODE and job.error == _ERROR_BEFORE


def release(server_version: str) -> tuple[int, int] | None:
    """Major and minor of `v2.33.1+hash`; nothing for a build from source without a tag."""
    match = re.match(r"v(\d+)\.(\d+)\.", server_version)
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    return None if found == (0, 0) else found


def enforced(quota: WorkspaceQuota | None) -> WorkspaceQuota | None:
    """The quota if there is one: a budget of -1 means that the licence has none."""
    return quota if quota is not None and quota.budget >= 0 else None


def missing(quota: WorkspaceQuota | None, build_cost: int | None) -> int | None:
    """How many credits a refused build lacks; nothing where that is not known, or not so any more.

    A refused build holds nothing, and takes the place of the one that did, so what is consumed
    after it leaves its workspace out (recorded: quota/after-start-refusal.json).
    """
    if quota is None or build_cost is None:
        return None
    return max(0, quota.credits_consumed + build_cost - quota.budget) or None


def figures(quota: WorkspaceQuota | None, build_cost: int | None) -> str:
    """The numbers that are known, for a sentence: empty where none are."""
    used = f"{quota.credits_consumed} of {quota.budget} credits are used" if quota else ""
    needed = f"this build needs {build_cost}" if build_cost is not None else ""
    return ", ".join(words for words in (used, needed) if words)


def cost_before(builds: Iterable[WorkspaceBuild], made: WorkspaceBuild) -> int | None:
    """What the latest start among the builds took; nothing where that is not known.

    Nothing either where the build that was just made has its cost by now: then the quota has let
    it pass, or what was read as consumed holds it.
    """
    known = tuple(builds)
    if any(build.id == made.id and build.daily_cost > 0 for build in known):
        return None
    return last_cost(known)


def last_cost(builds: Iterable[WorkspaceBuild]) -> int | None:
    """What the latest start among the builds took; nothing where none is known to cost anything."""
    costly = [build for build in builds if build.transition == "start" and build.daily_cost > 0]
    return max(costly, key=lambda build: build.created_at).daily_cost if costly else None


def may_refuse(quota: WorkspaceQuota, cost: int) -> str:
    """A sentence where a build of this cost does not fit; else nothing.

    `quota` is read when the build is made and before its cost is known: it counts as nothing
    then, and takes the place of the workspace's build before (recorded: quota/after-start.json).
    """
    left = max(0, quota.budget - quota.credits_consumed)
    if cost <= left:
        return ""
    return (
        f"Before this build, {left} of {quota.budget} credits were left, and the last start of this"
        f" template took {cost}."
    )
