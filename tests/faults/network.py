"""A network of the test's own: which names there are, and where addresses lead.

Only addresses that are kept for examples (RFC 5737, RFC 3849) are its business.
"""

# ruff: noqa: ANN401  # the signatures are asyncio's

import asyncio  # noqa: TID251  # the loop itself is what asks for names and connections
import socket
from typing import Any

from virtual_time import VirtualTimeLoop

HOST = "coder.test"
ADDRESS, OTHER = "192.0.2.1", "2001:db8::1"
HERE = "127.0.0.1"
NOWHERE, REFUSED = "nowhere", "refused"
"""Where an address leads besides to another: packets vanish, or nobody listens."""


class Network(VirtualTimeLoop):
    """A loop whose network has one host.

    Attributes:
        addresses: Those of the host; none where its name is unknown.
        leads: Where each address leads.
        failures: How many look-ups and connections came to nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.addresses = [ADDRESS]
        self.leads = {ADDRESS: HERE, OTHER: NOWHERE}
        self.failures = 0

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name != HOST:
            return await super().getaddrinfo(host, port, **options)
        if not self.addresses:
            self.failures += 1
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port),
            )
            for address in self.addresses
        ]

    async def create_connection(
        self, factory: Any, host: Any = None, *rest: Any, **options: Any
    ) -> Any:
        there = self.leads.get(host, host)
        self.failures += there in (NOWHERE, REFUSED)
        if there == NOWHERE:
            await asyncio.Event().wait()
        if there == REFUSED:
            raise ConnectionRefusedError
        return await super().create_connection(factory, there, *rest, **options)


def network() -> Network:
    """That of the test that runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Network)
    return loop
