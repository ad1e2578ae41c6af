"""The documentation says what is true of the code."""

import json
import re
import runpy
from pathlib import Path

import pytest

from coder_mcp import __version__
from coder_mcp.core.results import QuotaReached
from coder_mcp.settings import Settings
from command import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/clients.md",
        "docs/faults.md",
        "docs/tools.md",
    )
]


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


def test_the_quota_payload_of_the_readme_is_one() -> None:
    (shown,) = (block for block in blocks("json") if "INSUFFICIENT_QUOTA" in block)
    QuotaReached.model_validate_json(shown)


def test_the_configurations_of_the_readme_are_json_and_name_the_command() -> None:
    configurations = [json.loads(block) for block in blocks("json") if "command" in block]
    assert len(configurations) == 2
    for configuration in configurations:
        servers = configuration.get("mcpServers") or configuration["servers"]
        assert servers["coder"]["command"] == "coder-mcp"


def test_the_readme_names_every_option() -> None:
    source = (ROOT / "src/coder_mcp/settings.py").read_text(encoding="utf-8")
    options = set(re.findall(r"CODER_[A-Z_]+", source)) - {"CODER_URL"}
    assert options >= {"CODER_MCP_WAIT_SECONDS", "CODER_MCP_READ_ONLY"}
    assert {option for option in options if f"`{option}`" not in README} == set()
    assert Settings.from_environ({}) == Settings()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
