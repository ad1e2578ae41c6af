"""The real command, as a client launches it, and the programs that drive it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL
from typing import IO, Any

from canary import without_tokens

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
INSPECTOR = ROOT / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
BUNDLE_TOOL = ROOT / "node_modules/@anthropic-ai/mcpb/dist/cli/cli.js"


def coder_mcp() -> str:
    """The installed command, in the environment that runs the tests."""
    found = shutil.which("coder-mcp", path=str(BIN))
    assert found is not None, "run the tests with `python3 dev.py test`, which installs the command"
    return found


def run(
    *command: str | Path,
    seconds: float = 60,
    stdin: IO[bytes] | int = DEVNULL,
    cwd: Path = ROOT,
    **environ: str,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; what it wrote is text."""
    answer = subprocess.run(  # noqa: S603  # the tests' own commands
        [str(part) for part in command],
        stdin=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
        cwd=cwd,
        env={**os.environ, **environ},
    )
    without_tokens(answer.stdout + answer.stderr)
    return answer


def node(script: Path, *arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run one of the Node programs that the project's own files install."""
    assert script.is_file(), "run the tests with `python3 dev.py test`, which installs Node's"
    found = shutil.which("node", path=str(BIN))
    assert found is not None
    return run(found, script, *arguments, cwd=cwd)


def uv(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run uv, which the development lock brings."""
    found = shutil.which("uv", path=str(BIN))
    assert found is not None
    return run(found, *arguments)


def inspect(*arguments: str, seeded: bool = False) -> Any:  # noqa: ANN401  # what the CLI prints
    """What the MCP Inspector prints of the real command on the embedded simulator."""
    server = [coder_mcp(), "serve", "--simulator", *(["--seeded"] if seeded else [])]
    answer = node(INSPECTOR, "--cli", *server, *arguments)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    return json.loads(answer.stdout)


def inspect_call(tool: str, *, seeded: bool = False, **arguments: str) -> Any:  # noqa: ANN401  # as above
    """What the Inspector prints of one tool call."""
    pairs = [f"{name}={value}" for name, value in arguments.items()]
    given = ["--tool-arg", *pairs] if pairs else []
    return inspect("--method", "tools/call", "--tool-name", tool, *given, seeded=seeded)
