"""A tour: what people ask, the calls that a model makes for it, and the answers as they come.

A real MCP client on the real server, for two people, on the simulator with the workspaces of its
tour; time is simulated. `played()` is the session, `page()` is docs/tour.md of it.
"""

import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import anyio

# The client that the tests use, and their simulated time.
sys.path.append(str(Path(__file__).parent.parent / "tests"))

from coder_mcp.simulator import Simulator
from model import Model, Payload, environ_for, model_on
from virtual_time import virtual_time_loop

MOST_ROWS, LONGEST_TEXT, MOST_LOG_LINES = 3, 500, 6
URL = "https://coder.example.com"
HEAD = f"""\
# A tour

Made by `python3 dev.py docs` from docs/tour.py, which plays this session: a real MCP client calls
the real server, and the server a simulated deployment. A test plays it anew and holds that this
page is what comes of it, that each question is answered, and that none takes more than three calls.

Two people ask: dev2, who has one workspace, and dev1, who has many. A call that a `next_step` has
written out is made as it stands there. To stop what is idle takes one list, and then one stop for
each workspace that it finds: three calls, since here it finds two.

The answers are shown as the model reads them, but for this: ids, codes and times are `<id>`,
`<code>`, `<day>`, `<time>` and `<seconds>`; of a list of things the first {MOST_ROWS} are shown, of
a log the last {MOST_LOG_LINES} lines, of any text the first {LONGEST_TEXT} characters; a mark says
where more was.
"""


@dataclass(kw_only=True)
class Asked:
    """A question, and what came of it.

    Attributes:
        by: The person.
        name: Of the function that answers it.
        words: The person's.
        calls: What was called, and what was answered.
    """

    by: str
    name: str
    words: str
    calls: list[tuple[str, Payload]] = field(default_factory=list[tuple[str, Payload]])


@dataclass(kw_only=True)
class Session:
    """Where the questions are answered."""

    simulator: Simulator
    models: Mapping[str, Model]
    asked: list[Asked] = field(default_factory=list[Asked])

    async def call(self, tool: str, **arguments: object) -> Payload:
        """The answer to a call for the last question."""
        asked = self.asked[-1]
        answer = await self.models[asked.by].call(tool, **arguments)
        given = ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
        asked.calls.append((f"{tool}({given})", answer))
        return answer

    async def follow(self, answer: Payload) -> Payload:
        """The answer to the call that a next step has written out."""
        (written,) = re.findall(r"(\w+)\((\w+=.*?)\)", answer["next_step"])
        tool, given = written
        arguments = dict(re.findall(r'(\w+)="([^"]*)"', given))
        return await self.call(tool, **arguments)

    def yesterday(self) -> str:
        """The day before today, by the deployment's clock."""
        return (self.simulator.world.now() - timedelta(days=1)).date().isoformat()


async def new_workspace(session: Session) -> None:
    """Make me a workspace from the python template, for checkout-api."""
    await session.call("create_workspace", template="python", name="checkout-api")


async def start_my_only_workspace(session: Session) -> None:
    """Start my workspace."""
    await session.call("start_workspace")


async def is_it_up(session: Session) -> None:
    """Is it up?"""
    await session.call("get_workspace")


async def what_can_i_free(session: Session) -> None:
    """What could I delete to free credits?"""
    await session.call("get_quota")


async def room_for_a_costly_one(session: Session) -> None:
    """Is there room for one more gpu workspace?"""
    await session.call("read_template", template="gpu")
    await session.call("get_quota", organization="coder")


async def why_did_it_fail(session: Session) -> None:
    """Why did legacy-import fail?"""
    await session.call("diagnose_workspace", workspace="legacy-import")


async def last_lines_of_the_startup_script(session: Session) -> None:
    """Show me the last 50 lines of notebook's startup script."""
    await session.call("read_logs", workspace="notebook", tail=50)


async def templates_for_a_language(session: Session) -> None:
    """Which templates are there for Python?"""
    await session.call("list_templates", query="python")


async def which_parameters(session: Session) -> None:
    """What can I choose in the python template?"""
    await session.call("read_template", template="python")


async def use_a_preset(session: Session) -> None:
    """Make me one with its Data science preset, named analysis."""
    await session.call(
        "create_workspace", template="python", preset="Data science", name="analysis"
    )


async def connect_from_vs_code(session: Session) -> None:
    """How do I open web in VS Code?"""
    await session.call("get_workspace", workspace="web")


async def open_port_8080(session: Session) -> None:
    """Open what storefront serves on port 8080."""
    await session.call("get_workspace", workspace="storefront", port=8080)


async def which_are_outdated(session: Session) -> None:
    """Which of my workspaces are outdated?"""
    await session.call("list_workspaces", query="outdated:true")


async def update_to_the_new_version(session: Session) -> None:
    """Update billing to the new version."""
    await session.call("update_workspace", workspace="billing")


