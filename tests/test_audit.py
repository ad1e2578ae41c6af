"""One line for each attempt to change something, in the documented form, whoever reads stderr."""

import json
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from inline_snapshot import snapshot

from builders import at, ident
from coder_mcp.core.audit import Attempt, audit_line
from coder_mcp.simulator import Answer, Fault, LoseAnswer, NeverAnswer
from coder_mcp.simulator.http.faults import Action
from coder_mcp.stdio.audit import MOST_WAITING, AuditStderr
from coder_mcp.tools.audit import AUDIT_LOG
from whole import deployed

CREATE = "POST /api/v2/users/{user}/workspaces"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
HOURS_8_MS = 8 * 3600 * 1000


def test_a_line_is_one_json_object_without_empty_keys() -> None:
    attempt = Attempt(
        at=at(0),
        tool="start_workspace",
        workspace="dev1/app",
        build_id=ident("build"),
        request_id="r1",
        outcome="accepted",
    )
    assert audit_line(attempt) == snapshot(
        'audit {"time":"2026-03-01T12:00:00Z","tool":"start_workspace","workspace":"dev1/app","build_id":"62da68fd-20b8-5c79-8827-1e598572dac6","request_id":"r1","outcome":"accepted"}'
    )
    bare = Attempt(at=at(0), tool="create_workspace", workspace="me/app", outcome="lost")
    assert audit_line(bare) == snapshot(
        'audit {"time":"2026-03-01T12:00:00Z","tool":"create_workspace","workspace":"me/app","outcome":"lost"}'
    )


def test_what_coder_sends_as_an_id_cannot_break_the_line() -> None:
    attempt = Attempt(
        at=at(0), tool="t", workspace='a"\n\x1b[31mb', request_id="x\r\ny" * 99, outcome="lost"
    )
    line = audit_line(attempt)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 400


def audited(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    lines = [record.getMessage() for record in caplog.records if record.name == AUDIT_LOG]
    assert all(line.startswith("audit {") for line in lines)
    return [json.loads(line.removeprefix("audit ")) for line in lines]


async def test_each_attempt_of_each_tool_leaves_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, AUDIT_LOG)
    async with deployed() as whole:
        template = whole.world.template("slow")
        template.default_ttl_ms = HOURS_8_MS
        await whole.call("create_workspace", template="slow", name="mine")
        await whole.call("extend_workspace", workspace="mine", hours=1)
        await whole.call("restart_workspace", workspace="mine")
        await whole.call("stop_workspace", workspace="mine")
        await whole.call("start_workspace", workspace="mine", wait_seconds=0)
        await whole.call("cancel_build", workspace="mine")
        whole.world.publish_version(template)
        await whole.call("update_workspace", workspace="mine")
        asked = await whole.call("delete_workspace", workspace="mine")
        await whole.call("delete_workspace", workspace="mine", confirm=asked["confirm"])
        lines = audited(caplog)
        assert [(line["tool"], line["outcome"]) for line in lines] == snapshot(
            [
                ("create_workspace", "accepted"),
                ("extend_workspace", "accepted"),
                ("restart_workspace", "accepted"),
                ("restart_workspace", "accepted"),
                ("stop_workspace", "accepted"),
                ("start_workspace", "accepted"),
                ("cancel_build", "accepted"),
                ("update_workspace", "accepted"),
                ("delete_workspace", "accepted"),
            ]
        )
        assert {line["workspace"] for line in lines} == {"dev1/mine"}
        builds = {str(build.id) for build in whole.world.builds()}
        assert {line["build_id"] for line in lines} == builds
        assert len({line["request_id"] for line in lines}) == len(lines)
        written = [entry for entry in whole.simulator.ledger if entry.method in WRITES]
        changes = [entry for entry in written if not (entry.route or "").endswith("/evaluate")]
        assert len(lines) == len(changes)


REFUSED = Answer(status=403, body={"message": "No."})
OUTCOMES: dict[str, tuple[Action, dict[str, object]]] = {
    "refused": (REFUSED, {"outcome": "refused", "status": 403}),
    "answered after all": (LoseAnswer(), {"outcome": "lost"}),
    "not answered": (NeverAnswer(), {"outcome": "lost"}),
    "broken": (
        Answer(status=500, body={"message": "No."}),
        {"outcome": "lost", "status": 500},
    ),
    "signed out": (
        Answer(status=401, body={"message": "No."}),
        {"outcome": "failed", "status": 401},
    ),
}


@pytest.mark.parametrize(("action", "expected"), OUTCOMES.values(), ids=OUTCOMES)
async def test_an_attempt_that_came_to_nothing_leaves_a_line_too(
    caplog: pytest.LogCaptureFixture, action: Action, expected: dict[str, object]
) -> None:
    caplog.set_level(logging.INFO, AUDIT_LOG)
    async with deployed(CODER_MCP_WAIT_SECONDS="120") as whole:
        whole.simulator.faults.add(Fault(route=CREATE, action=action))
        await whole.model.result("create_workspace", template="quick", name="mine")
    (line,) = audited(caplog)
    assert {key: line.get(key) for key in expected} == expected
    assert (line["tool"], line["workspace"]) == ("create_workspace", "me/mine")


async def test_reads_and_what_was_not_sent_leave_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, AUDIT_LOG)
    async with deployed() as whole:
        await whole.call("create_workspace", template="params", parameters={"nothing": 1})
        await whole.call("list_workspaces")
        await whole.model.refusal("stop_workspace", workspace="nothing")
    assert audited(caplog) == []


@contextmanager
def trail() -> Generator[tuple[logging.Logger, int]]:
    """A logger that writes to a pipe, and the pipe's other end."""
    reading, writing = os.pipe()
    logger, handler = logging.getLogger("a test of the audit"), AuditStderr(writing)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield logger, reading
    finally:
        logger.removeHandler(handler)
        os.close(reading)


def test_a_line_reaches_whoever_reads() -> None:
    with trail() as (logger, reading):
        logger.info("audit %s", "{}")
        logger.handlers[0].flush()
        assert os.read(reading, 1000) == b"coder-mcp: audit {}\n"


def test_where_nobody_reads_nothing_waits_and_what_is_left_out_is_counted() -> None:
    line = "x" * 1000
    with trail() as (logger, reading):
        for _ in range(MOST_WAITING + 500):
            logger.info(line)
        read = b""
        while read.count(b"\n") < MOST_WAITING:
            read += os.read(reading, 1 << 20)
        logger.handlers[0].flush()
        logger.info("the next")
        while b"the next\n" not in read:
            read += os.read(reading, 1 << 20)
        assert b"\ncoder-mcp: audit lines left out: " in read


def test_where_nobody_can_read_any_more_nothing_is_raised(
    capfd: pytest.CaptureFixture[str],
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    logger, handler = logging.getLogger("a test of the audit"), AuditStderr(writing)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    for _ in range(3):
        logger.info("hello")
        handler.flush()
    logger.removeHandler(handler)
    assert capfd.readouterr().err == ""
