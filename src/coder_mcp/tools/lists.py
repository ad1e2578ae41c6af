"""list_workspaces, list_templates."""

from coder_mcp.core.found import TemplatesFound, WorkspacesFound
from coder_mcp.core.listing import (
    MOST_ROWS,
    counted,
    matching,
    template_row,
    workspace_row,
    workspaces_query,
)
from coder_mcp.core.results import Result
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.lookups import MOST_LISTED, unless_hidden

_NONE_FOUND = "Call list_workspaces() without a query to see all that are the person's own."
_NONE_AT_ALL = "list_templates() shows what a workspace can be made from."
_NO_TEMPLATE_FOUND = "Call list_templates() without words to see all."
_NO_TEMPLATE_AT_ALL = (
    "Tell the person to ask an administrator of the deployment for a template that they may use."
)


async def list_workspaces(call: Call, *, query: arguments.WorkspaceQuery = "") -> Result:
    """List your workspaces, or those that a query in Coder's language finds."""
    page = await call.client.workspaces(workspaces_query(query), MOST_ROWS)
    rows = tuple(workspace_row(workspace) for workspace in page.workspaces)
    count = max(page.count, len(rows))
    left_out = count - len(rows)
    return WorkspacesFound(
        message=(
            counted(count, "workspace")
            + (f" The first {len(rows)} are shown; narrow the query." if left_out else "")
            + ("" if rows else await unless_hidden(call, "workspace:read"))
        ),
        next_step=None if rows else _NONE_FOUND if query else _NONE_AT_ALL,
        workspaces=rows,
    )


async def list_templates(call: Call, *, query: arguments.Query = "") -> Result:
    """List the templates a workspace can be made from, best match first."""
    templates = await call.client.templates()
    used = await or_none(call.client.workspaces("owner:me", MOST_LISTED))
    mine = () if used is None else used.workspaces
    found = matching(templates, query, mine)
    several = len({template.organization_id for template in templates}) > 1
    rows = tuple(
        template_row(
            template,
            used=sum(workspace.template_id == template.id for workspace in mine),
            several_organizations=several,
        )
        for template in found[:MOST_ROWS]
    )
    left_out = len(found) - len(rows)
    return TemplatesFound(
        message=(
            counted(len(found), "template")
            + (f" The first {len(rows)} are shown; give words to search for." if left_out else "")
            + ("" if templates else await unless_hidden(call, "template:read"))
        ),
        next_step=(
            "read_template shows what one asks for; create_workspace makes a workspace from it."
            if rows
            else _NO_TEMPLATE_FOUND
            if query
            else _NO_TEMPLATE_AT_ALL
        ),
        templates=rows,
    )
