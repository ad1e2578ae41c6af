"""The documentation says what is true of the code."""

import ast
import itertools
import json
import re
import runpy
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from coder_mcp import __version__
from coder_mcp.configuration import VARIABLES
from coder_mcp.core.audit import Attempt, audit_line
from coder_mcp.core.results import QuotaReached
from coder_mcp.simulator import Answer, Fault
from coder_mcp.tools.audit import AUDIT_LOG
from command import ROOT
from whole import deployed

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def test_the_tools_of_the_readme_and_their_page_are_what_the_code_says() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generate["with_table"](README) == README
    written = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    assert written == generate["page_of_tools"]()


def test_the_page_of_faults_is_what_the_catalogue_and_the_tests_say() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    written = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert written == generate["page_of_faults"]()


def test_the_page_of_clients_is_what_the_tables_say() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    written = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    assert written == generate["page_of_clients"](written)


def test_the_tokens_of_the_page_of_security_are_those_of_the_table() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generate["page_of_security"](SECURITY) == SECURITY


def test_the_floors_of_the_page_are_those_of_the_import_contracts() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generate["page_of_architecture"](ARCHITECTURE) == ARCHITECTURE


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./]+(?:\.py|\.json|\.toml|/))`", text))
    places = (ROOT, ROOT / "src/coder_mcp", ROOT / "tests/configuring")
    missing = {name for name in named if not any((place / name).exists() for place in places)}
    assert missing <= {"dist/"}
    assert len(named) > 5


def test_the_audit_lines_of_the_page_are_such_as_the_server_writes() -> None:
    keys = set[str]()
    for line in re.findall(r"^coder-mcp: audit .*$", SECURITY, re.MULTILINE):
        said = json.loads(line.removeprefix("coder-mcp: audit "))
        keys |= set(said)
        build_id = UUID(said.pop("build_id")) if "build_id" in said else None
        at = datetime.fromisoformat(said.pop("time"))
        assert f"coder-mcp: {audit_line(Attempt(at=at, build_id=build_id, **said))}" == line
    section = SECURITY.partition("## The audit line")[2].partition("\n## ")[0]
    assert keys == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert keys == {field.name for field in fields(Attempt)} - {"at"} | {"time"}


async def test_an_audit_line_is_what_the_page_shows_of_the_same_calls(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = [
        json.loads(line) for line in re.findall(r"^coder-mcp: audit (.*)$", SECURITY, re.MULTILINE)
    ]
    refused = Answer(status=403, body={"message": "No."})
    route = "POST /api/v2/workspaces/{workspace}/builds"
    with caplog.at_level("INFO", logger=AUDIT_LOG):
        async with deployed() as whole:
            await whole.call("create_workspace", template="quick", name="billing-fix")
            whole.simulator.faults.add(Fault(route=route, action=refused))
            await whole.call("stop_workspace", workspace="billing-fix")
    said = [json.loads(record.getMessage().partition(" ")[2]) for record in caplog.records]
    assert [of_any_run(line) for line in said] == [of_any_run(line) for line in shown]


def of_any_run(line: dict[str, Any]) -> dict[str, Any]:
    """An audit line without what differs from run to run."""
    return {
        key: "" if key in ("time", "build_id", "request_id") else value
        for key, value in line.items()
    }


async def test_the_quota_payload_of_the_readme_is_what_the_demo_gets() -> None:
    (block,) = (block for block in blocks("json") if "INSUFFICIENT_QUOTA" in block)
    QuotaReached.model_validate_json(block)
    async with deployed() as whole:
        await whole.call("create_workspace", template="gpu", name="billing-fix")
        answer = await whole.call("create_workspace", template="gpu", name="search")
    assert json.loads(block) == answer  # the simulator's ids are the same in each run


def test_the_readme_leads_to_the_first_workspace_before_anything_else() -> None:
    use = README.partition("## Use it")[2].partition("\n## ")[0]
    before_links = use.partition("<!-- links")[0]
    assert len(README.partition("## Use it")[0].splitlines()) + len(before_links.splitlines()) < 50
    (commands,) = re.findall(r"```sh\n(.*?)```", before_links, re.DOTALL)
    steps = [line.partition("#")[0].strip() for line in commands.splitlines()]
    assert [step.rpartition(" ")[0] for step in steps] == [
        "uv tool install",
        "coder login",
        "coder-mcp configure",
    ]
    assert "Create a workspace" in before_links


def test_the_page_of_the_configuration_is_what_the_table_of_variables_says() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == generate["page_of_configuration"]()
    assert {name for name in VARIABLES if f"| `{name}` |" not in written} == set()


def test_every_variable_that_is_read_stands_in_the_table_and_the_reverse() -> None:
    read = set[str]()
    for path in (ROOT / "src/coder_mcp").rglob("*.py"):
        if path.name != "configuration.py" and "simulator" not in path.parts:
            read |= set(variables_in(path.read_text(encoding="utf-8")))
    ours = {name for name, variable in VARIABLES.items() if not variable.read_by}
    assert read - set(VARIABLES) == set()
    assert ours - read == set()


def test_a_variable_is_found_in_code_however_it_is_read() -> None:
    code = """
given(environ, "ONE"); self._environ.get("TWO"); os.environ["THREE"]; os.getenv("FOUR")
flag("CODER_FIVE", otherwise=True); x = {"SSL_SIX": 1, "HTTP_PROXY": 2}
answer.get("SEVEN"); "CODER_EIGHT is not nine."; os.environ.pop("TEN")
"""
    found = set(variables_in(code))
    assert found == {"ONE", "TWO", "THREE", "FOUR", "CODER_FIVE", "SSL_SIX", "HTTP_PROXY", "TEN"}


def test_the_readme_names_only_variables_that_exist() -> None:
    named = set(re.findall(r"`((?:CODER|SSL)_[A-Z_]+|[A-Z]+_PROXY)(?:=\d)?`", README))
    assert named >= {"CODER_URL", "CODER_MCP_WAIT_SECONDS", "CODER_MCP_READ_ONLY"}
    assert named - set(VARIABLES) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not leads(page, link)] == []


def test_a_link_leads_nowhere_where_the_file_or_the_heading_is_missing() -> None:
    page = ROOT / "docs" / "faults.md"
    assert leads(page, "../README.md#try-it")
    assert leads(page, "tools.md#create_workspace")
    assert not leads(page, "#no-such-heading")
    assert not leads(page, "../README.md#no-such-heading")
    assert not leads(page, "README.md")


def test_the_anchors_of_a_page_are_those_that_its_headings_get() -> None:
    text = "# A `b_c` [d](e.md)!\n## Two words: x/y\n```sh\n# no heading\n```\n## Two words: x/y\n"
    assert anchors(text) == {"a-b_c-d", "two-words-xy", "two-words-xy-1"}


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def leads(page: Path, link: str) -> bool:
    """Whether the link on this page leads to a file of the project, and to a heading of it."""
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """What a link can name of a page: its headings, in the spelling that GitHub gives them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"(?ms)^```.*?^```", "", text), re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w -]", "", words.lower()).strip().replace(" ", "-")
        again = (f"{anchor}-{number}" for number in itertools.count(1))
        found.add(anchor if anchor not in found else next(one for one in again if one not in found))
    return found


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def variables_in(code: str) -> Iterator[str]:
    """The variables of the environment that the code names or reads."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(value=str(name)):
                if re.fullmatch(r"(CODER|SSL)_[A-Z_]+|[A-Z]+_PROXY", name):
                    yield name
            case ast.Call(func=function, args=arguments):
                if re.search(r"environ\.\w+$|getenv$|^given$", ast.unparse(function)):
                    named = (one.value for one in arguments if isinstance(one, ast.Constant))
                    yield from (name for name in named if isinstance(name, str) and name.isupper())
            case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name))):
                if ast.unparse(mapping).endswith("environ"):
                    yield name
            case _:
                pass
