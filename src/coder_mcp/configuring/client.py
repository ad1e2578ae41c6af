"""One client's configuration, as the rows of `table` say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client.

    Attributes:
        id: What a person types.
        title: What the client is called.
        known_as: Its names in `core/clients.py`.
        files: By platform, where the file is; of several the first whose directory exists.
            `~`, `%NAME%` and, in the middle of a name, `*` stand for what they always do.
        moved_by: The variable that names another directory for the file.
        in_project: Where a project's own file is, from the project's root; empty where not known.
        has_window: Whether it is no program of a terminal, and may not get the shell's `PATH`.
        written: Whether `configure` edits the file; else it shows what to put there.
        form: The format of the file.
        container: Where the servers are in it.
        fixed: What every entry says.
        command_is_list: Whether `command` holds the arguments, too.
        environ_key: What the entry's environment is called.
        limits: The client's own limits that are raised, by key, in the client's unit.
        cuts_after: The seconds after which a call is cut unless a setting says otherwise; none
            where there is no such limit, or none is known.
        limit_key: The key of the entry that sets this limit; empty where there is none.
        limit_variable: The variable of the client's environment that sets it, in milliseconds.
        units_a_second: How many of the key's unit make a second.
        wait_seconds: What the server is told to wait (`CODER_MCP_WAIT_SECONDS`), if anything.
        reference: What stands in the file for the session token; empty where the person has to.
        forwards: The key that lists variables to be passed on, in place of `reference`.
        handed_over: How the token gets to the server then.
        then: What the person does after it is written.
        limit: What is known of its time limit.
        evidence: What the row rests on.
    """

    id: str
    title: str
    known_as: tuple[str, ...] = ()
    files: Mapping[str, tuple[str, ...]]
    moved_by: str = ""
    in_project: str = ""
    has_window: bool = True
    written: bool = True
    form: Literal["json", "toml"] = "json"
    container: tuple[str, ...] = ("mcpServers",)
    fixed: Mapping[str, str | bool | tuple[str, ...]] = field(default_factory=dict[str, str])
    command_is_list: bool = False
    environ_key: str = "env"
    limits: Mapping[str, int] = field(default_factory=dict[str, int])
    cuts_after: int | None = None
    limit_key: str = ""
    limit_variable: str = ""
    units_a_second: int = 1
    wait_seconds: int | None = None
    reference: str = ""
    forwards: str = ""
    handed_over: str = (
        "{title} has no place for secrets: put a token from {url}/settings/tokens where"
        " CODER_SESSION_TOKEN says so, or run `coder login {url}` and configure again."
    )
    then: str
    limit: str
    evidence: str
