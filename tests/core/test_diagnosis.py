"""What is found to be wrong, in which order, and what to do."""

import pytest
from inline_snapshot import snapshot

from builders import agent, at, build, errand, ident, log_line, stamp, template, workspace
from coder_mcp.core.agent_findings import needs_timings
from coder_mcp.core.diagnosis import Surroundings, diagnosis
from coder_mcp.core.errands import Evidence, Verb
from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.progress import began
from coder_mcp.core.schema import payload
from coder_mcp.core.seen import Diagnosed
from coder_mcp.models.accounts import ProvisionerDaemon, WorkspaceQuota
from coder_mcp.models.workspaces import AgentScriptTiming, Workspace, WorkspaceAgent, WorkspaceBuild

FAILED_LOG = LogTail().with_lines(
    [
        log_line(1, "Plan: 2 to add", stage="Planning Infrastructure"),
        log_line(2, "Error: no image", "error", stage="Starting workspace"),
        log_line(3, "a word in the end", stage="Cleaning Up"),
    ]
)
NO_QUOTA_LEFT = {"error": "insufficient quota", "error_code": "INSUFFICIENT_QUOTA"}


def diagnosed(
    of: WorkspaceBuild | Workspace,
    seconds: float = 500,
    evidence: Evidence | None = None,
    around: Surroundings | None = None,
) -> Diagnosed:
    seen = of if isinstance(of, Workspace) else workspace(of)
    progress = began(seen, at(seconds))
    return diagnosis(errand(Verb.WAIT), progress, evidence or Evidence(), around or Surroundings())


def findings(of: Diagnosed) -> list[str]:
    return [" | ".join(filter(None, (one.finding, one.detail))) for one in of.findings or ()]


def script(**more: object) -> dict[str, object]:
    return {"display_name": "Install packages", "run_on_start": True, **more}


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (
            build("succeeded", "start", agent()),
            "Workspace dev1/app is ready. Nothing is wrong with it.",
        ),
        (
            build("succeeded", "stop"),
            "Workspace dev1/app is stopped. Nothing is wrong with it.",
        ),
        (build("succeeded", "delete"), "Workspace dev1/app is deleted."),
    ],
)
def test_where_nothing_is_wrong_that_is_said(of: WorkspaceBuild, message: str) -> None:
    found = diagnosed(of)
    assert found.message == message
    assert found.findings is None


def test_a_failed_build_names_its_stage_its_error_and_the_end_of_its_log() -> None:
    of = build("failed", "start", job={"error": "terraform apply: exit status 1"}, number=4)
    assert payload(diagnosed(of, evidence=Evidence(log=FAILED_LOG))) == snapshot(
        {
            "outcome": "diagnosed",
            "message": "The start build of workspace dev1/app failed.",
            "workspace_name": "dev1/app",
            "phase": "failed",
            "url": "https://coder.example.com/@dev1/app/builds/4",
            "next_step": 'Tell the person why. When the cause is fixed, call start_workspace(workspace="dev1/app").',
            "findings": [
                {"finding": "The build failed in this stage.", "detail": "Starting workspace"}
            ],
            "error": "terraform apply: exit status 1",
            "log_tail": """\
Plan: 2 to add
Error: no image
a word in the end\
""",
        }
    )


@pytest.mark.parametrize(
    ("budget", "step"),
    [
        (40, "Ask the person what to delete (get_quota() names what holds credits); when"),
        (39, "Ask the person to have the allowance raised. When there is room, call start_"),
    ],
)
def test_what_no_delete_makes_room_for_needs_a_larger_allowance(budget: int, step: str) -> None:
    cost = log_line(1, "Build cost       —   40", stage="Commit quota")
    quota = WorkspaceQuota(credits_consumed=35, budget=budget)
    evidence = Evidence(log=LogTail().with_line(cost), quota=quota)
    answer = diagnosed(build("failed", "start", job=NO_QUOTA_LEFT), evidence=evidence)
    assert answer.next_step is not None
    assert answer.next_step.startswith(step)


