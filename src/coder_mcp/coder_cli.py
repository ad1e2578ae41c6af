"""The coder CLI, asked for the session token that it keeps where only it can read."""

import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress

import anyio

CLI_SECONDS = 5
"""It reads a key ring, which may ask the person; a call cannot wait for that."""


async def token_of_cli(url: str, environ: Mapping[str, str]) -> str:
    """What `coder login token` prints; empty if nothing.

    Its own environment comes before a login (cli/root.go), so what it is given there is the
    deployment that is meant, and no token.
    """
    executable = shutil.which("coder", path=environ.get("PATH"))
    if executable is None:
        return ""
    given = {name: value for name, value in environ.items() if name != "CODER_SESSION_TOKEN"}
    with anyio.move_on_after(CLI_SECONDS), suppress(OSError):
        answer = await anyio.run_process(
            [executable, "login", "token"],
            check=False,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**given, "CODER_URL": url},
        )
        return answer.stdout.decode(errors="replace").strip() if not answer.returncode else ""
    return ""
