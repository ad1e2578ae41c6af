"""One call of a tool, from its arrival to what the model reads of it.

Everything that a model reads leaves through `_answer` or `_error`, cleaned, so that nothing from
outside can act on a terminal or end the process.
"""

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import cast

import anyio
import mcp_types as types
from mcp.server import ServerRequestContext
from pydantic import JsonValue

from coder_mcp import __version__
from coder_mcp.checkup.examination import examined
from coder_mcp.core.clients import wait_seconds
from coder_mcp.core.errands import call as written
from coder_mcp.core.error_words import words
from coder_mcp.core.found import NotConnected
from coder_mcp.core.identity import not_connected
from coder_mcp.core.offers import reasoned, with_reasons
from coder_mcp.core.progress import Progress
from coder_mcp.core.results import Result
from coder_mcp.core.schema import payload
from coder_mcp.core.sentences import progress_message
from coder_mcp.core.text import clean, one_line
from coder_mcp.core.unfinished import requesting
from coder_mcp.deployment import Deployment
from coder_mcp.ending import Ending
from coder_mcp.errors import (
    BadArguments,
    CoderError,
    CoderMcpError,
    CoderUnreachable,
    NotCoder,
    SettingsError,
)
from coder_mcp.settings import Settings
from coder_mcp.tools.arguments import WAIT_SECONDS
from coder_mcp.tools.call import Call
from coder_mcp.tools.table import TOOLS, Tool

BEYOND_SECONDS = 4.75
"""From a window's end to the answer at the latest: for a last look, and what explains an end."""

JUDGING_SECONDS = 0.25
"""From what was found of a connection to the answer."""

_log = logging.getLogger(__name__)

Context = ServerRequestContext[Deployment]


async def called(
    context: Context,
    params: types.CallToolRequestParams,
    settings: Settings,
    ending: Ending,
    offered: Mapping[str, Tool],
) -> types.CallToolResult:
    """The answer to a call of one of the tools offered; none of it is an exception."""
    arrived = anyio.current_time()
    try:
        return await _answered(context, params, settings, ending, offered, arrived)
    except CoderMcpError as error:
        refused = _refused(settings, offered, None)
        refused.pop(params.name, None)  # Of that one the error itself says why.
        return _error(reasoned(words(error), refused))
    except Exception as error:  # noqa: BLE001  # a defect of ours must not end the session
        _log.error("%s failed: %s", one_line(params.name, 60), _where(error))
        return _error(
            "Something failed inside coder-mcp, not in the deployment"
            f" ({type(error).__name__}). Tell the person to report it; a build that was begun"
            " goes on, and wait_for_workspace shows it."
        )


async def _answered(
    context: Context,
    params: types.CallToolRequestParams,
    settings: Settings,
    ending: Ending,
    offered: Mapping[str, Tool],
    arrived: float,
) -> types.CallToolResult:
    """What the tool answers; where it has no deployment to work with, and finds out why, that."""
    try:
        settings.check()
        tool = _tool_named(params.name, settings, offered)
        arguments = tool.accepted(params.arguments or {})
        answered, call = await _run(context, settings, ending, arrived, tool, arguments)
        return _answer(with_reasons(answered, _refused(settings, offered, call)))
    except (SettingsError, CoderUnreachable, NotCoder, CoderError):
        asked = offered.get(params.name)
        if asked is None or not asked.diagnoses:
            raise
        until = arrived + _seconds(context, settings) + BEYOND_SECONDS
        found = await _found(context, settings, ending, until)
        if found is None:
            raise
        return _answer(found)


def _refused(settings: Settings, offered: Mapping[str, Tool], call: Call | None) -> dict[str, str]:
    """The tools that cannot be called after this call, and why."""
    refused = {tool.name: _not_offered(tool.name, settings) for tool in TOOLS}
    theirs = call is not None and call.is_theirs
    for tool in offered.values():
        refused.pop(tool.name, None)
        if theirs and not tool.read_only:
            refused[tool.name] = "the workspace is somebody else's; CODER_MCP_OTHERS=1 allows it"
    return refused