def test_a_failure_of_the_quota_has_the_numbers_of_quota_reached() -> None:
    log = LogTail().with_lines(
        [
            log_line(1, "Build cost       —   40", stage="Commit quota"),
            log_line(2, "", stage="Cleaning Up"),
        ]
    )
    quota = WorkspaceQuota(credits_consumed=35, budget=60)
    of = build("failed", "start", job=NO_QUOTA_LEFT)
    assert payload(diagnosed(of, evidence=Evidence(log=log, quota=quota))) == snapshot(
        {
            "outcome": "diagnosed",
            "message": "Could not create workspace dev1/app: the workspace quota is full (35 of 60 credits are used, this build needs 40). 15 credits are missing. Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance.",
            "workspace_name": "dev1/app",
            "phase": "failed",
            "url": "https://coder.example.com/@dev1/app/builds/1",
            "next_step": 'Ask the person what to delete (get_quota() names what holds credits); when there is room, call start_workspace(workspace="dev1/app").',
            "findings": [{"finding": "The build failed in this stage.", "detail": "Commit quota"}],
            "error": "insufficient quota",
        }
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            agent("timeout", "created", connection_timeout_seconds=120),
            snapshot("Agent main did not connect within 120 s, its template's limit."),
        ),
        (
            agent("connecting", "created"),
            snapshot("Agent main did not connect within 120 s after the build."),
        ),
        (
            agent("disconnected", "off", disconnected_at=stamp(60)),
            snapshot(
                "Agent main lost its connection at 2026-03-01T12:01:00Z; its process had ended."
            ),
        ),
        (
            agent("disconnected", "ready", last_connected_at=stamp(70)),
            snapshot("Agent main lost its connection at 2026-03-01T12:01:10Z."),
        ),
        (agent("connected", "shutting_down"), snapshot("Agent main is shutting down, or off.")),
        (
            agent("connected", "starting", started_at=stamp(100)),
            snapshot("Agent main began its startup scripts 400 s ago."),
        ),
        (
            agent("dreaming", "ready"),
            snapshot("Agent main is in a state new to this server. | dreaming"),
        ),
    ],
    ids=lambda one: (
        f"{one.status}-{one.lifecycle_state}" if isinstance(one, WorkspaceAgent) else ""
    ),
)
def test_an_agent_that_is_not_there_is_told_of(one: WorkspaceAgent, expected: str) -> None:
    assert findings(diagnosed(build("succeeded", "start", one))) == [expected]


def test_an_agent_that_may_still_come_is_waited_for() -> None:
    of = build("succeeded", "start", agent("connecting", "created"))
    found = diagnosed(of, seconds=30)
    assert findings(found) == [
        "Agent main has not connected yet; it is given 120 s after the build."
    ]
    assert found.next_step == 'Call wait_for_workspace(workspace="dev1/app").'


def test_an_agent_that_cannot_be_reached_comes_with_the_deployments_help_and_a_restart() -> None:
    gone = agent("timeout", "created", troubleshooting_url="https://help.example.com")
    found = diagnosed(build("succeeded", "start", gone))
    assert findings(found)[1:] == [
        "The deployment's help on agents is here. | https://help.example.com"
    ]
    assert found.next_step == (
        "Ask the person whether to restart it, which ends what runs in it:"
        ' restart_workspace(workspace="dev1/app").'
    )


HELP = "https://help.example.com"
YOUNG, OLD = ({"started_at": stamp(since), "troubleshooting_url": HELP} for since in (20, -101))


@pytest.mark.parametrize(
    ("one", "is_helped"),
    [
        (agent("connecting", "created", troubleshooting_url=HELP), False),
        (agent("connected", "starting", **YOUNG), False),
        (agent("connected", "starting", **OLD), True),
        (agent("connected", "starting", scripts=[script(exit_code=7)], **YOUNG), True),
        (agent("disconnected", "ready", troubleshooting_url=HELP), True),
    ],
    ids=["connecting", "young scripts", "old scripts", "one failed already", "lost"],
)
def test_the_deployments_help_is_for_an_agent_in_trouble(
    one: WorkspaceAgent, *, is_helped: bool
) -> None:
    found = findings(diagnosed(build("succeeded", "start", one), seconds=24))
    assert len(found) > is_helped
    assert (f"The deployment's help on agents is here. | {HELP}" in found) is is_helped


def test_an_external_agent_is_started_by_a_person() -> None:
    waiting = agent("connecting", "created")
    found = diagnosed(build("succeeded", "start", waiting, has_external_agent=True))
    assert findings(found) == ["Agent main is external: a person has to start it."]
    assert found.next_step is not None
    assert "restart" not in found.next_step


@pytest.mark.parametrize(
    ("ended", "how"),
    [
        ({"exit_code": 7, "status": "exit_failure"}, "failed with exit code 7"),
        ({"exit_code": 255, "status": "timed_out"}, "did not end in its time and was ended"),
        (
            {"exit_code": 0, "status": "pipes_left_open"},
            "ended, but left something running that holds its output",
        ),
    ],
)
def test_a_script_that_ended_badly_is_named_with_its_end(
    ended: dict[str, object], how: str
) -> None:
    fine, ill = script(exit_code=0, status="ok"), script(**ended)
    of = build("succeeded", "start", agent(lifecycle_state="start_error", scripts=[fine, ill]))
    assert findings(diagnosed(of)) == [f"A startup script of agent main {how}. | Install packages"]


