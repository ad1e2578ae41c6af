"""How a workspace is shown: of every recorded one without a token, and in few words."""

import json
import re
from typing import cast

import pytest
from inline_snapshot import snapshot

from builders import COMPLETED_SECONDS, URL, agent, at, build, stamp, workspace
from coder_mcp.core.errands import Errand, Verb
from coder_mcp.core.phases import Phase
from coder_mcp.core.progress import began, is_active
from coder_mcp.core.schema import JsonObject, payload
from coder_mcp.core.workspace_page import needs_app_host, workspace_page
from coder_mcp.models.workspaces import Workspace
from recorded import Json, answered, exchanges

HOST = "*.apps.coder.example.com"
SECRETS = re.compile(r"session_token|token=|[a-zA-Z0-9]{10}-[a-zA-Z0-9]{22}\b", re.IGNORECASE)


def _body(exchange: Json) -> Json | None:
    """The workspace that was answered, if one was."""
    response: Json = exchange["response"] or {}
    body: object = response.get("json")
    found = cast("Json", body) if isinstance(body, dict) else {}
    return found if "latest_build" in found else None


RECORDED = {
    json.dumps(one, sort_keys=True): Workspace.model_validate(one)
    for _, exchange in exchanges()
    for one in [_body(exchange)]
    if one is not None
}


def shown(
    of: Workspace, *, app_host: str | None = HOST, port: int | None = None, seconds: float = 20
) -> JsonObject:
    progress = began(of, at(seconds))
    errand = Errand(verb=Verb.WAIT, url=URL, joined=is_active(of.latest_build))
    return payload(workspace_page(errand, progress, app_host=app_host, port=port))


def tokens(value: object) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) // 4


def test_no_recorded_workspace_is_shown_with_a_token_or_a_place_for_one() -> None:
    assert len(RECORDED) > 100
    with_place = [wire for wire in RECORDED if "$SESSION_TOKEN" in wire]
    assert with_place
    for of in RECORDED.values():
        for port in (None, 3000):
            answer = json.dumps(shown(of, port=port))
            assert SECRETS.search(answer) is None
            assert tokens(answer) < 450


def test_only_what_is_running_has_addresses_beside_its_page() -> None:
    for of in RECORDED.values():
        answer = shown(of, port=3000)
        agents = answer.get("agents", [])
        running = of.latest_build.status == "running"
        assert running or not agents
        for each in agents if isinstance(agents, list) else []:
            assert isinstance(each, dict)
            opens = {key for key in each if key.endswith(("_url", "_command", "apps"))}
            assert bool(opens) == (each["status"] == "connected")


def test_a_running_workspace_says_where_it_opens() -> None:
    of = Workspace.model_validate(answered("workspaces/get-running"))
    answer = shown(of, port=3000)
    assert tokens(answer) < 330
    assert answer == snapshot(
        {
            "outcome": "found",
            "message": "Workspace dev1/app is ready.",
            "workspace_name": "dev1/app",
            "phase": "ready",
            "status": "running",
            "template_name": "quick",
            "template_version": "v1",
            "last_used_at": "2026-11-23T02:12:30Z",
            "url": "https://coder.example.com/@dev1/app",
            "agents": [
                {
                    "name": "main",
                    "status": "connected",
                    "lifecycle_state": "ready",
                    "ssh_command": "coder ssh dev1/app",
                    "vscode_url": "vscode://coder.coder-remote/open?url=https%3A%2F%2Fcoder.example.com&owner=dev1&workspace=app&agent=main&folder=%2Fhome%2Fcoder",
                    "cursor_url": "cursor://coder.coder-remote/open?url=https%3A%2F%2Fcoder.example.com&owner=dev1&workspace=app&agent=main&folder=%2Fhome%2Fcoder",
                    "terminal_url": "https://coder.example.com/@dev1/app.main/terminal",
                    "port_url": "https://3000--main--app--dev1.apps.coder.example.com/",
                    "apps": [
                        {"slug": "cursor", "url": "https://coder.example.com/@dev1/app"},
                        {
                            "slug": "docs",
                            "url": "https://docs.example.com",
                            "display_name": "Team docs",
                        },
                        {
                            "slug": "web",
                            "url": "https://web--app--dev1.apps.coder.example.com/",
                            "display_name": "Web preview",
                        },
                        {
                            "slug": "code-server",
                            "url": "https://coder.example.com/@dev1/app.main/apps/code-server/",
                            "health": "initializing",
                        },
                        {
                            "slug": "htop",
                            "url": "https://coder.example.com/@dev1/app.main/terminal?app=htop",
                        },
                    ],
                }
            ],
        }
    )


