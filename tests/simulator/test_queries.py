"""The search grammar, and what each key of it selects."""

import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.queries import matching_templates, matching_workspaces
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.seed import SEED, plant

NO_DATE = 'Query param "last_used_after" is no time:'


def found(world: World, q: str, username: str = "dev1") -> list[str]:
    caller = Caller(world.user(username))
    return [w.name for w in matching_workspaces(world.workspaces, q, caller)]


def found_templates(q: str) -> list[str]:
    world = World()
    caller = Caller(world.user("dev1"))
    return [t.name for t in matching_templates(world.templates, q, caller)]


def refusal(q: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    with pytest.raises(Refusal) as refused:
        found(World(), q)
    assert refused.value.status == 400
    return refused.value.message, refused.value.validations


@pytest.fixture
def world() -> World:
    world = World()
    plant(world, SEED)
    world.create("quick", "web", owner="dev2")
    parameters = {"region": "eu", "repo": "https://git.example.com/A.git"}
    world.create("params", "withparams", parameters=parameters)
    return world


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("owner:me", ["web", "api-old", "gpu-training", "legacy-import", "withparams"]),
        ("owner:dev2", ["web"]),
        ("owner:nobody", []),
        ("owner:me status:running", ["web"]),
        ("owner:me status:stopped", ["api-old", "gpu-training"]),
        ("status:failed", ["legacy-import"]),
        ("template:gpu", ["gpu-training"]),
        ("template:g", []),
        ("NAME:OLD", ["api-old"]),
        ("old", ["api-old"]),
        ("dev2/web", ["web"]),
        ("dev1/web", ["web"]),
        ("dev2/api", []),
        ("healthy:true", ["web"]),
        ("healthy:false", []),
        ("has-agent:connected,timeout", ["web"]),
        ("has-agent:connecting has-agent:timeout", []),
        ("has_external_agent:true", []),
        ("outdated:true", []),
        ("dormant:true", []),
        ("owner:me dormant:false status:failed", ["legacy-import"]),
        ("organization:coder status:failed", ["legacy-import"]),
        ("organization:research", []),
        ("param:region", ["withparams"]),
        ("param:region=eu", ["withparams"]),
        ("param:region=us", []),
        ('param:"repo=https://git.example.com/a.git"', ["withparams"]),
        ('last_used_before:"2000-01-01T00:00:00Z"', []),
        ('owner:me last_used_after:"2000-01-01T00:00:00Z" name:old', ["api-old"]),
    ],
)
def test_a_query_selects_workspaces_running_ones_first(
    world: World, q: str, expected: list[str]
) -> None:
    assert found(world, q) == expected


def test_an_id_selects_one_workspace(world: World) -> None:
    wanted = world.workspace("api-old").id
    assert found(world, f"id:{wanted}") == ["api-old"]


def test_an_outdated_workspace_is_found_as_such(world: World) -> None:
    world.publish_version(world.template("gpu"))
    assert found(world, "outdated:true") == ["gpu-training"]


def test_a_dormant_workspace_is_found_as_such(world: World) -> None:
    world.set_dormant(world.workspace("api-old"))
    assert found(world, "dormant:true") == ["api-old"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("quick", ["quick"]),
        ("machine", ["gpu"]),
        ("script slow", []),
        ("exact_name:slow", ["slow"]),
        ("name:slow", ["script-slow", "slow"]),
        ("display_name:image", ["slow"]),
        ('exact_display_name:"slow image"', ["slow"]),
        ("deprecated:true", ["old"]),
        ("name:shared", ["shared-name", "shared-name"]),
        ("name:shared organization:research", ["shared-name"]),
        ("agents-allowed:false", ["no-agents-here"]),
        ("has_external_agent:true", ["external-agent"]),
        ("author:me", []),
        ("author:admin name:quick", ["quick"]),
    ],
)
def test_a_query_selects_templates_by_name(q: str, expected: list[str]) -> None:
    assert found_templates(q) == expected


def test_ids_select_templates() -> None:
    world = World()
    caller = Caller(world.user("dev1"))
    wanted, author = world.template("slow"), world.user("admin")
    q = f"ids:{wanted.id} author_id:{author.id}"
    assert matching_templates(world.templates, q, caller) == [wanted]


def test_deprecated_templates_are_hidden_unless_the_query_speaks_of_them() -> None:
    assert "old" not in found_templates("")
    assert found_templates("deprecated:true") == ["old"]


def test_without_a_display_name_a_bare_word_means_the_name_without_spaces() -> None:
    assert found_templates("no agent") == []
    assert found_templates("no-agent") == ["no-agent", "no-agents-here"]


@pytest.mark.parametrize(
    ("q", "field", "detail"),
    [
        ("colour:red", "colour", '"colour" is not a valid query param'),
        (
            "status:sleeping",
            "status",
            'Query param "status" has invalid value: "sleeping" is not a valid value',
        ),
        ("name:a name:b", "name", 'Query param "name" is given more than once'),
        (":a", "q", 'Query element ":a" is not key:value'),
        ("name:", "q", 'Query element "name:" is not key:value'),
        ("a:b:c", "q", 'Query element "a:b:c" is not key:value'),
        (
            'last_used_after:"then"',
            "last_used_after",
            f"{NO_DATE} Invalid isoformat string: 'THEN'",
        ),
        ('last_used_after:"2000-01-01T00:00:00"', "last_used_after", f"{NO_DATE} no time zone"),
    ],
)
def test_a_query_that_cannot_be_understood_is_refused(q: str, field: str, detail: str) -> None:
    assert refusal(q) == ("Invalid workspace search query.", ((field, detail),))
