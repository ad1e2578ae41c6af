"""The template version that a build is of, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from coder_mcp.core import errands
from coder_mcp.core import parameters as rules
from coder_mcp.errors import NotFound
from coder_mcp.models.templates import DynamicParametersResponse, RichParameter
from coder_mcp.models.workspaces import Workspace
from coder_mcp.tools.call import Call


@dataclass(frozen=True, kw_only=True)
class Target:
    """The template version that a build is of.

    Attributes:
        template_id: The template.
        version_id: Its version.
        classic: Whether its parameters are those of its import; else they depend on each other.
        owner_id: Whose workspace it is; none where that has to be asked for.
        build_id: The build whose values are kept where the call gives none; none for a create.
        workspace_name: As it is shown: `owner/name`, or the name of one to be made.
        read: The call that shows what the template asks for.
        again: The call to make once what is wrong is corrected.
        newer_id: The template's active version, where this is an older one.
        update: The call that moves the workspace there.
    """

    template_id: UUID
    version_id: UUID
    classic: bool
    owner_id: UUID | None = None
    build_id: UUID | None = None
    workspace_name: str
    read: str
    again: str
    newer_id: UUID | None = None
    update: str = ""

    @classmethod
    def of(cls, workspace: Workspace, *, again: str) -> "Target":
        """The version that the workspace was built from last."""
        return cls(
            template_id=workspace.template_id,
            version_id=workspace.latest_build.template_version_id,
            classic=workspace.template_use_classic_parameter_flow,
            owner_id=workspace.owner_id,
            build_id=workspace.latest_build.id,
            workspace_name=errands.name_of(workspace),
            read=errands.call("read_template", template=str(workspace.template_id)),
            again=again,
        )


async def parameters_of(
    call: Call, version_id: UUID, *, classic: bool, owner_id: UUID | None = None
) -> tuple[RichParameter, ...]:
    """What a template version asks for: as its import saw it, or evaluated where it depends.

    Raises:
        CoderMcpError: It cannot be read.
    """
    if classic:
        return await call.client.rich_parameters(version_id)
    try:
        owner_id = owner_id or (await call.client.me()).id
        response = await call.client.evaluate_parameters(version_id, owner_id, {})
    except NotFound:
        response = None
    if response is None or (not response.parameters and rules.rejected_by_evaluation(response)):
        # A token without user:read, a server before v2.24, or values without which the template
        # cannot be evaluated: the import's own list is near.
        return await call.client.rich_parameters(version_id)
    return tuple(rules.from_dynamic(parameter) for parameter in response.parameters)


async def evaluated(
    call: Call, target: Target, values: Mapping[str, str]
) -> DynamicParametersResponse:
    """The template's own evaluation of the values."""
    owner_id = target.owner_id or (await call.client.me()).id
    return await call.client.evaluate_parameters(target.version_id, owner_id, dict(values))


async def values_before(call: Call, target: Target) -> dict[str, str]:
    """The values of the last build, which are kept where none is given."""
    if target.build_id is None:
        return {}
    before = await call.client.build_parameters(target.build_id)
    return {value.name: value.value for value in before}
