"""get_quota, whoami."""

from collections.abc import Awaitable, Sequence

from coder_mcp import __version__
from coder_mcp.api.client import CoderClient
from coder_mcp.core.credits import MOST_ORGANIZATIONS, Credits, first_of, quota_page
from coder_mcp.core.identity import Identity, connected
from coder_mcp.core.results import Result
from coder_mcp.core.text import one_line
from coder_mcp.errors import BadArguments, NoSuchRoute, NotFound
from coder_mcp.models.accounts import Organization, WorkspaceQuota
from coder_mcp.tools import arguments
from coder_mcp.tools.call import Call, Read, or_none
from coder_mcp.tools.lookups import MINE, MOST_LISTED

# What a licensed server without quotas answers, and what one without the route comes to.
_NO_QUOTAS = WorkspaceQuota(credits_consumed=0, budget=-1)


async def get_quota(call: Call, *, organization: arguments.QuotaOrganization = "") -> Result:
    """Show your credits, used and left, and which workspaces hold them."""
    organizations = await _organizations(call)
    if organizations is not None and organization:
        organizations = (_named(call, organization, organizations),)
    mine = await call.client.workspaces(MINE, MOST_LISTED)
    if organizations is None:
        return quota_page(None, mine.workspaces)
    first = organizations[:MOST_ORGANIZATIONS]
    meant = {one.id for one in first}
    return quota_page(
        [await credits_in(call.client, one) for one in first],
        [known for known in mine.workspaces if known.organization_id in meant],
        first_of(len(first), len(organizations), "organizations"),
        first_of(len(mine.workspaces), mine.count, "workspaces"),
    )


async def whoami(call: Call) -> Result:
    """Show who you are signed in as, where and until when; or why the deployment cannot be used."""
    return connected(await identity(call))


async def identity(call: Call) -> Identity:
    """Who the person is to the deployment, as far as the session token sees it.

    Raises:
        CoderMcpError: The deployment does not answer, or does not accept the token.
    """
    login = call.client.transport.login
    user = await visible(call.client.me())
    key = await visible(call.client.own_key())
    organizations = await _organizations(call)
    version = call.client.transport.server_version
    if not version:
        info = await or_none(call.client.build_info())
        version = "" if info is None else info.version
    return Identity(
        url=login.url,
        token_source=login.source,
        server_version=version,
        own_version=__version__,
        at=call.client.now(),
        user=user,
        key=key,
        organizations=organizations,
    )


async def visible(reading: Awaitable[Read]) -> Read | None:
    """What was read; nothing where the session token does not see it."""
    try:
        return await reading
    except NotFound:
        return None


async def _organizations(call: Call) -> tuple[Organization, ...] | None:
    """Those of the person; nothing where the session token sees none.

    Without `organization:read` there is no refusal but an empty list.
    """
    return await visible(call.client.organizations()) or None


async def credits_in(client: CoderClient, organization: Organization) -> Credits:
    """The person's credits in an organization."""
    try:
        quota = await client.quota(organization.id, "me")
    except NoSuchRoute:
        quota = _NO_QUOTAS
    except NotFound:
        quota = None
    return Credits(organization=organization, quota=quota)


def _named(call: Call, text: str, organizations: Sequence[Organization]) -> Organization:
    """The organization that is meant.

    Raises:
        BadArguments: The person belongs to none of that name.
    """
    wanted = text.strip().casefold()
    for known in organizations:
        if wanted in (known.name.casefold(), known.display_name.casefold(), str(known.id)):
            return known
    names = ", ".join(one_line(known.name, 40) for known in organizations[:MOST_ORGANIZATIONS])
    raise BadArguments(
        f'The person belongs to no organization "{one_line(text, 80)}" on {call.url} that this'
        f" session token can see. There are: {names or 'none'}."
    )
