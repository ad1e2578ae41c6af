"""Every error that was recorded of a real server becomes the right one of ours."""

import json

import pytest

from builders import URL
from coder_mcp import errors
from coder_mcp.api.answers import Answer, Asked, checked, envelope, refused
from coder_mcp.models.wire import ErrorResponse
from recorded import Json, names, recorded

FOLDERS = (
    "agents",
    "auth",
    "builds",
    "quota",
    "server",
    "streams",
    "templates",
    "users",
    "workspaces",
)
EXCHANGES = [
    name
    for folder in FOLDERS
    for name in names(folder)
    if "status" in recorded(name).get("response", {})
]
REFUSED = [name for name in EXCHANGES if recorded(name)["response"]["status"] >= 400]

KINDS = {
    400: errors.CoderError,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.CoderError,
    410: errors.Gone,
    412: errors.CoderError,
    426: errors.NotCoder,
    429: errors.CoderBroken,
    500: errors.CoderBroken,
}


def answer_of(name: str) -> Answer:
    response: Json = recorded(name)["response"]
    body = json.dumps(response["json"]) if "json" in response else response.get("text", "")
    return Answer(status=response["status"], headers=response["headers"], body=body.encode())


def asked(name: str) -> Asked:
    request: Json = recorded(name)["request"]
    path = request["path"].partition("?")[0]
    return Asked(url=URL, token_source="coder login", method=request["method"], path=path)  # noqa: S106  # a name


def test_the_table_has_every_recorded_status() -> None:
    assert {recorded(name)["response"]["status"] for name in REFUSED} == set(KINDS)


@pytest.mark.parametrize("name", REFUSED)
def test_a_recorded_error_is_of_the_kind_that_its_status_says(name: str) -> None:
    answer = answer_of(name)
    error = refused(answer, asked(name))
    kind = errors.NoSuchRoute if name == "server/route-not-found" else KINDS[answer.status]
    assert type(error) is kind
    if isinstance(error, errors.CoderError):
        assert error.response == ErrorResponse.model_validate_json(answer.body)


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_that_was_recorded_of_an_error_is_in_our_words(name: str) -> None:
    answer = answer_of(name)
    said = envelope(answer)
    words = str(refused(answer, asked(name)))
    assert said is None or said.message not in words
    assert URL in words or answer.status == 410


@pytest.mark.parametrize("name", [name for name in EXCHANGES if name not in REFUSED])
def test_every_other_recorded_answer_is_json_or_empty_or_not_coder(name: str) -> None:
    answer = answer_of(name)
    content_type = answer.headers.get("content-type", "")
    if answer.body and not content_type.startswith("application/json"):
        with pytest.raises(errors.NotCoder):
            checked(answer, asked(name))
    else:
        assert checked(answer, asked(name)) == answer.body
