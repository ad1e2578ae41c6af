"""The stdio runner: which era is opened, lines that are no messages, and the end."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise

import anyio
import mcp_types as types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder_mcp.ending import Ending
from coder_mcp.login import LoginSource
from coder_mcp.server import build_server
from coder_mcp.settings import Settings
from coder_mcp.simulator import Delay, Fault, Simulator
from coder_mcp.stdio.frames import encoded
from coder_mcp.stdio.pipes import Lines
from coder_mcp.stdio.runner import serve_stdio
from coder_mcp.tools.table import TOOLS
from model import ERAS, Era, environ_for
from raw import INITIALIZE, Message, Raw, call, payload, piped, request

CREATE = "POST /api/v2/users/{user}/workspaces"
PROBE = "server/discover"
NOWHERE = {"CODER_CONFIG_DIR": "nowhere"}


@pytest.fixture
def anyio_backend() -> str:
    """The runner's threads live in real time."""
    return "asyncio"


@asynccontextmanager
async def deployed() -> AsyncGenerator[tuple[Simulator, Raw]]:
    async with (
        Simulator().running() as simulator,
        piped(environ_for(simulator.url, simulator.session_token)) as raw,
    ):
        yield simulator, raw


async def test_a_client_that_probes_and_falls_back_is_served() -> None:
    async with piped({}) as raw:
        raw.send(request(1, PROBE, "auto"))
        assert "result" in await raw.answer(1)
        raw.send(request(2, "initialize", **INITIALIZE))
        assert (await raw.answer(2))["result"]["protocolVersion"] == "2025-11-25"
        raw.send(request(3, "tools/list"))
        assert len((await raw.answer(3))["result"]["tools"]) == len(TOOLS)


async def test_a_probe_and_an_initialize_sent_at_once_are_both_answered() -> None:
    async with piped({}) as raw:
        raw.send(request(1, PROBE, "auto"), request(2, "initialize", **INITIALIZE))
        assert "result" in await raw.answer(1)
        assert (await raw.answer(2))["result"]["protocolVersion"] == "2025-11-25"


async def test_a_client_that_probes_and_stays_is_served() -> None:
    async with piped({}) as raw:
        raw.send(request(1, PROBE, "auto"), request(2, "tools/list", "auto"))
        assert "result" in await raw.answer(1)
        assert len((await raw.answer(2))["result"]["tools"]) == len(TOOLS)


async def test_an_initialize_after_other_requests_does_not_begin_anew() -> None:
    async with piped({}) as raw:
        raw.send(request(1, PROBE, "auto"), request(2, "tools/list", "auto"))
        await raw.answer(2)
        raw.send(request(3, "initialize", **INITIALIZE))
        assert "error" in await raw.answer(3)
        raw.send(request(4, "tools/list", "auto"))
        assert "result" in await raw.answer(4)


LINES: dict[str, tuple[bytes, int, object]] = {
    "no JSON": (b"hello", -32700, None),
    "cut JSON": (b'{"jsonrpc":"2.0","id":7,"method":"tools/li', -32700, 7),
    "a text as its id": (b'{"id":"a\\u0062c","method":', -32700, "abc"),
    "a lone surrogate": (
        b'{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"\\ud800"}}',
        -32700,
        8,
    ),
    "bytes that are no UTF-8": (
        b'{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"\xff"}}',
        -32700,
        9,
    ),
    "a batch": (b'[{"jsonrpc":"2.0","id":3,"method":"ping"}]', -32600, 3),
    "a number": (b"42", -32600, None),
    "params that are a list": (
        b'{"jsonrpc":"2.0","id":4,"method":"ping","params":[]}',
        -32600,
        4,
    ),
    "another version": (b'{"jsonrpc":"1.0","id":5,"method":"ping"}', -32600, 5),
    "deep nesting": (b"[" * 200_000, -32700, None),
    "more than is read": (b'{"id":6,"params":"' + b"x" * (17 << 20) + b'"}', -32700, 6),
}


@pytest.mark.fault("M9", "M10", "M11", "M12", "M20")
@pytest.mark.parametrize(("line", "code", "number"), LINES.values(), ids=LINES)
async def test_a_line_that_is_no_message_is_answered(
    line: bytes, code: int, number: object
) -> None:
    async with piped({}) as raw:
        await raw.begin()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, raw.send, line)
            answer = await raw.receive()
            assert (answer["error"]["code"], answer["id"]) == (code, number)
        raw.send(b"", b"  ", request(99, "ping"))
        assert (await raw.receive())["id"] == 99


