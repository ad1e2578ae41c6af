"""Lists of workspaces and templates: the query, the rows, and which templates come first."""

import pytest
from inline_snapshot import snapshot

from builders import agent, build, ident, template, workspace
from coder_mcp.core.found import TemplateRow, WorkspaceRow
from coder_mcp.core.listing import counted, matching, template_row, workspace_row, workspaces_query
from coder_mcp.models.templates import Template
from coder_mcp.models.workspaces import Workspace
from recorded import answered

RECORDED = [Template.model_validate(wire) for wire in answered("templates/list-all")]
RUNNING = build("succeeded", "start", agent())


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", "owner:me"),
        ("status:running", "owner:me status:running"),
        ("app", "owner:me app"),
        ("name:a/b", "owner:me name:a/b"),
        (
            'last_used_after:"2026-03-01T00:00:00Z"',
            'owner:me last_used_after:"2026-03-01T00:00:00Z"',
        ),
        (
            "status:running last_used_before:2026-03-01",
            'owner:me status:running last_used_before:"2026-03-01T00:00:00Z"',
        ),
        (
            "last_used_after:2026-03-01T08:30:00+02:00",
            'owner:me last_used_after:"2026-03-01T08:30:00+02:00"',
        ),
        ("last_used_before:2026-03-01x", "owner:me last_used_before:2026-03-01x"),
        ("last_used_before:yesterday", "owner:me last_used_before:yesterday"),
        ('name:"a b/c"', 'owner:me name:"a b/c"'),
        ("owner:dev2", "owner:dev2"),
        ("OWNER:dev2 status:running", "OWNER:dev2 status:running"),
        ("status:running owner:dev2", "status:running owner:dev2"),
        ("dev2/app", "dev2/app"),
        ("status:running dev2/app", "status:running dev2/app"),
        ("shared_with_owner:x", "owner:me shared_with_owner:x"),
    ],
)
def test_workspaces_are_the_callers_own_unless_the_query_names_an_owner(
    query: str, sent: str
) -> None:
    assert workspaces_query(query) == sent


def test_a_row_says_what_differs_from_the_usual() -> None:
    plain = workspace(RUNNING, last_used_at="2026-02-28T23:30:00-05:00")
    assert workspace_row(plain) == snapshot(
        WorkspaceRow(
            workspace_name="dev1/app",
            status="running",
            template_name="quick",
            last_used_at="2026-03-01",
        )
    )
    odd = workspace(
        RUNNING,
        last_used_at="0001-01-01T00:00:00Z",
        outdated=True,
        dormant_at="2026-02-28T00:00:00Z",
        health={"healthy": False},
    )
    assert workspace_row(odd) == snapshot(
        WorkspaceRow(
            workspace_name="dev1/app",
            status="running",
            template_name="quick",
            outdated=True,
            dormant=True,
            healthy=False,
        )
    )


def test_only_a_running_workspace_is_called_unhealthy() -> None:
    stopped = workspace(build("succeeded", "stop"), health={"healthy": False})
    assert workspace_row(stopped).healthy is None


def test_every_recorded_workspace_has_a_row() -> None:
    wire = answered("workspaces/list-mine")["workspaces"]
    rows = [workspace_row(Workspace.model_validate(one)) for one in wire]
    assert [row.workspace_name for row in rows] == [f"dev1/{one['name']}" for one in wire]
    assert rows[0] == snapshot(
        WorkspaceRow(
            workspace_name="dev1/app",
            status="running",
            template_name="quick",
            last_used_at="2026-11-23",
            outdated=True,
        )
    )


def names_of(templates: list[Template]) -> list[str]:
    return [template.name for template in templates]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("quick", ["quick"]),
        ("Quick Start", ["quick"]),
        ("quick-start", ["quick"]),
        ("QUICKSTART", ["quick"]),
        ("gpu", ["gpu"]),
        ("script", ["script-background", "script-fails", "script-slow", "script-timeout"]),
        ("agent never", ["agent-never"]),
        ("never agent", ["agent-never"]),
        ("nothing of the kind", []),
    ],
)
def test_a_template_is_found_by_the_words_of_its_names(query: str, first: list[str]) -> None:
    assert names_of(matching(RECORDED, query, []))[: len(first) or None] == first


@pytest.mark.parametrize("query", ["", "  ", "--- !"])
def test_without_words_all_templates_are_found(query: str) -> None:
    assert len(matching(RECORDED, query, [])) == len(RECORDED)


def test_a_better_match_comes_first_whoever_uses_it() -> None:
    tiers = [
        template("zz-exact", display_name="go"),
        template("go-start"),
        template("start", display_name="Go start"),
        template("let-s-go"),
        template("in-display", display_name="Ready to go"),
        template("described", description="For go programs"),
        template("other", active_user_count=99),
    ]
    used = [workspace(template_id=str(ident("template described")))] * 9
    assert names_of(matching(reversed(tiers), "go", used)) == [
        "zz-exact",
        "go-start",
        "start",
        "let-s-go",
        "in-display",
        "described",
    ]


def test_among_equals_what_the_person_uses_comes_first_then_what_many_do_then_the_name() -> None:
    equal = [
        template("app-d"),
        template("app-c", active_user_count=-1),
        template("app-b", active_user_count=5),
        template("app-a"),
        template("app-e"),
    ]
    used = [workspace(template_id=str(ident("template app-e")))]
    assert names_of(matching(equal, "app", used)) == ["app-e", "app-b", "app-a", "app-c", "app-d"]


def test_every_word_has_to_be_found_and_the_worst_place_counts() -> None:
    both = template("go-web", description="with python")
    web = template("web-go")
    assert names_of(matching([both, web], "go web", [])) == ["go-web", "web-go"]
    assert names_of(matching([both, web], "go python", [])) == ["go-web"]


def test_templates_that_are_closed_to_agents_are_not_found() -> None:
    closed = template("app-x", agents_allowed=False)
    assert names_of(matching([closed, template("app-y")], "", [])) == ["app-y"]


def test_a_template_is_shown_with_what_it_is_chosen_by() -> None:
    known = template(
        display_name="Quick\n\x1b[1mstart",
        description="Small. " * 40,
        active_user_count=3,
    )
    assert template_row(known, used=2, several_organizations=True) == snapshot(
        TemplateRow(
            name="quick",
            organization_name="coder",
            active_user_count=3,
            your_workspace_count=2,
            display_name="Quick start",
            description="Small. Small. Small. Small. Small. Small. Small. Small. Small. Small. Sm … [cut]",
        )
    )


def test_a_template_of_which_little_is_known_has_a_short_row() -> None:
    unknown = template(active_user_count=-1)
    assert template_row(unknown, used=0, several_organizations=False) == TemplateRow(name="quick")


def test_a_workspace_that_was_never_used_has_no_such_day() -> None:
    row = WorkspaceRow(workspace_name="dev1/app", status="running", template_name="quick")
    assert workspace_row(workspace(RUNNING)) == row


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 workspaces."), (1, "1 workspace."), (2, "2 workspaces.")]
)
def test_things_are_counted_in_words(count: int, words: str) -> None:
    assert counted(count, "workspace") == words
