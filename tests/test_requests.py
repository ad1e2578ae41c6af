"""What a call costs the deployment, from its ledger."""

import math

import pytest

from coder_mcp.simulator import Answer, CloseAfter, Fault
from coder_mcp.watching.watcher import POLL_SECONDS, QUEUED_POLL_SECONDS
from whole import deployed

REPO = "https://git.example.com/a.git"
WATCH = "GET /api/v2/workspaces/{workspace}/watch-ws"
LOGS = "GET /api/v2/workspacebuilds/{workspacebuild}/logs"
READ = "GET /workspaces/{workspace}"

A_CREATE = 8
"""By name, template, POST, what the quota lets expect (two), two streams, a look at the log's end."""
QUOTA = "GET /organizations/{organization}/members/{user}/workspace-quota"


async def test_an_awaited_create_costs_eight_requests() -> None:
    async with deployed() as whole:
        await whole.call("create_workspace", template="quick", name="mine")
        assert whole.requests() == [
            "GET /users/{user}/workspace/{workspacename}",
            "GET /templates",
            "POST /users/{user}/workspaces",
            QUOTA,
            "GET /workspaces",
            "WS /workspaces/{workspace}/watch-ws",
            "WS /workspacebuilds/{workspacebuild}/logs",
            READ,
        ]


async def test_where_no_quota_is_enforced_a_create_asks_for_no_costs() -> None:
    async with deployed() as whole:
        whole.world.is_licensed = False
        await whole.call("create_workspace", template="quick", name="mine")
        assert len(whole.requests()) == A_CREATE - 1
        assert "GET /workspaces" not in whole.requests()


async def test_a_long_build_costs_a_look_each_interval_and_no_more() -> None:
    async with deployed(provisioners=1, CODER_MCP_WAIT_SECONDS="1800") as whole:
        for number in range(10):
            whole.world.create("slow", f"before-{number}")
        began = whole.world.now()
        answer = await whole.call("create_workspace", template="quick", name="mine")
        seconds = (whole.world.now() - began).total_seconds()
        assert answer["outcome"] == "ready"
        assert seconds > 120
        assert len(whole.requests()) <= A_CREATE + math.ceil(seconds / QUEUED_POLL_SECONDS)


@pytest.mark.parametrize(
    ("template", "more", "costs"),
    [
        ("params", {"parameters": {"region": "eu", "repo": REPO}}, A_CREATE + 1),
        ("dynamic", {"parameters": {"region": "us", "repo": REPO}}, A_CREATE + 2),
        ("presets", {"preset": "Small EU"}, A_CREATE + 1),
        ("too-big", {}, A_CREATE + 3),
        ("broken", {}, A_CREATE + 1),
    ],
    ids=["classic parameters", "dynamic parameters", "preset", "quota failure", "build failure"],
)
async def test_what_a_create_costs_beyond_that(
    template: str, more: dict[str, object], costs: int
) -> None:
    async with deployed() as whole:
        await whole.call("create_workspace", template=template, name="mine", **more)
        assert len(whole.requests()) <= costs


async def test_a_window_that_closes_costs_one_look_more() -> None:
    async with deployed() as whole:
        answer = await whole.call("create_workspace", template="slow", name="mine", wait_seconds=5)
        assert answer["outcome"] == "in_progress"
        assert len(whole.requests()) <= A_CREATE + 1


async def test_a_long_agent_wait_is_polled_slowly_beside_the_watch() -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="300") as whole:
        answer = await whole.call("create_workspace", template="agent-never", name="mine")
        assert answer["outcome"] == "unreachable"
        assert whole.requests().count(READ) <= 1 + math.ceil(130 / POLL_SECONDS)


@pytest.mark.fault("N16")
@pytest.mark.parametrize(
    "refusal",
    [
        Answer(status=426, text="WebSocket protocol violation", content_type="text/plain"),
        Answer(status=200, text="<html>proxy</html>", content_type="text/html"),
        Answer(status=404, body={"message": "Route not found."}),
        Answer(status=502, text="<html>bad gateway</html>", content_type="text/html"),
    ],
    ids=["426", "200 without an upgrade", "no such route", "502"],
)
async def test_without_streams_polling_alone_is_enough(refusal: Answer) -> None:
    async with deployed() as whole:
        for stream in (WATCH, LOGS):
            whole.simulator.faults.add(Fault(route=stream, action=refusal, times=None))
        began = whole.world.now()
        answer = await whole.call("create_workspace", template="slow", name="mine")
        seconds = (whole.world.now() - began).total_seconds()
        assert (answer["outcome"], answer["created"]) == ("ready", True)
        assert whole.requests().count(READ) <= math.ceil(seconds / 2) + 1


@pytest.mark.fault("N17")
async def test_a_watch_that_ends_is_opened_again_and_what_it_missed_is_read() -> None:
    async with deployed() as whole:
        cut = CloseAfter(frames=2, code=1001)
        whole.simulator.faults.add(Fault(route=WATCH, action=cut, times=2))
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert answer["outcome"] == "ready"
        assert whole.requests().count("WS /workspaces/{workspace}/watch-ws") == 3


async def test_a_log_that_ends_before_the_build_does_is_followed_on() -> None:
    async with deployed() as whole:
        cut = CloseAfter(frames=12, code=1000, reason="done")
        whole.simulator.faults.add(Fault(route=LOGS, action=cut))
        answer = await whole.call("create_workspace", template="slow", name="mine")
        assert answer["outcome"] == "ready"
        messages = [message for _, message in whole.model.progress]
        assert any("Still creating... [10s elapsed]" in message for message in messages)
