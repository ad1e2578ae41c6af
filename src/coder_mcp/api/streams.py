"""From the text of a stream's frame to a model. Pure; a frame that cannot be read is nothing."""

from pydantic import ValidationError

from coder_mcp.models.wire import ProvisionerJobLog, WatchFrame
from coder_mcp.models.workspaces import Workspace


def decode_watch(text: str) -> Workspace | None:
    """The workspace that a frame of `watch-ws` holds; pings and errors hold none.

    An unreadable frame is no reason to stop: the poll beside the stream reads the same workspace.
    """
    try:
        frame = WatchFrame.model_validate_json(text)
        return Workspace.model_validate(frame.data) if frame.type == "data" else None
    except ValidationError:
        return None


def decode_build_log(text: str) -> ProvisionerJobLog | None:
    """The line that a frame of a followed build log holds: one object a frame."""
    try:
        return ProvisionerJobLog.model_validate_json(text)
    except ValidationError:
        return None
