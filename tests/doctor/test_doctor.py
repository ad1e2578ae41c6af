"""`coder-mcp doctor`, as a person runs it."""

import json
import os
import re
import runpy
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from coder_mcp import __version__
from coder_mcp.core.checks.check import Check
from coder_mcp.core.checks.table import CHECKS
from coder_mcp.doctor.command import of_this_terminal
from coder_mcp.doctor.screen import machine, screen
from coder_mcp.login import NO_DEPLOYMENT
from command import ROOT, coder_mcp, run
from model import TOKEN


def check(name: str, message: str = "As it should be.", **more: str) -> Check:
    return Check.model_validate({"name": name, "status": "ok", "message": message} | more)


@pytest.mark.timeout(120)
def test_the_page_shows_what_a_run_prints() -> None:
    """Else: python3 dev.py docs."""
    doctor = runpy.run_path(str(ROOT / "docs" / "doctor.py"))
    assert (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8") == doctor["written"]()


@pytest.mark.timeout(120)
def test_a_person_reads_what_fails_and_a_script_its_exit_status(tmp_path: Path) -> None:
    answer = run(
        coder_mcp(),
        "doctor",
        CODER_URL="http://127.0.0.1:9",
        CODER_SESSION_TOKEN=TOKEN,
        CODER_MCP_EXCLUDE_TOOLS="delete",
        HOME=str(tmp_path),
        USERPROFILE=str(tmp_path),
        COLUMNS="70",
        cwd=tmp_path,
    )
    assert (answer.returncode, answer.stderr) == (2, "")
    assert answer.stdout.startswith(f"coder-mcp {__version__}, Python ")
    told = [line.split()[:2] for line in answer.stdout.splitlines() if re.match(r"\w", line)][1:-1]
    assert told[5:7] == [["fail", "TCP"], ["skipped", "TLS"]]
    names = [name for _, name in told]
    assert names[: len(CHECKS)] == [looked.name.split()[0] for looked in CHECKS]
    assert names[len(CHECKS) :] == ["clients"]
    assert told[0] == ["fail", "settings"]
    assert "CODER_MCP_EXCLUDE_TOOLS names delete, which" in answer.stdout


def test_a_screen_is_a_line_a_check_with_what_was_said_and_what_mends_it() -> None:
    checks = [
        check("DNS"),
        check(
            "token",
            "Not taken. " * 8,
            status="fail",
            error="Bad \u201ctoken\u201d\nx \u2026 [cut]",
            next_step="Make one. " * 8,
        ),
        check("clock", status="warn"),
        check("quota", "Needs token.", status="skipped"),
    ]
    assert screen("coder-mcp", checks, 70).splitlines() == snapshot(
        [
            "coder-mcp",
            "",
            "ok       DNS               As it should be.",
            "fail     token             Not taken. Not taken. Not taken. Not taken.",
            "                           Not taken. Not taken. Not taken. Not taken.",
            "                           said: Bad ?token? x ... [cut]",
            "                           -> Make one. Make one. Make one. Make one.",
            "                              Make one. Make one. Make one. Make one.",
            "warn     clock             As it should be.",
            "skipped  quota             Needs token.",
            "",
            "1 failed, 1 to look at, 1 skipped.",
        ]
    )
    assert screen("coder-mcp", checks[:1], 10).splitlines()[-1] == "All is well."


def test_an_address_is_never_broken_apart() -> None:
    url = "https://a-very-long-name-of-a-host.example.com/settings/tokens/and/more/of/it"
    assert url in screen("", [check("API", f"See {url} and on.")], 60)


def test_a_machine_reads_one_object_on_one_line() -> None:
    said = machine({"server_version": "v2"}, [check("DNS"), check("TCP", status="warn")])
    assert json.loads(said) == {
        "status": "warn",
        "server_version": "v2",
        "checks": [
            {"name": "DNS", "status": "ok", "message": "As it should be."},
            {"name": "TCP", "status": "warn", "message": "As it should be."},
        ],
    }
    assert "\n" not in said


def test_no_deployment_here_is_no_failure_where_a_clients_entry_names_one() -> None:
    none = Check(name="deployment", status="fail", message=NO_DEPLOYMENT, next_step="Set it.")
    wrong = Check(name="deployment", status="fail", message="CODER_URL is none.")
    entry = Check(name="client entry", status="ok", message="Cursor starts this server for x.")
    (told,) = of_this_terminal([none], [entry])
    assert (told.status, told.message) == (
        "warn",
        "This terminal names no deployment; a client's entry does, as its line below says.",
    )
    assert of_this_terminal([none], []) == (none,)
    assert of_this_terminal([none], [entry.model_copy(update={"status": "fail"})]) == (none,)
    assert of_this_terminal([wrong], [entry]) == (wrong,)


@pytest.mark.timeout(120)
@pytest.mark.skipif(os.name == "nt", reason="the current directory cannot be deleted there")
def test_a_directory_that_is_gone_is_no_reason_to_end(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd '{gone}' && rmdir '{gone}' && exec '{coder_mcp()}' doctor"
    answer = run("sh", "-c", command, HOME=str(tmp_path), CODER_URL="http://127.0.0.1:9")
    assert (answer.returncode, answer.stderr) == (2, "")
    assert "clients" in answer.stdout
