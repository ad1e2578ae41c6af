"""Session tokens occur in no output, and where one did, it would be noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client

from canary import CANARIES, TOKEN, without_tokens
from coder_mcp.core.results import Result, Stopped
from coder_mcp.login import LoginSource
from coder_mcp.server import build_server
from coder_mcp.settings import Settings
from coder_mcp.tools.call import Call
from coder_mcp.tools.table import Tool
from model import Model, environ_for

PLANTED = {
    "printed": "print(TOKEN)",
    "printed to stderr": "import sys; print('x' + TOKEN, file=sys.stderr)",
    "logged": "import logging; logging.getLogger('any').warning('%s', TOKEN)",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_token_that_a_test_outputs_fails_the_test(tmp_path: Path, planted: str) -> None:
    file = tmp_path / "test_planted.py"
    file.write_text(f"from canary import TOKEN\n\ndef test_planted():\n    {planted}\n")
    here = str(Path(__file__).parent)
    answer = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "pytest", "-p", "canary", "-q", str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
    )
    assert answer.returncode == 1, answer.stdout
    assert "a session token is in the output" in answer.stdout
    assert TOKEN not in answer.stdout + answer.stderr


async def test_a_token_that_a_tool_answers_is_noticed() -> None:
    async def leaking(call: Call) -> Result:
        """Leak."""
        return Stopped(message=call.client.transport.login.session_token, workspace_name="a")

    tool = Tool(run=leaking, title="Leak", results=(Stopped,), read_only=True)
    environ = environ_for("http://127.0.0.1:9")
    server = build_server(Settings(), LoginSource(environ), [tool])
    async with Client(server) as client:
        with pytest.raises(AssertionError, match="a session token is in the output"):
            await Model(client, {}).result("leaking")


@pytest.mark.parametrize("canary", CANARIES)
def test_half_a_token_is_noticed_too(canary: str) -> None:
    with pytest.raises(AssertionError, match="a session token is in the output"):
        without_tokens(f"... {canary[-22:]} ...")
