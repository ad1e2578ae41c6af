"""Request bodies: what is read, and what is refused before anything is looked up."""

import json

import pytest

from coder_mcp.simulator.rules.bodies import build_request, parsed_uuid, texts, workspace_request
from coder_mcp.simulator.rules.refusals import Refusal

TEMPLATE = "726b4568-29e1-4def-b5d7-8ceb88821bbd"


def body(**fields: object) -> bytes:
    return json.dumps({"name": "app", "template_id": TEMPLATE, **fields}).encode()


def refusal(read: bytes, *, of_build: bool = False) -> Refusal:
    with pytest.raises(Refusal) as refused:
        (build_request if of_build else workspace_request)(read)
    assert refused.value.status == 400
    return refused.value


@pytest.mark.parametrize("name", ["a", "App-2", "a-b-c", "x" * 32, "0", "newer"])
def test_good_workspace_names_are_taken(name: str) -> None:
    assert workspace_request(body(name=name)).name == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "a--b", "a_b", "a b", "ä", "x" * 33, "create"])
def test_bad_workspace_names_are_refused(name: str) -> None:
    assert refusal(body(name=name)).validations[0][0] == "name"


def test_values_are_read_in_the_order_given() -> None:
    values = [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}, {"name": "b"}]
    request = workspace_request(body(rich_parameter_values=values, unknown="field"))
    assert request.rich_parameter_values == (("a", "1"), ("a", "2"), ("b", ""))


@pytest.mark.parametrize(
    ("read", "detail"),
    [
        (b"", "unexpected EOF"),
        (b'{"name": ', "unexpected EOF"),
        (b'{"name": x}', "invalid character in body"),
        (b"\xff", "invalid character in body"),
        (b"[]", "json: cannot unmarshal body into an object"),
        (body(name=5), "json: cannot unmarshal into field name of type string"),
        (body(ttl_ms="5"), "json: cannot unmarshal into field ttl_ms of type int64"),
        (body(ttl_ms=True), "json: cannot unmarshal into field ttl_ms of type int64"),
        (body(template_id="x"), "invalid UUID length: 1"),
        (body(template_id="x" * 36), "invalid UUID format"),
        (
            body(rich_parameter_values={}),
            "json: cannot unmarshal into field rich_parameter_values",
        ),
        (
            body(rich_parameter_values=["a"]),
            "json: cannot unmarshal into field rich_parameter_values",
        ),
    ],
)
def test_a_body_that_does_not_fit_the_request_is_not_json_to_coder(
    read: bytes, detail: str
) -> None:
    refused = refusal(read)
    assert (refused.message, refused.detail) == ("Request body must be valid JSON.", detail)


def test_a_map_of_strings_is_one_or_it_is_refused() -> None:
    assert texts({"inputs": {"a": "1", "b": None}}, "inputs") == {"a": "1", "b": ""}
    assert texts({}, "inputs") == {}
    for bad in (["a"], {"a": 1}):
        with pytest.raises(Refusal, match="must be valid JSON"):
            texts({"inputs": bad}, "inputs")


@pytest.mark.parametrize("text", [TEMPLATE, TEMPLATE.replace("-", ""), f"{{{TEMPLATE}}}"])
def test_uuids_are_taken_in_every_form_that_go_takes(text: str) -> None:
    assert str(parsed_uuid(text)) == TEMPLATE


def test_the_reason_of_a_build_is_one_of_those_that_clients_have() -> None:
    assert build_request(b'{"transition": "start"}').reason == "initiator"
    assert build_request(b'{"transition": "start", "reason": "cli"}').reason == "cli"
    assert build_request(b'{"transition": "delete", "reason": "cli"}').reason == "initiator"
    refused = refusal(b'{"transition": "start", "reason": "whim"}', of_build=True)
    assert refused.validations[0][0] == "reason"
