"""What we refuse ourselves, and what is added to a refusal of Coder's."""

from collections.abc import Sequence

import pytest
from inline_snapshot import snapshot

from builders import ident, parameter, template, workspace
from coder_mcp.core.refusals import (
    closed_to_agents,
    concerns_external_auth,
    concerns_parameters,
    name_taken,
    next_step,
    rejected,
    running_already,
    unusable,
)
from coder_mcp.core.results import Rejected, Validation
from coder_mcp.core.schema import payload
from coder_mcp.models.templates import ExternalAuth, RichParameter
from coder_mcp.models.wire import ErrorResponse, ValidationError

AGAIN = 'start_workspace(workspace="dev1/app", parameters={"cpu": 4})'
PARAMETERS = ErrorResponse(message="Unable to validate parameters")
SIGN_IN = ErrorResponse(
    message="Sign in first.", validations=(ValidationError(field="external_auth", detail="github"),)
)
NAME = ErrorResponse(message="no", validations=(ValidationError(field="name", detail="taken"),))


def told(
    response: ErrorResponse,
    parameters: Sequence[RichParameter] = (),
    providers: Sequence[ExternalAuth] = (),
) -> Rejected:
    return rejected(
        response,
        next_step="Do this.",
        workspace_name="dev1/app",
        template_id=ident("template quick"),
        parameters=parameters,
        providers=providers,
    )


def only(refusal: Rejected) -> Validation:
    """The one thing to correct."""
    assert refusal.validations is not None
    (wrong,) = refusal.validations
    return wrong


def test_parameters_for_a_workspace_that_runs_are_of_its_next_build() -> None:
    assert payload(running_already(workspace(), AGAIN)) == snapshot(
        {
            "outcome": "rejected",
            "message": "Workspace dev1/app is running, and parameters are taken by a build only. Nothing was changed.",
            "workspace_name": "dev1/app",
            "next_step": 'Ask the person whether it may be stopped, which ends what runs in it: stop_workspace(workspace="dev1/app"); then call start_workspace(workspace="dev1/app", parameters={"cpu": 4}).',
            "error": "the workspace is running",
        }
    )


def test_a_deprecated_template_makes_no_workspace() -> None:
    old = template("old", deprecated=True, deprecation_message="Use `quick` instead")
    refusal = unusable(old)
    assert refusal is not None
    assert payload(refusal) == snapshot(
        {
            "outcome": "rejected",
            "message": "Template old is deprecated. Nothing was created.",
            "template_id": "fd5d0fdc-ad27-5ff2-b035-05afb35bb446",
            "next_step": "Ask the person to choose another template; list_templates() shows them.",
            "error": "the template is deprecated",
            "detail": "Use `quick` instead",
        }
    )


def test_a_deprecated_template_need_not_say_why() -> None:
    refusal = unusable(template("old", deprecated=True))
    assert refusal is not None
    assert "detail" not in payload(refusal)


def test_a_template_that_is_closed_to_agents_makes_no_workspace() -> None:
    closed = template("secret", agents_allowed=False)
    refusal = closed_to_agents(closed)
    assert refusal == unusable(closed)
    assert refusal is not None
    assert payload(refusal) == snapshot(
        {
            "outcome": "rejected",
            "message": "Template secret is not open to AI agents: its administrators have turned that off. Nothing was changed.",
            "template_id": "d6cebc09-6c21-5d67-a1fb-bcdece2ac552",
            "next_step": "Ask the person to choose another template; list_templates() shows them.",
            "error": "agents_allowed is false for this template",
        }
    )


def test_any_other_template_is_usable() -> None:
    assert unusable(template()) is None
    assert closed_to_agents(template(deprecated=True)) is None


def test_a_name_that_another_templates_workspace_has_is_taken() -> None:
    assert payload(name_taken(workspace(template_name="gpu"), "App")) == snapshot(
        {
            "outcome": "rejected",
            "message": "You have a workspace named App already, made from template coder/gpu. Nothing was created.",
            "workspace_name": "dev1/app",
            "next_step": 'Ask the person for another name and call create_workspace with it, or use the workspace that is there: start_workspace(workspace="dev1/app").',
            "error": 'the name "App" is taken',
        }
    )


