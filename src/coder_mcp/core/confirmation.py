"""What a delete would destroy, and the code that shows that someone was told."""

import hashlib
import hmac

from coder_mcp.core.errands import call, name_of
from coder_mcp.core.results import NeedsConfirmation
from coder_mcp.models.workspaces import Workspace


def fits(confirm: str, workspace: Workspace, key: str) -> bool:
    """Whether the code was given out for this workspace as it stands: a newer build voids it."""
    return hmac.compare_digest(confirm.strip().lower().encode(), _code(workspace, key).encode())


def asked(workspace: Workspace, key: str, *, given: str) -> NeedsConfirmation:
    """What would be lost, and the code without which nothing is deleted."""
    code = _code(workspace, key)
    again = call("delete_workspace", workspace=str(workspace.id), confirm=code)
    outdated = (
        "The code given does not fit, or the workspace was built anew since. " if given else ""
    )
    return NeedsConfirmation(
        message=(
            f"{outdated}Deleting workspace {name_of(workspace)} destroys it with every file in it,"
            " for good. Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        confirm=code,
        next_step=f"Ask the person whether it may be lost. Only after a yes, call {again}.",
    )


def _code(workspace: Workspace, key: str) -> str:
    """A short code that only the holder of the session token can make; no state is kept."""
    what = f"delete {workspace.id} {workspace.latest_build.id}"
    return hmac.new(key.encode(), what.encode(), hashlib.sha256).hexdigest()[:8]
