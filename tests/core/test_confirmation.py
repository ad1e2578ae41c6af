"""The two calls of a delete: what is told first, and the code that the second one needs."""

import re

import pytest
from inline_snapshot import snapshot

from builders import build, workspace
from coder_mcp.core.confirmation import asked, fits
from coder_mcp.core.schema import payload

KEY = "EXAMPLEid1-EXAMPLEsecretEXAMPLEse"
STOPPED = workspace(build("succeeded", "stop", number=4))
CODE = asked(STOPPED, KEY, given="").confirm


def test_the_first_call_says_what_would_be_lost_and_how_to_go_on() -> None:
    assert payload(asked(STOPPED, KEY, given="")) == snapshot(
        {
            "outcome": "needs_confirmation",
            "message": "Deleting workspace dev1/app destroys it with every file in it, for good. Nothing was changed.",
            "workspace_name": "dev1/app",
            "confirm": "2dff85e4",
            "next_step": 'Ask the person whether it may be lost. Only after a yes, call delete_workspace(workspace="97e574b3-fb5a-5950-b6ce-85b7abbd0a18", confirm="2dff85e4").',
        }
    )


def test_a_code_that_does_not_fit_is_answered_with_the_one_that_does() -> None:
    told = asked(STOPPED, KEY, given="00000000")
    assert told.message == snapshot(
        "The code given does not fit, or the workspace was built again since. Deleting workspace dev1/app destroys it with every file in it, for good. Nothing was changed."
    )
    assert told.confirm == CODE


def test_the_code_is_short_and_says_nothing_of_the_key() -> None:
    assert re.fullmatch("[0-9a-f]{8}", CODE)
    assert KEY not in repr(asked(STOPPED, KEY, given=""))


@pytest.mark.parametrize(
    "given", [CODE, CODE.upper(), f" {CODE}\n"], ids=["as given", "capitals", "blanks"]
)
def test_the_code_fits_the_workspace_as_it_stands(given: str) -> None:
    assert fits(given, "delete", STOPPED, KEY)


@pytest.mark.parametrize("given", ["", "yes", CODE[:-1], f"{CODE}0", CODE[::-1], "\u00e9"])
def test_nothing_else_fits(given: str) -> None:
    assert not fits(given, "delete", STOPPED, KEY)


def test_a_newer_build_voids_the_code() -> None:
    assert not fits(CODE, "delete", workspace(build("succeeded", "start", number=5)), KEY)


@pytest.mark.fault("M32")
def test_a_code_is_of_one_workspace() -> None:
    other = workspace(build("succeeded", "stop", number=4), name="other")
    assert not fits(CODE, "delete", other, KEY)


@pytest.mark.fault("M32")
def test_a_code_is_of_one_session_token() -> None:
    assert not fits(CODE, "delete", STOPPED, KEY.swapcase())


def test_a_code_is_the_same_each_time_it_is_asked_for() -> None:
    assert asked(STOPPED, KEY, given="").confirm == CODE
    seen_again = workspace(
        build("succeeded", "stop", number=4), last_used_at="2026-03-02T00:00:00Z"
    )
    assert fits(CODE, "delete", seen_again, KEY)
