"""When a failure is the quota's, and what is answered then."""

import pytest
from inline_snapshot import snapshot

from builders import Wire, build, errand, log_line, progress_of
from coder_mcp.core.answers import answer
from coder_mcp.core.errands import Errand, Evidence, Verb
from coder_mcp.core.logs.tail import LogTail
from coder_mcp.core.quota import enforced, figures, is_quota_failure, release
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.models.accounts import WorkspaceQuota
from coder_mcp.models.workspaces import WorkspaceBuild
from recorded import answered as recorded_answer
from recorded import names, polled

REFUSED = {"error": "insufficient quota", "error_code": "INSUFFICIENT_QUOTA"}
OLDER = {"error": "insufficient quota"}
FULL = WorkspaceQuota(credits_consumed=41, budget=60)
COST = LogTail().with_line(log_line(1, "Build cost       —   40", stage="Commit quota"))
PROVIDERS_WORDS = [
    "googleapi: Error 403: insufficient quota for resource CPUS in region europe-west1",
    "insufficient quota.",
    "Insufficient quota",
    " insufficient quota",
    "insufficient quota\n",
    "Error: insufficient quota",
    "INSUFFICIENT_QUOTA",
    "terraform apply: exit status 1",
    "",
]


def failed(job: Wire, transition: str = "start", number: int = 1) -> WorkspaceBuild:
    return build("failed", transition, job=job, number=number)


def answered(errand: Errand, latest: WorkspaceBuild, evidence: Evidence) -> JsonObject:
    return payload(answer(errand, progress_of(latest), evidence))


@pytest.mark.parametrize("server_version", ["v2.36.1+c9a1e2b", "v2.33.0", "v0.0.0-devel", ""])
@pytest.mark.parametrize("error", ["insufficient quota", "something else", ""])
def test_coders_code_makes_a_failure_the_quotas_whatever_the_words_and_the_version(
    error: str, server_version: str
) -> None:
    job = failed({"error": error, "error_code": "INSUFFICIENT_QUOTA"}).job
    assert is_quota_failure(job, server_version)


@pytest.mark.parametrize("server_version", ["v2.33.9", "v2.20.0+abc", "v1.99.0", "v2.33.0-devel+a"])
def test_before_the_code_the_exact_text_makes_a_failure_the_quotas(server_version: str) -> None:
    assert is_quota_failure(failed(OLDER).job, server_version)


@pytest.mark.parametrize(
    "server_version",
    ["v2.34.0", "v2.34.0-devel+a", "v2.100.0", "v3.0.0", "v0.0.0-devel", "", "devel", "2.33.0"],
)
def test_the_text_alone_counts_for_nothing_where_the_server_knows_the_code(
    server_version: str,
) -> None:
    assert not is_quota_failure(failed(OLDER).job, server_version)


@pytest.mark.parametrize("error", PROVIDERS_WORDS)
@pytest.mark.parametrize("server_version", ["v2.33.0", "v2.36.1"])
def test_a_providers_words_about_quota_stay_a_failure_of_the_build(
    error: str, server_version: str
) -> None:
    latest = failed({"error": error})
    assert not is_quota_failure(latest.job, server_version)
    asked = errand(Verb.CREATE, made=True, server_version=server_version)
    assert answered(asked, latest, Evidence(quota=FULL))["outcome"] == "build_failed"


def test_another_code_is_another_failure_even_with_the_exact_text() -> None:
    job = failed(OLDER | {"error_code": "MISSING_TEMPLATE_PARAMETER"}).job
    assert not is_quota_failure(job, "v2.33.0")


@pytest.mark.parametrize(
    ("flow", "is_quota"),
    [
        ("create-quota-reached", True),
        ("start-quota-reached", True),
        ("start-quota-reached-retry", True),
        ("start-over-budget", True),
        ("create-provider-quota-error", False),
        ("create-apply-fails", False),
    ],
)
def test_a_recorded_failure_is_the_quotas_or_not(flow: str, *, is_quota: bool) -> None:
    wire = polled(f"flows/{flow}")[-1][2]["latest_build"]
    assert is_quota_failure(WorkspaceBuild.model_validate(wire).job, "v0.0.0-devel") is is_quota


@pytest.mark.parametrize(
    ("server_version", "major_and_minor"),
    [
        ("v2.33.1+hash", (2, 33)),
        ("v2.34.0", (2, 34)),
        ("v10.0.0", (10, 0)),
        ("v0.0.0-devel", None),
        ("2.33.1", None),
        ("v2", None),
        ("", None),
    ],
)
def test_the_release_is_read_from_the_version(
    server_version: str, major_and_minor: tuple[int, int] | None
) -> None:
    assert release(server_version) == major_and_minor


