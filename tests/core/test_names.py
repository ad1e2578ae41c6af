"""What a person may call a workspace or a template, and what becomes of anything else."""

import re
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import URL
from coder_mcp.core.names import (
    TemplateReference,
    WorkspaceReference,
    is_name,
    template_reference,
    workspace_name,
    workspace_reference,
)
from coder_mcp.core.text import one_line
from coder_mcp.errors import BadArguments

ID = UUID("7e643c9c-f6c9-4ed3-98ca-ce593c4e2a2f")
MINE = WorkspaceReference(owner="me", name="app")
THEIRS = WorkspaceReference(owner="dev2", name="app")

NAMES = ["a", "7", "app", "App", "a-b", "a-b-c", "0-0", "x" * 32, "0123456789abcdef" * 2]
NO_NAMES = {
    "empty": "",
    "33 characters": "x" * 33,
    "blank": "a b",
    "hyphen first": "-a",
    "hyphen last": "a-",
    "two hyphens": "a--b",
    "underscore": "a_b",
    "dot": "a.b",
    "dots": "..",
    "percent": "a%2fb",
    "query": "a?x=1",
    "fragment": "a#f",
    "at": "@dev1",
    "backslash": "a\\b",
    "tab": "a\tb",
    "line end": "a\nb",
    "null": "a\x00b",
    "escape": "a\x1b[0mb",
    "accent": "caf\u00e9",
    "full width": "\uff41\uff50\uff50",
    "digit of another script": "app\u0661",
    "letter that looks the same": "\u0430pp",
    "zero width": "ap\u200bp",
    "emoji": "\U0001f680",
    "surrogate": "a\ud800",
    "braces": "{app}",
}

REFERENCES = {
    "name": ("app", MINE),
    "name with blanks around it": (" \tapp\r\n", MINE),
    "me": ("me/app", MINE),
    "owner and name": ("dev2/app", THEIRS),
    "letter case": ("Dev2/App", WorkspaceReference(owner="Dev2", name="App")),
    "id": (str(ID), WorkspaceReference(id=ID)),
    "id in capitals": (str(ID).upper(), WorkspaceReference(id=ID)),
    "32 hexadecimal digits": (ID.hex, WorkspaceReference(name=ID.hex)),
    "page": (f"{URL}/@dev2/app", THEIRS),
    "page with a slash": (f"{URL}/@dev2/app/", THEIRS),
    "page of an agent": (f"{URL}/@dev2/app.main", THEIRS),
    "page of a build": (f"{URL}/@dev2/app/builds/3", THEIRS),
    "terminal": (f"{URL}/@dev2/app/terminal", THEIRS),
    "terminal of an agent": (f"{URL}/@dev2/app.main/terminal?command=ls#x", THEIRS),
    "settings": (f"{URL}/@dev2/app/settings/parameters", THEIRS),
    "query": (f"{URL}/@dev2/app?tab=logs", THEIRS),
    "letter case of the host": ("HTTPS://Coder.EXAMPLE.com/@dev2/app", THEIRS),
}

NO_REFERENCES = {
    **{f"name: {why}": text for why, text in NO_NAMES.items()},
    **{f"owner: {why}": f"{text}/app" for why, text in NO_NAMES.items() if text.strip("/")},
    **{f"page: {why}": f"{URL}/@dev2/{text}" for why, text in NO_NAMES.items()
       if not set(text) & set(".?#\t\n")},
    "three parts": "coder/dev1/app",
    "no name": "dev1/",
    "up": "dev1/../../users/me",
    "id in braces": f"{{{ID}}}",
    "id as URN": f"urn:uuid:{ID}",
    "another host": "https://other.example.com/@dev2/app",
    "a host that begins like ours": "https://coder.example.com.evil.example/@dev2/app",
    "a host that ends like ours": "https://evil-coder.example.com/@dev2/app",
    "another port": "https://coder.example.com:8443/@dev2/app",
    "another scheme": "http://coder.example.com/@dev2/app",
    "no scheme of the web": "ftp://coder.example.com/@dev2/app",
    "our host as user name": "https://coder.example.com@evil.example/@dev2/app",
    "user name": "https://user:password@coder.example.com/@dev2/app",
    "backslash before the path": "https://coder.example.com\\@evil.example/@dev2/app",
    "no host": "https:///@dev2/app",
    "nothing but a scheme": "://",
    "no page of a workspace": f"{URL}/templates/quick",
    "no page": URL,
    "page of a user": f"{URL}/@dev2",
    "page of nobody": f"{URL}/@/app",
    "page without a name": f"{URL}/@dev2/",
    "encoded dots": f"{URL}/@dev2/%2e%2e",
    "dots as the name": f"{URL}/@dev2/../../api",
    "dots as the owner": f"{URL}/@../app",
    "brackets in the host": "https://[coder.example.com/@dev2/app",
    "brackets around no address": "https://[coder.example.com]/@dev2/app",
    "a host that is two when it is normalised": "https://coder\u2100example.com/@dev2/app",
}  # fmt: skip

