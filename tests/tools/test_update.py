"""update_workspace."""

import json
from dataclasses import replace

from inline_snapshot import snapshot

from coder_mcp.simulator.records.state import Workspace
from coder_mcp.simulator.templates import parts
from whole import Whole, deployed


async def outdated(whole: Whole, template: str = "quick", *, stopped: bool = False) -> Workspace:
    """A workspace whose template has a newer version by now."""
    workspace = whole.world.create(template, "mine")
    await whole.pass_time()
    if stopped:
        whole.world.build(workspace, "stop")
        await whole.pass_time()
    whole.world.publish_version(whole.world.template(template))
    return workspace


def builds_made(whole: Whole) -> list[str]:
    return [request for request in whole.requests("P") if "/builds" in request]


def versions(workspace: Workspace) -> list[tuple[str, str]]:
    return [(build.transition, build.version.name) for build in workspace.builds]


async def test_a_stopped_workspace_is_started_from_the_active_version() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole, stopped=True)
        answer = await whole.call("update_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is started and ready. Its version was v1 before.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "01545cd6-6e2f-4d2d-ae79-c48c9141c8dd",
                "updated_to_active_version": True,
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert versions(workspace) == [("start", "v1"), ("stop", "v1"), ("start", "v2")]


async def test_a_running_workspace_is_not_stopped_before_somebody_was_asked() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole)
        asked = await whole.call("update_workspace", workspace="mine")
        code = asked["confirm"]
        assert json.loads(json.dumps(asked).replace(code, "<code>")) == snapshot(
            {
                "outcome": "needs_confirmation",
                "message": "Workspace dev1/mine is running. To update it, it is stopped, which ends what runs in it, and started from the template's active version. Nothing was changed.",
                "workspace_name": "dev1/mine",
                "confirm": "<code>",
                "next_step": 'Ask the person whether it may be stopped. Only after a yes, call update_workspace(workspace="dev1/mine", confirm="<code>").',
                "template_version": "v1",
                "active_version": "v2",
            }
        )
        assert builds_made(whole) == []
        done = await whole.call("update_workspace", workspace="mine", confirm=code)
        assert done == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is started and ready. Before this start, the workspace was stopped. Its version was v1 before.",
                "workspace_name": "dev1/mine",
                "started": True,
                "build_id": "01545cd6-6e2f-4d2d-ae79-c48c9141c8dd",
                "updated_to_active_version": True,
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert versions(workspace) == [("start", "v1"), ("stop", "v1"), ("start", "v2")]


async def test_a_code_that_does_not_fit_changes_nothing() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole)
        asked = await whole.call("update_workspace", workspace="mine")
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        whole.world.build(workspace, "start")
        await whole.pass_time()
        again = await whole.call("update_workspace", workspace="mine", confirm=asked["confirm"])
        delete = await whole.call("delete_workspace", workspace="mine", confirm=again["confirm"])
        assert again["outcome"] == delete["outcome"] == "needs_confirmation"
        assert again["message"].startswith("The code given does not fit")
        assert builds_made(whole) == []


async def test_what_the_new_version_requires_is_asked_for_before_anything_is_stopped() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters=PARAMETERS)
        await whole.pass_time()
        zone = replace(parts.CLASSIC_PARAMETERS[0], name="zone")
        template = whole.world.template("params")
        newest = replace(
            template.active_version.definition, parameters=(*parts.CLASSIC_PARAMETERS, zone)
        )
        whole.world.publish_version(template, newest)
        answer = await whole.call("update_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "dev1/mine",
                "template_id": "c6147ea6-0058-4ebc-99bf-e9521b067f58",
                "next_step": 'Correct them (read_template(template="c6147ea6-0058-4ebc-99bf-e9521b067f58") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: update_workspace(workspace="dev1/mine").',
                "error": "to be corrected: zone",
                "validations": [
                    {
                        "field": "zone",
                        "detail": "The template requires a value for this.",
                        "allowed": ["eu", "us"],
                    }
                ],
            }
        )
        asked = await whole.call("update_workspace", workspace="mine", parameters={"zone": "eu"})
        assert asked["new_parameters"] == ["zone"]
        assert '"zone": "eu"' in asked["next_step"]
        assert versions(workspace) == [("start", "v1")]
        answer = await whole.call(
            "update_workspace",
            workspace="mine",
            parameters={"zone": "eu"},
            confirm=asked["confirm"],
        )
        assert answer["outcome"] == "ready"
        assert workspace.latest_build.parameters["zone"] == "eu"