@pytest.mark.fault("M4")
@pytest.mark.parametrize("era", ERAS, ids=["2025-11-25", "2026-07-28"])
async def test_when_the_input_ends_every_waiting_call_is_answered_with_how_to_go_on(
    era: Era,
) -> None:
    async with deployed() as (simulator, raw):
        await raw.begin(era)
        raw.send(call(1, "create_workspace", era, template="slow", name="a"))
        raw.send(call(2, "create_workspace", era, template="quick", name="b"))
        for _ in range(2):
            await simulator.world.log_grew.next()
        raw.end()
        answers = {message["id"]: message for message in [await raw.receive() for _ in range(2)]}
        for number, name in ((1, "a"), (2, "b")):
            answer = payload(answers[number])
            assert answer["outcome"] == "in_progress"
            build = simulator.world.workspace(name).latest_build
            assert answer["build_id"] == str(build.id)
            assert answer["next_step"] == f'Call wait_for_workspace(workspace="dev1/{name}").'
            assert build.job.status in {"pending", "running"}
        await raw.ended.wait()
        assert raw.status == 0


async def test_a_write_under_way_is_let_end_and_the_same_call_finds_what_it_made() -> None:
    async with deployed() as (simulator, raw):
        await raw.begin()
        simulator.faults.add(Fault(route=CREATE, action=Delay(0.5)))
        raw.send(call(1, "create_workspace", template="quick", name="mine"))
        while not any(entry.method == "POST" for entry in simulator.ledger):
            await anyio.lowlevel.checkpoint()
        raw.end()
        answer = payload(await raw.answer(1))
        assert (answer["outcome"], answer["phase"]) == ("in_progress", "requesting")
        assert "build_id" not in answer
        assert answer["next_step"] == (
            'Call create_workspace(template="quick", name="mine") again.'
        )
        await raw.ended.wait()
        assert len(simulator.world.workspace("mine").builds) == 1


@pytest.mark.parametrize("number", [[1], {"a": 1}, None, 1.5, "1"])
async def test_a_cancellation_of_nothing_that_was_asked_ends_nothing(number: object) -> None:
    async with piped(NOWHERE) as raw:
        await raw.begin()
        params = {"requestId": number}
        raw.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})
        raw.send(request(2, "ping"))
        assert "result" in await raw.answer(2)


async def test_a_line_that_is_no_message_ends_nothing_but_a_server_that_nobody_reads() -> None:
    stdin, to_server = os.pipe()
    from_server, stdout = os.pipe()
    os.close(from_server)
    os.write(to_server, b"no message\n")
    assert await serve(NOWHERE, stdin, stdout) == 0
    os.close(to_server)


@pytest.mark.parametrize("era", ERAS, ids=["2025-11-25", "2026-07-28"])
async def test_a_call_that_was_canceled_stops_watching_and_leaves_the_build(era: Era) -> None:
    async with deployed() as (simulator, raw):
        await raw.begin(era)
        raw.send(call(1, "create_workspace", era, template="slow", name="mine"))
        await simulator.world.log_grew.next()
        params = {"requestId": 1}
        raw.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})
        raw.send(request(2, "tools/list", era))
        await raw.answer(2)
        while any(entry.status is None for entry in simulator.ledger):  # a stream that is open
            await anyio.lowlevel.checkpoint()
        raw.end()
        await raw.ended.wait()
        assert simulator.world.workspace("mine").latest_build.job.status == "running"


@pytest.mark.fault("P2")
async def test_where_nobody_reads_the_answers_the_server_ends() -> None:
    stdin, to_server = os.pipe()
    from_server, stdout = os.pipe()
    os.close(from_server)
    os.write(to_server, json.dumps(request(1, "initialize", **INITIALIZE)).encode() + b"\n")
    assert await serve(NOWHERE, stdin, stdout) == 0
    os.close(to_server)


@pytest.mark.fault("M28")
async def test_a_client_that_reads_nothing_does_not_hold_the_server() -> None:
    stdin, to_server = os.pipe()
    from_server, stdout = os.pipe()
    async with anyio.create_task_group() as tasks:
        lines = [request(0, "initialize", **INITIALIZE)]
        lines += [request(number, "tools/list") for number in range(1, 50)]
        for line in lines:
            os.write(to_server, json.dumps(line).encode() + b"\n")
        os.close(to_server)
        tasks.start_soon(serve, NOWHERE, stdin, stdout)
    os.close(from_server)