def test_where_the_agent_does_not_say_how_scripts_ended_the_timings_do() -> None:
    quiet = agent(lifecycle_state="start_error", scripts=[script()])
    of = build("succeeded", "start", quiet)
    ran = AgentScriptTiming(
        display_name="Install packages",
        stage="start",
        exit_code=3,
        status="exit_failure",
        workspace_agent_id=quiet.id,
    )
    elsewhere = ran.model_copy(update={"workspace_agent_id": ident("another")})
    at_stop = ran.model_copy(update={"stage": "stop"})
    assert needs_timings(began(workspace(of), at(500)))
    found = diagnosed(of, around=Surroundings(scripts=(elsewhere, at_stop, ran)))
    assert findings(found) == [
        "A startup script of agent main failed with exit code 3. | Install packages"
    ]
    telling = agent(lifecycle_state="start_error", scripts=[script(exit_code=1)])
    assert not needs_timings(began(workspace(build("succeeded", "start", telling)), at(500)))


def test_an_app_that_does_not_answer_is_told_of() -> None:
    apps = [
        {"slug": "jupyter", "health": "unhealthy"},
        {"slug": "hidden", "health": "unhealthy", "hidden": True},
        {"slug": "web", "health": "healthy"},
    ]
    of = build("succeeded", "start", agent(apps=apps))
    assert findings(diagnosed(of)) == [
        "An app of agent main does not answer its health check. | jupyter"
    ]


def test_a_queued_build_tells_of_provisioners_as_far_as_they_are_visible() -> None:
    daemons = tuple(ProvisionerDaemon(status=each) for each in ("busy", "busy", "offline", "new"))
    of = build("pending", "start", job={"queue_position": 3, "queue_size": 9})
    seen = diagnosed(of, seconds=40, around=Surroundings(daemons=daemons))
    assert seen.message == snapshot(
        "Workspace dev1/app is not ready yet. The build is queued, number 3 of 9. It goes on without this call."
    )
    assert findings(seen) == snapshot(
        [
            "Provisioners of the organization: 2 busy, 1 offline, 1 other.",
            "The build was made 40 s ago.",
        ]
    )
    assert findings(diagnosed(of, around=Surroundings(daemons=()))) == snapshot(
        ["Provisioners of the organization: none.", "The build was made 500 s ago."]
    )
    assert findings(diagnosed(of)) == snapshot(
        [
            "The provisioners themselves are not visible: administrators see them.",
            "The build was made 500 s ago.",
        ]
    )


def test_a_build_that_lasts_is_compared_with_what_is_usual() -> None:
    usual = template(build_time_stats={"start": {"P50": 20_000}})
    around = Surroundings(template=usual)
    start = diagnosed(build("running", "start"), seconds=310, around=around)
    assert findings(start) == [
        "The build was made 310 s ago; half of the starts of this template take up to 20 s."
    ]
    stop = diagnosed(build("running", "stop"), seconds=310, around=around)
    assert findings(stop) == ["The build was made 310 s ago."]


def test_what_is_to_be_known_of_workspace_and_template_comes_last() -> None:
    of = workspace(
        build("succeeded", "stop", reason="dormancy"),
        outdated=True,
        dormant_at=stamp(20),
        deleting_at=stamp(9000),
    )
    old = template(deprecated=True, deprecation_message="Use\n\x1b[31mquick2\x1b[0m")
    found = diagnosed(of, around=Surroundings(template=old))
    assert findings(found) == snapshot(
        [
            "It was stopped since it was not used for long.",
            "It is dormant since 2026-03-01T12:00:20Z: it was not used. A start wakes it.",
            "Unless it is used, it is deleted at 2026-03-01T14:30:00Z.",
            "Its template is deprecated: no new workspace is made from it. | Use quick2",
            "Its template has a newer version than the one that it was built of.",
        ]
    )
    assert found.message == "Workspace dev1/app is stopped."


def test_a_ready_workspace_that_is_outdated_may_be_updated() -> None:
    of = workspace(build("succeeded", "start", agent()), outdated=True)
    assert diagnosed(of).next_step == (
        "Ask the person whether to move it to the newer version:"
        ' update_workspace(workspace="dev1/app").'
    )
