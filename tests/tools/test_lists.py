"""list_workspaces, list_templates, read_template."""

import json
from statistics import median

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator import Answer, Fault
from model import Payload, environ_for, model_on
from whole import deployed


def tokens(row: object) -> int:
    return len(json.dumps(row, separators=(",", ":"), ensure_ascii=False)) // 4


async def test_workspaces_are_listed_as_rows_that_say_what_differs() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("list_workspaces")
        for row in answer["workspaces"]:
            row.pop("last_used_at")
        assert answer == snapshot(
            {
                "outcome": "found",
                "message": "4 workspaces.",
                "workspaces": [
                    {"workspace_name": "dev1/web", "status": "running", "template_name": "quick"},
                    {
                        "workspace_name": "dev1/api-old",
                        "status": "stopped",
                        "template_name": "quick",
                    },
                    {
                        "workspace_name": "dev1/gpu-training",
                        "status": "stopped",
                        "template_name": "gpu",
                    },
                    {
                        "workspace_name": "dev1/legacy-import",
                        "status": "failed",
                        "template_name": "broken",
                    },
                ],
            }
        )


async def test_only_the_persons_own_are_listed_unless_the_query_names_an_owner() -> None:
    async with deployed(user="admin") as whole:
        whole.world.create("quick", "mine", owner="admin")
        whole.world.create("quick", "theirs", owner="dev2")
        own = await whole.call("list_workspaces")
        by_owner = await whole.call("list_workspaces", query="owner:dev2")
        by_path = await whole.call("list_workspaces", query="dev2/theirs")
        assert [names(own), names(by_owner), names(by_path)] == [
            ["admin/mine"],
            ["dev2/theirs"],
            ["dev2/theirs"],
        ]


async def test_workspaces_are_found_in_coders_query_language() -> None:
    async with deployed(seeded=True) as whole:
        stopped = await whole.call("list_workspaces", query="status:stopped template:gpu")
        assert names(stopped) == ["dev1/gpu-training"]


async def test_no_workspaces_is_an_answer_that_says_what_to_do() -> None:
    async with deployed() as whole:
        assert await whole.call("list_workspaces") == snapshot(
            {
                "outcome": "found",
                "message": "0 workspaces.",
                "next_step": "list_templates() shows what a workspace can be made from.",
                "workspaces": [],
            }
        )


async def test_a_query_that_coder_does_not_take_comes_back_with_its_words() -> None:
    async with deployed() as whole:
        text = await whole.model.refusal("list_workspaces", query="colour:red")
        assert text.replace(whole.simulator.url, "https://coder.test") == snapshot(
            'https://coder.test refused the request (HTTP 400). Coder said: Invalid workspace search query. colour: "colour" is not a valid query param.'
        )


async def test_templates_are_listed_without_deprecated_ones_and_those_closed_to_agents() -> None:
    async with deployed() as whole:
        answer = await whole.call("list_templates")
        found = [row["name"] for row in answer["templates"]]
        assert found == snapshot(
            [
                "agent-late",
                "agent-never",
                "broken",
                "chatty",
                "cloud-limit",
                "dynamic",
                "external-agent",
                "external-auth",
                "gpu",
                "no-agent",
                "notebook",
                "odd-logs",
                "params",
                "pinned",
                "plan-fails",
                "presets",
                "quick",
                "script-background",
                "script-fails",
                "script-slow",
                "script-timeout",
                "shared-name",
                "shared-name",
                "slow",
                "too-big",
                "two-agents",
            ]
        )
        assert not {"old", "no-agents-here"} & set(found)
        assert median(tokens(row) for row in answer["templates"]) <= 40


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("quick", "quick"),
        ("GPU machine", "gpu"),
        ("expensive", "gpu"),
        ("script slow", "script-slow"),
        ("two agents", "two-agents"),
        ("small container", "quick"),
    ],
)
async def test_templates_are_found_by_words_of_name_display_name_and_description(
    query: str, first: str
) -> None:
    async with deployed() as whole:
        answer = await whole.call("list_templates", query=query)
        assert answer["templates"][0]["name"] == first


async def test_templates_that_a_person_uses_come_first_among_equals() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        answer = await whole.call("list_templates")
        assert (answer["templates"][0]["name"], answer["templates"][0]["your_workspace_count"]) == (
            "slow",
            1,
        )


async def test_words_that_nothing_has_find_nothing_and_say_what_to_do() -> None:
    async with deployed() as whole:
        assert await whole.call("list_templates", query="no such thing") == snapshot(
            {
                "outcome": "found",
                "message": "0 templates.",
                "next_step": "Call list_templates() without words to see all.",
                "templates": [],
            }
        )