pieces = st.one_of(
    st.sampled_from(
        [URL, "https://", "/@", "/", "dev1", "app", "..", ".main", "%2f", "?", "#", "@"]
    ),
    st.sampled_from([":443", ":x", "\\", "[", "]", "-", " ", "\n", "\x1b[0m", str(ID), "::1"]),
    st.characters(),
)
texts = st.one_of(st.lists(pieces, max_size=8).map("".join), st.text(max_size=12))


def as_the_rule_says(name: str) -> bool:
    """The rule for names, written out once more (codersdk/name.go)."""
    return len(name) <= 32 and re.fullmatch("[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", name) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_coder_takes_is_a_name(name: str) -> None:
    assert is_name(name)
    assert workspace_name(name) == name


@pytest.mark.parametrize("text", NO_NAMES.values(), ids=NO_NAMES)
def test_no_workspace_is_made_under_a_name_that_coder_refuses(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(BadArguments, match="cannot be a workspace name"):
        workspace_name(text)


@pytest.mark.parametrize("name", ["new", "create", "New", "CREATE"])
def test_no_workspace_is_made_under_a_name_that_coder_keeps_for_itself(name: str) -> None:
    with pytest.raises(BadArguments, match="keeps the name"):
        workspace_name(name)


@pytest.mark.parametrize(("text", "reference"), REFERENCES.values(), ids=REFERENCES)
def test_a_workspace_is_named_in_these_ways(text: str, reference: WorkspaceReference) -> None:
    assert workspace_reference(text, URL) == reference


@pytest.mark.parametrize("text", NO_REFERENCES.values(), ids=NO_REFERENCES)
def test_anything_else_names_no_workspace(text: str) -> None:
    with pytest.raises(BadArguments):
        workspace_reference(text, URL)


def test_a_page_has_to_be_of_the_deployments_own_port() -> None:
    local = "http://localhost:3000"
    assert workspace_reference(f"{local}/@dev2/app", local) == THEIRS
    with pytest.raises(BadArguments, match="is not a page of http://localhost:3000"):
        workspace_reference("http://localhost/@dev2/app", local)


def understood(text: str) -> WorkspaceReference | str:
    """What the text refers to, or why it is refused."""
    try:
        return workspace_reference(text, URL)
    except BadArguments as refusal:
        return str(refusal)


@given(texts)
@settings(derandomize=True, deadline=None, max_examples=1000)
def test_whatever_is_given_ends_in_a_reference_of_names_or_an_id_or_is_refused(text: str) -> None:
    outcome = understood(text)
    if isinstance(outcome, str):
        assert outcome == one_line(outcome, 400)
    elif outcome.id is None:
        assert as_the_rule_says(outcome.owner)
        assert as_the_rule_says(outcome.name)


@pytest.mark.parametrize(
    ("text", "organization", "reference", "shown"),
    [
        (" quick ", "", TemplateReference(name="quick"), "quick"),
        ("quick", "coder", TemplateReference(organization="coder", name="quick"), "coder/quick"),
        ("coder/quick", "", TemplateReference(organization="coder", name="quick"), "coder/quick"),
        (
            "Coder/quick",
            "cODER",
            TemplateReference(organization="Coder", name="quick"),
            "Coder/quick",
        ),
        (str(ID), "", TemplateReference(id=ID), str(ID)),
        # What a person calls it is looked up, and near names are offered.
        ("Quick start", "", TemplateReference(name="Quick start"), "Quick start"),
    ],
)
def test_a_template_is_named_in_these_ways(
    text: str, organization: str, reference: TemplateReference, shown: str
) -> None:
    assert template_reference(text, organization) == reference
    assert str(reference) == shown


@pytest.mark.parametrize(
    ("text", "organization"),
    [
        ("coder/quick", "research"),
        ("../quick", ""),
        ("a/b/quick", ""),
        ("quick", ".."),
        ("quick", "a b"),
        (f"{URL}/templates/quick", ""),
    ],
)
def test_a_template_is_not_looked_for_in_what_is_no_organization(
    text: str, organization: str
) -> None:
    with pytest.raises(BadArguments, match="organization"):
        template_reference(text, organization)


@given(texts, texts)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_the_organization_of_a_template_is_a_name_or_is_refused(text: str, other: str) -> None:
    try:
        reference = template_reference(text, other)
    except BadArguments:
        return
    named = reference.id is None and reference.organization
    assert as_the_rule_says(reference.organization) or not named
    assert "/" not in reference.name
