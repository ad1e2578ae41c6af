"""What a next step leads to, where this server does not do it: who reads it is told, and why."""

import re
from collections.abc import Mapping

from coder_mcp.core.errands import sentences
from coder_mcp.core.results import Result


def with_reasons(result: Result, refused: Mapping[str, str]) -> Result:
    """The answer, its next step with why a tool that it names cannot be called.

    Args:
        result: What a tool answered.
        refused: The tools that are refused, each with the reason, to stand in brackets.
    """
    step: str | None = getattr(result, "next_step", None)
    if step is None:
        return result
    told = reasoned(step, refused)
    return result if told == step else result.model_copy(update={"next_step": told})


def reasoned(step: str, refused: Mapping[str, str]) -> str:
    """The sentences, with why a tool that they name cannot be called."""
    named = [tool for tool in refused if re.search(rf"\b{tool}\(|\b{tool} ", step)]
    if not named:
        return step
    reasons = "; ".join(dict.fromkeys(refused[tool] for tool in named))
    instead = (
        f"But this server does not do that ({reasons}): tell the person, who can do it on the"
        " deployment's own pages."
    )
    return sentences(step, instead)
