"""Coder's REST API, one method a route: models in, models out.

Paths are built from ids, `me`, and names that Coder itself would accept; never from free text.
What a read does not find is `None` where "not found" is an answer; what Coder refuses of a write
is a `Refusal`, and a write whose answer was lost is `Lost` (see `writes`).
"""

from coder_mcp.api.account_routes import AccountRoutes
from coder_mcp.api.template_routes import TemplateRoutes
from coder_mcp.api.workspace_routes import WorkspaceRoutes


class CoderClient(WorkspaceRoutes, TemplateRoutes, AccountRoutes):
    """One deployment, as the person that the session token belongs to."""
