"""What would be lost, and the code that shows that someone was told.

A code is of one change to one workspace as it stands, and a newer build voids it; that of an
update is of the version that is moved to.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from coder_mcp.core.errands import call, name_of
from coder_mcp.core.results import NeedsConfirmation, UpdateNeedsConfirmation
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import Workspace

_VOID = "The code given does not fit, or the workspace was built again since. "
_VOID_UPDATE = "The code given does not fit, or there is a newer build or version since. "


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an update changes.

    Attributes:
        active_version: The name of the template's active version; empty where it was not read.
        new_parameters: Names of those that the last build had no values for.
        warning: A sentence where the quota may refuse the start that follows the stop.
    """

    active_version: str = ""
    new_parameters: tuple[str, ...] = ()
    warning: str = ""


def fits(confirm: str, change: str, workspace: Workspace, key: str) -> bool:
    """Whether the code was given out for this change (`delete`, `update`) of the workspace."""
    given = confirm.strip().lower().encode()
    return hmac.compare_digest(given, _code(change, workspace, key).encode())


def asked(workspace: Workspace, key: str, *, given: str) -> NeedsConfirmation:
    """What would be lost, and the code without which nothing is deleted."""
    code = _code("delete", workspace, key)
    again = call("delete_workspace", workspace=str(workspace.id), confirm=code)
    return NeedsConfirmation(
        message=(
            (_VOID if given else "")
            + f"Deleting workspace {name_of(workspace)} destroys it with every"
            " file in it, for good. Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        confirm=code,
        next_step=f"Ask the person whether it may be lost. Only after a yes, call {again}.",
    )


def asked_to_stop(
    workspace: Workspace, key: str, *, given: str, again: Callable[[str], str], changes: Changes
) -> UpdateNeedsConfirmation:
    """What an update of a running workspace ends and changes, and the code that it takes.

    Args:
        workspace: That runs.
        key: The session token.
        given: The code of this call; empty where there was none.
        again: The call written out with a code.
        changes: What the update changes.
    """
    code = _code("update", workspace, key)
    return UpdateNeedsConfirmation(
        message=(
            f"{_VOID_UPDATE if given else ''}Workspace {name_of(workspace)} is running. To update"
            " it, it is stopped, which ends what runs in it, and started from the template's active"
            f" version.{f' {changes.warning}' if changes.warning else ''} Nothing was changed."
        ),
        workspace_name=name_of(workspace),
        confirm=code,
        next_step=(
            f"Ask the person whether it may be stopped. Only after a yes, call {again(code)}."
        ),
        template_version=one_line(workspace.latest_build.template_version_name, 64) or None,
        active_version=changes.active_version or None,
        new_parameters=changes.new_parameters or None,
    )


def _code(change: str, workspace: Workspace, key: str) -> str:
    """A short code that only the holder of the session token can make; no state is kept."""
    what = f"{change} {workspace.id} {workspace.latest_build.id}"
    if change == "update":
        what += f" {workspace.template_active_version_id}"
    return hmac.new(key.encode(), what.encode(), hashlib.sha256).hexdigest()[:8]
