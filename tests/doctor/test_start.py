"""The start of a fresh server: what is said of one that is slow, ends, hangs or says something else."""

import os
import sys

import pytest
from inline_snapshot import snapshot

from coder_mcp.doctor.start import judged, started

ENVIRON = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}


@pytest.fixture
def anyio_backend() -> str:
    """Child processes live in real time."""
    return "asyncio"


def test_a_slow_start_works_but_some_clients_give_up() -> None:
    assert judged(15, 4.94, "").message == "A fresh server listed its 15 tools after 4.9 s."
    slow = judged(15, 5.0, "")
    assert slow.model_dump(exclude_none=True) == snapshot(
        {
            "name": "process start",
            "status": "warn",
            "message": "A fresh server listed its 15 tools after 5.0 s. Some clients give up after 10.",
            "next_step": "Have the client launch an installed command, not one that is fetched at each start, or raise its limit for starting a server.",
        }
    )


PROGRAMS = {
    "ends": "import sys; sys.exit('ModuleNotFoundError: no module')",
    "says something else": "print('Welcome!', flush=True); print('Bye!', flush=True); input()",
    "answers an error": (
        'for _ in \'ab\': input(); print(\'{"jsonrpc": "2.0", "id": 1, "error": {}}\', flush=True)'
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
async def test_a_server_that_does_not_answer_as_one_fails(program: str) -> None:
    check = await started(ENVIRON, (sys.executable, "-c", program))
    assert (check.status, check.message) == snapshot(
        ("fail", "A fresh server did not answer within 20 seconds, or ended.")
    )
    assert check.error in (None, "ModuleNotFoundError: no module")
    assert (check.error is not None) is ("exit" in program)


async def test_a_command_that_cannot_be_started_fails() -> None:
    check = await started(ENVIRON, ("/nowhere/coder-mcp",))
    assert (check.status, check.error) == ("fail", "FileNotFoundError")


async def test_a_server_that_hangs_is_given_up_and_ended() -> None:
    command = (sys.executable, "-c", "while True: input()")
    check = await started(ENVIRON, command, most_seconds=0.5)
    assert check.status == "fail"
