"""What is said of facts, and what of a failure is how it is, and what fixes it."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from builders import BEGAN
from coder_mcp.core.checks.account import about_quota, about_scopes, about_templates
from coder_mcp.core.checks.check import Check, Status, worst
from coder_mcp.core.checks.connection import about_clock, about_settings, about_version
from coder_mcp.core.checks.table import CHECKS
from coder_mcp.core.error_words import failed, words
from coder_mcp.core.identity import not_connected
from coder_mcp.core.tool_scopes import NEEDS, closed
from coder_mcp.errors import CoderBroken, NotFound, SettingsError
from coder_mcp.models.accounts import APIKey
from coder_mcp.models.wire import ErrorResponse
from coder_mcp.tools.table import TOOLS


def check(status: Status, name: str = "API") -> Check:
    return Check(name=name, status=status, message="How it is.", next_step="What fixes it.")


def key(*scopes: str, allow_list: tuple[str, ...] = ("*:*",)) -> APIKey:
    return APIKey(id="EXAMPLEid1", scopes=scopes, allow_list=allow_list)


@pytest.mark.parametrize(
    ("statuses", "found"),
    [
        ((), "ok"),
        (("ok", "skipped"), "ok"),
        (("ok", "warn", "skipped"), "warn"),
        (("warn", "fail", "ok"), "fail"),
    ],
)
def test_the_worst_of_the_checks_decides(statuses: tuple[Status, ...], found: str) -> None:
    assert worst([check(status) for status in statuses]) == found


def test_the_table_has_each_check_once_after_what_it_needs() -> None:
    seen: list[str] = []
    for looked in CHECKS:
        assert looked.name not in seen
        assert set(looked.needs) <= set(seen)
        assert looked.causes
        seen.append(looked.name)


def test_a_failure_is_taken_apart_into_how_it_is_what_fixes_it_and_what_coder_said() -> None:
    response = ErrorResponse(message="Internal error", detail="pq: \x1b[31mdown")
    broken = CoderBroken(
        "https://a.b failed to answer (HTTP 500). That is its own problem. Call again.",
        status=500,
        response=response,
        request_id="r-1",
        asked="GET /users/me",
    )
    assert failed("token", broken).model_dump() == snapshot(
        {
            "name": "token",
            "status": "fail",
            "message": "https://a.b failed to answer (HTTP 500).",
            "next_step": "That is its own problem. Call again. Its request id is r-1.",
            "error": "Internal error. pq: down.",
        }
    )
    assert words(broken) == snapshot(
        "https://a.b failed to answer (HTTP 500). That is its own problem. Call again. Coder said: Internal error. pq: down. Its request id is r-1."
    )
    unseen = NotFound(
        "None. Look.", status=404, response=ErrorResponse(message=""), asked="GET /users/me"
    )
    assert failed("token", unseen).next_step == snapshot(
        "Look. A session token that is limited to scopes needs the scope user:read."
    )
    assert failed("settings", SettingsError("A file cannot be read.")).next_step is None


def test_settings_name_each_problem_and_each_that_is_set() -> None:
    fine = about_settings((), (), ())
    assert (fine.status, fine.message) == ("ok", "All settings are valid. None is set.")
    odd = about_settings((), ("A decides nothing.",), ("from the environment B=1",))
    assert (odd.status, odd.message) == snapshot(
        ("warn", "A decides nothing. From from the environment B=1.")
    )
    assert about_settings(("A is wrong.", "B is."), ("C is odd.",), ()).message == snapshot(
        "A is wrong. B is. C is odd. None is set."
    )


@pytest.mark.parametrize(
    ("version", "status", "lost"),
    [
        ("v2.34.0+a", "ok", ()),
        ("v2.33.9+a", "warn", ("quota",)),
        ("v2.24.0", "warn", ("quota",)),
        ("v2.23.5", "warn", ("quota", "parameters")),
        ("v2.21.0", "warn", ("quota", "parameters", "watched")),
        ("v0.0.0-devel+a", "ok", ()),
        ("v3.0.0", "ok", ()),
    ],
)
def test_what_an_older_server_has_not_is_lost(
    version: str, status: str, lost: tuple[str, ...]
) -> None:
    said = about_version(version)
    assert said.status == status
    assert {word for word in ("quota", "parameters", "watched") if word in said.message} == set(
        lost
    )


@pytest.mark.parametrize(
    ("seconds", "took", "words_of_it"),
    [
        (0, 0, "agrees"),
        (61, 1, "agrees"),
        (62, 1, "is 61 seconds behind"),
        (-61, 1, "agrees"),
        (-62, 1, "is 61 seconds ahead of"),
        (-8, 10, "agrees"),
        (70, 10, "agrees"),
    ],
)
def test_clocks_disagree_only_where_that_is_certain(
    seconds: int, took: int, words_of_it: str
) -> None:
    date = BEGAN + timedelta(seconds=seconds)
    said = about_clock(date, BEGAN, BEGAN + timedelta(seconds=took))
    assert words_of_it in said.message
    assert (said.status == "ok") is (words_of_it == "agrees")
    assert about_clock(None, BEGAN, BEGAN).status == "ok"


def test_every_tool_has_its_scopes_and_no_other() -> None:
    assert set(NEEDS) == {tool.name for tool in TOOLS}


@pytest.mark.parametrize(
    ("scopes", "works"),
    [
        (
            ("coder:workspaces.create", "coder:workspaces.delete"),
            {tool.name for tool in TOOLS} - {"get_quota"},
        ),
        (("workspace:*", "template:*", "user:*", "organization:*"), {tool.name for tool in TOOLS}),
        (("workspace:read",), {"list_workspaces", "whoami"}),
        (("template:read",), {"list_templates", "read_template", "whoami"}),
        (
            ("coder:workspaces.delete",),
            {"delete_workspace"}
            | {
                "wait_for_workspace",
                "list_workspaces",
                "get_workspace",
                "diagnose_workspace",
                "read_logs",
                "list_templates",
                "read_template",
                "whoami",
            },
        ),
        ((), {"whoami"}),
    ],
)
def test_a_scope_opens_the_tools_that_need_it(scopes: tuple[str, ...], works: set[str]) -> None:
    assert set(NEEDS) - set(closed(scopes)) == works


def test_a_token_that_leaves_nothing_out_is_fine_and_one_for_some_things_is_told() -> None:
    every = key("workspace:*", "template:*", "user:*", "organization:*")
    assert about_scopes(every, "https://a.b").message == snapshot(
        "The token is limited to workspace:*, template:*, user:*, organization:*. Every tool can work with that."
    )
    some = key("coder:all", allow_list=("workspace:1", "template:2"))
    assert about_scopes(some, "https://a.b").model_dump(exclude_none=True) == snapshot(
        {
            "name": "scopes",
            "status": "warn",
            "message": "The token is limited to coder:all. It sees only workspace:1, template:2.",
            "next_step": "Where more is needed, make a token at https://a.b/settings/tokens.",
        }
    )
    many = key(*(f"a{number}:read" for number in range(14)))
    assert "a9:read and 4 more." in about_scopes(many, "https://a.b").message


def test_one_template_is_enough() -> None:
    assert about_templates(1, is_limited=False).message == "There is 1 to create workspaces from."
    assert about_quota(()).status == "ok"


def test_whoami_begins_with_the_first_that_fails() -> None:
    told = not_connected([check("warn", "clock"), check("fail"), check("fail", "token")], "1.2.3")
    assert (told.message, told.next_step) == (
        "Not connected (API): How it is.",
        "Tell the person how to fix it. What fixes it.",
    )
