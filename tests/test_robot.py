"""Who reads nothing but `outcome` and `next_step`, and does just that, ends well and soon."""

import math
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

import pytest

from coder_mcp.core.clients import DEFAULT_WAIT_SECONDS, KNOWN_CLIENTS
from coder_mcp.simulator import Simulator
from coder_mcp.simulator.templates.catalog import CATALOG
from coder_mcp.simulator.templates.definitions import Transition
from model import TOKEN, Model, Payload, environ_for, model_on
from recorded import names
from replay import Replay, replaying
from robot import Errand, allowed, obeyed, written_calls
from test_replay import FLOWS, Played
from whole import Whole, deployed

LONG = "1800"
REPO = "https://git.example.com/a.git"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A template, what is given for it, and how a build of it ends.

    Attributes:
        ends: The outcome of a create, and of a start.
        made: Whether there is a workspace then.
    """

    template: str
    ends: str
    given: Mapping[str, object] = field(default_factory=dict[str, object])
    made: bool = True


GIVEN = {"parameters": {"region": "eu", "repo": REPO}}
CASES = [
    Case(template="quick", ends="ready"),
    Case(template="slow", ends="ready"),
    Case(template="broken", ends="build_failed"),
    Case(template="plan-fails", ends="build_failed"),
    Case(template="cloud-limit", ends="build_failed"),
    Case(template="odd-logs", ends="build_failed"),
    Case(template="chatty", ends="ready"),
    Case(template="gpu", ends="ready"),
    Case(template="no-agent", ends="ready"),
    Case(template="agent-never", ends="unreachable"),
    Case(template="agent-late", ends="ready"),
    Case(template="script-fails", ends="startup_failed"),
    Case(template="script-slow", ends="ready"),
    Case(template="script-timeout", ends="startup_failed"),
    Case(template="script-background", ends="ready"),
    Case(template="two-agents", ends="ready"),
    Case(template="external-agent", ends="unreachable"),
    Case(template="params", ends="rejected", made=False),
    Case(template="params", ends="ready", given=GIVEN),
    Case(template="presets", ends="ready", given={"preset": "Small EU"}),
    Case(template="dynamic", ends="ready", given=GIVEN),
    Case(template="external-auth", ends="rejected", made=False),
    Case(template="pinned", ends="ready"),
    Case(template="old", ends="rejected", made=False),
    Case(template="too-big", ends="quota_reached"),
    Case(template="no-agents-here", ends="rejected", made=False),
    Case(template="notebook", ends="ready"),
    Case(template="shared-name", ends="needs_choice", made=False),
    Case(template="research/shared-name", ends="ready"),
]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the calls wait: the first, and those that next_step names.

    Attributes:
        first: `wait_seconds` of the first call.
        then: What the server waits otherwise.
        client_name: Of the client.
        environ: The server's settings.
    """

    first: int | None = None
    then: int = DEFAULT_WAIT_SECONDS
    client_name: str = "a-client"
    environ: Mapping[str, str] = field(default_factory=dict[str, str])

    def fewest(self, seconds: float) -> int:
        """How many calls it takes at least to see an end that comes after so long."""
        first = self.then if self.first is None else self.first
        if seconds <= first:
            return 1
        return 1 + math.ceil((seconds - first) / self.then)

    def model(self, simulator: Simulator) -> AbstractAsyncContextManager[Model]:
        return self.model_on(simulator.url, simulator.session_token)

    def model_on(self, url: str, token: str = TOKEN) -> AbstractAsyncContextManager[Model]:
        environ = environ_for(url, token, **self.environ)
        return model_on(environ, client_name=self.client_name)

    @property
    def asked(self) -> dict[str, int]:
        return {} if self.first is None else {"wait_seconds": self.first}


PATIENCE = [
    Patience(),
    Patience(first=0),
    Patience(first=5, client_name="copilot-cli"),
    Patience(then=5, environ={"CODER_MCP_WAIT_SECONDS": "5"}),
]
# Those that cut a call after a minute.
HASTY = [
    client.name + "x" * client.name.endswith("-")
    for client in KNOWN_CLIENTS
    if client.wait_seconds <= 60
]
MOST_CALLS_OF_TEN_MINUTES = 14