@pytest.mark.parametrize("template", ["params", "presets", "dynamic", "external-auth", "quick"])
async def test_a_template_is_read_with_all_that_it_asks_for(template: str) -> None:
    async with deployed() as whole:
        answer = await whole.call("read_template", template=template)
        answer.pop("template_id")
        assert answer == PAGES[template]


async def test_a_template_that_is_closed_to_agents_is_not_shown() -> None:
    async with deployed() as whole:
        answer = await whole.call("read_template", template="no-agents-here")
        assert answer["outcome"] == "rejected"


async def test_a_deprecated_template_can_be_read_and_says_so() -> None:
    async with deployed() as whole:
        answer = await whole.call("read_template", template="old")
        assert "deprecated" in answer["message"]


def names(answer: Payload) -> list[str]:
    return [row["workspace_name"] for row in answer["workspaces"]]


PAGES: dict[str, Payload] = snapshot(
    {
        "params": {
            "outcome": "found",
            "message": "Template params asks for region, repo. 4 more can be given.",
            "name": "params",
            "organization_name": "coder",
            "next_step": 'Call create_workspace(template="coder/params") with parameters for region, repo; ask the person for what is theirs to choose.',
            "parameters": [
                {
                    "name": "region",
                    "type": "string",
                    "required": True,
                    "options": [
                        {"value": "eu", "name": "Europe"},
                        {"value": "us", "name": "United States"},
                    ],
                    "immutable": True,
                    "description": "Where it runs",
                },
                {
                    "name": "cpu",
                    "type": "number",
                    "required": False,
                    "default": "4",
                    "minimum": 1,
                    "maximum": 16,
                    "monotonic": "increasing",
                    "display_name": "CPU cores",
                },
                {
                    "name": "repo",
                    "type": "string",
                    "required": True,
                    "pattern": "^https://",
                    "rule": "must be an https URL",
                    "description": "Git repository to clone",
                },
                {"name": "gpu", "type": "bool", "required": False, "default": "false"},
                {"name": "tools", "type": "list(string)", "required": False, "default": '["git"]'},
                {
                    "name": "rebuild_cache",
                    "type": "bool",
                    "required": False,
                    "default": "false",
                    "ephemeral": True,
                },
            ],
            "display_name": "With parameters",
            "description": "Classic parameters",
        },
        "presets": {
            "outcome": "found",
            "message": "Template presets asks for region, repo. 4 more can be given. It has 2 presets.",
            "name": "presets",
            "organization_name": "coder",
            "next_step": 'Call create_workspace(template="coder/presets") with parameters for region, repo, or name a preset; ask the person for what is theirs to choose.',
            "parameters": [
                {
                    "name": "region",
                    "type": "string",
                    "required": True,
                    "options": [
                        {"value": "eu", "name": "Europe"},
                        {"value": "us", "name": "United States"},
                    ],
                    "immutable": True,
                    "description": "Where it runs",
                },
                {
                    "name": "cpu",
                    "type": "number",
                    "required": False,
                    "default": "4",
                    "minimum": 1,
                    "maximum": 16,
                    "monotonic": "increasing",
                    "display_name": "CPU cores",
                },
                {
                    "name": "repo",
                    "type": "string",
                    "required": True,
                    "pattern": "^https://",
                    "rule": "must be an https URL",
                    "description": "Git repository to clone",
                },
                {"name": "gpu", "type": "bool", "required": False, "default": "false"},
                {"name": "tools", "type": "list(string)", "required": False, "default": '["git"]'},
                {
                    "name": "rebuild_cache",
                    "type": "bool",
                    "required": False,
                    "default": "false",
                    "ephemeral": True,
                },
            ],
            "presets": [
                {
                    "name": "Small EU",
                    "default": True,
                    "parameters": {
                        "region": "eu",
                        "cpu": "2",
                        "repo": "https://git.example.com/app.git",
                    },
                    "description": "Two cores in Europe",
                },
                {"name": "Large US", "parameters": {"region": "us", "cpu": "16"}},
            ],
            "description": "Parameters with presets",
        },
        "dynamic": {
            "outcome": "found",
            "message": "Template dynamic asks for region, repo. 2 more can be given.",
            "name": "dynamic",
            "organization_name": "coder",
            "next_step": 'Call create_workspace(template="coder/dynamic") with parameters for region, repo; ask the person for what is theirs to choose.',
            "parameters": [
                {
                    "name": "region",
                    "type": "string",
                    "required": True,
                    "options": [
                        {"value": "eu", "name": "Europe"},
                        {"value": "us", "name": "United States"},
                    ],
                    "immutable": True,
                },
                {
                    "name": "cpu",
                    "type": "number",
                    "required": False,
                    "default": "4",
                    "minimum": 1,
                    "maximum": 16,
                    "monotonic": "increasing",
                    "immutable": True,
                    "display_name": "CPU cores",
                },
                {
                    "name": "gpu",
                    "type": "bool",
                    "required": False,
                    "default": "false",
                    "immutable": True,
                },
                {
                    "name": "repo",
                    "type": "string",
                    "required": True,
                    "pattern": "^https://",
                    "rule": "must be an https URL",
                    "immutable": True,
                    "description": "Git repository to clone",
                },
            ],
            "description": "Dynamic parameters",
        },
        "external-auth": {
            "outcome": "found",
            "message": "Template external-auth needs no parameters.",
            "name": "external-auth",
            "organization_name": "coder",
            "next_step": 'Ask the person to sign in at each url under external_auth; then call create_workspace(template="coder/external-auth").',
            "parameters": [],
            "external_auth": [
                {
                    "id": "github",
                    "authenticated": False,
                    "url": "https://coder.test/external-auth/github",
                    "display_name": "GitHub",
                },
                {
                    "id": "gitlab",
                    "authenticated": False,
                    "optional": True,
                    "url": "https://coder.test/external-auth/gitlab",
                    "display_name": "GitLab",
                },
            ],
            "description": "Needs GitHub",
        },
        "quick": {
            "outcome": "found",
            "message": "Template quick needs no parameters.",
            "name": "quick",
            "organization_name": "coder",
            "next_step": 'Call create_workspace(template="coder/quick").',
            "parameters": [],
            "display_name": "Quick start",
            "description": "A small container, ready in seconds",
            "readme": """\
# Quick start

A small Ubuntu container with `git` and code-server.\
""",
        },
    }
)


