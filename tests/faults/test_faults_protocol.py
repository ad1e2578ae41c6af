"""What a client can do wrong: lines straight to the stdio runner, and arguments that are too much."""

from typing import Any

import anyio
import pytest

from coder_mcp.simulator import Delay, Fault, Simulator
from coder_mcp.tools.table import TOOLS
from model import ERAS, Era, environ_for
from raw import Message, call, payload, piped, request
from whole import deployed

CREATE = "POST /api/v2/users/{user}/workspaces"
REAL_TIME = pytest.mark.parametrize("anyio_backend", ["asyncio"])
"""The runner's threads live in real time."""


@pytest.mark.fault("M14", "M22")
@REAL_TIME
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("method", ["prompts/get", "prompts/list", "resources/read", "no/such"])
async def test_a_method_that_there_is_not_is_answered_as_such(method: str, era: Era) -> None:
    async with piped({}) as raw:
        await raw.begin(era)
        raw.send(request(1, method, era, name="x", uri="x://y"))
        answer = await raw.answer(1)
        assert answer["error"]["code"] == -32601
        raw.send(request(2, "tools/list", era))
        assert len((await raw.answer(2))["result"]["tools"]) == len(TOOLS)


@pytest.mark.fault("M21")
@REAL_TIME
async def test_a_call_before_the_session_is_opened_is_answered_as_an_error() -> None:
    async with Simulator().running() as simulator:
        async with piped(environ_for(simulator.url, simulator.session_token)) as raw:
            raw.send(call(1, "create_workspace", template="quick", name="mine"))
            assert "error" in await raw.answer(1)
            await raw.begin()
            raw.send(request(2, "tools/list"))
            assert len((await raw.answer(2))["result"]["tools"]) == len(TOOLS)
        assert simulator.ledger == []


@pytest.mark.fault("M24")
@REAL_TIME
async def test_two_calls_with_one_id_are_both_answered_and_one_write_is_sent() -> None:
    async with Simulator().running() as simulator:
        simulator.faults.add(Fault(route=CREATE, action=Delay(0.2)))
        async with piped(environ_for(simulator.url, simulator.session_token)) as raw:
            await raw.begin()
            twice = call(1, "create_workspace", template="too-big", name="mine")
            raw.send(twice, twice)
            for _ in range(2):
                assert payload(await raw.answer(1))["outcome"] == "quota_reached"
        assert [entry.method for entry in simulator.ledger].count("POST") == 1


@pytest.mark.fault("M27")
@REAL_TIME
async def test_very_many_calls_in_one_go_are_all_answered() -> None:
    count = 500
    async with Simulator().running() as simulator:
        async with piped(environ_for(simulator.url, simulator.session_token)) as raw:
            await raw.begin()
            answers: list[Message] = []
            calls = [call(number, "list_workspaces") for number in range(1, count + 1)]
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, raw.send, *calls)
                for _ in range(count):
                    answers.append(await raw.receive())  # noqa: PERF401  # each as it comes
        assert {answer["id"] for answer in answers} == set(range(1, count + 1))
        assert {payload(answer)["outcome"] for answer in answers} == {"found"}


@pytest.mark.fault("M17")
@pytest.mark.parametrize("seconds", ["1", 1.0, " 1 "])
async def test_a_whole_number_may_come_as_a_text(seconds: object) -> None:
    async with deployed() as whole:
        whole.world.hold_provisioners()
        whole.world.create("quick", "mine")
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=seconds)
        assert answer["outcome"] == "in_progress"


SECRET = "EXAMPLE-of-a-secret"  # noqa: S105  # it is none


@pytest.mark.fault("M18", "M19")
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": [SECRET]},
        {"name": SECRET * 400_000},
        {"template": "x" * 8_000_000},
        {"wait_seconds": SECRET},
        {"parameters": SECRET},
        {"parameters": {f"{SECRET}{number}": 1 for number in range(1000)}},
        {"parameters": {"region": SECRET * 1000}},
        {"parameters": {SECRET * 1000: 1}},
        {SECRET: 1},
    ],
    ids=[
        "list",
        "megabytes",
        "8 MB",
        "no number",
        "no object",
        "many",
        "long value",
        "long name",
        "unknown",
    ],
)
async def test_a_wrong_argument_is_told_shortly_and_its_value_not_at_all(
    wrong: dict[str, Any],
) -> None:
    async with deployed() as whole:
        arguments = {"template": "quick", **wrong}
        text = await whole.model.refusal("create_workspace", **arguments)
        assert text.startswith("The arguments of create_workspace are not right: ")
        assert len(text) < 400
        assert SECRET not in text or SECRET in wrong
        assert "pydantic" not in text
        assert whole.requests() == []