async def serve(environ: dict[str, str], stdin: int, stdout: int) -> int:
    """Serve on these descriptors, and close them; the exit status."""
    ending = Ending()
    server = build_server(Settings.from_environ(environ), LoginSource(environ), ending=ending)
    try:
        return await serve_stdio(server, ending, stdin, stdout)
    finally:
        os.close(stdin)
        os.close(stdout)


@pytest.mark.fault("P1")
def test_what_prints_meanwhile_does_not_reach_the_client() -> None:
    program = (
        "import os, subprocess, sys\n"
        "from coder_mcp.stdio.pipes import standard_descriptors\n"
        "with standard_descriptors() as (stdin, stdout):\n"
        "    print('stray', flush=True)\n"
        "    child = 'import sys; print(\"of a child\" + sys.stdin.read())'\n"
        "    subprocess.run([sys.executable, '-c', child])\n"
        "    os.write(stdout, os.read(stdin, 100))\n"
    )
    answer = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", program], input="line", capture_output=True, text=True, check=True
    )
    assert answer.stdout == "line"
    assert answer.stderr.split() == ["stray", "of", "a", "child"]


def test_what_fails_while_the_streams_are_served_comes_out_as_it_is() -> None:
    program = (
        "from coder_mcp.stdio.pipes import standard_descriptors\n"
        "with standard_descriptors():\n"
        "    raise OSError('of something else')\n"
    )
    answer = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.endswith("OSError: of something else\n")
    assert "RuntimeError" not in answer.stderr


@pytest.mark.fault("P11")
async def test_several_servers_beside_each_other_do_not_meet() -> None:
    async with deployed() as (_, one), deployed() as (_, other):
        for raw in (one, other):
            await raw.begin()
            raw.send(call(1, "create_workspace", template="too-big", name="mine"))
        for raw in (one, other):
            assert payload(await raw.answer(1))["outcome"] == "quota_reached"


SAMPLES: list[Message] = [
    request(1, "initialize", **INITIALIZE),
    request(2, "tools/list"),
    request(3, PROBE, "auto"),
    call(4, "list_workspaces", query="status:running"),
    call(5, "create_workspace", template="quick", parameters={"a": [1, True]}, wait_seconds=0),
    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}},
]
INSERTED = [b'"', b"{", b"}", b"[", b"\\", b"\xff", b"\x00", b"\\ud800", b"null", b"1e999", b" "]


def mutated(chance: random.Random) -> bytes:
    """A line of a client, changed in a few places."""
    line = bytearray(json.dumps(chance.choice(SAMPLES)).encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(line) + 1)
        match chance.randrange(4):
            case 0:
                line[place : place + chance.randint(1, 8)] = b""
            case 1:
                line[place:place] = chance.choice(INSERTED)
            case 2:
                line[place : place + 1] = bytes([chance.randrange(256)])
            case _:
                line[place:place] = line[max(0, place - chance.randint(1, 20)) : place]
    return bytes(line).replace(b"\n", b" ")


@pytest.mark.fault("M13")
@pytest.mark.parametrize("seed", range(20))
async def test_a_thousand_mutated_lines_do_not_end_the_server(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # of a test
    async with piped(NOWHERE) as raw:
        await raw.begin()

        def send() -> None:
            raw.send(*(mutated(chance) for _ in range(1000)), request(10**6, "ping"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, send)
            assert "error" not in await raw.answer(10**6)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_lines_are_the_same_however_they_arrive(data: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    lines = Lines()
    pieces = [data[start:end] for start, end in pairwise(places)]
    got = [line for piece in pieces for line in lines.feed(piece)]
    assert got == data.split(b"\n")[:-1]
    assert lines.feed(b"\n") == [data.split(b"\n")[-1]]


@pytest.mark.fault("M20")
def test_of_a_line_that_is_too_long_one_byte_more_is_kept_than_it_may_have() -> None:
    lines = Lines(longest=5)
    assert lines.feed(b"123456") == []
    assert lines.feed(b"789\nab\n") == [b"123456", b"ab"]


@pytest.mark.fault("P13")
def test_what_cannot_be_encoded_is_replaced() -> None:
    message = types.JSONRPCResponse(jsonrpc="2.0", id=1, result={"text": "a\ud800b"})
    line = encoded(message)
    assert json.loads(line)["result"] == {"text": "a?b"}
    assert re.search(rb"[\r\n]", line) is None
