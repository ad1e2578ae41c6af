"""docs/troubleshooting.md has everything that a person may see and paste."""

import ast
import re
import runpy

import said
from coder_mcp.configuring.inspection import CHECKS
from coder_mcp.configuring.table import CLIENTS
from coder_mcp.core.checks.table import CHECKS as TABLE
from command import ROOT

PAGE = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
SHOWN = said.plain(PAGE.replace("**", ""))
# Texts in those modules that are no errors: what they are made of, and types in quotes.
NO_ERRORS = {
    "Route not found",  # what Coder says, to be recognized
    "User is not active",
    "a web page",
    "plain text",
    "something else",
    "private key",
    "its start",
    "of unknown version",
    "in a minute",
    "after {} seconds",
    "it answered",
    "coder login",  # where a token comes from
    "coder login token",
    "the key ring of coder login",
    "the session file of coder login",
    "in the system's key ring",
    "Application Support",
    "/settings/tokens and set it as CODER_SESSION_TOKEN",  # where one can go
    (
        "/settings/tokens and set it as CODER_SESSION_TOKEN in this server's configuration (where"
        " the client names the command, or in the settings of the extension); or run coder login"
    ),
    (
        "In this server's configuration set CODER_URL (https://coder.example.com) and"
        " CODER_SESSION_TOKEN (a token from that deployment's page /settings/tokens), or run coder"
        " login <url> in a terminal"
    ),
    "To try it without a deployment, coder-mcp serve --simulator needs no settings",
    "line {}, column {}: {}",
    "int | None",
    "tuple[Member",
    "dict[str, Any",
    "dict[str, JsonValue",
}


def test_every_error_of_the_code_is_on_the_page() -> None:
    texts = said.texts()
    expected = {words: module for words, module in texts.items() if words not in NO_ERRORS}
    assert len(expected) > 100
    assert {words: module for words, module in expected.items() if words not in SHOWN} == {}


def test_what_is_said_to_be_no_error_is_still_in_the_code() -> None:
    assert NO_ERRORS - set(said.texts()) == set()


def test_the_texts_of_errors_are_found_however_they_are_written() -> None:
    code = '''
"""A docstring that is none."""
raise SettingsError(f"{name} is set, but {other} is not: it needs " "one. More.")
raise files.Untouchable("it is locked")
TABLE = {1: "may not do that on {url}."}
def words() -> None:
    """Nor is this one."""
    problems.append("too short")
'''
    assert [said.words(text) for text in said.said(ast.parse(code), everything=False)] == [
        "is not: it needs one",
        "it is locked",
    ]
    assert {said.words(text) for text in said.said(ast.parse(code), everything=True)} == {
        "is not: it needs one",
        "it is locked",
        "may not do that on",
        "too short",
    }


def test_what_the_page_says_of_the_checks_is_what_their_table_says() -> None:
    """Else: python3 dev.py docs."""
    doctor = runpy.run_path(str(ROOT / "docs" / "doctor.py"))
    assert doctor["with_rows"](PAGE) == PAGE
    assert {looked.name for looked in TABLE if f"| `{looked.name}` |" not in PAGE} == set()


def test_every_check_of_doctor_is_on_the_page() -> None:
    names = set(CHECKS)
    for path in said.SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.search(r"\bCheck$", ast.unparse(node.func)):
                named = [one.value for one in node.keywords if one.arg == "name"]
                names |= {one.value for one in named if isinstance(one, ast.Constant)}
    assert {name for name in names if f"| `{name}` |" not in PAGE} == set()


def test_the_log_of_every_client_is_on_the_page() -> None:
    logs = PAGE.partition("Where the log is")[2].partition("##")[0]
    assert {client.title for client in CLIENTS if client.title not in logs} == set()
