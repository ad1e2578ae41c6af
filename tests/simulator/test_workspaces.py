"""Creating workspaces and building them: what is allowed, and which refusal comes first."""

from dataclasses import replace
from uuid import UUID

import pytest

from coder_mcp.simulator import World
from coder_mcp.simulator.records.state import Template, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.bodies import BuildRequest, WorkspaceRequest
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.rules.workspaces import create_build, create_workspace, find_workspace
from coder_mcp.simulator.templates.definitions import PresetDefinition

UNKNOWN = UUID(int=1)
VALUES = (("region", "us"), ("repo", "https://git.example.com/a.git"))


def wanted(template: Template, name: str = "app") -> WorkspaceRequest:
    """A create with nothing but the necessary."""
    return WorkspaceRequest(name=name, template_id=template.id)


def ask(
    world: World, request: WorkspaceRequest, *, by: str = "dev1", owner: str = "dev1"
) -> Workspace:
    return create_workspace(world, Caller(world.user(by)), world.user(owner), request)


def refusal(
    world: World, request: WorkspaceRequest, *, by: str = "dev1", owner: str = "dev1"
) -> Refusal:
    with pytest.raises(Refusal) as refused:
        ask(world, request, by=by, owner=owner)
    return refused.value


def finished(workspace: Workspace) -> Workspace:
    """A workspace whose build is over, however."""
    workspace.latest_build.job.status = "succeeded"
    return workspace


def test_a_new_workspace_has_one_pending_start_of_the_active_version() -> None:
    world = World()
    request = replace(wanted(world.template("quick")), ttl_ms=3_600_000, automatic_updates="always")
    workspace = ask(world, request)
    build = workspace.latest_build
    assert (build.number, build.transition, build.status) == (1, "start", "pending")
    assert build.version is world.template("quick").active_version
    assert (workspace.ttl_ms, workspace.automatic_updates) == (3_600_000, "always")
    assert world.queue() == [build]


def test_refusals_come_in_the_order_of_the_checks() -> None:
    """Each request has one thing less wrong with it than the one before."""
    world = World()
    ask(world, wanted(world.template("quick"), "taken"))
    unknown = WorkspaceRequest(name="app", template_id=UNKNOWN)
    old = wanted(world.template("old"))
    external = wanted(world.template("external-auth"), "taken")
    params = wanted(world.template("params"))

    assert refusal(world, unknown, owner="dev2").status == 400
    assert refusal(world, old, owner="dev2").message == "Unauthorized to create workspace."
    assert refusal(world, old).detail == "Use `quick` instead"
    never = replace(external, autostart_schedule="never")
    assert refusal(world, never).status == 403
    world.authenticate("dev1", "github")
    assert refusal(world, never).message == "Invalid Autostart Schedule."
    assert refusal(world, external).status == 409
    assert refusal(world, replace(params, template_version_preset_id=UNKNOWN)).status == 500
    assert refusal(world, params).message == 'Unable to validate parameter "region"'


def test_a_refused_create_leaves_nothing_behind() -> None:
    world = World()
    refusal(world, wanted(world.template("params")))
    assert (world.workspaces, world.queue()) == ([], [])


def test_a_template_of_a_foreign_organization_does_not_exist() -> None:
    world = World()
    world.organization("research").members.remove(world.user("dev1"))
    notebook = world.template("notebook", "research")
    assert "doesn't exist" in str(refusal(world, wanted(notebook)))


def test_an_unknown_version_is_named_as_one() -> None:
    refused = refusal(World(), WorkspaceRequest(name="app", template_version_id=UNKNOWN))
    assert refused.message == f'Template version "{UNKNOWN}" doesn\'t exist.'
    assert refused.validations == (("template_version_id", "template version not found"),)


def test_an_owner_may_create_for_others() -> None:
    world = World()
    workspace = ask(world, wanted(world.template("quick")), by="admin")
    assert workspace.owner is world.user("dev1")


def test_names_are_unique_for_each_owner_in_whatever_letter_case_across_organizations() -> None:
    world = World()
    notebook = world.template("notebook", "research")
    ask(world, wanted(world.template("quick"), "app"))
    refused = refusal(world, wanted(notebook, "APP"))
    assert (refused.status, refused.message) == (409, 'Workspace "APP" already exists.')
    ask(world, wanted(notebook, "app"), by="dev2", owner="dev2")


def test_the_name_of_a_deleted_workspace_is_free() -> None:
    world = World()
    finished(ask(world, wanted(world.template("quick")))).is_deleted = True
    again = ask(world, wanted(world.template("quick")))
    assert find_workspace(world, world.user("dev1"), "App") is again


def test_settings_that_do_not_fit_are_refused() -> None:
    world = World()
    request = wanted(world.template("quick"))
    too_short = refusal(world, replace(request, ttl_ms=59_999))
    assert too_short.validations[0][0] == "ttl_ms"
    unknown = refusal(world, replace(request, automatic_updates="sometimes"))
    assert unknown.validations[0][0] == "automatic_updates"


