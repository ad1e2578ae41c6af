"""The session tokens of the tests must occur in no output: a plugin that looks at all of it.

Loaded for every test run. What models and raw clients read, and what processes print, is looked
at where it is read, with `without_tokens`.
"""

from collections.abc import Generator

import pytest

from coder_mcp.simulator import World

TOKEN = "EXAMPLEid1-EXAMPLEsecretEXAMPLEse"  # noqa: S105  # of the shape that Coder's have
_world = World()
CANARIES = (TOKEN, _world.read_only_token, *_world.session_tokens.values())


def without_tokens(text: str) -> str:
    """The text, held to hold no session token, nor the secret half of one."""
    if any(canary.rpartition("-")[2] in text for canary in CANARIES):
        raise AssertionError("a session token is in the output")
    return text


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail that printed or logged a session token."""
    report = yield
    try:
        for title, content in report.sections:
            without_tokens(f"{title} {content}")
    except AssertionError as error:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {error}"
        report.sections = []
    return report
