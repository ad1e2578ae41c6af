"""The tools, in the order in which they are listed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc

from pydantic import BaseModel, ValidationError

from coder_mcp.core import found, results, seen
from coder_mcp.core.results import Result
from coder_mcp.errors import BadArguments
from coder_mcp.tools.account import get_quota, whoami
from coder_mcp.tools.arguments import arguments_model, what_is_wrong
from coder_mcp.tools.cancel import cancel_build
from coder_mcp.tools.create import create_workspace
from coder_mcp.tools.delete import delete_workspace
from coder_mcp.tools.diagnose import diagnose_workspace
from coder_mcp.tools.extend import extend_workspace
from coder_mcp.tools.get import get_workspace
from coder_mcp.tools.lifecycle import start_workspace, stop_workspace, wait_for_workspace
from coder_mcp.tools.lists import list_templates, list_workspaces
from coder_mcp.tools.logs import read_logs
from coder_mcp.tools.restart import restart_workspace
from coder_mcp.tools.templates import read_template
from coder_mcp.tools.update import update_workspace

# How the build of any transition can end, how a start can, and how a request for one can.
_OF_A_BUILD = (
    results.InProgress,
    results.Stopped,
    results.Deleted,
    results.QuotaReached,
    results.BuildFailed,
    results.Canceled,
    results.Superseded,
    results.NeedsChoice,
)
_OF_A_START = (results.Ready, results.StartupFailed, results.Unreachable)
_OF_A_WRITE = (results.Rejected, results.Unknown)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool: the function that does it, and what a client is told of it.

    Attributes:
        run: Its name is the tool's, its docstring the description, its keyword arguments the
            tool's arguments.
        title: For people.
        results: The payloads that it can return.
        read_only: It changes nothing.
        destructive: What it ends or deletes cannot be had back.
        idempotent: The same call again changes nothing more.
    """

    run: Callable[..., Awaitable[Result]]
    title: str
    results: tuple[type[Result], ...]
    read_only: bool = False
    destructive: bool = False
    idempotent: bool = True

    @property
    def waits(self) -> bool:
        """Whether it waits for a build, and so may answer before the build's end."""
        return results.InProgress in self.results

    @property
    def diagnoses(self) -> bool:
        """Whether it answers with what is wrong where there is no deployment to work with."""
        return found.NotConnected in self.results

    @property
    def name(self) -> str:
        """As the client calls it."""
        return self.run.__name__

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The model of its arguments; made when it is first needed."""
        return arguments_model(self.run, waits=self.waits)

    def accepted(self, given: Mapping[str, object]) -> dict[str, object]:
        """The arguments of a call, as the function takes them.

        Raises:
            BadArguments: One is missing, unknown or not of its type.
        """
        try:
            model = self.arguments.model_validate(given)
        except ValidationError as error:
            raise BadArguments(
                f"The arguments of {self.name} are not right:"
                f" {what_is_wrong(error, self.arguments)}. Nothing was changed; call again with"
                " the right ones."
            ) from error
        return {name: getattr(model, name) for name in self.arguments.model_fields}

    @property
    def description(self) -> str:
        """What the model reads of it: the paragraphs of the docstring, each on one line."""
        paragraphs = cleandoc(self.run.__doc__ or "").split("\n\n")
        return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


TOOLS = (
    Tool(
        run=create_workspace,
        title="Create a workspace",
        results=(*_OF_A_START, *_OF_A_BUILD, *_OF_A_WRITE),
    ),
    Tool(
        run=start_workspace,
        title="Start a workspace",
        results=(*_OF_A_START, *_OF_A_BUILD, *_OF_A_WRITE),
    ),
    Tool(
        run=wait_for_workspace,
        title="Wait for a workspace",
        results=(*_OF_A_START, *_OF_A_BUILD),
        read_only=True,
    ),
    Tool(
        run=stop_workspace,
        title="Stop a workspace",
        results=(*_OF_A_BUILD, *_OF_A_WRITE),
        destructive=True,
    ),
    Tool(
        run=restart_workspace,
        title="Restart a workspace",
        results=(*_OF_A_START, *_OF_A_BUILD, *_OF_A_WRITE),
        destructive=True,
        idempotent=False,
    ),
    Tool(
        run=update_workspace,
        title="Update a workspace",
        results=(
            results.UpdateNeedsConfirmation,
            *_OF_A_START,
            *_OF_A_BUILD,
            *_OF_A_WRITE,
        ),
        destructive=True,
    ),
    Tool(
        run=delete_workspace,
        title="Delete a workspace",
        results=(results.NeedsConfirmation, *_OF_A_BUILD, *_OF_A_WRITE),
        destructive=True,
    ),
    Tool(
        run=cancel_build,
        title="Cancel a build",
        results=(*_OF_A_START, *_OF_A_BUILD, *_OF_A_WRITE),
        destructive=True,
    ),
    Tool(
        run=extend_workspace,
        title="Let a workspace run longer",
        results=(results.Extended, results.NeedsChoice, *_OF_A_WRITE),
        idempotent=False,
    ),
    Tool(
        run=list_workspaces,
        title="List workspaces",
        results=(found.WorkspacesFound,),
        read_only=True,
    ),
    Tool(
        run=get_workspace,
        title="Show a workspace",
        results=(seen.WorkspaceFound, results.NeedsChoice),
        read_only=True,
    ),
    Tool(
        run=diagnose_workspace,
        title="Diagnose a workspace",
        results=(seen.Diagnosed, results.NeedsChoice),
        read_only=True,
    ),
    Tool(
        run=read_logs,
        title="Read logs",
        results=(seen.LogFound, results.NeedsChoice),
        read_only=True,
    ),
    Tool(
        run=list_templates,
        title="List templates",
        results=(found.TemplatesFound,),
        read_only=True,
    ),
    Tool(
        run=read_template,
        title="Read a template",
        results=(found.TemplateFound, results.NeedsChoice, results.Rejected),
        read_only=True,
    ),
    Tool(
        run=get_quota,
        title="Show the quota",
        results=(found.QuotaFound,),
        read_only=True,
    ),
    Tool(
        run=whoami,
        title="Show who is signed in",
        results=(found.Connected, found.NotConnected),
        read_only=True,
    ),
)
