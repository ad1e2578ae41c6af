"""What the server shows of itself, and what every call has in common."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest
from inline_snapshot import snapshot
from mcp import Client
from mcp_types import Tool as Listed
from pydantic import JsonValue

from coder_mcp.core.results import Result
from coder_mcp.login import LoginSource
from coder_mcp.server import INSTRUCTIONS, READ_ONLY_INSTRUCTIONS, build_server
from coder_mcp.settings import Settings
from coder_mcp.simulator import Delay, Fault, StaySilent
from coder_mcp.tools.call import Call
from coder_mcp.tools.table import TOOLS, Tool
from model import ERAS, Era, environ_for, model_on, text_of
from whole import deployed

SURFACE = Path(__file__).parent / "surface.json"
WATCH = "WS /workspaces/{workspace}/watch-ws"


def tokens(value: object) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) // 4


async def listed(era: Era = "auto", **environ: str) -> list[Listed]:
    async with model_on(environ, era=era) as model:
        return (await model.client.list_tools()).tools


def shown(tool: Listed) -> dict[str, Any]:
    return tool.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("era", ERAS)
async def test_what_a_client_is_told_is_the_reviewed_surface(era: Era) -> None:
    """Else: python3 dev.py docs, and read the diff."""
    surface = json.loads(SURFACE.read_text(encoding="utf-8"))
    assert [shown(tool) for tool in await listed(era)] == surface["tools"]
    reading = await listed(era, CODER_MCP_READ_ONLY="1")
    assert [tool.name for tool in reading] == surface["read_only"]
    by_name = {tool["name"]: tool for tool in surface["tools"]}
    assert [shown(tool) for tool in reading] == [by_name[tool.name] for tool in reading]


async def test_what_a_model_reads_of_the_list_is_short() -> None:
    tools = [shown(tool) for tool in await listed()]
    read = [{key: tool[key] for key in ("name", "description", "inputSchema")} for tool in tools]
    assert tokens(read) <= 2900
    assert tokens(tools) <= 8000


async def test_every_tool_has_a_title_a_schema_and_says_what_it_may_do() -> None:
    hints = {
        tool.name: tool.annotations and tool.annotations.model_dump(exclude={"title"})
        for tool in await listed()
    }
    assert hints == snapshot(
        {
            "create_workspace": {
                "read_only_hint": False,
                "destructive_hint": False,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "start_workspace": {
                "read_only_hint": False,
                "destructive_hint": False,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "wait_for_workspace": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "stop_workspace": {
                "read_only_hint": False,
                "destructive_hint": True,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "restart_workspace": {
                "read_only_hint": False,
                "destructive_hint": True,
                "idempotent_hint": False,
                "open_world_hint": False,
            },
            "update_workspace": {
                "read_only_hint": False,
                "destructive_hint": True,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "delete_workspace": {
                "read_only_hint": False,
                "destructive_hint": True,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "cancel_build": {
                "read_only_hint": False,
                "destructive_hint": True,
                "idempotent_hint": True,
                "open_world_hint": False,
            },
            "extend_workspace": {
                "read_only_hint": False,
                "destructive_hint": False,
                "idempotent_hint": False,
                "open_world_hint": False,
            },
            "list_workspaces": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "get_workspace": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "diagnose_workspace": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "read_logs": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "list_templates": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "read_template": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "get_quota": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
            "whoami": {
                "read_only_hint": True,
                "destructive_hint": None,
                "idempotent_hint": None,
                "open_world_hint": False,
            },
        }
    )
    for tool in await listed():
        assert tool.title
        assert tool.description
        assert tool.description.isascii()
        assert (tool.output_schema or {})["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        assert re.fullmatch("[a-z_]{1,30}", tool.name)


async def test_no_schema_has_what_some_clients_refuse() -> None:
    for tool in await listed():
        for schema in (tool.input_schema, tool.output_schema):
            assert keywords(schema) <= {
                "type",
                "enum",
                "description",
                "required",
                "minimum",
                "maximum",
                "properties",
                "items",
                "additionalProperties",
            }
            assert '"null"' not in json.dumps(schema)


def keywords(schema: JsonValue) -> set[str]:
    """The keywords that a schema uses at any depth; names of properties are none."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for name, value in schema.items():
        nested = (
            list(value.values()) if name == "properties" and isinstance(value, dict) else [value]
        )
        for inner in nested:
            found |= keywords(inner)
    return found


