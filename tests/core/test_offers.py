"""A next step that this server would refuse."""

from coder_mcp.core.found import TemplatesFound
from coder_mcp.core.offers import with_reasons
from coder_mcp.core.results import Extended

REFUSED = {"start_workspace": "it only looks", "stop_workspace": "it only looks"}
INSTEAD = (
    " But this server does not do that (it only looks): tell the person, who can do it on the"
    " deployment's own pages."
)


def found(next_step: str) -> TemplatesFound:
    return TemplatesFound(message="None.", next_step=next_step, templates=())


def told(next_step: str) -> str:
    result = with_reasons(found(next_step), REFUSED)
    assert isinstance(result, TemplatesFound)
    return result.next_step


def test_a_call_that_is_refused_is_told_with_the_reason_once() -> None:
    step = 'Call stop_workspace(workspace="a/b"), then start_workspace(workspace="a/b").'
    assert told(step) == step + INSTEAD
    assert told("start_workspace makes it run.") == "start_workspace makes it run." + INSTEAD


def test_a_next_step_that_names_no_refused_tool_stays_as_it_is() -> None:
    for step in ("Call restart_workspace().", "Tell the person.", "my_start_workspace(x)"):
        assert told(step) == step


def test_an_answer_without_a_next_step_stays_as_it_is() -> None:
    done = Extended(message="Done.", workspace_name="a/b", deadline="2026-01-01T00:00:00Z")
    assert with_reasons(done, REFUSED) is done
