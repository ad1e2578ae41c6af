"""Coder's wire types: what a newer server adds or leaves out is no reason to fail."""

import inspect
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from builders import Wire as Json
from builders import agent, build, ident, stamp, template, workspace
from coder_mcp.models import accounts, templates, wire, workspaces
from coder_mcp.models.templates import DynamicParameter, Preset, Template
from coder_mcp.models.wire import ErrorResponse, WatchFrame, Wire
from coder_mcp.models.workspaces import ProvisionerJob, Workspace, WorkspaceAgent, WorkspaceBuild

MODELS = {
    name: model
    for module in (wire, accounts, workspaces, templates)
    for name, model in vars(module).items()
    if inspect.isclass(model) and issubclass(model, Wire) and model is not Wire
}
# The least that makes each of them, by the wire's names.
ID = str(ident("it"))
JOB = {"id": ID, "status": "pending"}
BUILD = {
    "id": ID,
    "build_number": 1,
    "transition": "start",
    "created_at": stamp(0),
    "template_version_id": ID,
    "job": JOB,
}
LEAST: dict[str, Json] = {
    "ValidationError": {},
    "ErrorResponse": {"message": "no"},
    "User": {"id": ID, "username": "dev1"},
    "APIKey": {"id": "abcdefghij"},
    "Organization": {"id": ID, "name": "coder"},
    "BuildInfo": {"version": "v2.36.1"},
    "AppHost": {},
    "ProvisionerDaemon": {},
    "Response": {},
    "WorkspaceApp": {"slug": "web"},
    "AgentScript": {},
    "AgentLogSource": {},
    "AgentHealth": {},
    "AgentScriptTiming": {},
    "WorkspaceBuildTimings": {},
    "WorkspaceQuota": {"credits_consumed": 1, "budget": 2},
    "ProvisionerJobLog": {"id": 1},
    "WorkspaceAgentLog": {"id": 1},
    "WatchFrame": {"type": "ping"},
    "ProvisionerJob": JOB,
    "MatchedProvisioners": {},
    "WorkspaceAgent": {"id": ID, "name": "main", "status": "connected", "lifecycle_state": "ready"},
    "WorkspaceResource": {},
    "WorkspaceBuild": BUILD,
    "WorkspaceHealth": {},
    "Workspace": {
        "id": ID,
        "name": "app",
        "owner_id": ID,
        "owner_name": "dev1",
        "organization_id": ID,
        "template_id": ID,
        "template_active_version_id": ID,
        "latest_build": BUILD,
    },
    "WorkspacesResponse": {},
    "RichParameterValue": {"name": "cpu", "value": "4"},
    "BuildTimeStats": {},
    "Template": {"id": ID, "name": "quick", "organization_id": ID, "active_version_id": ID},
    "TemplateVersion": {"id": ID},
    "ParameterOption": {"value": "eu"},
    "RichParameter": {"name": "cpu"},
    "ParameterValue": {},
    "DynamicOption": {},
    "ParameterValidation": {},
    "Diagnostic": {},
    "DynamicParameter": {"name": "cpu"},
    "DynamicParametersResponse": {},
    "PresetParameter": {"Name": "cpu"},
    "Preset": {"ID": ID, "Name": "Small"},
    "ExternalAuth": {"id": "github"},
}


def test_every_model_is_in_the_table() -> None:
    assert sorted(MODELS) == sorted(LEAST)


@pytest.mark.fault("H26")
@pytest.mark.parametrize("name", MODELS)
def test_what_a_newer_server_adds_is_ignored(name: str) -> None:
    added = {"added_later": {"any": ["thing"]}, "added_too": None}
    read = MODELS[name].model_validate(LEAST[name])
    assert MODELS[name].model_validate({**LEAST[name], **added}) == read


@pytest.mark.fault("H25")
@pytest.mark.parametrize("name", MODELS)
def test_null_is_the_same_as_a_key_that_is_absent(name: str) -> None:
    model = MODELS[name]
    nulls = {
        field.alias or key: None
        for key, field in model.model_fields.items()
        if not field.is_required()
    }
    assert model.model_validate({**nulls, **LEAST[name]}) == model.model_validate(LEAST[name])