def test_the_instructions_are_short() -> None:
    assert len(INSTRUCTIONS) <= 600


async def test_a_ready_answer_is_short() -> None:
    async with deployed() as whole:
        assert tokens(await whole.call("create_workspace", template="quick", name="mine")) <= 130


async def test_tools_that_are_excluded_are_neither_listed_nor_called() -> None:
    excluded = "delete_workspace, stop_workspace"
    names = {tool.name for tool in await listed(CODER_MCP_EXCLUDE_TOOLS=excluded)}
    assert {tool.name for tool in TOOLS} - names == {"delete_workspace", "stop_workspace"}
    async with deployed(CODER_MCP_EXCLUDE_TOOLS=excluded) as whole:
        text = await whole.model.refusal("stop_workspace", workspace="mine")
        assert text == snapshot(
            "stop_workspace is not offered: CODER_MCP_EXCLUDE_TOOLS names it in this server's configuration."
        )
        assert whole.requests() == []


@pytest.mark.parametrize("name", ["delete_workspaces", "Delete_Workspace", "everything"])
async def test_a_tool_to_be_excluded_that_there_is_not_stops_every_call(name: str) -> None:
    """Else the one that was meant would be offered, and nobody would know."""
    async with deployed(CODER_MCP_EXCLUDE_TOOLS=name) as whole:
        text = await whole.model.refusal("list_workspaces")
        meant = "" if name == "everything" else " Is it delete_workspace?"
        assert text == (
            f"CODER_MCP_EXCLUDE_TOOLS names {name}, which is no tool.{meant}"
            " Correct the server's configuration."
        )
        assert whole.requests() == []


STEP = 'Ask the person whether to start it: start_workspace(workspace="{}").'
INSTEAD = (
    " But this server does not do that ({}): tell the person, who can do it on the deployment's"
    " own pages."
)


async def test_a_next_step_that_this_server_refuses_says_so() -> None:
    own, theirs = {"workspace": "api-old"}, {"workspace": "dev2/notes"}
    async with deployed(tour=True, CODER_MCP_READ_ONLY="1") as whole:
        answer = await whole.call("get_workspace", **own)
        why = INSTEAD.format("CODER_MCP_READ_ONLY is set")
        assert answer["next_step"] == STEP.format("dev1/api-old") + why
    async with deployed(tour=True, CODER_MCP_EXCLUDE_TOOLS="start_workspace") as whole:
        answer = await whole.call("wait_for_workspace", **own)
        why = INSTEAD.format("CODER_MCP_EXCLUDE_TOOLS names start_workspace")
        assert answer["next_step"] == STEP.format("dev1/api-old") + why
    async with deployed(tour=True, user="admin") as whole:
        answer = await whole.call("get_workspace", **theirs)
        why = INSTEAD.format("the workspace is somebody else's; CODER_MCP_OTHERS=1 allows it")
        assert answer["next_step"] == STEP.format("dev2/notes") + why
        known = str(whole.world.workspace("notes", "dev2").id)
        assert (await whole.call("get_workspace", workspace=known))["next_step"].endswith(why)
    async with deployed(tour=True, user="admin", CODER_MCP_OTHERS="1") as whole:
        answer = await whole.call("get_workspace", **theirs)
        assert answer["next_step"] == STEP.format("dev2/notes")


