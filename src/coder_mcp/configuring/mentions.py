"""Where a client's file mentions this server: the entries of ours that are in it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from coder_mcp.configuring.client import Client
from coder_mcp.configuring.documents import Malformed, Path, at
from coder_mcp.configuring.edits import FORMATS
from coder_mcp.configuring.entry import FREE_NAME, is_ours
from coder_mcp.core.checks.check import Check, Status
from coder_mcp.core.text import cut, one_line
from coder_mcp.settings import Settings

# A project's file may be anybody's: of its own words only such are shown as names.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_VARIABLE = re.compile(r"[A-Za-z0-9_]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of a client's.

    Attributes:
        client: Whose.
        path: As it is shown to the person.
        text: What it says.
        in_project: Whether it is a project's own.
        is_open: Whether other users of the computer can read it.
    """

    client: Client
    path: str
    text: str = ""
    in_project: bool = False
    is_open: bool = False

    @property
    def shown_path(self) -> str:
        """The path, safe to show."""
        return one_line(self.path, 200)


@dataclass(frozen=True, kw_only=True)
class Mention:
    """An entry of ours.

    Attributes:
        source: The file that it is in.
        name: As the client calls the server.
        held: What it says.
        is_local: Whether it is Claude Code's own note of one project, which no command of ours
            writes and which hides what is written elsewhere.
        environ: What it gives the server.
        settings: What the server makes of that.
    """

    source: Source
    name: str
    held: Mapping[str, JsonValue]
    is_local: bool
    environ: Mapping[str, str]
    settings: Settings

    @property
    def client(self) -> Client:
        """Whose entry it is."""
        return self.source.client

    @property
    def called(self) -> str:
        """Its name, where that can be shown."""
        return self.name if _PLAIN_NAME.fullmatch(self.name) else "…"

    @property
    def again(self) -> str:
        """How the entry is made anew, in a sentence."""
        run = f"coder-mcp configure {self.client.id}"
        if self.is_local:
            out = f"claude mcp remove {self.called} --scope local"
            return f"Run `{out}` in its project, then `{run}`."
        if not self.client.written:
            return f"Put there what `{run}` shows."
        if self.source.in_project:
            run += f' --file "{self.source.shown_path}"'
        if self.name != "coder" and FREE_NAME.fullmatch(self.name):
            run += f" --name {self.name}"
        return f"Run `{run}`."

    def check(
        self, name: str, status: Status, says: str, next_step: str, error: str | None = None
    ) -> Check:
        """What is to be said of it."""
        where = f'{self.client.title} ("{self.called}" in {self.source.shown_path})'
        return Check(
            name=name,
            status=status,
            message=cut(f"{where} {says}", 500),
            next_step=next_step or None,
            error=error,
        )


def mentions(source: Source) -> list[Mention]:
    """The entries of ours.

    Raises:
        Malformed: The client can read no servers in the file, and why.
    """
    said = FORMATS[source.client.form].parsed(source.text)
    if not isinstance(said, dict):
        raise Malformed("the whole is not an object")
    return list(_mentions(source, said))


def _mentions(source: Source, said: JsonValue) -> Iterator[Mention]:
    for container in _containers(source.client, said):
        servers = at(said, container)
        if not isinstance(servers, dict | None):
            raise Malformed(f"{'.'.join(map(str, container))} is not an object")
        for name, held in (servers or {}).items():
            if isinstance(held, dict) and is_ours(held):
                environ = _environ(held.get(source.client.environ_key))
                yield Mention(
                    source=source,
                    name=name,
                    held=held,
                    is_local=container[0] == "projects",
                    environ=environ,
                    settings=Settings.from_environ(environ),
                )


def _containers(client: Client, said: JsonValue) -> Iterator[Path]:
    """Where servers are: with Claude Code also below each project that it was used in."""
    yield client.container
    projects = at(said, ("projects",)) if client.id == "claude-code" else None
    for project in projects if isinstance(projects, dict) else ():
        yield ("projects", project, *client.container)


def _environ(given: JsonValue) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {name: str(value) for name, value in given.items() if _VARIABLE.fullmatch(name)}