@pytest.mark.parametrize("name", MODELS)
def test_what_was_read_cannot_be_changed(name: str) -> None:
    read = MODELS[name].model_validate(LEAST[name])
    key = next(iter(MODELS[name].model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(read, key, getattr(read, key))


@pytest.mark.fault("H25")
@pytest.mark.parametrize("name", [name for name in MODELS if LEAST[name]])
def test_what_cannot_be_done_without_may_not_be_absent_nor_null(name: str) -> None:
    for key in LEAST[name]:
        rest = {other: value for other, value in LEAST[name].items() if other != key}
        with pytest.raises(ValidationError):
            MODELS[name].model_validate(rest)
        with pytest.raises(ValidationError):
            MODELS[name].model_validate(rest | {key: None})


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("value", [[], "text", 1, None, True])
def test_what_is_no_object_is_no_model(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        MODELS[name].model_validate(value)


def test_a_value_that_an_enumeration_of_ours_does_not_have_is_carried_through() -> None:
    odd = agent("suspended", "hibernating", startup_script_behavior="eventually")
    read = build("reviewing", "hibernate", odd, job={"error_code": "NEW"})
    assert (read.transition, read.status) == ("hibernate", "reviewing")
    assert (read.job.status, read.job.error_code) == ("reviewing", "NEW")
    (seen,) = read.resources[0].agents
    assert (seen.status, seen.lifecycle_state) == ("suspended", "hibernating")
    assert seen.startup_script_behavior == "eventually"


@pytest.mark.fault("H27")
@pytest.mark.parametrize("zero", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z", None])
def test_a_time_that_was_never_set_is_none(zero: str | None) -> None:
    times = ("started_at", "completed_at", "canceled_at")
    job = ProvisionerJob.model_validate(JOB | dict.fromkeys(times, zero))
    assert (job.started_at, job.completed_at, job.canceled_at) == (None, None, None)
    assert agent(disconnected_at=zero).disconnected_at is None
    assert workspace(last_used_at=zero, dormant_at=zero).last_used_at is None


@pytest.mark.parametrize(
    "text", ["2026-03-01T12:00:00Z", "2026-03-01T14:00:00+02:00", "2026-03-01T12:00:00.000000Z"]
)
def test_a_time_knows_its_zone(text: str) -> None:
    assert agent(disconnected_at=text).disconnected_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_lists_of_go_may_be_null_at_every_depth() -> None:
    resources = [{"agents": None}, {"agents": None, "metadata": None}]
    assert [one.agents for one in build(resources=resources).resources] == [(), ()]
    assert build(resources=None).resources == ()
    assert Preset.model_validate({"ID": ID, "Name": "Small", "Parameters": None}).parameters == ()
    assert ErrorResponse.model_validate({"message": "no", "validations": None}).validations == ()


def test_what_an_older_server_does_not_say_is_the_usual() -> None:
    older = Workspace.model_validate(LEAST["Workspace"])
    assert older.template_use_classic_parameter_flow
    assert older.health.healthy
    assert older.latest_build.matched_provisioners is None
    assert Template.model_validate(LEAST["Template"]).agents_allowed


def test_statistics_of_builds_have_the_names_that_go_gives_them() -> None:
    stats = {"start": {"P50": 1000, "P95": None}, "stop": {"P50": None, "P95": None}}
    assert template(build_time_stats=stats).build_time_stats["start"].p50 == 1000


def test_a_parameter_says_whether_its_default_is_one() -> None:
    without = {"name": "region", "default_value": {"value": "", "valid": False}}
    assert not DynamicParameter.model_validate(without).default_value.valid


def test_a_frame_of_a_watch_holds_whatever_its_type_says() -> None:
    assert WatchFrame.model_validate_json('{"type": "ping", "data": null}').data is None
    assert WatchFrame.model_validate_json('{"type": "data", "data": {"a": [1]}}').data == {"a": [1]}


def test_the_models_of_a_workspace_can_be_made_of_models() -> None:
    main = WorkspaceAgent.model_validate(LEAST["WorkspaceAgent"])
    latest = WorkspaceBuild.model_validate(BUILD | {"resources": [{"agents": [main]}]})
    assert workspace(latest).latest_build.resources[0].agents == (main,)
