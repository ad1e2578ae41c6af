"""The server's entry in a client's file, and the steps from what stands there to it. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from pydantic import JsonValue

from coder_mcp.configuring.client import Client
from coder_mcp.configuring.documents import Malformed, Path, at, dropped
from coder_mcp.configuring.edits import Drop, Prune, Put, Step
from coder_mcp.configuring.table import VSCODE_INPUT
from coder_mcp.errors import SettingsError
from coder_mcp.settings import deployment_url

TOKEN = "CODER_SESSION_TOKEN"  # noqa: S105  # the name of it
_URL = "CODER_URL"
_WAIT = "CODER_MCP_WAIT_SECONDS"
_INPUT: dict[str, JsonValue] = {
    "type": "promptString",
    "id": VSCODE_INPUT,
    "description": "Coder session token",
    "password": True,
}
FREE_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")
"""A name of an entry that every client takes: it becomes a part of the tools' names."""
_LITERAL = re.compile(r"[^<${]+")
_OURS = re.compile(r"(?:coder-mcp|coder-workspaces-mcp)(?:\.exe)?(?:[=@<>~!\[].*)?|coder_mcp")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What an entry is to say, in whatever form the client has for it.

    Attributes:
        command: What starts the server: an absolute path, and arguments.
        url: The deployment; empty for the simulator, which needs none and no token.
        signed_in: Whether `coder login` has the token, so that no file needs it.
        environ: What else of the environment the server needs.
        name: Of the entry.
    """

    command: tuple[str, ...]
    url: str
    signed_in: bool = False
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    name: str = "coder"

    @property
    def needs_token(self) -> bool:
        """Whether the client has to give the server a token."""
        return bool(self.url) and not self.signed_in


def entry(client: Client, setup: Setup) -> dict[str, JsonValue]:
    """The entry as a file without one gets it."""
    program, *arguments = setup.command
    environ: dict[str, JsonValue] = {_URL: setup.url} if setup.url else {}
    if setup.needs_token and not client.forwards:
        environ[TOKEN] = _secret(client, setup)
    if client.wait_seconds is not None:
        environ[_WAIT] = str(client.wait_seconds)
    environ |= setup.environ
    said: dict[str, JsonValue] = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in client.fixed.items()
    }
    if client.command_is_list:
        said["command"] = [*setup.command]
    else:
        said |= {"command": program, "args": [*arguments]}
    said.update(client.limits)
    if setup.needs_token and client.forwards:
        said[client.forwards] = [TOKEN]
    if environ:
        said[client.environ_key] = environ
    return said


def additions(client: Client, setup: Setup, said: JsonValue) -> list[Step]:
    """The steps after which the document has the entry; none where it has it already.

    What else a person has put into the entry stays, and so does a token for the same deployment
    where nothing better is known.

    Raises:
        SettingsError: Another server has the name.
        Malformed: Where servers have to be, there is something else.
    """
    place: Path = (*client.container, setup.name)
    wanted, held = entry(client, setup), _held(client, setup.name, said)
    steps: list[Step] = []
    if _asks(client, setup):
        steps += _question(said)
    if held is None:
        return [*steps, Put(place, wanted)]
    environ = wanted.pop(client.environ_key, None)
    for key, value in wanted.items():
        now = held.get(key)
        if key in client.limits and isinstance(now, int | float) and now >= client.limits[key]:
            continue
        if key == client.forwards and isinstance(now, list):
            value = [*now, *([] if TOKEN in now else [TOKEN])]  # noqa: PLW2901  # the person's and ours
        if now != value:
            steps.append(Put((*place, key), value))
    needed = environ if isinstance(environ, dict) else {}
    return steps + _environ_steps(client, setup, (*place, client.environ_key), held, needed)


def removals(client: Client, name: str, said: JsonValue) -> list[Step]:
    """The steps after which the document has no entry of ours; none where it has none.

    Raises:
        SettingsError: Another server has the name.
        Malformed: Where servers have to be, there is something else.
    """
    place: Path = (*client.container, name)
    if _held(client, name, said) is None:
        return []
    steps: list[Step] = [Drop(place)]
    inputs, others = at(said, ("inputs",)), json.dumps(dropped(said, place))
    asks = client.id == "vscode" and client.reference not in others
    if asks and isinstance(inputs, list) and _INPUT in inputs:
        steps += [Drop(("inputs", inputs.index(_INPUT))), Prune(("inputs",))]
    return [*steps, Prune(client.container)]


def token_notes(client: Client, setup: Setup, said: JsonValue) -> list[str]:
    """How the server gets its session token, and what becomes of one that stands in the file."""
    if not setup.url:
        return []
    environ = at(said, (*client.container, setup.name, client.environ_key))
    held = environ if isinstance(environ, dict) else {}
    written = isinstance(token := held.get(TOKEN), str) and _LITERAL.fullmatch(token)
    if setup.signed_in:
        notes = [f"The session token for {setup.url} stays with `coder login`; no file needs it."]
    elif _keeps_token(setup, held):
        return ["The session token that the entry has stays in it."]
    else:
        notes = [client.handed_over.format(title=client.title, url=setup.url)]
    if written:
        notes.append("The session token that the entry had is taken out; the copy still has it.")
    return notes


def _keeps_token(setup: Setup, held: Mapping[str, JsonValue]) -> bool:
    """Whether what the entry has for a token is used further: never for another deployment."""
    return bool(setup.needs_token and held.get(TOKEN) and _origin(held.get(_URL)) == setup.url)


def _environ_steps(
    client: Client,
    setup: Setup,
    place: Path,
    held: Mapping[str, JsonValue],
    wanted: dict[str, JsonValue],
) -> list[Step]:
    now = held.get(client.environ_key)
    if not isinstance(now, dict):
        return [Put(place, wanted)] if wanted else []
    steps: list[Step] = []
    keeps_token = _keeps_token(setup, now)
    # How long to wait is the person's, unless this shell says it anew.
    stays = {TOKEN: keeps_token, _WAIT: _WAIT in now and _WAIT not in setup.environ}
    for name, value in wanted.items():
        if now.get(name) != value and not stays.get(name):
            steps.append(Put((*place, name), value))
    if TOKEN in now and TOKEN not in wanted and not keeps_token:
        steps.append(Drop((*place, TOKEN)))
    return steps


def _held(client: Client, name: str, said: JsonValue) -> dict[str, JsonValue] | None:
    """The entry of this name, if it is ours; none where there is none."""
    for end in range(len(client.container) + 1):
        if not isinstance(at(said, client.container[:end]), dict | None):
            where = ".".join(client.container[:end]) or "the whole"
            raise Malformed(f"{where} is not an object")
    held = at(said, (*client.container, name))
    if held is None:
        return None
    if not isinstance(held, dict) or not is_ours(held):
        raise SettingsError(
            f'There is a server "{name}" already, and it is not this one; it stays as it is. Give'
            f" the name of this one, as in --name {name}-mcp."
        )
    return held


def words(held: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """What the entry starts: the program and its arguments."""
    parts: list[JsonValue] = []
    for key in ("command", "args"):
        value = held.get(key)
        parts += value if isinstance(value, list) else [value]
    return tuple(part for part in parts if isinstance(part, str))


def arguments(held: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """What the entry gives to this server itself; empty where it starts another one."""
    parts = words(held)
    places = [place for place, word in enumerate(parts) if _OURS.fullmatch(_name(word))]
    return parts[places[-1] + 1 :] if places else ()


def is_ours(held: Mapping[str, JsonValue]) -> bool:
    """Whether the entry starts this server, in whatever version."""
    return any(_OURS.fullmatch(_name(word)) for word in words(held))


def _name(program: str) -> str:
    """What a program is called, whatever computer the path is of."""
    pure: type[PurePath] = PureWindowsPath if "\\" in program else PurePosixPath
    return pure(program).name


def _secret(client: Client, setup: Setup) -> str:
    return client.reference or f"<a token from {setup.url}/settings/tokens>"


def _asks(client: Client, setup: Setup) -> bool:
    return client.id == "vscode" and setup.needs_token


def _question(said: JsonValue) -> list[Step]:
    """The step that lets VS Code ask for the token, unless it does."""
    inputs = at(said, ("inputs",))
    if inputs is None:
        return [Put(("inputs",), [dict(_INPUT)])]
    if not isinstance(inputs, list):
        raise Malformed("inputs is not a list")
    known = any(isinstance(one, dict) and one.get("id") == VSCODE_INPUT for one in inputs)
    return [] if known else [Put(("inputs", len(inputs)), dict(_INPUT))]


def _origin(url: JsonValue) -> str:
    """The deployment that an entry names; empty where that is none."""
    try:
        return deployment_url(url, insecure_http=True) if isinstance(url, str) and url else ""
    except SettingsError:
        return ""