def writes(whole: Whole) -> list[str]:
    """What was sent to make a workspace or a build."""
    return [line for line in whole.requests("POST") if not line.endswith("/evaluate")]


async def lived(model: Model, case: Case, patience: Patience) -> list[Errand]:
    """All that is done with one workspace: created, stopped, started, deleted."""
    asked = patience.asked
    made = await obeyed(
        model, "create_workspace", template=case.template, name="mine", **case.given, **asked
    )
    if not case.made:
        return [made]
    stopped = await obeyed(model, "stop_workspace", workspace="mine", **asked)
    started = await obeyed(model, "start_workspace", workspace="mine", **asked)
    told = await obeyed(model, "delete_workspace", workspace="mine", **asked)
    return [made, stopped, started, told, await allowed(model, told.end)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.template}-{case.ends}")
async def test_a_robot_brings_a_workspace_of_every_template_through_its_life(case: Case) -> None:
    ends = [case.ends, "stopped", case.ends, "needs_confirmation", "deleted"]
    async with deployed(CODER_MCP_WAIT_SECONDS=LONG) as whole:
        at_once = await lived(whole.model, case, Patience())
        assert {len(errand.answers) for errand in at_once} == {1}
        for patience in PATIENCE:
            whole.world.workspaces.clear()
            whole.simulator.ledger.clear()
            async with patience.model(whole.simulator) as model:
                errands = await lived(model, case, patience)
            assert [errand.outcome for errand in errands] == (ends if case.made else ends[:1])
            assert len(whole.world.workspaces) == case.made
            assert len(list(whole.world.builds())) == (4 if case.made else 0)
            assert not case.made or len(writes(whole)) == 4
            for errand, one_call in zip(errands, at_once, strict=True):
                assert len(errand.answers) <= patience.fewest(one_call.seconds), patience


def test_every_template_is_one_of_the_cases() -> None:
    assert {case.template.rpartition("/")[2] for case in CASES} == {each.name for each in CATALOG}


@dataclass(frozen=True, kw_only=True)
class Met:
    """What a robot finds, what it is sent for, and what comes of it.

    Attributes:
        builds: Of the workspace before; the last of them is under way.
        tool: What it calls.
        ends: The outcome.
        made: How many builds it takes.
    """

    builds: tuple[Transition, ...]
    tool: str
    ends: str
    made: int

    def __str__(self) -> str:
        return f"{self.tool}-while-{self.builds[-1]}"


MET = [
    Met(builds=("start",), tool="create_workspace", ends="ready", made=0),
    Met(builds=("start",), tool="start_workspace", ends="ready", made=0),
    Met(builds=("start",), tool="stop_workspace", ends="stopped", made=1),
    Met(builds=("start",), tool="delete_workspace", ends="deleted", made=1),
    Met(builds=("start", "stop"), tool="create_workspace", ends="ready", made=1),
    Met(builds=("start", "stop"), tool="start_workspace", ends="ready", made=1),
    Met(builds=("start", "stop"), tool="stop_workspace", ends="stopped", made=0),
    Met(builds=("start", "stop"), tool="delete_workspace", ends="deleted", made=1),
    Met(builds=("start", "delete"), tool="create_workspace", ends="ready", made=1),
    Met(builds=("start", "delete"), tool="start_workspace", ends="deleted", made=0),
    Met(builds=("start", "delete"), tool="stop_workspace", ends="deleted", made=0),
    Met(builds=("start", "delete"), tool="delete_workspace", ends="deleted", made=0),
]


@pytest.mark.parametrize("met", MET, ids=str)
async def test_a_robot_that_meets_a_build_under_way_comes_to_its_own_end_all_the_same(
    met: Met,
) -> None:
    async with deployed() as whole:
        for patience in PATIENCE:
            whole.world.workspaces.clear()
            workspace = whole.world.create("slow", "mine")
            for transition in met.builds[1:]:
                await whole.pass_time()
                whole.world.build(workspace, transition)
            whole.simulator.ledger.clear()
            creates = met.tool == "create_workspace"
            asked = {"template": "slow", "name": "mine"} if creates else {"workspace": "mine"}
            async with patience.model(whole.simulator) as model:
                errand = await obeyed(model, met.tool, **asked, **patience.asked)
                if errand.outcome == "needs_confirmation":
                    errand = await allowed(model, errand.end)
            assert errand.outcome == met.ends, patience
            assert len(writes(whole)) == met.made
            assert sum(not each.is_deleted for each in whole.world.workspaces) <= 1


