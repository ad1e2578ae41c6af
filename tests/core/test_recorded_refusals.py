"""What becomes of each recorded refusal of a create or a build: all that the model reads of it."""

import pytest
from inline_snapshot import snapshot
from pydantic import JsonValue

from builders import ident
from coder_mcp.core.refusals import next_step, rejected
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.templates import ExternalAuth, RichParameter
from coder_mcp.models.wire import ErrorResponse
from recorded import answered, names, recorded

READ = 'read_template(template="params")'
AGAIN = 'create_workspace(template="params")'
TELL = f"Tell the person why. Once it is corrected, call {AGAIN}."
FORBIDDEN = f"Tell the person that they, or this session token, may not do this; an administrator can allow it. Once that is done, call {AGAIN}."
NO_CREATE = f"Tell the person that they, or this session token, lack the permission workspace:create. A session token that is limited to scopes needs the scope workspace:create (coder:workspaces.create holds it, and what else is needed). If it is not limited, an administrator can allow it. Once that is done, call {AGAIN}."
ANOTHER_NAME = f"Ask the person for another name; with it in place of this one, call {AGAIN}."
ANOTHER_BUILD = f"Another build came first; call {AGAIN}, which waits for it."
NEWEST = f"The template requires its newest version; call {AGAIN}, which moves to it."
SIGN_IN = f"Ask the person to sign in at each url given here; then call {AGAIN}."
CORRECT = f"Correct them ({READ} shows what the template asks for; ask the person for what is theirs to choose), then call again with the right values in parameters: {AGAIN}."

ASKED = [
    RichParameter.model_validate(wire) for wire in answered("templates/rich-parameters-params")
]
PROVIDERS = [ExternalAuth.model_validate(wire) for wire in answered("templates/external-auth")]
REFUSED = [
    name
    for name in [*names("workspaces"), *names("builds")]
    if name.startswith(("workspaces/create-", "builds/"))
    and recorded(name)["response"]["status"] in (400, 403, 409)
]

# Coder's words are told as they are, and what to do next.
AS_IT_IS = {
    "workspaces/create-bad-schedule": TELL,
    "workspaces/create-conflict-name": ANOTHER_NAME,
    "workspaces/create-conflict-name-other-case": ANOTHER_NAME,
    "workspaces/create-deprecated-template": TELL,
    "workspaces/create-empty-template-id": TELL,
    "workspaces/create-for-other-user-as-member": NO_CREATE,
    "workspaces/create-malformed-json": TELL,
    "builds/bad-transition": TELL,
    "builds/cancel-finished": FORBIDDEN,
    "builds/cancel-pending-not-allowed": FORBIDDEN,
    "builds/cancel-running-twice": TELL,
    "builds/conflict-while-active": ANOTHER_BUILD,
    "builds/no-such-version": TELL,
    "builds/no-transition": TELL,
    "builds/start-deleted": ANOTHER_BUILD,
    "builds/start-deleted-include": ANOTHER_BUILD,
    "builds/version-of-other-template": TELL,
    **dict.fromkeys([name for name in REFUSED if "bad-name" in name], ANOTHER_NAME),
}