async def test_an_error_that_names_a_tool_which_is_refused_says_so() -> None:
    why = INSTEAD.format("CODER_MCP_READ_ONLY is set")
    async with deployed(CODER_MCP_READ_ONLY="1") as whole:
        for arguments in ({}, {"workspace": "nix"}):
            text = await whole.model.refusal("get_workspace", **arguments)
            assert "create_workspace makes " in text
            assert text.endswith(why)
        assert why not in await whole.model.refusal("create_workspace", template="quick")
    async with deployed() as whole:
        assert "this server does not" not in await whole.model.refusal("get_workspace")


def test_the_instructions_of_a_server_that_only_reads_name_no_tool_that_changes() -> None:
    changing = {tool.name for tool in TOOLS if not tool.read_only}
    assert {name for name in changing if name in INSTRUCTIONS}
    assert {name for name in changing if name in READ_ONLY_INSTRUCTIONS} == set()
    assert len(READ_ONLY_INSTRUCTIONS) <= 600
    for environ, told in (
        ({}, INSTRUCTIONS),
        ({"CODER_MCP_READ_ONLY": "1"}, READ_ONLY_INSTRUCTIONS),
    ):
        server = build_server(Settings.from_environ(environ), LoginSource(environ))
        assert server.instructions == told


# What only computes, and so may be sent by a tool that changes nothing.
COMPUTES = "POST /templateversions/{templateversion}/dynamic-parameters/evaluate"
# What each tool that changes nothing is asked about a stopped workspace, in turn.
ASKED: dict[str, object] = {"workspace": "api-old", "template": "dynamic", "port": 8080}


@pytest.mark.parametrize("name", [tool.name for tool in TOOLS if tool.read_only])
async def test_a_tool_that_changes_nothing_sends_reads_only(name: str) -> None:
    (tool,) = [tool for tool in await listed() if tool.name == name]
    given = {key: ASKED[key] for key in tool.input_schema["properties"] if key in ASKED}
    async with deployed(seeded=True) as whole:
        before = len(whole.world.builds())
        await whole.call(name, **given)
        sent = whole.requests()
        assert sent
        assert {one for one in sent if not one.startswith(("GET ", "WS "))} <= {COMPUTES}
        assert len(whole.world.builds()) == before


async def test_in_read_only_mode_there_are_only_tools_that_change_nothing() -> None:
    names = [tool.name for tool in await listed(CODER_MCP_READ_ONLY="1")]
    assert names == [tool.name for tool in TOOLS if tool.read_only]
    assert "list_workspaces" in names
    async with deployed(CODER_MCP_READ_ONLY="1") as whole:
        text = await whole.model.refusal("create_workspace", template="quick")
        assert text == snapshot(
            "create_workspace changes something, and this server only reads: CODER_MCP_READ_ONLY is set in its configuration."
        )
        assert whole.requests() == []


@pytest.mark.parametrize("era", ERAS)
async def test_the_server_lists_its_tools_without_any_settings(era: Era) -> None:
    assert len(await listed(era)) == len(TOOLS)


@pytest.mark.fault("M23")
async def test_a_defect_of_ours_is_told_apart_and_its_text_shown_to_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(call: Call) -> Result:
        """Break."""
        raise RuntimeError(call.client.transport.login.session_token)

    environ = environ_for("http://127.0.0.1:9")
    tool = Tool(run=broken, title="Break", results=(), read_only=True)
    server = build_server(Settings(), LoginSource(environ), [tool])
    async with Client(server) as client:
        result = await client.call_tool("broken", {})
    assert result.is_error is True
    assert text_of(result) == snapshot(
        "Something failed inside coder-mcp, not in the deployment (RuntimeError). Tell the person to report it; a build that was begun goes on, and wait_for_workspace shows it."
    )
    assert environ["CODER_SESSION_TOKEN"] not in text_of(result) + caplog.text
    assert "RuntimeError at broken:" in caplog.text


