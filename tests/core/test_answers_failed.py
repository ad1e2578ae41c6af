"""What is answered of a build that failed, was canceled, or whose place another took."""

import pytest
from inline_snapshot import snapshot

from builders import at, build, errand, log_line, progress_of, stamp, workspace
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.progress import Snapshot, advance
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.workspaces import WorkspaceBuild

FAILED = {"error": "terraform apply: exit status 1"}
CANCELED = FAILED | {"canceled_at": stamp(5)}
BY_ID = workspace().id
LOG = LogTail().with_lines([log_line(1, "creating"), log_line(2, "Error: boom", "error")])


def answered(
    errand: Errand, latest: WorkspaceBuild, evidence: Evidence | None = None
) -> JsonObject:
    return payload(answer(errand, progress_of(latest), evidence or Evidence()))


def test_a_create_whose_build_failed_says_why() -> None:
    made = errand(Verb.CREATE, made=True, notes=["A note."])
    assert answered(made, build("failed", job=FAILED), Evidence(log=LOG)) == snapshot(
        {
            "outcome": "build_failed",
            "message": "The start build of workspace dev1/app failed. A note.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app/builds/1",
            "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/app").',
            "error": "terraform apply: exit status 1",
            "log_tail": """\
creating
Error: boom\
""",
        }
    )


def test_a_create_that_finds_a_failed_build_says_when_it_failed() -> None:
    found = build("failed", job=FAILED, number=4)
    assert answered(errand(Verb.CREATE), found, Evidence(log=LOG)) == snapshot(
        {
            "outcome": "build_failed",
            "message": "The start build of workspace dev1/app failed.",
            "workspace_name": "dev1/app",
            "created": False,
            "build_id": "ea505f1f-e2c9-5a9b-abda-bc672f100e54",
            "ended_at": "2026-03-01T12:00:10Z",
            "url": "https://coder.example.com/@dev1/app/builds/4",
            "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/app").',
            "error": "terraform apply: exit status 1",
            "log_tail": """\
creating
Error: boom\
""",
        }
    )


def test_a_failure_is_told_with_the_code_that_coder_gave() -> None:
    failed = build("failed", job=FAILED | {"error_code": "REQUIRED_TEMPLATE_VARIABLES"})
    assert answered(errand(Verb.START, made=True), failed) == snapshot(
        {
            "outcome": "build_failed",
            "message": "The start build of workspace dev1/app failed.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "url": "https://coder.example.com/@dev1/app/builds/1",
            "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/app").',
            "error_code": "REQUIRED_TEMPLATE_VARIABLES",
            "error": "terraform apply: exit status 1",
        }
    )


@pytest.mark.parametrize(
    ("verb", "transition", "again"),
    [
        (Verb.CREATE, "start", 'start_workspace(workspace="dev1/app")'),
        (Verb.CREATE, "stop", 'start_workspace(workspace="dev1/app")'),
        (Verb.CREATE, "delete", 'start_workspace(workspace="dev1/app")'),
        (Verb.START, "start", 'start_workspace(workspace="dev1/app")'),
        (Verb.START, "stop", 'start_workspace(workspace="dev1/app")'),
        (Verb.START, "delete", 'start_workspace(workspace="dev1/app")'),
        (Verb.STOP, "stop", 'stop_workspace(workspace="dev1/app")'),
        (Verb.WAIT, "start", 'start_workspace(workspace="dev1/app")'),
        (Verb.WAIT, "stop", 'stop_workspace(workspace="dev1/app")'),
        (Verb.DELETE, "delete", f'delete_workspace(workspace="{BY_ID}")'),
        (Verb.WAIT, "delete", f'delete_workspace(workspace="{BY_ID}")'),
    ],
)
@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_after_a_build_that_did_not_succeed_the_call_to_make_is_written_out(
    verb: Verb, transition: str, again: str, status: str
) -> None:
    told = answered(errand(verb), build(status, transition, job=FAILED))
    assert str(told["next_step"]).endswith(f" {again}.")


def test_a_build_that_was_canceled_is_no_failure() -> None:
    canceled = build("failed", job=CANCELED)
    assert answered(errand(Verb.CREATE, made=True, notes=["A note."]), canceled) == snapshot(
        {
            "outcome": "canceled",
            "message": "The start build of workspace dev1/app was canceled. A note.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "next_step": 'Ask the person whether to try again: start_workspace(workspace="dev1/app").',
        }
    )


def test_a_create_that_finds_a_canceled_build_says_when_it_ended() -> None:
    assert answered(errand(Verb.CREATE), build("canceled", job=CANCELED)) == snapshot(
        {
            "outcome": "canceled",
            "message": "The start build of workspace dev1/app was canceled.",
            "workspace_name": "dev1/app",
            "created": False,
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "ended_at": "2026-03-01T12:00:10Z",
            "next_step": 'Ask the person whether to try again: start_workspace(workspace="dev1/app").',
        }
    )


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_build_whose_end_was_waited_for_needs_no_time_of_it(status: str) -> None:
    assert "ended_at" not in answered(errand(Verb.WAIT, joined=True), build(status, job=FAILED))


def test_a_canceled_build_that_does_not_say_when_it_ended_has_no_such_time() -> None:
    canceled = build("canceled", job={"completed_at": None})
    assert "ended_at" not in answered(errand(Verb.WAIT), canceled)


def test_a_build_whose_place_another_took_names_both() -> None:
    stop = build("pending", "stop", number=2, initiator_name="admin")
    newer = Snapshot(workspace=workspace(stop), at=at(20))
    progress = advance(progress_of(build("running")), newer)
    told = payload(answer(errand(Verb.CREATE, made=True, notes=["A note."]), progress, Evidence()))
    assert told == snapshot(
        {
            "outcome": "superseded",
            "message": "While it was waited for, a stop build of workspace dev1/app was begun, which took the place of this one. A note.",
            "workspace_name": "dev1/app",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "next_step": 'Call wait_for_workspace(workspace="dev1/app") to follow the newer build.',
            "superseded_by": {
                "build_id": "82e5b483-933d-5afc-955d-0c8ad15aa956",
                "transition": "stop",
                "initiator_name": "admin",
            },
        }
    )


def test_a_build_whose_place_a_delete_took_is_followed_by_the_workspaces_id() -> None:
    newer = workspace(build("pending", "delete", number=2))
    progress = advance(progress_of(build("running")), Snapshot(workspace=newer, at=at(20)))
    told = payload(answer(errand(Verb.START, joined=True), progress, Evidence()))
    call = f'wait_for_workspace(workspace="{BY_ID}")'
    assert told["next_step"] == f"Call {call} to follow the newer build."