@pytest.mark.parametrize("client_name", HASTY)
@pytest.mark.parametrize("tool", ["create_workspace", "start_workspace"])
async def test_a_build_of_ten_minutes_takes_few_calls_where_a_call_is_cut_after_one(
    tool: str, client_name: str
) -> None:
    async with deployed(client_name=client_name) as whole:
        template = whole.world.template("quick")
        version = template.active_version.definition
        long = replace(version, start=replace(version.start, ends_at=600.0))
        if tool == "create_workspace":
            whole.world.publish_version(template, long)
            errand = await obeyed(whole.model, tool, template="quick", name="mine")
        else:
            workspace = whole.world.create("quick", "mine")
            await whole.pass_time()
            newer = whole.world.publish_version(template, long)
            whole.world.build(workspace, "stop", version=newer)
            await whole.pass_time()
            errand = await obeyed(whole.model, tool, workspace="mine")
        assert errand.outcome == "ready"
        assert errand.seconds > 600
        assert len(errand.answers) <= MOST_CALLS_OF_TEN_MINUTES
        assert len(writes(whole)) == 1


@pytest.mark.parametrize("played", FLOWS, ids=str)
async def test_a_robot_comes_to_the_end_of_every_recorded_flow(played: Played) -> None:
    at_once = await played_back(played, Patience(environ={"CODER_MCP_WAIT_SECONDS": LONG}))
    assert [answer["outcome"] for answer in at_once.answers] == [played.answer["outcome"]]
    for patience in PATIENCE:
        errand = await played_back(played, patience)
        assert errand.outcome == played.answer["outcome"], patience
        assert len(errand.answers) <= patience.fewest(at_once.seconds), patience


async def played_back(played: Played, patience: Patience) -> Errand:
    """What a robot makes of a recorded flow; it writes no more than was written then."""
    seconds = played.played_seconds
    async with (
        replaying(f"flows/{played.flow}", quota=played.quota, played_seconds=seconds) as replay,
        patience.model_on(replay.url) as model,
    ):
        errand = await obeyed(model, played.tool, **played.arguments, **patience.asked)
        assert len(writes_to(replay)) == (played.tool != "wait_for_workspace")
    return errand


@pytest.mark.parametrize("patience", PATIENCE, ids=str)
async def test_a_robot_comes_to_the_end_of_the_recorded_delete(patience: Patience) -> None:
    async with replaying("flows/delete") as replay, patience.model_on(replay.url) as model:
        told = await obeyed(model, "delete_workspace", workspace="gpu-one")
        assert (told.outcome, writes_to(replay)) == ("needs_confirmation", [])
        assert (await allowed(model, told.end)).outcome == "deleted"
        assert len(writes_to(replay)) == 1


def writes_to(replay: Replay) -> list[str]:
    posts = [line for line in replay.requests if line.startswith("POST")]
    return [line for line in posts if not line.endswith("/evaluate")]


def test_every_recorded_flow_is_obeyed() -> None:
    assert {f"flows/{played.flow}" for played in FLOWS} | {"flows/delete"} == set(names("flows"))


SENTENCES: list[tuple[str, list[tuple[str, Payload]]]] = [
    ("Tell the person.", []),
    ("Call list_workspaces() again.", [("list_workspaces", {})]),
    (
        'To use it, call start_workspace(workspace="dev1/a, b=(\\")", n=4).',
        [("start_workspace", {"workspace": 'dev1/a, b=(")', "n": 4})],
    ),
    (
        'Ask; stop_workspace(workspace="x"); then call f_g(parameters={"a": ["b"]}).',
        [("stop_workspace", {"workspace": "x"}), ("f_g", {"parameters": {"a": ["b"]}})],
    ),
]


@pytest.mark.parametrize(("sentence", "calls"), SENTENCES)
def test_a_robot_reads_calls_as_they_are_written(
    sentence: str, calls: list[tuple[str, Payload]]
) -> None:
    assert [(each.tool, each.arguments) for each in written_calls(sentence)] == calls