def test_without_a_host_of_apps_it_says_so_and_how_to_reach_the_port() -> None:
    of = Workspace.model_validate(answered("workspaces/get-running"))
    answer = shown(of, app_host="", port=3000)
    assert answer["message"] == snapshot(
        "Workspace dev1/app is ready. In a browser the app web and port 3000 cannot be opened: the deployment has no host for subdomains. port_command brings the port to this computer."
    )
    assert isinstance(answer["agents"], list)
    (main,) = answer["agents"]
    assert isinstance(main, dict)
    assert "port_url" not in main
    assert main["port_command"] == "coder port-forward dev1/app --tcp 3000:3000"
    unknown = shown(of, app_host=None, port=3000)
    assert unknown["message"] == snapshot(
        "Workspace dev1/app is ready. In a browser the app web and port 3000 cannot be opened: the deployment did not say under which host. port_command brings the port to this computer."
    )


def test_a_name_that_makes_a_host_too_long_is_said() -> None:
    of = workspace(name="a" * 32, owner_name="b" * 32)
    assert shown(of, port=8080)["message"] == snapshot(
        "Workspace bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is ready. In a browser port 8080 cannot be opened: the names are too long for an address. port_command brings the port to this computer."
    )


STATES = {
    "queued": build("pending", "start", job={"queue_position": 2, "queue_size": 3}),
    "stopping": build("running", "stop"),
    "stopped": build("succeeded", "stop"),
    "deleted": build("succeeded", "delete"),
    "canceled": build("canceled", "start"),
    "failed": build("failed", "start", job={"error": "boom"}),
    "quota": build(
        "failed", "start", job={"error": "insufficient quota", "error_code": "INSUFFICIENT_QUOTA"}
    ),
    "connecting": build("succeeded", "start", agent("connecting", "created")),
    "never": build("succeeded", "start", agent("timeout", "created")),
    "preparing": build("succeeded", "start", agent("connected", "starting")),
    "script failed": build("succeeded", "start", agent("connected", "start_error")),
    "external": build(
        "succeeded", "start", agent("connecting", "created"), has_external_agent=True
    ),
    "no agent": build("succeeded", "start"),
    "new": build("succeeded", "start", agent("connected", "dreaming")),
}


def test_each_state_has_a_word_a_sentence_and_what_to_do() -> None:
    late = COMPLETED_SECONDS + 1000
    answers = {
        name: shown(workspace(latest), seconds=late if name == "never" else 20)
        for name, latest in STATES.items()
    }
    assert {str(each["phase"]) for each in answers.values()} <= set(Phase)
    told = {
        name: f"{each['phase']}: {each['message']} -> {each.get('next_step')}"
        for name, each in answers.items()
    }
    assert told == snapshot(
        {
            "queued": 'queued: Workspace dev1/app is not ready yet. The build is queued, number 2 of 3. It goes on without this call. -> Call wait_for_workspace(workspace="dev1/app").',
            "stopping": 'provisioning: Workspace dev1/app is not stopped yet. The stop build is running. It goes on without this call. -> Call wait_for_workspace(workspace="dev1/app").',
            "stopped": 'stopped: Workspace dev1/app is stopped. -> Ask the person whether to start it: start_workspace(workspace="dev1/app").',
            "deleted": "deleted: Workspace dev1/app is deleted. -> None",
            "canceled": 'canceled: The start build of workspace dev1/app was canceled. -> Ask the person whether to try again: start_workspace(workspace="dev1/app").',
            "failed": 'failed: The start build of workspace dev1/app failed. -> Call diagnose_workspace(workspace="dev1/app") to see why.',
            "quota": 'failed: Could not create workspace dev1/app: the workspace quota is full. Delete a workspace that is no longer needed, or ask an administrator to raise the group\'s quota allowance. -> Ask the person which workspace to delete (list_workspaces() names them), or to have the allowance raised. When there is room, call start_workspace(workspace="dev1/app").',
            "connecting": 'connecting: Workspace dev1/app is not ready yet. The build is done; its agent main has not connected yet. It goes on without this call. -> Call wait_for_workspace(workspace="dev1/app").',
            "never": 'unreachable: Workspace dev1/app is built, but its agent main cannot be reached. -> Call diagnose_workspace(workspace="dev1/app") to see why.',
            "preparing": 'preparing: Workspace dev1/app is not ready yet. The agent main is connected and runs its startup script. It goes on without this call. -> Call wait_for_workspace(workspace="dev1/app").',
            "script failed": 'startup_failed: Workspace dev1/app is up and can be connected to, but its startup script failed. -> Call diagnose_workspace(workspace="dev1/app") to see why.',
            "external": 'unreachable: Workspace dev1/app is built, but its agent main is external: a person starts it. -> Ask the person to start the agent by hand; then call wait_for_workspace(workspace="dev1/app").',
            "no agent": "ready: Workspace dev1/app is built; it has no agent to connect to. -> None",
            "new": 'unknown: Workspace dev1/app is not ready yet. The agent main is in a state that is new to this server: "connected, dreaming". It goes on without this call. -> Call wait_for_workspace(workspace="dev1/app").',
        }
    )


