"""A client that reads nothing but `outcome` and `next_step`, and makes exactly the call there."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import anyio

from model import Model, Payload

_CALL = re.compile(r"\b([a-z]+(?:_[a-z]+)+)\(")
_NAME = re.compile(r"(?:, )?([a-z_]+)=")
# Who does what next_step says: a person, in these.
_ASKS = ("Ask the person", "Tell the person")
# What leaves something to choose or to correct, which a robot cannot.
_CHOICES = frozenset({"needs_choice", "rejected", "quota_reached"})
MOST_CALLS = 400


@dataclass(frozen=True)
class Written:
    """A call as a sentence has it."""

    tool: str
    arguments: dict[str, Any]


def written_calls(sentence: str) -> list[Written]:
    """The calls in a sentence: `tool(name="value", other=4)`, whose values are JSON."""
    return [
        Written(match[1], _arguments(sentence, match.end())) for match in _CALL.finditer(sentence)
    ]


def _arguments(text: str, at: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while text[at] != ")":
        name = _NAME.match(text, at)
        assert name is not None, text[at:]
        found[name[1]], at = json.JSONDecoder().raw_decode(text, name.end())
    return found


@dataclass
class Errand:
    """What became of what a robot was sent for.

    Attributes:
        answers: Each payload, in order.
        seconds: From the first call to the last answer.
    """

    answers: list[Payload] = field(default_factory=list[Payload])
    seconds: float = 0.0

    @property
    def end(self) -> Payload:
        return self.answers[-1]

    @property
    def outcome(self) -> str:
        return self.end["outcome"]


async def obeyed(model: Model, tool: str, **arguments: object) -> Errand:
    """Call, and do what each answer says, until one leaves nothing to do or asks the person."""
    began, errand = anyio.current_time(), Errand()
    errand.answers.append(await model.call(tool, **arguments))
    while not asks(errand.end):
        assert len(errand.answers) < MOST_CALLS, errand.end
        (written,) = written_calls(errand.end["next_step"])
        errand.answers.append(await model.call(written.tool, **written.arguments))
    errand.seconds = anyio.current_time() - began
    return errand


async def allowed(model: Model, answer: Payload) -> Errand:
    """The person says yes: make the call that the answer asks about, and go on from there."""
    assert answer["next_step"].startswith(_ASKS)
    (written,) = written_calls(answer["next_step"])
    return await obeyed(model, written.tool, **written.arguments)


def asks(answer: Payload) -> bool:
    """Whether it is the person's turn, or nobody's."""
    step = answer.get("next_step", "")
    return not step or answer["outcome"] in _CHOICES or step.startswith(_ASKS)