@pytest.mark.parametrize(
    ("response", "parameters", "external_auth"),
    [
        (PARAMETERS, True, False),
        (ErrorResponse(message='Unable to validate parameter "cpu"'), True, False),
        (SIGN_IN, False, True),
        (ErrorResponse(message="Validation failed."), False, False),
        (ErrorResponse(message="", detail="Unable to validate parameters"), False, False),
    ],
    ids=["dynamic", "classic", "sign-in", "other", "only in the detail"],
)
def test_a_refusal_concerns_parameters_or_a_sign_in_by_what_coder_says(
    response: ErrorResponse, *, parameters: bool, external_auth: bool
) -> None:
    assert concerns_parameters(response) is parameters
    assert concerns_external_auth(response) is external_auth


NO = ErrorResponse(message="no")
OLD_VERSION = ErrorResponse(
    message="insert workspace build", detail="cannot use non-active version: unauthorized: rbac: x"
)
ANOTHER_NAME = "Ask the person for another name; with it in place of this one, call again()."
NEXT_STEPS = {
    "parameters": (
        *(400, PARAMETERS),
        "Correct them (read() shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: again().",
    ),
    "sign-in": (
        *(403, SIGN_IN),
        "Ask the person to sign in at each url given here; then call again().",
    ),
    "bad name": (400, NAME, ANOTHER_NAME),
    "name taken": (409, NAME, ANOTHER_NAME),
    "old version": (
        *(403, OLD_VERSION),
        "The template requires its newest version; call again(), which moves to it.",
    ),
    "another build": (409, NO, "Another build came first; call again(), which waits for it."),
    "not allowed": (
        *(403, NO),
        "Tell the person that they, or this session token, may not do this; an administrator can allow it. Once that is done, call again().",
    ),
    "a permission": (
        *(403, ErrorResponse(message="You do not have permission to start this workspace.")),
        "Tell the person that they, or this session token, lack the permission workspace:start. A session token that is limited to scopes needs the scope workspace:start (coder:workspaces.operate holds it, and what else is needed). If it is not limited, an administrator can allow it. Once that is done, call again().",
    ),
    "anything else": (400, NO, "Tell the person why. Once it is corrected, call again()."),
}


@pytest.mark.parametrize(("status", "response", "step"), NEXT_STEPS.values(), ids=NEXT_STEPS)
def test_the_next_step_after_a_refusal(status: int, response: ErrorResponse, step: str) -> None:
    assert next_step(status, response, "read()", "again()") == step


def test_a_refused_value_is_told_without_what_it_allows_where_that_is_not_known() -> None:
    response = ErrorResponse(
        message='Unable to validate parameter "cpu"',
        detail="parameter validation failed\nvalue 99 is more than the maximum 16",
    )
    for known in ([], [parameter("gpu")], [parameter("cpu")]):
        wrong = only(told(response, parameters=known))
        assert (wrong.field, wrong.allowed) == ("cpu", None)


def test_a_missing_sign_in_is_told_without_a_link_where_that_is_not_known() -> None:
    gitlab = ExternalAuth(id="gitlab", authenticate_url="https://coder.example.com/gitlab")
    for known in ([], [gitlab]):
        wrong = only(told(SIGN_IN, providers=known))
        assert (wrong.detail, wrong.url) == ("github", None)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("template_id", "template"),
        ("template_version_preset_id", "preset"),
        ("rich_parameter_values", "parameters"),
        ("name", "name"),
        ("schedule", "schedule"),
    ],
)
def test_a_field_is_called_as_our_argument_is(field: str, shown: str) -> None:
    response = ErrorResponse(message="no", validations=(ValidationError(field=field),))
    assert only(told(response)).field == shown


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        (
            "cannot use non-active version: unauthorized: rbac: forbidden: (subject: {x})",
            "cannot use non-active version",
        ),
        ("unauthorized: rbac: forbidden: (subject: {x})", None),
        ("not allowed (subject: {dev1 dev1@example.com})", "not allowed"),
        ("an administrator\ncan allow it", "an administrator can allow it"),
        ("", None),
    ],
)
def test_the_state_of_coders_access_control_engine_is_left_out(
    detail: str, shown: str | None
) -> None:
    assert told(ErrorResponse(message="no", detail=detail)).detail == shown


def test_long_words_of_coders_are_cut() -> None:
    wrong = ValidationError(field="x" * 1000, detail="x" * 1000)
    response = ErrorResponse(message="x" * 1000, detail="x" * 5000, validations=(wrong,))
    refusal = told(response)
    for text in (refusal.error, refusal.detail or "", only(refusal).field, only(refusal).detail):
        assert len(text) <= 300
        assert text.endswith("x … [cut]")
