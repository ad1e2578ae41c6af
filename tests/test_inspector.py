"""The real MCP Inspector on the real command."""

import json

import pytest

from coder_mcp.tools.table import TOOLS
from command import INSPECTOR, coder_mcp, inspect, inspect_call, node


def test_the_inspector_lists_the_tools_and_finds_nothing_wrong_with_their_schemas() -> None:
    server = [coder_mcp(), "serve", "--simulator"]
    answer = node(INSPECTOR, "--cli", *server, "--method", "tools/list", "--strict")
    assert answer.returncode == 0, answer.stderr
    assert len(json.loads(answer.stdout)["tools"]) == len(TOOLS)


def test_a_create_succeeds() -> None:
    answer = inspect_call("create_workspace", template="quick", name="billing-fix")
    assert answer["isError"] is False
    assert answer["structuredContent"]["outcome"] == "ready"
    assert answer["structuredContent"]["workspace_name"] == "dev1/billing-fix"


def test_the_quota_payload_arrives_whole_and_is_no_error() -> None:
    answer = inspect_call("create_workspace", template="too-big")
    assert answer["isError"] is False
    payload = answer["structuredContent"]
    assert json.loads(answer["content"][0]["text"]) == payload
    assert payload["error_code"] == "INSUFFICIENT_QUOTA"
    assert payload["title"] == "Workspace quota reached"
    assert payload["quota"] == {"credits_consumed": 0, "budget": 60}
    assert payload["build_cost"] == 100
    assert payload["build_id"]
    assert "ask an administrator to raise the group's quota allowance" in payload["message"]


# Each tool once, on the simulator's four workspaces.
CALLS: dict[str, tuple[dict[str, str], str]] = {
    "create_workspace": ({"template": "quick", "name": "web"}, "ready"),
    "start_workspace": ({"workspace": "api-old"}, "ready"),
    "wait_for_workspace": ({"workspace": "legacy-import"}, "build_failed"),
    "stop_workspace": ({"workspace": "web"}, "stopped"),
    "restart_workspace": ({"workspace": "web"}, "ready"),
    "update_workspace": ({"workspace": "api-old"}, "ready"),
    "cancel_build": ({"workspace": "web"}, "rejected"),
    "extend_workspace": ({"workspace": "web", "hours": "2"}, "rejected"),
    "delete_workspace": ({"workspace": "gpu-training"}, "needs_confirmation"),
    "list_workspaces": ({}, "found"),
    "get_workspace": ({"workspace": "web"}, "found"),
    "diagnose_workspace": ({"workspace": "legacy-import"}, "diagnosed"),
    "read_logs": ({"workspace": "web", "tail": "5"}, "found"),
    "get_quota": ({}, "found"),
    "whoami": ({}, "connected"),
    "list_templates": ({"query": "gpu"}, "found"),
    "read_template": ({"template": "params"}, "found"),
}


@pytest.mark.parametrize("tool", CALLS)
def test_each_tool_works_from_the_inspector(tool: str) -> None:
    arguments, outcome = CALLS[tool]
    answer = inspect_call(tool, seeded=True, **arguments)
    assert answer["structuredContent"]["outcome"] == outcome


def test_every_tool_is_called() -> None:
    listed = inspect("--method", "tools/list")
    assert {tool["name"] for tool in listed["tools"]} == set(CALLS)
