"""The I/O of a checkup: it only reads, each thing once, and beside each other where it can."""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import AsyncExitStack, aclosing
from typing import TypeVar, cast
from uuid import UUID

import anyio

from coder_mcp.api.client import CoderClient
from coder_mcp.api.connections import HTTPClient, http_client, proxy_to
from coder_mcp.api.probes import Greeting, addresses, connection, greeting
from coder_mcp.api.tls import tls_context
from coder_mcp.api.transport import Transport
from coder_mcp.checkup.facts import Facts
from coder_mcp.core.credits import MOST_ORGANIZATIONS
from coder_mcp.errors import CoderMcpError, CoderUnreachable, SettingsError
from coder_mcp.login import Address, Login, LoginSource
from coder_mcp.models.workspaces import Workspace
from coder_mcp.network import Network
from coder_mcp.tools.account import credits_in
from coder_mcp.tools.lookups import MINE

FRAME_SECONDS = 5.0
"""From a stream's opening to its first frame; Coder sends one at once."""

Read = TypeVar("Read")


async def look(facts: Facts, source: LoginSource, network: Network) -> None:
    """Find out what can be found out; each fact is noted as soon as it is known."""
    async with AsyncExitStack() as exits:
        http = _client(facts, network)
        if http is not None:
            await exits.enter_async_context(http)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_find_login, facts, source)
            facts.address = await _settled(source.address())
            if isinstance(facts.address, Address):
                url = facts.address.url
                facts.proxy = proxy_to(url)
                tasks.start_soon(_take_the_way, facts, url)
                facts.greeting = None if http is None else await _settled(greeting(http, url))
        if http is None or not isinstance(facts.greeting, Greeting):
            return
        if isinstance(facts.login, Login):
            transport = Transport(facts.login, source, http, attempts=1)
            await _look_as(facts, CoderClient(transport))


async def _find_login(facts: Facts, source: LoginSource) -> None:
    facts.login = await _settled(source.read())


def _client(facts: Facts, network: Network) -> HTTPClient | None:
    """The client of every call; none where the settings allow none."""
    facts.certificates = facts.proxies = True
    try:
        tls_context(network)
    except SettingsError as error:
        facts.certificates = error
        return None
    try:
        return http_client(network)
    except SettingsError as error:
        facts.proxies = error
        return None


async def _take_the_way(facts: Facts, url: str) -> None:
    """To the deployment, or to the proxy before it, a step at a time."""
    if not isinstance(facts.proxies, SettingsError):
        host, port = facts.place(url)
        facts.addresses = await _settled(addresses(host, port, url))
        if not isinstance(facts.addresses, CoderMcpError):
            facts.connection = await _settled(connection(host, port, url))


async def _look_as(facts: Facts, client: CoderClient) -> None:
    """What the person sees of the deployment."""

    async def user() -> None:
        facts.user = await _settled(client.me())
        facts.at = client.now()

    async def key() -> None:
        facts.key = await _settled(client.own_key())

    async def templates() -> None:
        found = await _settled(client.templates())
        if not isinstance(found, CoderMcpError):
            found = sum(template.agents_allowed for template in found)
        facts.templates = found

    async with anyio.create_task_group() as tasks:
        for one in (user, key, templates):
            tasks.start_soon(one)
        tasks.start_soon(_look_at_organizations, facts, client)
        tasks.start_soon(_look_at_stream, facts, client)


async def _look_at_organizations(facts: Facts, client: CoderClient) -> None:
    found = facts.organizations = await _settled(client.organizations())
    if isinstance(found, CoderMcpError):
        return
    try:
        facts.credits = [await credits_in(client, one) for one in found[:MOST_ORGANIZATIONS]]
    except CoderMcpError as error:
        facts.credits = error


async def _look_at_stream(facts: Facts, client: CoderClient) -> None:
    found = await _settled(client.workspaces(MINE, 1))
    if isinstance(found, CoderMcpError):
        facts.has_workspace = found
        return
    facts.has_workspace = bool(found.workspaces)
    if found.workspaces:
        facts.stream = await _settled(_watched(client, found.workspaces[0].id))


async def _watched(client: CoderClient, workspace_id: UUID) -> bool:
    """Whether the stream brings something.

    Raises:
        CoderMcpError: It does not, or it cannot be opened.
    """
    with anyio.move_on_after(FRAME_SECONDS):
        async with (
            client.watch_workspace(workspace_id) as frames,
            aclosing(cast("AsyncGenerator[Workspace]", frames)),
        ):
            async for _ in frames:
                return True
    url = client.transport.login.url
    raise CoderUnreachable(f"{url} brings nothing through a WebSocket.", sent=True)


async def _settled(reading: Awaitable[Read]) -> Read | CoderMcpError:
    """What was read, or why it was not."""
    try:
        return await reading
    except CoderMcpError as error:
        return error
