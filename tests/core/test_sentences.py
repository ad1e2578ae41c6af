"""What a build is doing, in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import agent, build, log_line, progress_of
from coder_mcp.core.phases import ENDS
from coder_mcp.core.progress import LogSeen, advance
from coder_mcp.core.sentences import LONGEST_PROGRESS, doing, progress_message
from coder_mcp.core.text import clean
from coder_mcp.models.wire import ProvisionerJobLog
from coder_mcp.models.workspaces import WorkspaceBuild

QUEUE = {"queue_position": 2, "queue_size": 3}


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (build("pending"), "The build is queued for a provisioner."),
        (build("pending", job=QUEUE), "The build is queued, number 2 of 3."),
        (
            build("pending", job=QUEUE, matched_provisioners={"count": 2, "available": 1}),
            "The build is queued, number 2 of 3.",
        ),
        (
            build("pending", matched_provisioners={"count": 0, "available": 0}),
            "The build is queued, and there is no provisioner that can run it: an administrator has to start one.",
        ),
        (
            build("pending", matched_provisioners={"count": 2, "available": 0}),
            "The build is queued; the provisioners that can run it do not answer.",
        ),
        (build("running"), "The start build is running."),
        (build("running", "stop"), "The stop build is running."),
        (build("canceling", "delete"), "The delete build is being canceled."),
        (
            build("succeeded", "start", agent("connecting", "created")),
            "The build is done; its agent main has not connected yet.",
        ),
        (
            build("succeeded", "start", agent("connected", "starting", "dev")),
            "The agent dev is connected and runs its startup script.",
        ),
        (
            build("succeeded", "start", agent("timeout", "created")),
            "The build is done, but its agent main cannot be reached so far.",
        ),
        (
            build("reviewing"),
            'The build is in a state that is new to this server: "start, reviewing".',
        ),
        (
            build("succeeded", "start", agent("connected", "hibernating")),
            'The agent main is in a state that is new to this server: "connected, hibernating".',
        ),
    ],
)
def test_what_is_waited_for_is_said_in_a_sentence(latest: WorkspaceBuild, words: str) -> None:
    progress = progress_of(latest)
    assert doing(progress) == words
    assert progress_message(progress) == words


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (log_line(1, "", stage="Setting up"), "Setting up"),
        (
            log_line(1, "\x1b[1mdocker_volume.home:\x1b[0m Creating..."),
            "Starting workspace: docker_volume.home: Creating...",
        ),
        (log_line(1, "10%\r20%\r30%"), "Starting workspace: 30%"),
        (log_line(1, "no stage", stage=""), "The start build is running."),
    ],
)
def test_a_running_builds_progress_is_its_latest_line(
    line: ProvisionerJobLog, message: str
) -> None:
    progress = advance(progress_of(build("running")), LogSeen(line=line))
    assert progress_message(progress) == message


hostile = st.text(
    st.sampled_from("ab \n\r\t\x1b[]\u202e\u200b\u2028\x9b;m\U000e0041"), max_size=300
)


@given(hostile, hostile, hostile, st.sampled_from(["pending", "running", "succeeded", "new"]))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_progress_message_is_one_clean_line_of_at_most_120_characters(
    stage: str, output: str, name: str, status: str
) -> None:
    latest = build(status, "start", agent("connecting", "created", name))
    progress = advance(progress_of(latest), LogSeen(line=log_line(1, output, stage=stage)))
    message = progress_message(progress)
    assert progress.phase not in ENDS
    assert len(message) <= LONGEST_PROGRESS == 120
    assert message == " ".join(clean(message).split())