def test_a_create_that_the_quota_refused_says_what_to_do() -> None:
    made = errand(Verb.CREATE, made=True, notes=["A note."])
    evidence = Evidence(quota=FULL, log=COST)
    assert answered(made, failed(REFUSED), evidence) == snapshot(
        {
            "outcome": "quota_reached",
            "message": "Could not create workspace dev1/app: the workspace quota is full (41 of 60 credits are used, this build needs 40). 21 credits are missing. Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance. A note.",
            "workspace_name": "dev1/app",
            "error_code": "INSUFFICIENT_QUOTA",
            "title": "Workspace quota reached",
            "build_id": "ef4684fd-4992-563a-b694-4e30ca74316f",
            "quota": {"credits_consumed": 41, "budget": 60},
            "build_cost": 40,
            "credits_missing": 21,
            "next_step": 'Ask the person which workspace to delete (list_workspaces() names them), or to have the allowance raised. When there is room, call start_workspace(workspace="dev1/app").',
            "error": "insufficient quota",
        }
    )


def test_where_nothing_is_known_of_the_credits_the_answer_goes_out_without_them() -> None:
    made = errand(Verb.START, made=True)
    assert answered(made, failed(REFUSED, number=3), Evidence()) == snapshot(
        {
            "outcome": "quota_reached",
            "message": "Could not start workspace dev1/app: the workspace quota is full. Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance.",
            "workspace_name": "dev1/app",
            "error_code": "INSUFFICIENT_QUOTA",
            "title": "Workspace quota reached",
            "build_id": "abd22256-3ae5-59ed-8f6d-e4e00eee14aa",
            "next_step": 'Ask the person which workspace to delete (list_workspaces() names them), or to have the allowance raised. When there is room, call start_workspace(workspace="dev1/app").',
            "error": "insufficient quota",
        }
    )


def test_a_budget_that_is_not_enforced_is_left_out() -> None:
    unlimited = Evidence(quota=WorkspaceQuota(credits_consumed=41, budget=-1), log=COST)
    told = answered(errand(Verb.CREATE, made=True), failed(REFUSED), unlimited)
    assert "quota" not in told
    assert told["message"] == snapshot(
        "Could not create workspace dev1/app: the workspace quota is full (this build needs 40). Delete a workspace that is no longer needed, or ask an administrator to raise the group's quota allowance."
    )


def test_an_older_servers_refusal_is_answered_with_the_same_code() -> None:
    asked = errand(Verb.CREATE, made=True, server_version="v2.33.1+hash")
    told = answered(asked, failed(OLDER), Evidence(quota=FULL))
    assert (told["outcome"], told["error_code"]) == ("quota_reached", "INSUFFICIENT_QUOTA")


@pytest.mark.parametrize(
    ("verb", "transition", "number", "words"),
    [
        (Verb.CREATE, "start", 1, "Could not create workspace dev1/app:"),
        (Verb.CREATE, "start", 4, "Could not create workspace dev1/app:"),
        (Verb.START, "start", 1, "Could not start workspace dev1/app:"),
        (Verb.STOP, "stop", 2, "Could not stop workspace dev1/app:"),
        (Verb.WAIT, "start", 1, "Could not create workspace dev1/app:"),
        (Verb.WAIT, "start", 2, "Could not start workspace dev1/app:"),
        (Verb.WAIT, "stop", 2, "Could not stop workspace dev1/app:"),
    ],
)
def test_what_could_not_be_done_is_the_tools_verb_or_for_a_wait_the_builds(
    verb: Verb, transition: str, number: int, words: str
) -> None:
    told = answered(errand(verb), failed(REFUSED, transition, number), Evidence())
    assert str(told["message"]).startswith(words)


def test_a_create_that_finds_its_build_refused_by_the_quota_starts_it_when_there_is_room() -> None:
    told = answered(errand(Verb.CREATE), failed(REFUSED), Evidence())
    assert str(told["next_step"]).endswith('call start_workspace(workspace="dev1/app").')


@pytest.mark.parametrize(
    "name", [name for name in names("quota") if "budget" in recorded_answer(name)]
)
def test_every_recorded_quota_is_enforced_unless_its_budget_is_minus_one(name: str) -> None:
    quota = WorkspaceQuota.model_validate(recorded_answer(name))
    assert enforced(quota) == (None if name == "quota/no-licence" else quota)


def test_a_budget_of_nothing_is_enforced_and_no_quota_is_not() -> None:
    nothing = WorkspaceQuota(credits_consumed=0, budget=0)
    assert (enforced(nothing), enforced(None)) == (nothing, None)


@pytest.mark.parametrize(
    ("quota", "build_cost", "words"),
    [
        (FULL, 40, "41 of 60 credits are used, this build needs 40"),
        (FULL, None, "41 of 60 credits are used"),
        (None, 40, "this build needs 40"),
        (None, None, ""),
        (
            WorkspaceQuota(credits_consumed=41, budget=20),
            0,
            "41 of 20 credits are used, this build needs 0",
        ),
        (
            WorkspaceQuota(credits_consumed=0, budget=0),
            1,
            "0 of 0 credits are used, this build needs 1",
        ),
    ],
)
def test_the_figures_are_those_that_are_known(
    quota: WorkspaceQuota | None, build_cost: int | None, words: str
) -> None:
    assert figures(quota, build_cost) == words
