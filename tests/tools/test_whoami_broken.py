"""whoami where nothing works: the lines of `coder-mcp doctor`, for who has no terminal."""

import json
from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from inline_snapshot import snapshot

from coder_mcp import __version__
from coder_mcp.simulator import Answer, Fault, NeverAnswer
from model import Model, environ_for, model_on
from whole import deployed

PAGE = Answer(status=200, text="<title>Sign in</title>", content_type="text/html")
ACCEPTED = "The session token is accepted, but not everything works"
NOBODY = "http://127.0.0.1:9"


async def broken(environ: Mapping[str, str], url: str = NOBODY) -> dict[str, Any]:
    """What whoami says, and that of all other tools each ends in an error."""
    async with model_on(environ) as model:
        return await asked(model, url)


async def asked(model: Model, url: str) -> dict[str, Any]:
    answer = await model.call("whoami")
    assert answer.pop("coder_mcp_version") == __version__
    assert answer["outcome"] == "not_connected"
    assert await model.refusal("get_quota")
    return json.loads(json.dumps(answer).replace(url, "https://coder.test"))


def statuses(answer: dict[str, Any]) -> dict[str, list[str]]:
    """The names of the checks that are not ok, by their status."""
    found: dict[str, list[str]] = {}
    for check in answer["checks"]:
        found.setdefault(check["status"], []).append(check["name"])
    found.pop("ok", None)
    return found


async def test_a_token_that_is_not_accepted() -> None:
    async with deployed() as whole:
        whole.world.revoke(whole.world.session_tokens["dev1"])
        answer = await asked(whole.model, whole.simulator.url)
        assert (answer["message"], answer["next_step"]) == snapshot(
            (
                "Not connected (token): https://coder.test did not accept the session token from CODER_SESSION_TOKEN.",
                "Tell the person how to fix it. Make a new one at https://coder.test/settings/tokens and put it where the old one was.",
            )
        )
        assert statuses(answer) == snapshot(
            {
                "fail": ["token"],
                "skipped": ["scopes", "WebSocket", "organizations", "quota", "templates"],
            }
        )
        assert answer["checks"][0] == snapshot(
            {
                "name": "settings",
                "status": "ok",
                "message": "All settings are valid. From the environment: CODER_URL=https://coder.test, CODER_SESSION_TOKEN=set.",
            }
        )


async def test_another_product_answers() -> None:
    async with deployed() as whole:
        whole.simulator.faults.add(Fault(route="*", action=PAGE, times=None))
        answer = await asked(whole.model, whole.simulator.url)
        assert (answer["message"], answer["next_step"]) == snapshot(
            (
                "Not connected (API): https://coder.test answered /api/v2/buildinfo with a web page instead of JSON.",
                "Tell the person how to fix it. Either CODER_URL is not the address of a Coder deployment, or a sign-in page or proxy stands before it.",
            )
        )
        assert statuses(answer) == snapshot(
            {
                "fail": ["API"],
                "skipped": [
                    "version",
                    "clock",
                    "token",
                    "scopes",
                    "WebSocket",
                    "organizations",
                    "quota",
                    "templates",
                ],
            }
        )


async def test_nobody_listens() -> None:
    answer = await broken(environ_for(NOBODY))
    assert (answer["message"], answer["next_step"]) == snapshot(
        (
            "Not connected (TCP): https://coder.test refused the connection.",
            "Tell the person how to fix it. Is CODER_URL right, and the deployment running?",
        )
    )
    assert statuses(answer)["fail"] == ["TCP"]


