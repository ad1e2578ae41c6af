"""The deployment as it is made, and what others do in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from coder_mcp.simulator import Simulator, World
from coder_mcp.simulator.templates.catalog import CATALOG
from coder_mcp.simulator.templates.definitions import ParameterDefinition


def test_two_worlds_have_the_same_ids_and_tokens() -> None:
    def ids(world: World) -> list[object]:
        workspace = world.create("quick", "app")
        return [
            workspace.id,
            workspace.latest_build.job.id,
            *(template.id for template in world.templates),
            *world.session_tokens.values(),
            world.add_token("dev2"),
        ]

    assert ids(World()) == ids(World())
    assert len(set(map(str, ids(World())))) == len(ids(World()))


def test_everybody_has_a_token_of_the_recorded_shape() -> None:
    simulator = Simulator()
    assert list(simulator.world.session_tokens) == ["admin", "dev1", "dev2"]
    for token in (simulator.session_token, simulator.world.read_only_token):
        key_id, _, secret = token.partition("-")
        assert (len(key_id), len(secret)) == (10, 22)
        assert (key_id + secret).isalnum()


def test_every_template_of_the_catalog_is_in_its_organizations() -> None:
    world = World()
    for definition in CATALOG:
        for organization in definition.organizations:
            assert world.template(definition.name, organization).definition is definition
    assert [o.name for o in world.organizations if o.is_default] == ["coder"]


def test_a_world_begins_without_workspaces() -> None:
    world = World()
    assert (world.workspaces, world.builds()) == ([], [])
    with pytest.raises(LookupError, match="dev1 has no workspace app"):
        world.workspace("app")


def test_templates_are_older_than_what_is_made_from_them() -> None:
    world = World()
    assert world.template("quick").created_at < world.now() - timedelta(days=30)


def test_a_published_version_is_active_and_may_ask_for_other_things() -> None:
    world = World()
    quick = world.template("quick")
    parameters = (ParameterDefinition(name="size"),)
    changed = replace(quick.active_version.definition, parameters=parameters)
    version = world.publish_version(quick, changed)
    assert (version.name, version.definition) == ("v2", changed)
    assert quick.active_version is version
    assert world.publish_version(quick).definition is changed


def test_before_an_event_loop_runs_time_stands_still() -> None:
    world = World()
    assert world.now() == world.now()
    assert abs(world.now() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_time_is_the_event_loops_from_the_first_look_on() -> None:
    world = World()
    began = world.now()
    await anyio.sleep(3600)
    assert 3600 <= (world.now() - began).total_seconds() < 3601
    with world.shifted(timedelta(days=-1)):
        assert world.now() < began


async def test_daemons_are_seen_once_a_minute() -> None:
    world = World()
    first = world.daemons_seen_at()
    await anyio.sleep(59)
    assert world.daemons_seen_at() == first
    await anyio.sleep(2)
    assert world.daemons_seen_at() == first + timedelta(minutes=1)
