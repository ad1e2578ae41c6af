"""When a build failed because of Coder's quota, and what is said of the credits."""

import re

from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import JobErrorCode, ProvisionerJob

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


def figures(quota: WorkspaceQuota | None, build_cost: int | None) -> str:
    """The numbers that are known, for a sentence: empty where none are."""
    used = f"{quota.credits_consumed} of {quota.budget} credits are used" if quota else ""
    needed = f"this build needs {build_cost}" if build_cost is not None else ""
    return ", ".join(words for words in (used, needed) if words)
