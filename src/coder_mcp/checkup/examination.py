"""Everything on the way to the deployment is looked at, in time, and judged."""

from dataclasses import dataclass

import anyio

from coder_mcp.api.probes import Greeting
from coder_mcp.checkup.facts import Facts
from coder_mcp.checkup.judgement import Case, judged
from coder_mcp.checkup.looks import look
from coder_mcp.core.checks.check import Check
from coder_mcp.login import LoginSource
from coder_mcp.settings import Settings

MOST_SECONDS = 25.0
"""For all of it: what is not known by then is not looked at."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was found.

    Attributes:
        checks: In the order of the table.
        server_version: Of the deployment; empty where it did not tell it.
    """

    checks: tuple[Check, ...]
    server_version: str


async def examined(
    source: LoginSource, settings: Settings, seconds: float = MOST_SECONDS
) -> Examination:
    """What is found in this time; it only reads."""
    facts = Facts()
    with anyio.move_on_after(min(seconds, MOST_SECONDS)):
        await look(facts, source, settings.network)
    greeting = facts.greeting
    return Examination(
        checks=judged(Case(facts=facts, settings=settings, environ=source.environ)),
        server_version=greeting.info.version if isinstance(greeting, Greeting) else "",
    )
