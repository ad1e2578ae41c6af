"""The tour answers what people ask, in a few calls each, and its page is what comes of it."""

import json
import runpy
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from command import ROOT
from model import Payload

PAGE = ROOT / "docs" / "tour.md"


@cache
def tour() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "tour.py"))


@cache
def session() -> list[Any]:
    """The session, played once."""
    return tour()["played"]()


def answers(name: str) -> list[Payload]:
    (asked,) = [asked for asked in session() if asked.name == name]
    return [answer for _, answer in asked.calls]


def is_ready(answer: Payload, name: str) -> bool:
    return answer["outcome"] == "ready" and answer["ssh_command"] == f"coder ssh {name}"


def made(created: Payload) -> bool:
    return is_ready(created, "dev2/checkout-api") and created["created"]


def started(answer: Payload) -> bool:
    return is_ready(answer, "dev2/notes") and answer["started"]


def up(answer: Payload) -> bool:
    (agent,) = answer["agents"]
    return (answer["phase"], agent["status"]) == ("ready", "connected")


def freed(answer: Payload) -> bool:
    costs = [row["daily_cost"] for row in answer["workspaces"]]
    in_coder = answer["quotas"][0]
    most_first = costs == sorted(costs, reverse=True)
    return most_first and sum(costs) == in_coder["credits_consumed"] > 0


def no_room(template: Payload, quota: Payload) -> bool:
    (coder,) = quota["quotas"]
    return template["last_start_cost"] == 40 > coder["credits_left"] == 25


def why(answer: Payload) -> bool:
    stage = {"finding": "The build failed in this stage.", "detail": "Starting workspace"}
    cause = "Error: Unable to pull image nosuch:latest"
    return stage in answer["findings"] and cause in answer["log_tail"]


def fifty_lines(answer: Payload) -> bool:
    _, *lines = answer["log_tail"].split("\n")
    return len(lines) == 50 and lines[-1].endswith("found for torch==9.9")


def templates(answer: Payload) -> bool:
    return [row["name"] for row in answer["templates"]] == ["python", "notebooks"]


def parameters(answer: Payload) -> bool:
    names = [parameter["name"] for parameter in answer["parameters"]]
    values = [option["value"] for option in answer["parameters"][0]["options"]]
    presets = [preset["name"] for preset in answer["presets"]]
    return (names, values, presets) == (
        ["python", "memory", "repo"],
        ["3.13", "3.14"],
        ["Web service", "Data science"],
    )


def of_preset(answer: Payload) -> bool:
    return is_ready(answer, "dev2/analysis") and answer["created"]


def vs_code(answer: Payload) -> bool:
    (agent,) = answer["agents"]
    link = "vscode://coder.coder-remote/open?url=https%3A%2F%2Fcoder.example.com&owner=dev1"
    return agent["vscode_url"].startswith(f"{link}&workspace=web&agent=main")


def port(answer: Payload) -> bool:
    (agent,) = answer["agents"]
    return agent["port_url"] == "http://8080--main--storefront--dev1.apps.coder.example.com/"


def outdated(answer: Payload) -> bool:
    (row,) = answer["workspaces"]
    return row["workspace_name"] == "dev1/billing" and row["outdated"]


def updated(answer: Payload) -> bool:
    return is_ready(answer, "dev1/billing") and answer["updated_to_active_version"]


def extended(answer: Payload) -> bool:
    before, after = (
        datetime.fromisoformat(answer[key]) for key in ("previous_deadline", "deadline")
    )
    return answer["outcome"] == "extended" and after - before == timedelta(hours=2)


def idle_stopped(found: Payload, *stops: Payload) -> bool:
    named = [row["workspace_name"] for row in found["workspaces"]]
    stopped = [stop["workspace_name"] for stop in stops if stop["outcome"] == "stopped"]
    return named == stopped == ["dev1/search-index", "dev1/storefront"]


def canceled(begun: Payload, answer: Payload) -> bool:
    same = begun["build_id"] == answer["build_id"]
    return same and (begun["outcome"], answer["outcome"]) == ("in_progress", "canceled")


def deleted(asked: Payload, answer: Payload, room: Payload) -> bool:
    in_turn = (asked["outcome"], answer["outcome"]) == ("needs_confirmation", "deleted")
    named = answer["workspace_name"] == "dev1/legacy-import"
    return in_turn and named and is_ready(room, "dev1/gpu-training")


# What each question has to be answered with.
PROOFS: dict[str, Callable[..., bool]] = {
    "start_my_only_workspace": started,
    "is_it_up": up,
    "new_workspace": made,
    "templates_for_a_language": templates,
    "which_parameters": parameters,
    "use_a_preset": of_preset,
    "cancel_that_build": canceled,
    "what_can_i_free": freed,
    "room_for_a_costly_one": no_room,
    "why_did_it_fail": why,
    "last_lines_of_the_startup_script": fifty_lines,
    "connect_from_vs_code": vs_code,
    "open_port_8080": port,
    "keep_it_running_longer": extended,
    "stop_what_is_idle": idle_stopped,
    "which_are_outdated": outdated,
    "update_to_the_new_version": updated,
    "delete_with_confirmation": deleted,
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_question_is_answered(name: str) -> None:
    assert PROOFS[name](*answers(name)), json.dumps(answers(name), indent=1)


def test_every_question_is_proved_and_takes_at_most_three_calls() -> None:
    assert [asked.name for asked in session()] == list(PROOFS)
    calls = {asked.name: len(asked.calls) for asked in session()}
    assert all(1 <= count <= 3 for count in calls.values()), calls


def test_the_page_of_the_tour_is_what_comes_of_it() -> None:
    """Else: python3 dev.py docs."""
    assert PAGE.read_text(encoding="utf-8") == tour()["written"](session())
