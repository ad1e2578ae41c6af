"""From what a person calls a workspace or a template to the thing itself."""

from collections.abc import Sequence
from uuid import UUID

from coder_mcp.core.errands import Errand, Verb, name_of
from coder_mcp.core.errands import call as written
from coder_mcp.core.identity import is_unlimited
from coder_mcp.core.names import (
    ME,
    TemplateReference,
    WorkspaceReference,
    is_name,
    workspace_reference,
)
from coder_mcp.core.progress import is_active
from coder_mcp.core.results import NeedsChoice
from coder_mcp.core.scopes import needs
from coder_mcp.core.text import near, one_line
from coder_mcp.errors import BadArguments, Gone, NotFound
from coder_mcp.models.templates import Template
from coder_mcp.models.workspaces import Workspace
from coder_mcp.tools.call import Call, or_none

MOST_LISTED = 100

MINE = f"owner:{ME}"


async def find_workspace(
    call: Call, text: str, *, tool: str, changes: bool
) -> Workspace | NeedsChoice:
    """The workspace that the text means; without a text the person's only one.

    Args:
        call: The call it is for.
        text: A name, `owner/name`, id or dashboard address, or nothing.
        tool: The tool that was called, for the next step.
        changes: Whether the tool changes the workspace: then it has to be the person's own.

    Raises:
        BadArguments: There is none, or it is somebody else's.
    """
    if not text:
        return await _only_one(call, tool)
    reference = workspace_reference(text, call.url)
    if reference.id is not None:
        return await _by_id(call, reference.id, changes=changes)
    mine = await call.client.workspace_by_name(ME, reference.name)
    if mine is not None and _is_owner(mine, reference.owner):
        return mine
    if reference.owner == ME:
        return await _from_list(call, reference)
    theirs = await call.client.workspace_by_name(reference.owner, reference.name)
    if theirs is None:
        return await _from_list(call, reference)
    if changes and not call.others_allowed:
        raise _not_yours(theirs)
    call.is_theirs = not call.others_allowed
    return theirs


def look_at(call: Call, workspace: Workspace) -> Errand:
    """That of a call which looks at a workspace as it is, and waits for nothing."""
    return Errand(
        verb=Verb.WAIT,
        url=call.url,
        server_version=call.client.transport.server_version,
        joined=is_active(workspace.latest_build),
    )


async def find_template(call: Call, reference: TemplateReference) -> Template | NeedsChoice:
    """The template that is meant, deprecated ones too.

    Raises:
        BadArguments: There is none that this session token sees.
    """
    if reference.id is not None:
        template = await call.client.template(reference.id)
        if template is None:
            return await _no_template(call, reference)
        if not _of(reference, (template,)):
            raise BadArguments(
                f"The template {template.id} is of organization"
                f" {one_line(template.organization_name, 40)}, not {reference.organization}."
                " Nothing was created; call again with one of them."
            )
        return template
    if not is_name(reference.name):
        return await _no_template(call, reference)
    query = f"exact_name:{reference.name}"
    found = _of(reference, await call.client.templates(query)) or _of(
        reference, await call.client.templates(f"{query} deprecated:true")
    )
    if not found:
        return await _no_template(call, reference)
    if len(found) == 1:
        return found[0]
    names = sorted(f"{template.organization_name}/{template.name}" for template in found)
    return NeedsChoice(
        message=f"More than one organization has a template named {reference.name}.",
        candidates=tuple(names),
        next_step="Ask the person which one; then make the same call with it as template.",
    )


async def unless_hidden(call: Call, scope: str) -> str:
    """A sentence, after a blank, where nothing was found and the session token may be why.

    A token that is limited is shown no workspace, or no template, as if there were none.
    """
    key = await or_none(call.client.own_key())
    if key is not None and is_unlimited(key):
        return ""
    return f" Perhaps they are not visible to this session token. {needs((scope,))}"