def test_times_are_said_where_they_matter() -> None:
    running = build("succeeded", "start", agent(), deadline=stamp(3600))
    asleep = {"dormant_at": stamp(0), "deleting_at": stamp(9000)}
    schedule = {"autostart_schedule": "CRON_TZ=UTC 30 9 * * 1-5", "next_start_at": stamp(7200)}
    answer = shown(workspace(running, outdated=True, **schedule))
    assert {key: answer.get(key) for key in TIMES} == snapshot(
        {
            "outdated": True,
            "deadline": "2026-03-01T13:00:00Z",
            "autostart_schedule": "CRON_TZ=UTC 30 9 * * 1-5",
            "next_start_at": None,
            "dormant_at": None,
            "deleting_at": None,
        }
    )
    assert answer["message"] == snapshot(
        "Workspace dev1/app is ready. It stops automatically at 2026-03-01T13:00:00Z."
    )
    stopped = build("succeeded", "stop", deadline=stamp(3600))
    answer = shown(workspace(stopped, **schedule, **asleep))
    assert {key: answer.get(key) for key in TIMES} == snapshot(
        {
            "outdated": None,
            "deadline": None,
            "autostart_schedule": "CRON_TZ=UTC 30 9 * * 1-5",
            "next_start_at": "2026-03-01T14:00:00Z",
            "dormant_at": "2026-03-01T12:00:00Z",
            "deleting_at": "2026-03-01T14:30:00Z",
        }
    )
    assert answer["message"] == snapshot(
        "Workspace dev1/app is stopped. It is dormant: it was not used for long. A start wakes it. Unless it is used, it is deleted at 2026-03-01T14:30:00Z."
    )


TIMES = ("outdated", "deadline", "autostart_schedule", "next_start_at", "dormant_at", "deleting_at")
APPS = [
    {"slug": "hidden", "hidden": True},
    {"slug": "sick", "health": "unhealthy", "display_name": "Sick\u202e app"},
    {"slug": "sub", "subdomain": True, "subdomain_name": "sub--app--dev1", "health": "healthy"},
]


def test_what_the_template_hides_is_not_shown_and_a_sick_app_is() -> None:
    of = workspace(build("succeeded", "start", agent(apps=APPS, display_apps=["ssh_helper"])))
    assert shown(of)["agents"] == snapshot(
        [
            {
                "name": "main",
                "status": "connected",
                "lifecycle_state": "ready",
                "ssh_command": "coder ssh dev1/app",
                "apps": [
                    {
                        "slug": "sick",
                        "url": "https://coder.example.com/@dev1/app.main/apps/sick/",
                        "health": "unhealthy",
                        "display_name": "Sick app",
                    },
                    {"slug": "sub", "url": "https://sub--app--dev1.apps.coder.example.com/"},
                ],
            }
        ]
    )


@pytest.mark.parametrize(
    ("apps", "port", "needed"),
    [([], None, False), ([], 80, True), (APPS, None, True), (APPS[:2], None, False)],
)
def test_the_host_of_apps_is_asked_for_only_where_an_address_needs_it(
    apps: list[object],
    port: int | None,
    needed: bool,  # noqa: FBT001  # given by name
) -> None:
    here = workspace(build("succeeded", "start", agent(apps=apps)))
    gone = workspace(build("succeeded", "start", agent("disconnected", "off", apps=apps)))
    assert needs_app_host(began(here, at(20)), port) is needed
    assert needs_app_host(began(gone, at(20)), port) is False


def test_several_agents_are_each_named_in_their_commands() -> None:
    two = build("succeeded", "start", agent(name="db"), agent("connecting", "created", name="dev"))
    agents = shown(workspace(two), port=5432)["agents"]
    assert agents == snapshot(
        [
            {
                "name": "db",
                "status": "connected",
                "lifecycle_state": "ready",
                "ssh_command": "coder ssh dev1/app.db",
                "port_url": "https://5432--db--app--dev1.apps.coder.example.com/",
            },
            {"name": "dev", "status": "connecting", "lifecycle_state": "created"},
        ]
    )


def test_a_name_that_is_none_makes_no_addresses() -> None:
    answer = json.dumps(shown(workspace(name="a/../../b"), port=3000))
    assert "://" not in answer
    assert "coder ssh" not in answer
