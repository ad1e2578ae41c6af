"""The least token of each purpose does all of it, and without any one of its scopes it does not.

What they are is `core/scopes.py`, how one is made docs/security.md.
"""

import re
import runpy
from collections.abc import Collection, Mapping

import pytest

from coder_mcp.core.scopes import HOLDS, PURPOSES, Purpose
from coder_mcp.server import offered
from coder_mcp.settings import Settings
from coder_mcp.simulator.rules.access import COMPOSITES, MEMBERS
from coder_mcp.tools.table import TOOLS, Tool
from command import ROOT
from model import Model, environ_for, model_on, text_of
from whole import Whole, deployed

Arguments = Mapping[str, object]

# What is asked of each tool. A workspace that a call changes is named for that call.
ASKED: Mapping[str, tuple[Arguments, ...]] = {
    "create_workspace": (
        {"template": "quick", "name": "plain"},
        {"template": "dynamic", "name": "chosen", "parameters": {"region": "us", "nothing": "1"}},
        {"template": "params", "name": "unmade", "parameters": {"cpu": "99"}},
    ),
    "start_workspace": ({"workspace": "to-start"},),
    "wait_for_workspace": ({"workspace": "used"}, {"workspace": "full"}),
    "stop_workspace": ({"workspace": "to-stop"},),
    "restart_workspace": ({"workspace": "to-restart"},),
    "update_workspace": ({"workspace": "to-update"},),
    "delete_workspace": ({"workspace": "to-delete"},),
    "cancel_build": ({"workspace": "to-cancel"},),
    "extend_workspace": ({"workspace": "to-extend", "hours": 1},),
    "list_workspaces": ({}, {"query": "owner:me status:running"}),
    "get_workspace": ({"workspace": "used"}, {"workspace": "dev1/used", "port": 8080}),
    "diagnose_workspace": ({"workspace": "used"}, {"workspace": "full"}),
    "read_logs": ({"workspace": "used"}, {"workspace": "full"}),
    "list_templates": ({}, {"query": "quick"}),
    "read_template": (
        {"template": "params"},
        {"template": "dynamic"},
        {"template": "presets"},
        {"template": "external-auth"},
    ),
    "get_quota": ({}, {"organization": "research"}),
    "whoami": ({},),
}
WITHOUT = runpy.run_path(str(ROOT / "docs" / "security.py"))["WITHOUT"]
HOUR_MS = 3_600_000
# Each call that changes something has a workspace of its own.
RUNNING = ("used", "to-start", "to-stop", "to-restart", "to-update", "to-delete", "to-extend")
purposes = pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)


def test_every_tool_is_asked_for_something() -> None:
    """A new tool needs its arguments in ASKED, and a workspace in furnish() if it changes one."""
    assert set(ASKED) == {tool.name for tool in TOOLS}


def test_each_purpose_holds_what_the_one_before_it_does() -> None:
    held = [
        {part for scope in purpose.scopes for part in HOLDS.get(scope, {scope})}
        for purpose in PURPOSES
    ]
    assert held[0] < held[1] < held[2]
    known = [{tool.name for tool in tools_of(purpose)} for purpose in PURPOSES]
    assert known[0] < known[1] < known[2] == set(ASKED)


def test_the_composites_hold_what_the_simulator_knows_of_them() -> None:
    assert {name: held | {MEMBERS} for name, held in HOLDS.items()} == COMPOSITES


@purposes
async def test_the_least_token_answers_as_one_without_limits(purpose: Purpose) -> None:
    least = await answers(purpose, purpose.scopes)
    assert least == await answers(purpose, None)
    assert "not visible" not in str(least)
    assert set(least) == {tool.name for tool in tools_of(purpose)}


@purposes
async def test_without_any_one_of_its_scopes_these_tools_lose_something(purpose: Purpose) -> None:
    least = await answers(purpose, purpose.scopes)
    for scope in purpose.scopes:
        fewer = await answers(purpose, set(purpose.scopes) - {scope})
        lost = {name for name in least if fewer[name] != least[name]}
        named = WITHOUT[scope].tools
        assert lost == set(named).intersection(least), scope
        assert lost


def test_the_page_says_of_no_scope_what_no_purpose_needs() -> None:
    assert set(WITHOUT) == {scope for purpose in PURPOSES for scope in purpose.scopes}


def tools_of(purpose: Purpose) -> list[Tool]:
    """The tools that a server offers which is set up for it; those that change nothing first."""
    tools = offered(Settings.from_environ(purpose.environ))
    return sorted(tools, key=lambda tool: not tool.read_only)


async def answers(purpose: Purpose, scopes: Collection[str] | None) -> dict[str, list[str]]:
    """What each tool answers who has such a token: the payloads or errors, as they compare."""
    async with deployed() as whole:
        await furnish(whole)
        token = whole.world.add_token("dev1", scopes)
        environ = environ_for(whole.simulator.url, token, **purpose.environ)
        async with model_on(environ) as model:
            return {
                tool.name: [
                    text
                    for arguments in ASKED[tool.name]
                    for text in await asked(whole, model, tool.name, arguments)
                ]
                for tool in tools_of(purpose)
            }


async def asked(whole: Whole, model: Model, tool: str, arguments: Arguments) -> list[str]:
    """The answer, and that to the second call of those that take two."""
    if tool == "cancel_build":
        whole.world.create("slow", "to-cancel")
    answer = await model.result(tool, **arguments)
    first = text_of(answer)
    confirm = re.search(r'"confirm":"(\w+)"', first)
    if confirm is None:
        return [comparable(first)]
    second = await model.result(tool, **arguments, confirm=confirm[1])
    return [comparable(first), comparable(text_of(second))]


def comparable(text: str) -> str:
    """An answer without what differs from run to run, and without the token's own limits."""
    text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>", text)
    text = re.sub(r'"confirm":"\w+"|confirm=\\"\w+\\"', "<confirm>", text)
    text = re.sub(r'"token_(scopes|allow_list)":\[[^]]*\],', "", text)
    text = re.sub(r"is not limited to scopes|is limited to some scopes, [^.]+", "", text)
    return re.sub(r"\d+", "0", text)


async def furnish(whole: Whole) -> None:
    """A deployment with what the calls are about."""
    world = whole.world
    world.template("quick").default_ttl_ms = 8 * HOUR_MS
    world.create("too-big", "full")
    await whole.pass_time()
    world.set_budget(1000)
    world.authenticate("dev1", "github")
    for name in RUNNING:
        world.create("quick", name)
    await whole.pass_time()
    for name in ("to-start", "to-update"):
        world.build(world.workspace(name), "stop", by="dev1")
    world.publish_version(world.template("quick"))
    await whole.pass_time()
