"""What the packages, the snippets and the links launch, and what they are told."""

import base64
import json
import re
import runpy
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from jsonschema import Draft7Validator, FormatChecker
from jsonschema.protocols import Validator

from coder_mcp import __version__
from coder_mcp.configuration import VARIABLES
from coder_mcp.variables import given
from command import ROOT

DISTRIBUTION = "coder-workspaces-mcp"
PINNED = f"{DISTRIBUTION}=={__version__}"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
SCHEMA: Any = json.loads((ROOT / "tests/server.schema.json").read_text(encoding="utf-8"))

# A program that fetches what it runs or installs, and what that is; not that it was not found.
FETCHED = re.compile(
    r"(?<!spawn )\b(?:uvx|uv tool run|pipx run|(?:uv tool|uv pip|pipx|pip) install) +(\S+)"
)
LINK = re.compile(
    r"(?:https://[\w.]+/(?:en/install-mcp|redirect/mcp/install)"
    r"|[a-z-]+:(?://[\w.-]+/)?mcp/install)\?[^\s)]+"
)
LINKS = [link for text in TEXTS.values() for link in LINK.findall(text)]


def manifest(name: str) -> Any:  # noqa: ANN401  # JSON
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def test_the_packages_are_of_this_version_and_these_tools() -> None:
    """Else: python3 dev.py docs."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    files: dict[Path, str] = generate["packages"]()
    stale = [path.name for path, text in files.items() if path.read_text(encoding="utf-8") != text]
    assert stale == []
    assert {"README.md", "manifest.json", "server.json", ".mcp.json"} <= {
        path.name for path in files
    }


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (.*) - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert released[:1] in ([], [__version__])


@pytest.mark.parametrize("page", TEXTS)
def test_what_a_page_fetches_is_this_distribution_in_this_version_or_a_checkout(page: str) -> None:
    fetched = {found.strip("`'\".,;)") or "." for found in FETCHED.findall(TEXTS[page])}
    assert fetched <= {PINNED, "."}


def test_no_other_version_and_no_range_is_named_anywhere() -> None:
    names = ("manifest.json", "server.json", ".mcp.json")
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in names)]
    named = {
        found for text in texts for found in re.findall(rf"{DISTRIBUTION}[@=<>~!][^\s\"'`)]*", text)
    }
    assert named == {PINNED}


def servers(value: object) -> Iterator[dict[str, Any]]:
    """Every object in it that says what to launch."""
    if not isinstance(value, dict):
        return
    parts = cast("dict[str, Any]", value)
    if "command" in parts:
        yield parts
    for part in parts.values():
        yield from servers(part)


def configurations() -> Iterator[tuple[str, object]]:
    """Everything in the repository that can say what to launch, by where it stands."""
    for page, text in TEXTS.items():
        for language, block in re.findall(r"```(json|toml)\n(.*?)```", text, re.DOTALL):
            yield page, json.loads(block) if language == "json" else tomllib.loads(block)
    for name in (".mcp.json", "manifest.json"):
        yield name, manifest(name)
    yield from (("link", opened(link)) for link in LINKS)


def command_of(server: Mapping[str, Any]) -> tuple[str, ...]:
    """What it launches; a path to the installed command counts as its name."""
    command: str | list[str] = server["command"]
    words = [command] if isinstance(command, str) else command
    arguments: list[str] = server.get("args", [])
    return (PurePosixPath(words[0]).name, *words[1:], *arguments)


def test_every_configuration_launches_the_installed_command_or_this_version() -> None:
    launched = {
        (where, *command_of(server))
        for where, configuration in configurations()
        for server in servers(configuration)
    }
    assert launched == {
        ("docs/clients.md", "coder-mcp"),
        ("link", "uvx", PINNED),
        (".mcp.json", "uvx", PINNED),
        ("manifest.json", "uv", "run", "--directory", "${__dirname}", "coder-mcp"),
    }


def opened(link: str) -> dict[str, Any]:
    """What the program that a link opens is told, as it reads it."""
    url = urlsplit(link)
    if url.scheme.startswith("vscode"):
        assert url.path == "mcp/install"
        return json.loads(unquote(url.query))
    query = {name: value for name, (value,) in parse_qs(url.query, strict_parsing=True).items()}
    if "cursor" in url.netloc:
        return {
            "name": query["name"],
            **json.loads(base64.b64decode(query["config"], validate=True)),
        }
    inputs = json.loads(query["inputs"])
    return {"name": query["name"], "inputs": inputs, **json.loads(query["config"])}


def test_the_links_lead_to_the_programs_that_open_them() -> None:
    addresses = {link.partition("?")[0] for link in LINKS}
    assert addresses == {
        "https://vscode.dev/redirect/mcp/install",
        "https://insiders.vscode.dev/redirect/mcp/install",
        "https://cursor.com/en/install-mcp",
        "vscode:mcp/install",
        "vscode-insiders:mcp/install",
        "cursor://anysphere.cursor-deeplink/mcp/install",
    }
    insiders = [link for link in LINKS if link.startswith("https://insiders.")]
    assert all(link.endswith("&quality=insiders") for link in insiders)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: re.sub(r"\?.*", "", link))
def test_a_link_holds_no_token_and_says_where_it_comes_from(link: str) -> None:
    told = opened(link)
    assert told["name"] == "coder"
    asked = {one["id"]: one for one in told.get("inputs", [])}
    sources = {
        name: re.fullmatch(r"\$\{(input|env):([\w-]+)\}", value)
        for name, value in told["env"].items()
    }
    assert set(sources) == {"CODER_URL", "CODER_SESSION_TOKEN"}
    for name, source in sources.items():
        assert source is not None
        secret = name == "CODER_SESSION_TOKEN"
        if source[1] == "input":
            assert asked[source[2]].get("password", False) is secret
        else:
            assert source[2] == name
            assert given(told["env"], name) == ""  # where the client does not know it


def test_the_projects_configuration_takes_everything_from_the_persons_environment() -> None:
    environ = manifest(".mcp.json")["mcpServers"]["coder"]["env"]
    assert environ == {
        "CODER_URL": "${CODER_URL:-}",
        "CODER_SESSION_TOKEN": "${CODER_SESSION_TOKEN:-}",
    }
    assert {given(environ, name) for name in environ} == {""}


def registry_check() -> Validator:
    return Draft7Validator(SCHEMA, format_checker=FormatChecker())


def test_the_registry_entry_is_one_and_the_readme_says_that_it_is_ours() -> None:
    entry = manifest("server.json")
    assert entry["$schema"] == SCHEMA["$id"]
    check = registry_check()
    assert [error.message for error in check.iter_errors(entry)] == []
    assert not check.is_valid({**entry, "description": "x" * 101})
    assert f"<!-- mcp-name: {entry['name']} -->" in TEXTS["README.md"]
    (package,) = entry["packages"]
    assert (package["registryType"], package["identifier"]) == ("pypi", DISTRIBUTION)
    assert package["version"] == entry["version"] == __version__
    assert package["transport"] == {"type": "stdio"}


def test_the_registry_entry_tells_the_same_settings_as_the_bundle() -> None:
    (package,) = manifest("server.json")["packages"]
    variables = {one["name"]: one for one in package["environmentVariables"]}
    assert set(variables) == set(manifest("manifest.json")["server"]["mcp_config"]["env"])
    assert set(variables) <= set(VARIABLES)
    assert [name for name, one in variables.items() if one.get("isSecret")] == [
        "CODER_SESSION_TOKEN"
    ]
    assert not any(one["isRequired"] for one in variables.values())
