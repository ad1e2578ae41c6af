"""What is written of a payload: every text clean, wherever it stands."""

from uuid import UUID

import pytest
from pydantic import JsonValue

from coder_mcp.core.found import PresetShown, TemplateFound
from coder_mcp.core.results import NeedsChoice, Rejected
from coder_mcp.core.schema import payload

ID = UUID(int=1)
DIRTY = "\x1b[31ma\x1b[0m\u202e\x00\ud800\r\nb\tc"
CLEAN = "a\ufffd\nb\tc"


def test_every_text_of_a_payload_is_cleaned_wherever_it_stands() -> None:
    wrong: JsonValue = {"field": DIRTY, "detail": DIRTY, "allowed": [DIRTY], "url": DIRTY}
    rejected = Rejected.model_validate(
        {"message": DIRTY, "next_step": DIRTY, "error": DIRTY, "validations": [wrong]}
    )
    right = {"field": CLEAN, "detail": CLEAN, "allowed": [CLEAN], "url": CLEAN}
    assert payload(rejected) == {
        "outcome": "rejected",
        "message": CLEAN,
        "next_step": CLEAN,
        "error": CLEAN,
        "validations": [right],
    }


def test_the_keys_of_a_payload_are_cleaned_too() -> None:
    shown = PresetShown(name="Small", parameters={"\x1b[0ma\u202e\x00b": DIRTY})
    page = TemplateFound(
        message="m", template_id=ID, name="quick", next_step="n", parameters=(), presets=(shown,)
    )
    assert payload(page)["presets"] == [{"name": "Small", "parameters": {"ab": CLEAN}}]


@pytest.mark.fault("P13")
def test_a_payload_can_be_written_as_utf_8_whatever_it_holds() -> None:
    halves = NeedsChoice(message="\ud83d", candidates=("\udfff",), next_step="\udc00")
    assert payload(halves)["candidates"] == ["\ufffd"]