async def test_dynamic_parameters_of_the_new_version_are_evaluated_first() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole, stopped=True)
        template = whole.world.template("quick")
        newest = replace(template.active_version.definition, parameters=parts.DYNAMIC_PARAMETERS)
        whole.world.publish_version(template, newest)
        answer = await whole.call("update_workspace", workspace="mine")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "dev1/mine",
                "template_id": "de66bfe2-4be2-473c-a1ca-6d00bf483c0f",
                "next_step": 'Correct them (read_template(template="de66bfe2-4be2-473c-a1ca-6d00bf483c0f") shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: update_workspace(workspace="dev1/mine").',
                "error": "to be corrected: region, repo",
                "validations": [
                    {
                        "field": "region",
                        "detail": "Required parameter not provided: parameter value is null",
                        "allowed": ["eu", "us"],
                    },
                    {
                        "field": "repo",
                        "detail": 'Invalid parameter value according to \'validation\' block: must be an https URL (value "" does not match "^https://")',
                        "allowed": ["matching ^https://"],
                    },
                    {
                        "field": "repo",
                        "detail": "Required parameter not provided: parameter value is null",
                        "allowed": ["matching ^https://"],
                    },
                ],
            }
        )
        assert versions(workspace) == [("start", "v1"), ("stop", "v1")]


async def test_a_code_is_of_the_version_that_it_was_given_out_for() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole)
        asked = await whole.call("update_workspace", workspace="mine")
        whole.world.publish_version(whole.world.template("quick"))
        again = await whole.call("update_workspace", workspace="mine", confirm=asked["confirm"])
        assert (again["outcome"], again["active_version"]) == ("needs_confirmation", "v3")
        assert builds_made(whole) == []
        done = await whole.call("update_workspace", workspace="mine", confirm=again["confirm"])
        assert done["outcome"] == "ready"
        assert versions(workspace)[-1] == ("start", "v3")


async def test_who_is_asked_is_told_that_the_quota_may_refuse_the_start() -> None:
    async with deployed() as whole:
        await outdated(whole, "gpu")
        whole.world.set_budget(30)
        asked = await whole.call("update_workspace", workspace="mine")
        assert asked["outcome"] == "needs_confirmation"
        assert asked["message"] == snapshot(
            "Workspace dev1/mine is running. To update it, it is stopped, which ends what runs in it, and started from the template's active version. The quota may refuse this start. 40 of 30 credits are used, 40 of them by this workspace. Nothing was changed."
        )


async def test_a_workspace_on_the_active_version_is_left_alone() -> None:
    async with deployed() as whole:
        whole.world.create("quick", "mine")
        await whole.pass_time()
        assert await whole.call("update_workspace", workspace="mine") == snapshot(
            {
                "outcome": "ready",
                "message": "Workspace dev1/mine is ready. It is on its template's active version; there is nothing to update.",
                "workspace_name": "dev1/mine",
                "started": True,
                "no_build": True,
                "url": "https://coder.test/@dev1/mine",
                "ssh_command": "coder ssh dev1/mine",
            }
        )
        assert builds_made(whole) == []


async def test_a_stopped_workspace_on_the_active_version_is_started() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters=PARAMETERS)
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        wanted = {"workspace": "mine", "parameters": {"cpu": "8"}}
        answer = await whole.call("update_workspace", **wanted)
        assert (answer["outcome"], answer["message"]) == snapshot(
            (
                "ready",
                "Workspace dev1/mine is started and ready. It is on its template's active version; there is nothing to update.",
            )
        )
        assert workspace.latest_build.parameters["cpu"] == "8"
        assert versions(workspace)[-1] == ("start", "v1")
        again = await whole.call("update_workspace", **wanted)
        assert (again["outcome"], again["no_build"]) == ("ready", True)


async def test_where_the_window_closes_between_the_two_halves_the_same_tool_goes_on() -> None:
    async with deployed() as whole:
        workspace = await outdated(whole)
        asked = await whole.call("update_workspace", workspace="mine")
        cut = await whole.call(
            "update_workspace", workspace="mine", confirm=asked["confirm"], wait_seconds=0
        )
        assert (cut["outcome"], cut["next_step"]) == snapshot(
            (
                "in_progress",
                'Call update_workspace(workspace="dev1/mine"), which waits for the stop and starts it.',
            )
        )
        done = await whole.call("update_workspace", workspace="dev1/mine")
        assert done["outcome"] == "ready"
        assert versions(workspace)[-1] == ("start", "v2")


PARAMETERS = {"region": "eu", "repo": "https://example.com/a"}