# Coder names its own fields in these; ours are named otherwise.
RENAMED = [
    "workspaces/create-both-template-and-version",
    "workspaces/create-no-such-template",
    "workspaces/create-no-template",
]
# What a parameter allows is added to these.
CORRECTED: dict[str, list[JsonValue]] = {
    "workspaces/create-dynamic-invalid": [
        {
            "field": "region",
            "detail": 'Value must be a valid option; the value "mars" must be defined as one of options',
            "allowed": ["eu", "us"],
        },
        {
            "field": "repo",
            "detail": 'Invalid parameter value according to \'validation\' block; must be an https URL (value "ssh://x" does not match "^https://")',
            "allowed": ["matching ^https://"],
        },
    ],
    "workspaces/create-params-invalid-number": [
        {
            "field": "cpu",
            "detail": 'can\'t validate build parameter "CPU cores": value 99 is more than the maximum 16',
            "allowed": ["at least 1", "at most 16"],
        }
    ],
    "workspaces/create-params-invalid-option": [
        {
            "field": "region",
            "detail": 'can\'t validate build parameter "Region": parameter value must match one of options: [eu us]',
            "allowed": ["eu", "us"],
        }
    ],
    "workspaces/create-params-invalid-regex": [
        {
            "field": "repo",
            "detail": 'can\'t validate build parameter "repo": must be an https URL (value "ssh://x" does not match "^https://")',
            "allowed": ["matching ^https://"],
        }
    ],
    "workspaces/create-params-missing": [
        {
            "field": "region",
            "detail": 'Parameter "region" is required but not provided',
            "allowed": ["eu", "us"],
        }
    ],
    "workspaces/create-params-not-a-bool": [
        {
            "field": "gpu",
            "detail": 'can\'t validate build parameter "gpu": boolean value can be either "true" or "false"',
            "allowed": ["true", "false"],
        }
    ],
    "builds/start-immutable-changed": [
        {
            "field": "region",
            "detail": "This cannot be changed once the workspace is made; leave it out.",
        }
    ],
    "builds/start-monotonic-violated": [
        {
            "field": "cpu",
            "detail": "can't validate build parameter \"CPU cores\": parameter value '2' must be equal or greater than previous value: 4",
            "allowed": ["at least 1", "at most 16"],
        }
    ],
}
TO_SIGN_IN = "workspaces/create-external-auth-missing"
# Kilobytes of Coder's access-control engine, with the caller's address, follow on these words.
CUT = [
    "workspaces/create-inactive-version-refused",
    "builds/start-inactive-version-refused",
    "builds/start-inactive-version-refused-explicit",
    "builds/start-running-outdated-version-required",
]


def told(name: str) -> JsonObject:
    """The payload of a recorded refusal, without the keys that all of them have alike."""
    response = recorded(name)["response"]
    refusal = ErrorResponse.model_validate(response["json"])
    whole = payload(
        rejected(
            refusal,
            next_step=next_step(response["status"], refusal, READ, AGAIN),
            workspace_name="app",
            template_id=ident("template params"),
            parameters=ASKED,
            providers=PROVIDERS,
        )
    )
    same = {
        "outcome": "rejected",
        "message": "Coder refused this; nothing was changed.",
        "workspace_name": "app",
        "template_id": str(ident("template params")),
    }
    assert {key: whole[key] for key in same} == same
    return {key: value for key, value in whole.items() if key not in same}


def test_every_recorded_refusal_is_in_one_of_the_tables() -> None:
    assert sorted([*AS_IT_IS, *RENAMED, *CORRECTED, TO_SIGN_IN, *CUT]) == sorted(REFUSED)


@pytest.mark.parametrize("name", AS_IT_IS)
def test_a_recorded_refusal_is_told_in_coders_words(name: str) -> None:
    said = answered(name)
    rest = {key: said[key] for key in ("detail", "validations") if key in said}
    assert told(name) == {"next_step": AS_IT_IS[name], "error": said["message"]} | rest


@pytest.mark.parametrize("name", RENAMED)
def test_a_field_of_coders_is_told_by_the_name_of_our_argument(name: str) -> None:
    said = answered(name)
    named = [
        wrong | {"field": wrong["field"].replace("template_id", "template")}
        for wrong in said["validations"]
    ]
    assert told(name) == {"next_step": TELL, "error": said["message"], "validations": named}


@pytest.mark.parametrize("name", CORRECTED)
def test_a_parameter_that_coder_refused_is_told_with_what_it_allows(name: str) -> None:
    assert told(name) == {
        "next_step": CORRECT,
        "error": answered(name)["message"],
        "validations": CORRECTED[name],
    }


def test_a_sign_in_that_is_missing_is_told_with_where_it_is_done() -> None:
    assert told(TO_SIGN_IN) == snapshot(
        {
            "next_step": 'Ask the person to sign in at each url given here; then call create_workspace(template="params").',
            "error": "External authentication is required to create a workspace with this template.",
            "detail": "The workspace owner must authenticate with the following external auth providers: GitHub.",
            "validations": [
                {
                    "field": "external_auth",
                    "detail": "github",
                    "url": "https://coder.example.com/external-auth/github",
                }
            ],
        }
    )


@pytest.mark.parametrize("name", CUT)
def test_of_a_recorded_refusal_what_no_person_can_act_on_is_left_out(name: str) -> None:
    assert told(name) == {
        "next_step": NEWEST,
        "error": "insert workspace build",
        "detail": "cannot use non-active version",
    }