async def _only_one(call: Call, tool: str) -> Workspace | NeedsChoice:
    mine = await call.client.workspaces(MINE, MOST_LISTED)
    if not mine.workspaces:
        raise BadArguments(
            f"You have no workspace on {call.url}. Ask the person whether to create one:"
            " list_templates() shows from what, create_workspace makes it."
            + await unless_hidden(call, "workspace:read")
        )
    if mine.count == len(mine.workspaces) == 1:
        return mine.workspaces[0]
    names = tuple(name_of(workspace) for workspace in mine.workspaces)
    return NeedsChoice(
        message=f"You have {mine.count} workspaces; which one is meant was not said.",
        candidates=names,
        next_step=f"Ask the person which one; then call {written(tool, workspace='<name>')}.",
    )


async def _by_id(call: Call, workspace_id: UUID, *, changes: bool) -> Workspace:
    try:
        workspace = await call.client.workspace(workspace_id)
    except Gone:
        # Nothing can be changed about it, so whose it was does not matter.
        return await call.client.workspace(workspace_id, include_deleted=True)
    except NotFound as error:
        raise BadArguments(
            f"There is no workspace with the id {workspace_id} on {call.url} that this session"
            " token can see. list_workspaces() shows those of the person."
        ) from error
    if not call.others_allowed and not await _is_mine(call, workspace):
        if changes:
            raise _not_yours(workspace)
        call.is_theirs = True
    return workspace


async def _is_mine(call: Call, workspace: Workspace) -> bool:
    found = await call.client.workspace_by_name(ME, workspace.name)
    if found is not None:
        return found.id == workspace.id
    # A token without `user:read` finds its owner's workspaces in a list only.
    mine = await call.client.workspaces(MINE, MOST_LISTED)
    return any(known.id == workspace.id for known in mine.workspaces)


async def _from_list(call: Call, reference: WorkspaceReference) -> Workspace:
    """A token without `user:read` finds its owner's workspaces in a list only."""
    mine = await call.client.workspaces(MINE, MOST_LISTED)
    for workspace in mine.workspaces:
        same = workspace.name.casefold() == reference.name.casefold()
        if same and _is_owner(workspace, reference.owner):
            return workspace
    names = [workspace.name for workspace in mine.workspaces]
    raise BadArguments(
        f'There is no workspace "{reference}" on {call.url} that this session token can see. '
        + _instead(near(reference.name, names), names)
        + " list_workspaces() shows them all; create_workspace makes one."
        + ("" if names else await unless_hidden(call, "workspace:read"))
    )


async def _no_template(call: Call, reference: TemplateReference) -> Template:
    templates = await call.client.templates()
    elsewhere = [
        f"{template.organization_name}/{template.name}"
        for template in templates
        if reference.organization and template.name.casefold() == reference.name.casefold()
    ]
    names = {template.name: template for template in templates}
    shown = {template.display_name: template for template in templates if template.display_name}
    wanted = str(reference).rpartition("/")[2]
    close = [(names | shown)[name].name for name in near(wanted, [*names, *shown])]
    instead = _instead(sorted(elsewhere) or list(dict.fromkeys(close)), sorted(names))
    raise BadArguments(
        f'There is no template "{one_line(str(reference), 80)}" on {call.url} that this session'
        f" token can see. {instead} Nothing was created; list_templates() shows them all."
    )


def _of(reference: TemplateReference, templates: Sequence[Template]) -> list[Template]:
    """Those of the organization that is named, or all.

    A query could name it too, but Coder refuses one of an organization that it does not show.
    """
    named = reference.organization.casefold()
    return [one for one in templates if not named or one.organization_name.casefold() == named]


def _instead(close: list[str], names: list[str]) -> str:
    """The names that may be meant, else the first that there are."""
    if close:
        return f"It may mean: {', '.join(close)}."
    return f"There are: {', '.join(names[:10])}." if names else "There are none."


def _is_owner(workspace: Workspace, owner: str) -> bool:
    return owner == ME or workspace.owner_name.casefold() == owner.casefold()


def _not_yours(workspace: Workspace) -> BadArguments:
    return BadArguments(
        f"Workspace {name_of(workspace)} belongs to somebody else, and this server changes only"
        " the workspaces of the person that it is signed in as. Nothing was changed. Where that is"
        " meant, set CODER_MCP_OTHERS=1 in the server's configuration."
    )