EXTERNAL_AUTH = "GET /api/v2/templateversions/{templateversion}/external-auth"
PRESETS = "GET /api/v2/templateversions/{templateversion}/presets"
GONE = Answer(status=404, body={"message": "Resource not found."})


async def test_a_template_is_read_without_what_cannot_be_read_of_it_and_that_is_said() -> None:
    async with deployed() as whole:
        for route in (EXTERNAL_AUTH, PRESETS):
            whole.simulator.faults.add(Fault(route=route, action=GONE, times=None))
        answer = await whole.call("read_template", template="presets")
        assert answer["message"] == (
            "Template presets asks for region, repo. 4 more can be given. Its presets could not be read."
            " The sign-ins that it needs could not be read."
        )
        assert [parameter["name"] for parameter in answer["parameters"]]


async def test_templates_are_listed_though_the_persons_own_use_cannot_be_read() -> None:
    async with deployed() as whole:
        refused = Answer(status=403, body={"message": "Forbidden."})
        route = "GET /api/v2/workspaces"
        whole.simulator.faults.add(Fault(route=route, action=refused, times=None))
        answer = await whole.call("list_templates", query="quick")
        assert answer["templates"][0]["name"].endswith("quick")


async def test_a_query_that_finds_no_workspace_leads_to_those_that_there_are() -> None:
    async with deployed(seeded=True) as whole:
        answer = await whole.call("list_workspaces", query="name:nothing")
        assert answer["next_step"].startswith("Call list_workspaces() without a query")


@pytest.mark.parametrize("tool", ["list_workspaces", "list_templates"])
async def test_what_a_limited_token_does_not_see_is_not_said_not_to_be_there(tool: str) -> None:
    async with deployed(seeded=True) as whole:
        token = whole.world.add_token("dev1", {"user:read"})
        async with model_on(environ_for(whole.simulator.url, token)) as model:
            answer = await model.call(tool)
            text = await model.refusal("get_workspace", workspace="web")
        scope = "workspace:read" if tool == "list_workspaces" else "template:read"
        hidden = "Perhaps they are not visible to this session token. A session token that is limited to scopes needs the scope"
        assert f"{hidden} {scope}" in answer["message"]
        assert f"{hidden} workspace:read" in text


async def test_where_there_is_no_template_at_all_an_administrator_is_asked() -> None:
    async with deployed() as whole:
        for template in list(whole.world.templates):
            template.deprecation_message = "old"
        assert await whole.call("list_templates") == snapshot(
            {
                "outcome": "found",
                "message": "0 templates.",
                "next_step": "Tell the person to ask an administrator of the deployment for a template that they may use.",
                "templates": [],
            }
        )