async def test_a_setting_is_misspelt_and_the_rest_is_seen_all_the_same() -> None:
    async with deployed(seeded=True) as whole:
        environ = environ_for(
            whole.simulator.url, whole.simulator.session_token, CODER_MCP_OTHERS="perhaps"
        )
        answer = await broken(environ, whole.simulator.url)
        assert (answer["message"], answer["next_step"]) == snapshot(
            (
                "Not connected (settings): CODER_MCP_OTHERS is neither on (1, true) nor off (0, false). From the environment: CODER_URL=https://coder.test, CODER_SESSION_TOKEN=set, CODER_MCP_OTHERS=perhaps.",
                "Tell the person how to fix it. Correct the server's configuration.",
            )
        )
        assert statuses(answer) == {"fail": ["settings"]}
        assert answer["checks"][0] == snapshot(
            {
                "name": "settings",
                "status": "fail",
                "message": "CODER_MCP_OTHERS is neither on (1, true) nor off (0, false). From the environment: CODER_URL=https://coder.test, CODER_SESSION_TOKEN=set, CODER_MCP_OTHERS=perhaps.",
                "next_step": "Correct the server's configuration.",
            }
        )


async def test_what_did_not_answer_and_does_by_now_is_told_as_that() -> None:
    async with deployed(seeded=True) as whole:
        down = Answer(status=503, text="down", content_type="text/plain")
        whole.simulator.faults.add(Fault(route="GET /api/v2/users/{user}", action=down, times=4))
        answer = await whole.call("whoami")
        assert (answer["message"], answer["next_step"]) == snapshot(
            (
                "The deployment did not answer, but every later check passes; the outage may be over.",
                "Call whoami again.",
            )
        )


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Not connected (token): "), ("/organizations", f"{ACCEPTED} (organizations): ")],
)
async def test_what_hangs_for_long_is_told_with_what_to_do(name: str, words: str) -> None:
    async with deployed() as whole:
        route = f"GET /api/v2/users/{{user}}{name}"
        whole.simulator.faults.add(Fault(route=route, action=NeverAnswer(), times=None))
        answer = await whole.call("whoami")
        assert answer["message"] == (
            f"{words}https://coder.test accepted the connection but did not answer in time."
        )
        assert answer["next_step"] == snapshot(
            "Tell the person how to fix it. Look again in a minute; if that ends as this did, tell the administrator of the deployment."
        )


HANGING = {
    "*": "API",
    "GET /api/v2/users/{user}": "token",
    "GET /api/v2/users/{user}/keys/{keyid}": "token",
    "GET /api/v2/users/{user}/organizations": "organizations",
}


@pytest.mark.parametrize(("route", "name"), HANGING.items())
async def test_of_what_there_was_no_time_to_look_at_it_is_not_said_that_it_works(
    route: str, name: str
) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS="0") as whole:
        whole.simulator.faults.add(Fault(route=route, action=NeverAnswer(), times=None))
        answer = await whole.call("whoami")
        assert answer["message"] == (
            f"The deployment did not answer in the time that there was ({name})."
        )
        assert answer["next_step"] == snapshot(
            "Call whoami again; if that ends as this did, tell the person: `coder-mcp doctor`, in a terminal, has more time."
        )
        assert name in statuses(answer)["skipped"]
        assert "fail" not in statuses(answer)


@pytest.mark.parametrize("seconds", ["0", "5", ""])
async def test_a_deployment_that_hangs_is_told_within_the_time_of_a_call(seconds: str) -> None:
    async with deployed(CODER_MCP_WAIT_SECONDS=seconds) as whole:
        whole.simulator.faults.add(Fault(route="*", action=NeverAnswer(), times=None))
        began = anyio.current_time()
        answer = await whole.call("whoami")
        assert anyio.current_time() - began <= int(seconds or 45) + 5
        assert answer["outcome"] == "not_connected"
        names = [check["name"] for check in answer["checks"] if check["status"] == "skipped"]
        assert ("API" in names) is (seconds != "")


async def test_a_tool_that_is_called_wrongly_or_not_offered_is_no_question_of_the_connection() -> (
    None
):
    environ = environ_for(NOBODY, CODER_MCP_EXCLUDE_TOOLS="whoami")
    async with model_on(environ) as model:
        assert "CODER_MCP_EXCLUDE_TOOLS names it" in await model.refusal("whoami")
    async with model_on(environ_for(NOBODY)) as model:
        assert "not_connected" not in await model.refusal("whoami", name="a")
