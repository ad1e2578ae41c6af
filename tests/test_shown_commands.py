"""The commands that the documentation shows exist, with their flags; what can be run is run."""

import re
import runpy
import shlex
from pathlib import Path

import pytest

from coder_mcp.cli import command_line, main
from coder_mcp.configuring.table import client_called
from command import ROOT, coder_mcp, run

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = re.compile(r"(?:\.venv/bin/)?coder-mcp|python3? dev\.py|make")
# Commands of others, which no test runs: what they need is not there.
OF_OTHERS = {
    "claude mcp add": "needs Claude Code, and changes its configuration",
    "coder login": "needs a deployment and a browser",
    "coder tokens create": "needs a deployment, and makes a token",
    "uv tool install": "installs for the person; tests/test_distribution.py installs the wheel",
    "pipx install": "as the one before",
}
HARMLESS = ("--version",)


def lines() -> list[tuple[str, str]]:
    """Each line of a shell block, and each command of ours in a sentence, with its page."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(
            r"^```(?:sh|shell|bash|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL
        ):
            commands = block.replace("\\\n", " ").splitlines()
            found += [(page.name, line.strip()) for line in commands if line.strip()]
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
        found += [(page.name, span) for span in spans if re.match(rf"(?:{OURS.pattern}) ", span)]
    return list(dict.fromkeys(found))


SHOWN = lines()


def words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def problem(line: str) -> str:
    """Why there is no such command; empty where there is, or it is somebody else's."""
    given = words(line)
    match given:
        case []:
            return ""
        case ["make", *targets]:
            return ", ".join(set(targets) - makes())
        case ["python" | "python3", "dev.py", command, *_]:
            commands = runpy.run_path(str(ROOT / "dev.py"))["COMMANDS"]
            return "" if command in commands else f"dev.py has no {command}"
        case [program, *arguments] if Path(program).name == "coder-mcp":
            return not_accepted(arguments)
        case _:
            known = any(line.startswith(other) for other in OF_OTHERS)
            return "" if known else "neither ours nor said to be somebody else's"


def makes() -> set[str]:
    """The targets of the Makefile."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return set(phony.split())


def not_accepted(arguments: list[str]) -> str:
    """What the real command line says against them; empty where it takes them."""
    if arguments[:1] and arguments[0] in HARMLESS:
        return ""
    if len(arguments) == 1:  # the name of a command, as a sentence has it
        arguments = [*arguments, "--help"]
    try:
        asked = command_line().parse_args(arguments)
    except SystemExit as error:
        return "" if error.code == 0 else "the command line does not take it"
    client = getattr(asked, "client", "CLIENT")
    return "" if client == "CLIENT" or client_called(client) else f"no client {client}"


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_a_command_that_is_shown_exists(page: str, line: str) -> None:
    assert problem(line) == "", page


def test_a_command_that_does_not_exist_is_found() -> None:
    wrong = [
        "make tea",
        "python3 dev.py tea",
        "coder-mcp tea",
        "coder-mcp serve --tea",
        "coder-mcp configure tea",
        "npx tea",
    ]
    assert [line for line in wrong if not problem(line)] == []
    assert problem("coder-mcp serve --simulator # tea") == ""


def test_what_is_shown_is_found() -> None:
    assert len(SHOWN) > 20
    assert {"coder-mcp", "python3", "make"} <= {words(line)[0] for _, line in SHOWN if words(line)}


def test_the_command_says_its_version() -> None:
    answer = run(coder_mcp(), "--version")
    assert answer.returncode == 0
    assert answer.stdout.startswith("coder-mcp ")


def test_every_entry_that_is_shown_to_be_configured_can_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "USERPROFILE", "CODER_CONFIG_DIR", "CODEX_HOME", "CLAUDE_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    shown = {
        line.replace("CLIENT", "cursor")
        for _, line in SHOWN
        if line.startswith("coder-mcp configure ")
    }
    assert len(shown) > 10
    for line in shown:
        _, *arguments = words(line)
        where = [] if "--url" in arguments else ["--url", "https://coder.example.com"]
        assert main([*arguments, *where, "--print"]) == 0, line
        expected = "--simulator" if "--simulator" in arguments else "https://coder.example.com"
        assert expected in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
