"""The calls that are written out for the model, and how a workspace is called."""

import pytest

from builders import URL, build, errand, workspace
from coder_mcp.core.errands import Verb, call, name_of, page, sentences, start, wait_for


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (call("list_workspaces"), "list_workspaces()"),
        (
            call("wait_for_workspace", workspace="dev1/app"),
            'wait_for_workspace(workspace="dev1/app")',
        ),
        (call("create_workspace", template="quick", name=""), 'create_workspace(template="quick")'),
        (
            call(
                "create_workspace", template="quick", name="app", parameters={"cpu": 4, "gpu": True}
            ),
            'create_workspace(template="quick", name="app", parameters={"cpu": 4, "gpu": true})',
        ),
        (call("x", preset='says "hi"\n'), 'x(preset="says \\"hi\\"\\n")'),
        (call("x", parameters={}, preset=None, tools=[]), "x()"),
    ],
)
def test_a_call_is_written_out_as_it_can_be_made_without_empty_arguments(
    written: str, text: str
) -> None:
    assert written == text


def test_a_workspace_is_called_by_its_owner_and_name() -> None:
    app = workspace(name="app", owner_name="dev2")
    assert name_of(app) == "dev2/app"
    assert wait_for(app, build()) == 'wait_for_workspace(workspace="dev2/app")'
    assert start(app) == 'start_workspace(workspace="dev2/app")'


def test_a_workspace_that_is_being_deleted_is_called_by_its_id() -> None:
    call = wait_for(workspace(), build("running", "delete"))
    assert call == f'wait_for_workspace(workspace="{workspace().id}")'


def test_a_workspace_and_each_of_its_builds_has_a_page() -> None:
    assert page(errand(Verb.WAIT), workspace()) == f"{URL}/@dev1/app"
    assert page(errand(Verb.WAIT), workspace(), 3) == f"{URL}/@dev1/app/builds/3"


def test_sentences_that_are_empty_leave_no_gap() -> None:
    assert sentences("One.", "", "Two.") == "One. Two."
