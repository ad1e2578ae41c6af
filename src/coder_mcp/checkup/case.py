"""What is judged, and what becomes of a fact that is an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from coder_mcp.checkup.facts import Facts
from coder_mcp.core.checks.check import Check
from coder_mcp.core.error_words import failed
from coder_mcp.errors import CoderMcpError, CoderUnreachable
from coder_mcp.login import Address
from coder_mcp.settings import Settings

Fact = TypeVar("Fact")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is judged."""

    facts: Facts
    settings: Settings
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        """The deployment's address, empty where there is none."""
        return self.facts.address.url if isinstance(self.facts.address, Address) else ""

    @property
    def is_reached(self) -> bool:
        """Whether something answered, whatever it was."""
        greeting = self.facts.greeting
        return greeting is not None and not isinstance(greeting, CoderUnreachable)


def told(
    name: str, fact: Fact | CoderMcpError | None, say: Callable[[Fact], Check]
) -> Check | None:
    """The check of a fact; of an error that stands in its place; none where it is not known."""
    if isinstance(fact, CoderMcpError):
        return failed(name, fact)
    return None if fact is None else say(fact)


def seen(fact: Fact | CoderMcpError | None) -> Fact | None:
    """A fact that is no error."""
    return None if isinstance(fact, CoderMcpError) else fact
