"""read_template."""

from coder_mcp.core.names import ME, template_reference
from coder_mcp.core.quota import last_cost
from coder_mcp.core.refusals import closed_to_agents
from coder_mcp.core.results import NeedsChoice, Result
from coder_mcp.core.template_page import TemplateParts, template_page
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call, or_none
from coder_mcp.tools.forecast import builds_of_template
from coder_mcp.tools.lookups import find_template
from coder_mcp.tools.targets import parameters_of


async def read_template(call: Call, *, template: arguments.Template) -> Result:
    """Read what a template asks for: parameters, presets, sign-ins, and its README."""
    found = await find_template(call, template_reference(template))
    if isinstance(found, NeedsChoice):
        return found
    closed = closed_to_agents(found)
    if closed is not None:
        return closed
    version_id = found.active_version_id
    return template_page(
        TemplateParts(
            template=found,
            version=await call.client.template_version(version_id),
            parameters=await parameters_of(
                call, version_id, classic=found.use_classic_parameter_flow
            ),
            presets=await or_none(call.client.presets(version_id)),
            external_auth=await or_none(call.client.external_auth(version_id)),
            last_start_cost=last_cost(
                await or_none(builds_of_template(call, found.id, found.name, owner=ME)) or ()
            ),
        )
    )
