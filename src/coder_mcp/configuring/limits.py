"""Whether a client lets a call wait as long as its entry of this server says. Pure."""

from collections.abc import Iterator, Mapping

from coder_mcp.configuring.mentions import Mention
from coder_mcp.core.checks.check import Check
from coder_mcp.core.clients import wait_seconds

_ANSWERED_WITHIN = 5
"""A call answers at most so many seconds after its window."""
_FOREVER = 10**12


def time_limit(mention: Mention, environ: Mapping[str, str]) -> Iterator[Check]:
    """What is to be said where the client cuts a call before this server answers it.

    Args:
        mention: The entry.
        environ: Of the person's shell.
    """
    client, setting = mention.client, mention.settings.wait_seconds
    waits = max(
        wait_seconds(asked=None, setting=setting, client_name=name)
        for name in client.known_as or ("",)
    )
    limit = _limit_seconds(mention, environ)
    if limit is None or waits + _ANSWERED_WITHIN <= limit:
        return
    says = f"waits {waits} s in a call, and {client.title} cuts a call after {limit} s."
    if client.limit_key in client.limits:
        raised = f"{client.limit_key} = {client.limits[client.limit_key]}"
        mend = f"{mention.again} It sets {raised}."
    else:
        fits = max(0, limit - _ANSWERED_WITHIN)
        mend = f'Set CODER_MCP_WAIT_SECONDS to "{fits}" in the entry, or less.'
    yield mention.check("client time limit", "warn", says, mend)


def _limit_seconds(mention: Mention, environ: Mapping[str, str]) -> int | None:
    """The seconds after which the client cuts a call of this server; none where it does not."""
    client = mention.client
    own = mention.held.get(client.limit_key) if client.limit_key else None
    if isinstance(own, int | float) and not isinstance(own, bool) and own > 0:
        return int(min(own, _FOREVER) / client.units_a_second)
    given = environ.get(client.limit_variable, "") if client.limit_variable else ""
    if given.isascii() and given.isdigit() and len(given) < 16:
        return int(given) // 1000
    return client.cuts_after
