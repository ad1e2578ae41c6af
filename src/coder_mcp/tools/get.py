"""get_workspace."""

from coder_mcp.core.progress import began
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.core.workspace_page import needs_app_host, workspace_page
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.lookups import find_workspace, look_at


async def get_workspace(
    call: Call, *, workspace: arguments.OnlyWorkspace = "", port: arguments.Port = None
) -> Result:
    """Show how a workspace stands, its schedule, and how to open it: SSH, editors, apps, a port."""
    found = await find_workspace(call, workspace, tool="get_workspace", changes=False)
    if isinstance(found, NeedsChoice):
        return found
    progress = began(found, call.client.now())
    host = ""
    if needs_app_host(progress, port):
        host = await or_none(call.client.app_host())
    return workspace_page(look_at(call, found), progress, app_host=host, port=port)