async def keep_it_running_longer(session: Session) -> None:
    """Keep web running two hours longer."""
    await session.call("extend_workspace", workspace="web", hours=2)


async def stop_what_is_idle(session: Session) -> None:
    """Stop everything that nobody has used since yesterday."""
    query = f"status:running last_used_before:{session.yesterday()}"
    found = await session.call("list_workspaces", query=query)
    for row in found["workspaces"]:
        await session.call("stop_workspace", workspace=row["workspace_name"])


async def cancel_that_build(session: Session) -> None:
    """Make one more, named spike, but do not wait for it. (Then:) No, cancel that build."""
    session.simulator.world.hold_provisioners()
    await session.call("create_workspace", template="python", name="spike", wait_seconds=0)
    await session.call("cancel_build", workspace="spike")
    session.simulator.world.release_provisioners()


async def delete_with_confirmation(session: Session) -> None:
    """Delete legacy-import. (Asked:) Yes, it may be lost. Start gpu-training in its place."""
    asked = await session.call("delete_workspace", workspace="legacy-import")
    await session.follow(asked)
    await session.call("start_workspace", workspace="gpu-training")


Question = Callable[[Session], Awaitable[None]]
QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "dev2": (
        start_my_only_workspace,
        is_it_up,
        new_workspace,
        templates_for_a_language,
        which_parameters,
        use_a_preset,
        cancel_that_build,
    ),
    "dev1": (
        what_can_i_free,
        room_for_a_costly_one,
        why_did_it_fail,
        last_lines_of_the_startup_script,
        connect_from_vs_code,
        open_port_8080,
        keep_it_running_longer,
        stop_what_is_idle,
        which_are_outdated,
        update_to_the_new_version,
        delete_with_confirmation,
    ),
}


def played() -> list[Asked]:
    """The questions in turn, each with its calls and their answers."""
    return anyio.run(_play, backend_options={"loop_factory": virtual_time_loop})


async def _play() -> list[Asked]:
    simulator = Simulator(tour=True)
    async with simulator.running():
        tokens = simulator.world.session_tokens
        async with (
            model_on(environ_for(simulator.url, tokens["dev1"])) as dev1,
            model_on(environ_for(simulator.url, tokens["dev2"])) as dev2,
        ):
            session = Session(simulator=simulator, models={"dev1": dev1, "dev2": dev2})
            for by, questions in QUESTIONS.items():
                for question in questions:
                    words = (question.__doc__ or "").strip()
                    session.asked.append(Asked(by=by, name=question.__name__, words=words))
                    await question(session)
    return [_changed(asked, _at_one_address(simulator.url)) for asked in session.asked]


def page() -> str:
    """The tour as a page."""
    return written(played())


def written(session: list[Asked]) -> str:
    """The page of a session that was played."""
    parts = [HEAD]
    for number, asked in enumerate(map(_masked, session), 1):
        parts.append(f"## {number}. {asked.by}: {asked.words}\n")
        for call, answer in asked.calls:
            shown = json.dumps(_shortened(answer), indent=2, ensure_ascii=False)
            parts.append(f"`{call}`\n\n```json\n{shown}\n```\n")
    return "\n".join(parts)


def _at_one_address(url: str) -> Callable[[str], str]:
    """Gives the simulator an address that is the same in each run."""
    encoded = (url.replace(":", "%3A").replace("/", "%2F"), "https%3A%2F%2Fcoder.example.com")
    return lambda text: text.replace(url, URL).replace(*encoded)


def _masked(asked: Asked) -> Asked:
    """The same without what differs from run to run."""
    codes = {str(answer["confirm"]) for _, answer in asked.calls if "confirm" in answer}

    def mask(text: str) -> str:
        for code in codes:
            text = text.replace(code, "<code>")
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", text)
        text = re.sub(r'("elapsed_seconds": )\d+', r'\1"<seconds>"', text)
        return re.sub(r"\d{4}-\d\d-\d\d(?!\d)", "<day>", text)

    return _changed(asked, mask)


def _changed(asked: Asked, change: Callable[[str], str]) -> Asked:
    """The same with its texts changed."""
    calls = [(change(call), json.loads(change(json.dumps(each)))) for call, each in asked.calls]
    return replace(asked, calls=calls)


def _shortened(value: object, key: str = "") -> object:
    """The value by the rule that the page states."""
    match value:
        case dict():
            members = cast("dict[str, Any]", value)
            return {name: _shortened(one, name) for name, one in members.items()}
        case list():
            items = cast("list[Any]", value)
            more = len(items) - MOST_ROWS
            shown = [_shortened(one) for one in items[:MOST_ROWS]]
            return [*shown, f"… {more} more"] if more > 0 else shown
        case str() if key == "log_tail":
            lines = value.split("\n")
            more = len(lines) - MOST_LOG_LINES
            return "\n".join([f"… {more} lines", *lines[-MOST_LOG_LINES:]] if more > 0 else lines)
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:LONGEST_TEXT]} …"
        case _:
            return value
