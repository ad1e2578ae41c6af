"""Parameters and presets: what Coder would ignore is refused, what it refuses is explained."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from whole import Whole, deployed

REPO = "https://git.example.com/a.git"


async def create(whole: Whole, template: str, **arguments: object) -> dict[str, object]:
    answer = await whole.call("create_workspace", template=template, name="mine", **arguments)
    answer.pop("template_id", None)
    answer.pop("build_id", None)
    return answer


async def test_values_given_as_json_are_spelled_as_coder_spells_them() -> None:
    async with deployed() as whole:
        given = {"region": "eu", "repo": REPO, "cpu": 4, "gpu": True, "tools": ["git", "make"]}
        answer = await create(whole, "params", parameters=given)
        assert answer["outcome"] == "ready"
        assert whole.world.workspace("mine").latest_build.parameters == snapshot(
            {
                "region": "eu",
                "cpu": "4",
                "repo": "https://git.example.com/a.git",
                "gpu": "true",
                "tools": '["git", "make"]',
                "rebuild_cache": "false",
            }
        )


@pytest.mark.fault("C15")
async def test_a_parameter_that_the_template_does_not_have_is_refused_before_anything_is_made() -> (
    None
):
    async with deployed() as whole:
        given = {"regoin": "eu", "region": "eu", "repo": REPO}
        answer = await create(whole, "params", parameters=given)
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "me/mine",
                "error": "to be corrected: regoin",
                "validations": [
                    {
                        "field": "regoin",
                        "detail": "There is no parameter of this name; it may mean: region.",
                    }
                ],
            }
        )
        assert whole.requests("POST") == []


@pytest.mark.fault("C15")
async def test_a_missing_parameter_comes_back_with_what_is_allowed() -> None:
    async with deployed() as whole:
        answer = await create(whole, "params")
        assert str(answer.pop("next_step")).startswith("Correct them (read_template(template=")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused this; nothing was changed.",
                "workspace_name": "me/mine",
                "error": 'Unable to validate parameter "region"',
                "validations": [
                    {
                        "field": "region",
                        "detail": 'Parameter "region" is required but not provided',
                        "allowed": ["eu", "us"],
                    },
                    {
                        "field": "repo",
                        "detail": "The template requires a value for this.",
                        "allowed": ["matching ^https://"],
                    },
                ],
            }
        )
        assert whole.world.workspaces == []


async def test_an_empty_value_that_coder_takes_and_no_build_survives_makes_no_workspace() -> None:
    async with deployed() as whole:
        given = {"region": "eu", "repo": REPO, "cpu": "", "gpu": ""}
        answer = await whole.call(
            "create_workspace", template="params", name="mine", parameters=given
        )
        assert answer["outcome"] == "rejected"
        assert [wrong["field"] for wrong in answer["validations"]] == ["cpu", "gpu"]
        assert whole.world.workspaces == []
        workspace = whole.world.create("params", "mine", parameters=given)
        await whole.pass_time()
        assert workspace.latest_build.job.status == "failed"


@pytest.mark.fault("H10", "C15")
async def test_a_value_that_coder_refuses_comes_back_with_what_is_allowed() -> None:
    async with deployed() as whole:
        given = {"region": "mars", "repo": REPO}
        answer = await create(whole, "params", parameters=given)
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Coder refused this; nothing was changed.",
                "workspace_name": "me/mine",
                "error": 'Unable to validate parameter "region"',
                "validations": [
                    {
                        "field": "region",
                        "detail": 'can\'t validate build parameter "Region": parameter value must match one of options: [eu us]',
                        "allowed": ["eu", "us"],
                    }
                ],
            }
        )


async def test_dynamic_parameters_are_evaluated_before_anything_is_sent() -> None:
    async with deployed() as whole:
        given = {"region": "us", "repo": "ssh://x", "cpu": 99}
        answer = await create(whole, "dynamic", parameters=given)
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "me/mine",
                "error": "to be corrected: cpu, repo",
                "validations": [
                    {
                        "field": "cpu",
                        "detail": "Invalid parameter value according to 'validation' block: value 99 is more than the maximum 16",
                        "allowed": ["at least 1", "at most 16"],
                    },
                    {
                        "field": "repo",
                        "detail": 'Invalid parameter value according to \'validation\' block: must be an https URL (value "ssh://x" does not match "^https://")',
                        "allowed": ["matching ^https://"],
                    },
                ],
            }
        )
        assert whole.world.workspaces == []


async def test_a_dynamic_parameter_that_other_values_rule_out_is_refused() -> None:
    async with deployed() as whole:
        given = {"region": "eu", "repo": REPO, "gpu": True}
        answer = await create(whole, "dynamic", parameters=given)
        assert answer["validations"] == snapshot(
            [{"field": "gpu", "detail": "There is no parameter of this name; it may mean: cpu."}]
        )


async def test_where_dynamic_parameters_cannot_be_evaluated_they_are_sent_and_that_is_said() -> (
    None
):
    async with deployed() as whole:
        route = "POST /api/v2/templateversions/{templateversion}/dynamic-parameters/evaluate"
        missing = Answer(status=404, body={"message": "Route not found."})
        whole.simulator.faults.add(Fault(route=route, action=missing, times=None))
        given = {"region": "us", "repo": REPO}
        answer = await create(whole, "dynamic", parameters=given)
        assert answer["message"] == snapshot(
            "Workspace dev1/mine is created and ready. What the template asks for could not be read, so the parameters were sent unchecked."
        )


async def test_a_preset_is_named_without_regard_to_letter_case() -> None:
    async with deployed() as whole:
        answer = await create(whole, "presets", preset="small eu")
        assert answer["outcome"] == "ready"
        assert whole.world.workspace("mine").latest_build.parameters["region"] == "eu"


async def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    async with deployed() as whole:
        answer = await create(whole, "presets", preset="Tiny")
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "The template has no such preset; nothing was changed.",
                "workspace_name": "me/mine",
                "error": 'there is no preset "Tiny"',
                "validations": [
                    {
                        "field": "preset",
                        "detail": "not a preset of this template",
                        "allowed": ["Small EU", "Large US"],
                    }
                ],
            }
        )
        assert whole.requests("POST") == []


async def test_a_value_that_the_preset_sets_otherwise_is_refused_since_the_preset_would_win() -> (
    None
):
    async with deployed() as whole:
        answer = await create(whole, "presets", preset="Small EU", parameters={"region": "us"})
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "me/mine",
                "error": "to be corrected: region",
                "validations": [
                    {
                        "field": "region",
                        "detail": "The preset sets this to another value. Leave it out, or leave the preset out and give every value.",
                        "allowed": ["eu"],
                    }
                ],
            }
        )
        assert whole.requests("POST") == []


async def test_parameters_of_a_start_are_checked_and_applied() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters={"region": "eu", "repo": REPO})
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        wrong = await whole.call("start_workspace", workspace="mine", parameters={"cups": 8})
        assert wrong["validations"] == snapshot(
            [
                {
                    "field": "cups",
                    "detail": "There is no parameter of this name; there are: region, cpu, repo, gpu, tools, rebuild_cache.",
                }
            ]
        )
        fine = await whole.call("start_workspace", workspace="mine", parameters={"cpu": 8})
        assert fine["outcome"] == "ready"
        assert workspace.latest_build.parameters["cpu"] == "8"


@pytest.mark.fault("C15")
async def test_an_immutable_parameter_is_not_changed_by_a_start() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("params", "mine", parameters={"region": "eu", "repo": REPO})
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="mine", parameters={"region": "us"})
        answer.pop("template_id")
        answer.pop("next_step")
        assert answer == snapshot(
            {
                "outcome": "rejected",
                "message": "Some parameters have to be corrected; nothing was changed.",
                "workspace_name": "dev1/mine",
                "error": "to be corrected: region",
                "validations": [
                    {
                        "field": "region",
                        "detail": "This cannot be changed once the workspace is made; leave it out.",
                        "allowed": ["eu"],
                    }
                ],
            }
        )


async def test_a_start_of_a_dynamic_template_keeps_the_values_it_is_not_given() -> None:
    async with deployed() as whole:
        workspace = whole.world.create(
            "dynamic", "mine", parameters={"region": "us", "repo": REPO, "gpu": "false"}
        )
        await whole.pass_time()
        whole.world.build(workspace, "stop")
        await whole.pass_time()
        answer = await whole.call("start_workspace", workspace="mine", parameters={"gpu": True})
        # Nothing is missing; that it cannot be changed is Coder's to say.
        assert answer["validations"] == snapshot(
            [
                {
                    "field": "gpu",
                    "detail": "This cannot be changed once the workspace is made; leave it out.",
                    "allowed": ["false"],
                }
            ]
        )


@pytest.mark.parametrize("value", [None, {"a": 1}], ids=["null", "object"])
async def test_a_value_that_has_no_spelling_in_coder_is_refused(value: object) -> None:
    async with deployed() as whole:
        text = await whole.model.refusal(
            "create_workspace", template="params", name="mine", parameters={"region": value}
        )
        assert text == snapshot(
            'The value of parameter "region" has to be text, a number, true or false, or a list of these. Nothing was changed.'
        )
        assert whole.world.workspaces == []


EVALUATE = "POST /api/v2/templateversions/{templateversion}/dynamic-parameters/evaluate"
FAILED = Answer(
    body={
        "id": 0,
        "diagnostics": [{"severity": "error", "summary": "Failed", "detail": "no such module"}],
        "parameters": None,
    }
)


async def test_an_evaluation_that_fails_as_a_whole_says_why_and_denies_no_parameter() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route=EVALUATE, action=FAILED, times=None))
        answer = await create(whole, "dynamic", parameters={"region": "eu"})
        assert answer["validations"] == [
            {"field": "parameters", "detail": "Failed: no such module"}
        ]
        assert "POST /users/{user}/workspaces" not in whole.requests()


async def test_a_template_that_cannot_be_evaluated_is_read_as_its_import_saw_it() -> None:
    async with deployed() as whole:
        as_imported = await whole.call("read_template", template="dynamic")
        whole.simulator.faults.add(Fault(route=EVALUATE, action=FAILED, times=None))
        answer = await whole.call("read_template", template="dynamic")
        names = [parameter["name"] for parameter in as_imported["parameters"]]
        assert [parameter["name"] for parameter in answer["parameters"]] == names
