"""Which scopes a token lacks, held against what eleven sets of scopes were answered."""

import pytest

from coder_mcp.core.scopes import HOLDERS, PURPOSES, enough_for, lacking, needs, permission
from recorded import Json, answered, recorded

MATRIX: dict[str, Json] = recorded("users/scope-matrix")["matrix"]
# What the composites hold of the scopes that are named to a person (coderd/rbac/scopes.go).
COMPOSITES = {
    "coder:workspaces.create": {
        *("workspace:create", "workspace:start", "workspace:stop"),
        "template:use",
    },
    "coder:workspaces.operate": {"workspace:start", "workspace:stop"},
    "coder:workspaces.delete": {"workspace:delete", "template:use"},
    "coder:workspaces.access": set[str](),
}
SHORT = {
    "create": "coder:workspaces.create",
    "operate": "coder:workspaces.operate",
    "delete": "coder:workspaces.delete",
    "access": "coder:workspaces.access",
}
# The routes of the matrix, as an error names what was asked.
ASKED = {
    "GET /users/me": "GET /users/me",
    "GET /users/me/organizations": "GET /users/me/organizations",
    "GET /users/me/keys/{own id}": "GET /users/me/keys/EXAMPLEid1",
    "GET workspace-quota": "GET /organizations/6bbff3d7/members/me/workspace-quota",
    "GET /workspaces/{id}": "GET /workspaces/7e643c9c",
    "POST /users/me/workspaces": "POST /users/me/workspaces",
}
WRITES = {
    "POST /users/me/workspaces": "workspace:create",
    "POST builds start": "workspace:start",
    "POST builds stop": "workspace:stop",
    "POST builds delete": "workspace:delete",
}
LIMITED = [name for name in MATRIX if name != "all"]


def held(column: str) -> set[str]:
    """The scopes of a column of the matrix, those that its composites hold too."""
    names = {SHORT.get(name, name) for name in column.replace("+", " ").split()}
    return names.union(*(COMPOSITES.get(name, set[str]()) for name in names)) | (
        {"template:read"} if any(name in COMPOSITES for name in names) else set[str]()
    )


@pytest.mark.parametrize("route", ASKED)
@pytest.mark.parametrize("column", LIMITED)
def test_a_scope_is_named_only_where_the_token_lacks_one_of_those(column: str, route: str) -> None:
    status, _ = MATRIX[column][route]
    named = set(lacking(status, ASKED[route]))
    assert bool(named) == (status in (403, 404)) or route == "POST /users/me/workspaces"
    assert not named or named - held(column)


@pytest.mark.parametrize("route", WRITES)
@pytest.mark.parametrize("column", LIMITED)
def test_a_refused_write_names_the_permission_that_the_token_lacks(column: str, route: str) -> None:
    status, message = MATRIX[column][route]
    if status == 403:
        assert permission(message) == WRITES[route]
        assert permission(message) not in held(column)


def test_a_holder_holds_what_it_is_named_for() -> None:
    named = {scope: holder for scope, holder in HOLDERS.items() if scope != "workspace:update"}
    assert named
    assert all(scope in COMPOSITES[holder] for scope, holder in named.items())


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (404, "GET /templates/7e643c9c"),
        (404, "GET /users/me/workspace/app"),
        (404, "GET /users/dev2"),
        (404, "POST /workspaces/7e643c9c/builds"),
        (404, "GET /organizations/6bbff3d7/members/119c8920/workspace-quota"),
        (403, "GET /users/me"),
        (500, "GET /users/me"),
        (404, ""),
    ],
)
def test_where_something_else_may_be_the_cause_no_scope_is_named(status: int, asked: str) -> None:
    assert lacking(status, asked) == ()
    assert needs(()) == ""


def test_a_refusal_in_other_words_is_about_no_permission_that_we_know() -> None:
    assert permission("Build is not permitted: no licence") == ""
    assert permission(answered("users/read-only-stop")["message"]) == "workspace:stop"


def test_the_sentence_names_the_scopes_and_the_composite_that_holds_them() -> None:
    assert needs(("user:read", "organization:read")) == (
        "A session token that is limited to scopes needs the scopes user:read and"
        " organization:read."
    )
    assert needs(("workspace:create",)) == (
        "A session token that is limited to scopes needs the scope workspace:create"
        " (coder:workspaces.create holds it, and what else is needed)."
    )


def test_scopes_are_enough_for_a_purpose_however_they_hold_what_it_needs() -> None:
    assert [enough_for(purpose.scopes) for purpose in PURPOSES] == [
        "reading",
        "running",
        "everything",
    ]
    own = {"user:*", "organization:read", "api_key:*"}
    assert enough_for({"workspace:*", "template:*"} | own) == "everything"
    assert enough_for({"coder:workspaces.operate", "coder:workspaces.delete"} | own) == "running"
    assert enough_for({"coder:workspaces.delete"} | own) == "reading"
    assert enough_for({"workspace:read"} | own) == ""
    assert enough_for({"coder:workspaces.create"}) == ""


def test_a_template_that_may_be_seen_but_not_used_is_about_a_permission_too() -> None:
    said = 'Unauthorized access to use the template "quick".'
    assert permission(said) == "template:use"
    assert "coder:workspaces.create holds it" in needs(("template:use",))
