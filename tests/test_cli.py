"""The command, as a client or a person runs it: real processes in real time."""

import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.streams.text import TextReceiveStream
from mcp import Client, StdioServerParameters, stdio_client

from coder_mcp import __version__
from command import coder_mcp, run
from model import ERAS, Era, Model, model_on


@pytest.fixture
def anyio_backend() -> str:
    """Child processes live in real time."""
    return "asyncio"


@asynccontextmanager
async def served(
    *arguments: str, era: Era = "auto", environ: dict[str, str] | None = None
) -> AsyncGenerator[Model]:
    """A model on the real command over stdio."""
    server = StdioServerParameters(command=coder_mcp(), args=[*arguments], env=environ)
    async with Client(stdio_client(server), mode=era) as client:
        tools = (await client.list_tools()).tools
        yield Model(client, {tool.name: tool.output_schema or {} for tool in tools})


@pytest.mark.parametrize("era", ERAS, ids=["2025-11-25", "2026-07-28"])
async def test_the_simulator_is_served_over_stdio_with_nothing_else(era: Era) -> None:
    async with served("serve", "--simulator", era=era) as model:
        answer = await model.call("create_workspace", template="too-big")
        assert (answer["outcome"], answer["error_code"]) == ("quota_reached", "INSUFFICIENT_QUOTA")
        assert model.progress


async def test_without_settings_the_command_serves_and_a_call_says_what_to_set(
    tmp_path: Path,
) -> None:
    async with served(environ={"CODER_CONFIG_DIR": str(tmp_path)}) as model:
        assert "No Coder deployment is configured." in await model.refusal("list_workspaces")


async def test_a_login_that_was_left_by_coder_is_used(tmp_path: Path) -> None:
    async with simulating() as environ:
        (tmp_path / "url").write_text(environ["CODER_URL"] + "\n")
        (tmp_path / "session").write_text(environ["CODER_SESSION_TOKEN"] + "\n")
        async with served(environ={"CODER_CONFIG_DIR": str(tmp_path)}) as model:
            assert (await model.call("list_workspaces"))["outcome"] == "found"


async def test_the_simulator_runs_alone_and_says_how_to_reach_it_on_one_line() -> None:
    async with simulating("--seeded") as environ, model_on(environ) as model:
        answer = await model.call("list_workspaces")
        assert len(answer["workspaces"]) == 4


@asynccontextmanager
async def simulating(*arguments: str) -> AsyncGenerator[dict[str, str]]:
    """The environment that `coder-mcp simulate` prints, as long as it runs."""
    command = [coder_mcp(), "simulate", "--port", "0", *arguments]
    async with await anyio.open_process(command, stderr=None) as process:
        assert process.stdout is not None
        line = await TextReceiveStream(process.stdout).receive()
        try:
            yield dict(part.split("=", 1) for part in line.split())
        finally:
            process.terminate()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be interrupted alone there")
async def test_a_person_who_interrupts_the_simulator_sees_no_traceback() -> None:
    async with await anyio.open_process([coder_mcp(), "simulate"], stdin=None) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        await process.stdout.receive()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        with pytest.raises(anyio.EndOfStream):
            await process.stderr.receive()


def test_the_command_ends_when_its_input_does() -> None:
    answer = run(coder_mcp(), "serve", "--simulator")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_variable_that_is_probably_misspelt_is_told_at_the_start_and_does_no_harm() -> None:
    answer = run(coder_mcp(), "serve", "--simulator", CODER_MCP_READONLY="1\x1b[31m")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr == (
        "coder-mcp: CODER_MCP_READONLY is not a setting of this server and has no effect."
        " Is CODER_MCP_READ_ONLY meant?\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_person_at_a_terminal_is_told_who_launches_it() -> None:
    theirs, ours = os.openpty()
    with os.fdopen(theirs, "wb", 0) as keys, os.fdopen(ours, "rb", 0) as terminal:
        keys.write(b"\x04")  # the end of what is typed
        answer = run(coder_mcp(), stdin=terminal)
    assert answer.returncode == 0
    assert answer.stderr.startswith("coder-mcp speaks MCP on stdin and stdout; an MCP client")


def test_the_package_is_a_command_too() -> None:
    answer = run(sys.executable, "-m", "coder_mcp", "--version")
    assert answer.stdout == f"coder-mcp {__version__}\n"


def test_the_demo_plays_the_main_job_and_each_call_ends_as_it_should() -> None:
    answer = run(coder_mcp(), "demo")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    outcomes = [
        json.loads(line.strip().rstrip(",").partition(": ")[2])
        for line in answer.stdout.splitlines()
        if line.strip().startswith('"outcome"')
    ]
    assert outcomes == ["ready", "quota_reached", "stopped", "ready"]
    assert "s  Starting workspace: " in answer.stdout
    assert answer.stderr == ""


async def test_the_simulator_is_served_past_a_proxy() -> None:
    proxied = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    async with served("serve", "--simulator", "--seeded", environ=proxied) as model:
        assert len((await model.call("list_workspaces"))["workspaces"]) == 4


def test_a_port_that_cannot_be_had_is_said_without_a_traceback() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = run(coder_mcp(), "simulate", "--port", port)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"coder-mcp: port {port}: ")
    assert answer.stderr.count("\n") == 1


def test_an_option_of_the_simulator_alone_is_refused() -> None:
    answer = run(coder_mcp(), "serve", "--seeded")
    assert answer.returncode == 2
    assert "--seeded is of the simulator" in answer.stderr
