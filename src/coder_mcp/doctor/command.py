"""`coder-mcp doctor`: looks at everything at once, and prints it."""

import platform
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from coder_mcp import __version__
from coder_mcp.checkup.examination import Examination, examined
from coder_mcp.configuring.found import client_checks
from coder_mcp.core.checks.check import Check, worst
from coder_mcp.doctor.screen import EXITS, machine, screen
from coder_mcp.doctor.start import started
from coder_mcp.login import NO_DEPLOYMENT, LoginSource
from coder_mcp.settings import Settings
from coder_mcp.tools.table import TOOLS

CLIENTS_SECONDS = 10
_ELSEWHERE = {
    "status": "warn",
    "message": "This terminal names no deployment; a client's entry does, as its line below says.",
    "next_step": (
        "To look at that one, run `CODER_URL=... CODER_SESSION_TOKEN=... coder-mcp doctor` with"
        " what the entry has, or ask the model in that client to call whoami."
    ),
}


async def doctor(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print what was found; the exit status: 0 all is well, 1 warnings, 2 something fails."""
    tools = {tool.name for tool in TOOLS}
    settings = Settings.from_environ(environ).knowing(tools)
    source = LoginSource(environ, insecure_http=settings.insecure_http)
    starts: list[Check] = []
    clients: list[Check] = []
    found: list[Examination] = []

    async def start() -> None:
        starts.append(await started(environ))

    async def examine() -> None:
        found.append(await examined(source, settings))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(start)
        tasks.start_soon(examine)
        clients += await _clients(environ, tools)
    (examination,) = found
    checks = (*of_this_terminal(examination.checks, clients), *starts, *clients)
    if as_json:
        versions = {"coder_mcp_version": __version__, "server_version": examination.server_version}
        print(machine({name: text for name, text in versions.items() if text}, checks))
    else:
        print(screen(_title(), checks, shutil.get_terminal_size((100, 24)).columns), end="")
    return EXITS[worst(checks)]


async def _clients(environ: Mapping[str, str], tools: set[str]) -> list[Check]:
    """What the clients' files say; a home on a network that is gone holds nobody."""
    look = partial(client_checks, environ, _directory(), tools=tools)
    with anyio.move_on_after(CLIENTS_SECONDS):
        return await anyio.to_thread.run_sync(look, abandon_on_cancel=True)
    late = f"Their files could not be read in {CLIENTS_SECONDS} s."
    return [Check(name="clients", status="skipped", message=late)]


def _directory() -> Path | None:
    with suppress(OSError):  # it may have been deleted meanwhile
        return Path.cwd()
    return None


def of_this_terminal(checks: Sequence[Check], clients: Sequence[Check]) -> tuple[Check, ...]:
    """The checks; no deployment here is no failure where a client's entry names one by itself."""
    has_one = any(check.name == "client entry" and check.status == "ok" for check in clients)
    return tuple(
        check.model_copy(update=_ELSEWHERE)
        if has_one and check.name == "deployment" and check.message == NO_DEPLOYMENT
        else check
        for check in checks
    )


def _title() -> str:
    return (
        f"coder-mcp {__version__}, Python {platform.python_version()} on {platform.system()},"
        " with the environment of this terminal"
    )
