"""What a checkup says of a deployment, as the lines that a person reads."""

import re
from collections.abc import Mapping

from canary import without_tokens
from coder_mcp.checkup.examination import examined
from coder_mcp.core.checks.check import Check
from coder_mcp.core.checks.table import CHECKS
from coder_mcp.login import LoginSource
from coder_mcp.settings import Settings

_CAUSES = {looked.name: looked.causes for looked in CHECKS}


async def lines(environ: Mapping[str, str], seconds: float = 25) -> dict[str, str]:
    """Each check by its name: status, message, what was said, what fixes it.

    Ports, and what the system's libraries say, are left out.
    """
    settings = Settings.from_environ(environ)
    source = LoginSource(environ, insecure_http=settings.insecure_http)
    found = await examined(source, settings, seconds)
    return {check.name: line(check) for check in found.checks}


def line(check: Check) -> str:
    """One check, which the table has with this status."""
    assert check.status == "skipped" or check.status in _CAUSES[check.name], check
    said = f" [{check.error}]" if check.error else ""
    step = f" -> {check.next_step}" if check.next_step else ""
    text = without_tokens(f"{check.status}: {check.message}{said}{step}")
    text = re.sub(r"(127\.0\.0\.1|coder\.test):\d+", r"\1", text)
    return re.sub(r"trust \(.+?\)\.", "trust (...).", text)


def of_status(told: Mapping[str, str], status: str) -> list[str]:
    """The names of the checks that have this status."""
    return [name for name, text in told.items() if text.startswith(f"{status}: ")]


def skipped_for(told: Mapping[str, str], need: str) -> list[str]:
    """The names of the checks that could not be made for want of this one."""
    return [name for name, text in told.items() if text == f"skipped: Needs {need}."]
