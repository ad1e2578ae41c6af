"""`coder-mcp configure`: shows what would change in a client's file, asks, and changes it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pydantic import JsonValue

from coder_mcp.configuring import entry, files
from coder_mcp.configuring.client import Client
from coder_mcp.configuring.documents import Malformed
from coder_mcp.configuring.edits import FORMATS, Step, difference, edited
from coder_mcp.configuring.places import places
from coder_mcp.configuring.situation import situation
from coder_mcp.configuring.table import CLIENTS, client_called
from coder_mcp.core.text import near
from coder_mcp.errors import CoderMcpError, SettingsError

DONE, NOT_DONE, USAGE = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person asked for on the command line."""

    client: str
    url: str = ""
    name: str = "coder"
    file: Path | None = None
    simulator: bool = False
    show: bool = False
    remove: bool = False
    yes: bool = False


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A change that is not made yet.

    Attributes:
        steps: The steps from what a file says.
        notes: What to tell the person who decides, by what the file says.
        none: What to say where there are no steps.
        then: What to say once it is made.
        by_hand: How a person makes it, where the file cannot be edited.
    """

    steps: Callable[[JsonValue], list[Step]]
    notes: Callable[[JsonValue], list[str]]
    none: str
    then: str
    by_hand: str


def configure(asked: Asked, environ: Mapping[str, str], platform: str = sys.platform) -> int:
    """Do what was asked for; the exit status."""
    client = client_called(asked.client)
    if client is None:
        known = [one.id for one in CLIENTS]
        meant = "".join(f" Is it {one}?" for one in near(asked.client, known, most=1))
        _say(f'coder-mcp: no client "{asked.client}" is known.{meant} Known: {", ".join(known)}.')
        return USAGE
    try:
        where = _where(client, asked.file, environ, platform)
        if asked.remove:
            return _change(
                client, _written(client, where, asked.name), _removal(client, asked), asked
            )
        setup, notes = situation(
            environ,
            url=asked.url,
            name=asked.name,
            simulator=asked.simulator,
            platform=platform,
        )
        if where is None or asked.show or not client.written:
            return _show(client, setup, where, notes)
        return _change(client, where, _addition(client, setup, where, notes), asked)
    except CoderMcpError as error:
        _say(f"coder-mcp: {error}")
        return NOT_DONE


def _where(
    client: Client, file: Path | None, environ: Mapping[str, str], platform: str
) -> Path | None:
    if file is not None:
        return file.expanduser()
    candidates = places(client, platform, environ)
    return files.located(candidates) if candidates else None


def _written(client: Client, where: Path | None, name: str) -> Path:
    if where is None or not client.written:
        raise SettingsError(
            f'The file of {client.title} is not edited from here: take "{name}" out of'
            f" {where or 'its settings'} yourself."
        )
    return where


def _show(client: Client, setup: entry.Setup, where: Path | None, notes: Sequence[str]) -> int:
    """The entry on standard output, what to do with it beside that."""
    _say(f"{client.title}: put this in {where or 'its settings'}, beside what is there.\n")
    print(edited(FORMATS[client.form], "", entry.additions(client, setup, {})), end="", flush=True)
    _say("\n" + "\n".join([*entry.token_notes(client, setup, None), *notes, client.then]))
    return DONE


def _addition(client: Client, setup: entry.Setup, where: Path, notes: Sequence[str]) -> _Change:
    missing = (
        []
        if where.parent.is_dir()
        else [f"{where.parent} does not exist yet and is made: is {client.title} installed?"]
    )
    return _Change(
        steps=lambda said: entry.additions(client, setup, said),
        notes=lambda said: [*entry.token_notes(client, setup, said), *notes, *missing],
        none=f'nothing to do: "{setup.name}" is there and says what it has to.',
        then=client.then,
        by_hand="To put the entry there yourself, --print shows it.",
    )


def _removal(client: Client, asked: Asked) -> _Change:
    return _Change(
        steps=lambda said: entry.removals(client, asked.name, said),
        notes=lambda _: [],
        none=f'nothing to do: there is no "{asked.name}".',
        then=f"{client.title} knows it until it is started anew.",
        by_hand=f'To take the entry out yourself, look for "{asked.name}" in the file.',
    )


def _change(client: Client, where: Path, change: _Change, asked: Asked) -> int:
    """Show, ask, write."""
    found = files.read(where)
    said, after = _after(client, found, change)
    print(f"{client.title}: {where}{'' if found.exists else ' (a new file)'}")
    if after == found.text:
        print(change.none)
        return DONE
    shown = difference(found.text, after)
    print("\n".join(["", *shown, "", *change.notes(said)]))
    if not (asked.yes or _agreed()):
        print("Nothing was written.")
        return NOT_DONE
    again = files.read(where)  # a person takes time to read, and the client may write meanwhile
    if again != found:
        _, after = _after(client, again, change)
        if _signed(difference(again.text, after)) != _signed(shown):
            raise files.Untouchable(f"{where} has changed meanwhile; nothing was written.")
    copy = files.replace(again, after)
    kept = f" What it said before is in {copy}." if copy is not None else ""
    print(f"Written.{kept}\n{change.then}")
    return DONE


def _after(client: Client, found: files.Found, change: _Change) -> tuple[JsonValue, str]:
    """What the file says, and its text after the change.

    Raises:
        Untouchable: It cannot be edited.
    """
    form = FORMATS[client.form]
    try:
        said = form.parsed(found.text)
        return said, edited(form, found.text, change.steps(said))
    except Malformed as error:
        raise files.Untouchable(
            f"{found.path} cannot be edited and is as it was: {error}. {change.by_hand}"
        ) from error


def _signed(lines: Sequence[str]) -> list[str]:
    """What is taken out and put in, wherever it stands."""
    return [line for line in lines if line.startswith(("+", "-"))]


def _agreed() -> bool:
    try:
        return input("Write this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print("\nNobody could be asked; --yes writes without.")
        return False


def _say(text: str, file: TextIO | None = None) -> None:
    print(text, file=file or sys.stderr, flush=True)
