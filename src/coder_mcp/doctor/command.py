"""`coder-mcp doctor`: looks at everything at once, and prints it."""

import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

import anyio
import anyio.to_thread

from coder_mcp import __version__
from coder_mcp.checkup.examination import Examination, examined
from coder_mcp.configuring.found import client_checks
from coder_mcp.core.checks.check import Check, worst
from coder_mcp.doctor.screen import EXITS, machine, screen
from coder_mcp.doctor.start import started
from coder_mcp.login import LoginSource
from coder_mcp.settings import Settings
from coder_mcp.tools.table import TOOLS


async def doctor(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print what was found; the exit status: 0 all is well, 1 warnings, 2 something fails."""
    settings = Settings.from_environ(environ).knowing({tool.name for tool in TOOLS})
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
        clients += await anyio.to_thread.run_sync(client_checks, environ, Path.cwd())
    (examination,) = found
    checks = (*examination.checks, *starts, *clients)
    if as_json:
        versions = {"coder_mcp_version": __version__, "server_version": examination.server_version}
        print(machine({name: text for name, text in versions.items() if text}, checks))
    else:
        print(screen(_title(), checks, shutil.get_terminal_size((100, 24)).columns), end="")
    return EXITS[worst(checks)]


def _title() -> str:
    return (
        f"coder-mcp {__version__}, Python {platform.python_version()} on {platform.system()},"
        " with the environment of this terminal"
    )