def _not_offered(name: str, settings: Settings) -> str:
    excluded = name in settings.exclude_tools
    return f"CODER_MCP_EXCLUDE_TOOLS names {name}" if excluded else "CODER_MCP_READ_ONLY is set"


def _tool_named(name: str, settings: Settings, offered: Mapping[str, Tool]) -> Tool:
    tool = offered.get(name)
    if tool is not None:
        return tool
    if name in settings.exclude_tools:
        raise BadArguments(
            f"{one_line(name, 60)} is not offered: CODER_MCP_EXCLUDE_TOOLS names it in this"
            " server's configuration."
        )
    if any(known.name == name for known in TOOLS):
        raise BadArguments(
            f"{name} changes something, and this server only reads: CODER_MCP_READ_ONLY is set in"
            " its configuration."
        )
    raise BadArguments(f"There is no tool {one_line(name, 60)}. There are: {', '.join(offered)}.")


async def _run(
    context: Context,
    settings: Settings,
    ending: Ending,
    arrived: float,
    tool: Tool,
    arguments: dict[str, object],
) -> tuple[Result, Call | None]:
    """What the tool answers; or where that takes too long, or the server ends, what is known."""
    asked = cast("int | None", arguments.pop(WAIT_SECONDS, None))
    again = written(tool.name, **cast("dict[str, JsonValue]", arguments))
    seconds = _seconds(context, settings, asked)
    # The other half is for why it has not ended.
    limit = (seconds + BEYOND_SECONDS) / (2 if tool.diagnoses else 1)
    deployment = context.lifespan_context
    call: Call | None = None
    with ending.limited(arrived + limit):
        connected = await deployment.connected()
        call = Call(
            tool=tool.name,
            client=connected.client,
            watchers=connected.watchers,
            flights=connected.flights,
            deadline=arrived + seconds,
            report=_reporter(context, arrived),
            others_allowed=settings.others,
            token_note=connected.token_end.note,
            so_far=lambda: requesting(again),
        )
        return await tool.run(call, **arguments), call
    if tool.waits:
        return call.so_far() if call is not None else requesting(again), call
    raise CoderUnreachable(
        f"The deployment did not answer in time. Nothing was changed: call {again} again.",
        sent=True,
    )


def _seconds(context: Context, settings: Settings, asked: int | None = None) -> int:
    """How long a call may wait."""
    return wait_seconds(
        asked=asked, setting=settings.wait_seconds, client_name=_client_name(context)
    )


async def _found(
    context: Context, settings: Settings, ending: Ending, until: float
) -> NotConnected | None:
    """Why the deployment cannot be used, as far as that is found by then; nothing at the end."""
    with ending.limited(until):
        seconds = until - anyio.current_time() - JUDGING_SECONDS
        found = await examined(context.lifespan_context.source, settings, seconds)
        return not_connected(found.checks, __version__)
    return None


def _client_name(context: Context) -> str:
    client_params = context.session.client_params
    return client_params.client_info.name if client_params is not None else ""


def _reporter(context: Context, arrived: float) -> Callable[[Progress, str], Awaitable[None]]:
    """Progress notifications; where the client gave no token for them, nothing is sent."""
    told = 0.0

    async def report(progress: Progress, warning: str) -> None:
        nonlocal told
        # The protocol wants each value above the one before.
        told = max(told + 0.001, round(anyio.current_time() - arrived, 3))
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            await context.session.report_progress(told, None, progress_message(progress, warning))

    return report


def _answer(result: Result) -> types.CallToolResult:
    """The payload, the same as structured content and as text: clients show the model one."""
    content = payload(result)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=content
    )


def _error(text: str) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=clean(text))], is_error=True
    )


def _where(error: BaseException) -> str:
    """The kind of a defect and where it is; its text may hold what must not be logged."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
