"""What a model reads, in tokens: a quarter of the characters of compact JSON.

Each answer is one that the simulator led to. The baseline of `ready` is what Coder's API says of
the same workspace, which a model reads where a tool hands it on. The tokens of the tools themselves
are in [tools.md](tools.md), made from the code; a test (tests/test_server.py) holds their limits.
"""

import json

import httpx2

from coder_mcp.simulator import Answer, Fault, LoseAnswer
from simulated import Whole, deployed
from table import Row

BUDGET = 130
"""Of the answer `ready`."""

CREATE = "POST /api/v2/users/{user}/workspaces"
BY_NAME = "GET /api/v2/users/{user}/workspace/{workspacename}"
BROKEN = Answer(status=500, body={"message": "Internal server error."})

Payload = dict[str, object]


async def reading() -> tuple[list[Row], list[tuple[str, str]]]:
    """The answer `ready` beside its budget, and the tokens of every answer."""
    answers, same_of_coder = await _answers()
    row = _row(answers["ready"], same_of_coder)
    return [row], [(outcome, str(answers[outcome])) for outcome in sorted(answers)]


def tokens(value: object) -> int:
    """About how many a model reads."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) // 4


def _row(ours: int, of_coder: int) -> Row:
    return Row(
        what="The answer `ready`",
        ours=f"{ours:,} tokens",
        baseline=f"{of_coder:,} tokens, the workspace in Coder's API",
        compared=f"{ours / BUDGET:.0%} of the budget, x {of_coder / ours:.0f} fewer",
        goal=f"at most {BUDGET:,} tokens",
        met=ours <= BUDGET,
    )


async def _answers() -> tuple[dict[str, int], int]:
    """The tokens of an answer of each outcome; and of what Coder's API says of the ready one."""
    answers: list[Payload] = []
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        whole.world.set_budget(90)
        answers.append(await whole.call("create_workspace", template="quick", name="mine"))
        of_coder = await _of_coder(whole)
        for template in ("script-fails", "agent-never", "broken", "too-big", "shared-name"):
            answers.append(await whole.call("create_workspace", template=template))  # noqa: PERF401  # one await after the other
        answers.append(await whole.call("create_workspace", template="params"))
        answers += await _interrupted(whole)
        answers.append(await whole.call("list_workspaces"))
        answers.append(await whole.call("list_templates"))
        answers.append(await whole.call("read_template", template="presets"))
        answers += await _ended(whole)
    counted: dict[str, int] = {}
    for answer in answers:
        kind = next((key for key in ("workspaces", "templates") if key in answer), "a template")
        outcome = answer["outcome"]
        counted[f"found ({kind})" if outcome == "found" else str(outcome)] = tokens(answer)
    return counted, of_coder


async def _interrupted(whole: Whole) -> list[Payload]:
    """A build that goes on, one that is canceled, one that another takes the place of."""
    slow: Payload = {"template": "slow", "name": "slow"}
    goes_on = await whole.call("create_workspace", **slow, wait_seconds=5)
    workspace = whole.world.workspace("slow")
    whole.later(1, lambda: whole.world.cancel(workspace.latest_build))
    canceled = await whole.call("wait_for_workspace", workspace="slow")
    late = whole.world.create("agent-late", "late")
    whole.later(3, lambda: whole.world.build(late, "stop"))
    superseded = await whole.call("wait_for_workspace", workspace="late")
    return [goes_on, canceled, superseded]


async def _ended(whole: Whole) -> list[Payload]:
    """A stop, both calls of a delete, and a create of which nothing is heard."""
    stopped = await whole.call("stop_workspace", workspace="mine")
    asked = await whole.call("delete_workspace", workspace="mine")
    deleted = await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
    whole.simulator.faults.add(Fault(route=CREATE, action=LoseAnswer()))
    whole.simulator.faults.add(Fault(route=BY_NAME, action=BROKEN, times=None, skip=1))
    unknown = await whole.call("create_workspace", template="quick", name="other")
    return [stopped, asked, deleted, unknown]


async def _of_coder(whole: Whole) -> int:
    headers = {"Coder-Session-Token": whole.simulator.session_token}
    async with httpx2.AsyncClient(base_url=whole.simulator.url, headers=headers) as http:
        answer = await http.get("/api/v2/users/me/workspace/mine")
    return tokens(answer.json())