def test_the_values_of_a_preset_win_over_given_ones() -> None:
    world = World()
    presets = world.template("presets")
    small = presets.active_version.presets[0]
    request = replace(
        wanted(presets),
        rich_parameter_values=(("cpu", "16"), ("gpu", "true")),
        template_version_preset_id=small.id,
    )
    build = ask(world, request).latest_build
    assert build.preset_id == small.id
    assert (build.parameters["cpu"], build.parameters["gpu"]) == ("2", "true")


def test_a_preset_of_an_earlier_version_is_taken_by_name() -> None:
    world = World()
    presets = world.template("presets")
    small = presets.active_version.presets[0]
    world.publish_version(presets)
    request = replace(wanted(presets), template_version_preset_id=small.id)
    assert ask(world, request).latest_build.parameters["region"] == "eu"


def test_a_preset_whose_values_are_all_given_is_noted_the_largest_of_several() -> None:
    world = World()
    presets = world.template("presets")
    large = presets.active_version.presets[1]
    some = replace(wanted(presets, "some"), rich_parameter_values=VALUES)
    assert ask(world, some).latest_build.preset_id is None
    more = replace(wanted(presets, "more"), rich_parameter_values=(*VALUES, ("cpu", "16")))
    assert ask(world, more).latest_build.preset_id == large.id
    empty = PresetDefinition(name="Nothing", parameters={})
    world.publish_version(presets, replace(presets.active_version.definition, presets=(empty,)))
    nothing = presets.active_version.presets[0]
    again = replace(some, name="again")
    assert ask(world, again).latest_build.preset_id == nothing.id


def test_a_build_uses_the_version_of_the_latest_build_even_with_automatic_updates() -> None:
    world = World()
    workspace = ask(world, replace(wanted(world.template("quick")), automatic_updates="always"))
    finished(workspace)
    first = workspace.latest_build.version
    world.publish_version(world.template("quick"))
    assert workspace.is_outdated
    assert world.build(workspace, "stop", by="dev1").version is first


def test_a_member_may_stop_on_an_old_version_but_start_only_on_a_required_one() -> None:
    world = World()
    pinned = world.template("pinned")
    old = pinned.versions[0]
    workspace = finished(world.create(pinned, "pinned", by="admin", version=old))
    for version in (None, old):
        with pytest.raises(Refusal) as refused:
            world.build(workspace, "start", by="dev1", version=version)
        assert (refused.value.status, refused.value.message) == (403, "insert workspace build")
        assert len(refused.value.detail) > 500
    world.build(workspace, "stop", by="dev1")
    finished(workspace)
    world.build(workspace, "start", by="dev1", version=pinned.active_version)
    assert not finished(workspace).is_outdated


def test_an_owner_may_start_on_an_old_version() -> None:
    world = World()
    pinned = world.template("pinned")
    workspace = finished(world.create(pinned, "pinned", by="admin", version=pinned.versions[0]))
    assert world.build(workspace, "start", by="admin").version is pinned.versions[0]


def test_only_one_build_is_active_at_a_time() -> None:
    world = World()
    workspace = ask(world, wanted(world.template("quick")))
    for status in ("pending", "running", "canceling"):
        workspace.latest_build.job.status = status
        with pytest.raises(Refusal) as refused:
            world.build(workspace, "stop")
        assert (refused.value.status, refused.value.message) == (
            409,
            "A workspace build is already active.",
        )


def test_the_version_is_checked_before_the_active_build_and_that_before_the_values() -> None:
    world = World()
    workspace = world.create("params", "app", parameters=dict(VALUES))
    caller = Caller(world.user("dev1"))
    bad = (("region", "mars"),)

    def refused(version_id: UUID | None) -> int:
        request = BuildRequest(
            transition="start", template_version_id=version_id, rich_parameter_values=bad
        )
        with pytest.raises(Refusal) as refusal:
            create_build(world, caller, workspace, request)
        return refusal.value.status

    assert refused(UNKNOWN) == 400
    assert refused(None) == 409
    finished(workspace)
    assert refused(None) == 400


def test_a_start_wakes_a_dormant_workspace_and_a_stop_does_not() -> None:
    world = World()
    workspace = finished(ask(world, wanted(world.template("quick"))))
    world.set_dormant(workspace)
    world.build(workspace, "stop")
    assert workspace.dormant_at is not None
    world.build(finished(workspace), "start")
    assert workspace.dormant_at is None


def test_a_deleted_workspace_cannot_be_built() -> None:
    world = World()
    workspace = finished(ask(world, wanted(world.template("quick"))))
    workspace.is_deleted = True
    with pytest.raises(Refusal, match="Cannot stop a deleted workspace!"):
        world.build(workspace, "stop")