@pytest.mark.fault("M29")
async def test_progress_rises_is_seldom_and_short() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        await whole.call("create_workspace", template="agent-never")
        values = [value for value, _ in whole.model.progress]
        pauses = [after - before for before, after in pairwise(values)]
        assert min(pauses) >= 0.999
        assert max(pauses) <= 10.1
        assert max(len(message) for _, message in whole.model.progress) <= 120


@pytest.mark.fault("M30")
async def test_without_a_progress_token_the_work_is_the_same() -> None:
    async with deployed() as whole:
        result = await whole.model.client.call_tool("create_workspace", {"template": "quick"})
        assert (result.structured_content or {})["outcome"] == "ready"


@pytest.mark.fault("M33")
@pytest.mark.parametrize(
    ("client_name", "asked", "seconds"),
    [
        ("a-client", None, 45),
        ("a-client", 100, 100),
        ("claude-ai", 1800, 225),
        ("local-agent-mode-coder", 1800, 50),
        ("Visual Studio Code", None, 1200),
    ],
)
async def test_a_call_answers_when_its_window_closes(
    client_name: str, asked: int | None, seconds: int
) -> None:
    async with deployed(client_name=client_name) as whole:
        whole.world.hold_provisioners()
        whole.world.create("quick", "mine")
        began = anyio.current_time()
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=asked)
        passed = anyio.current_time() - began
        assert answer["outcome"] == "in_progress"
        assert seconds <= passed < seconds + 5


async def test_the_window_counts_from_the_arrival_and_holds_the_look_ups() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route="*", action=Delay(seconds=3), times=3))
        began = anyio.current_time()
        answer = await whole.call("create_workspace", template="slow", wait_seconds=12)
        assert answer["outcome"] == "in_progress"
        assert 12 <= anyio.current_time() - began < 17


async def test_in_progress_says_how_to_go_on_and_how_far_it_is() -> None:
    async with deployed(provisioners=1) as whole:
        whole.world.create("slow", "first")
        whole.world.create("slow", "second")
        answer = await whole.call("create_workspace", template="quick", name="mine", wait_seconds=2)
        answer.pop("build_id")
        assert answer == snapshot(
            {
                "outcome": "in_progress",
                "message": "Workspace dev1/mine is not ready yet. The build is queued, number 2 of 2. It goes on without this call.",
                "workspace_name": "dev1/mine",
                "phase": "queued",
                "elapsed_seconds": 2,
                "queue_position": 2,
                "queue_size": 2,
                "next_step": 'Call wait_for_workspace(workspace="dev1/mine").',
            }
        )


async def test_a_build_that_ends_as_the_window_closes_is_not_called_in_progress() -> None:
    async with deployed() as whole:
        whole.world.create("broken", "mine")
        silent = whole.simulator.faults
        for route in ("GET /api/v2/workspaces/{workspace}/watch-ws",):
            silent.add(Fault(route=route, action=StaySilent(), times=None))
        answer = await whole.call("wait_for_workspace", workspace="mine", wait_seconds=1)
        assert answer["outcome"] == "build_failed"


@pytest.mark.fault("M1")
@pytest.mark.parametrize("era", ERAS)
async def test_a_canceled_call_stops_watching_and_leaves_the_build(era: Era) -> None:
    async with deployed(era=era) as whole:
        with anyio.move_on_after(5) as call:
            await whole.call("create_workspace", template="slow", name="mine")
        assert call.cancelled_caught
        await anyio.sleep(0.1)
        streams = [entry for entry in whole.simulator.ledger if entry.is_websocket]
        assert [entry.status for entry in streams] == [101, 101]
        sent = len(whole.requests())
        await anyio.sleep(60)
        assert len(whole.requests()) == sent
        assert whole.world.workspace("mine").latest_build.job.status == "succeeded"


async def test_the_watch_is_left_as_soon_as_the_answer_is_there() -> None:
    async with deployed() as whole:
        await whole.call("create_workspace", template="quick")
        await anyio.sleep(0.1)
        assert [entry.status for entry in whole.simulator.ledger if entry.is_websocket] == [
            101,
            101,
        ]
