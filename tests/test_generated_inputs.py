"""Whatever a tool is given, its call ends in an answer of its schema or in an error that is clear."""

import unicodedata

import pytest

from coder_mcp.tools.table import TOOLS, Tool
from generated import distinct
from model import text_of
from whole import deployed

INPUTS = 250
LONGEST_ERROR = 2500


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_whatever_is_given_is_answered(tool: Tool) -> None:
    async with deployed(seeded=True) as whole:
        for number, given in distinct(tool, INPUTS).items():
            result = await whole.model.result(tool.name, **given)
            where = f"{number}: {str(given)[:500]!r}"
            if result.is_error:
                assert unclear(text_of(result)) == [], where
            else:
                assert whole.model.faults(tool.name, result) == [], where
        # The session has borne it all.
        assert (await whole.call("list_templates"))["outcome"] == "found"


def unclear(text: str) -> list[str]:
    """What is wrong with the text of an error."""
    found = {
        "a defect of ours": "inside coder-mcp" in text,
        "a library's words": "pydantic" in text or "Traceback" in text,
        "too short": len(text) < 20,
        "too long": len(text) > LONGEST_ERROR,
        "not to be shown": any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in text),
    }
    return [what for what, is_so in found.items() if is_so]
