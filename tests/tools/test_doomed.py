"""Where a start is known to be refused, nothing is stopped for it: restart and update alike."""

from dataclasses import replace

import pytest

from coder_mcp.simulator import Answer, Fault
from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.templates import parts
from robot import written_calls
from whole import Whole, deployed

REPO = "https://git.example.com/a.git"
TOOLS = pytest.mark.parametrize("tool", ["restart_workspace", "update_workspace"])
CLASSIC = {
    "an option": {"region": "mars"},
    "immutable": {"region": "us"},
    "a maximum": {"cpu": 99999},
    "a minimum": {"cpu": 0},
    "no number": {"cpu": "many"},
    "lowered": {"cpu": 2},
    "a boolean": {"gpu": "yes"},
    "a list": {"tools": "git"},
    "a pattern": {"repo": "ssh://x"},
    "an empty number": {"cpu": ""},
    "an empty boolean": {"gpu": ""},
    "an empty list": {"tools": ""},
    "an empty text": {"repo": ""},
}
DYNAMIC = {
    "an option": {"region": "mars"},
    "immutable": {"repo": "https://x"},
    "a maximum": {"cpu": 99999},
    "ruled out": {"gpu": True},
}


async def running(whole: Whole, template: str) -> Workspace:
    """A workspace that runs, of a template that has a newer version by now."""
    given = {"region": "eu", "repo": REPO}
    workspace = whole.world.create(template, "mine", parameters=given)
    await whole.pass_time()
    whole.world.publish_version(whole.world.template(template))
    return workspace


def changes(whole: Whole) -> list[str]:
    """All that was sent but reads."""
    return [sent for sent in whole.requests("P") if not sent.endswith("/evaluate")]


@TOOLS
@pytest.mark.parametrize(("template", "kinds"), [("params", CLASSIC), ("dynamic", DYNAMIC)])
async def test_a_value_that_coder_would_refuse_stops_nothing(
    tool: str, template: str, kinds: dict[str, dict[str, object]]
) -> None:
    async with deployed() as whole:
        await running(whole, template)
        for kind, given in kinds.items():
            answer = await whole.call(tool, workspace="mine", parameters=given)
            assert (answer["outcome"], answer["workspace_name"]) == ("rejected", "dev1/mine"), kind
            assert [wrong["field"] for wrong in answer["validations"]] == list(given), kind
            assert tool in answer["next_step"]
            assert changes(whole) == [], kind


@TOOLS
async def test_a_value_that_is_kept_has_to_fit_the_version_that_is_moved_to(tool: str) -> None:
    """A restart moves too, where the template requires its active version."""
    async with deployed() as whole:
        await running(whole, "params")
        template = whole.world.template("params")
        region = replace(
            parts.CLASSIC_PARAMETERS[0], options=parts.CLASSIC_PARAMETERS[0].options[1:]
        )
        zone = replace(region, name="zone")
        asked = (region, *parts.CLASSIC_PARAMETERS[1:], zone)
        newest = replace(template.active_version.definition, parameters=asked)
        template.require_active_version = True
        whole.world.publish_version(template, newest)
        answer = await whole.call(tool, workspace="mine")
        assert [wrong["field"] for wrong in answer["validations"]] == ["zone", "region"]
        assert changes(whole) == []


async def test_values_that_fit_are_not_held_up() -> None:
    async with deployed() as whole:
        workspace = await running(whole, "params")
        given = {"region": "eu", "cpu": 8, "repo": "https://b", "tools": ["a"], "gpu": True}
        answer = await whole.call("restart_workspace", workspace="mine", parameters=given)
        assert answer["outcome"] == "ready"
        assert workspace.latest_build.parameters["repo"] == "https://b"


UNREADABLE = {
    "params": "GET /api/v2/workspacebuilds/{workspacebuild}/parameters",
    "dynamic": "POST /api/v2/templateversions/{templateversion}/dynamic-parameters/evaluate",
}


@TOOLS
@pytest.mark.parametrize(("template", "route"), UNREADABLE.items())
async def test_what_could_not_be_checked_stops_nothing_and_is_sent_once_it_is_stopped(
    tool: str, template: str, route: str
) -> None:
    async with deployed() as whole:
        workspace = await running(whole, template)
        down = Answer(status=500, body={"message": "Internal error."})
        whole.simulator.faults.add(Fault(route=route, action=down, times=None))
        given = {"repo": REPO}
        answer = await whole.call(tool, workspace="mine", parameters=given)
        assert (answer["outcome"], answer["error"]) == (
            "rejected",
            "the parameters could not be checked",
        )
        assert changes(whole) == []
        again, stop, onward = written_calls(answer["next_step"])
        assert again.tool == tool
        await whole.call(stop.tool, **stop.arguments)
        assert (await whole.call(onward.tool, **onward.arguments))["outcome"] == "ready"
        assert [build.transition for build in workspace.builds] == ["start", "stop", "start"]
