"""How a person names a workspace or a template, and what Coder accepts as a name."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from coder_mcp.core.text import one_line
from coder_mcp.errors import BadArguments

# Workspace, template, organization and user names alike (codersdk/name.go).
_NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")
_LONGEST_NAME = 32
_RESERVED = {"new", "create"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

ME = "me"


@dataclass(frozen=True, kw_only=True)
class WorkspaceReference:
    """A workspace as a person names it: an id, or an owner (`me` for the caller) and a name."""

    id: UUID | None = None
    owner: str = ME
    name: str = ""

    def __str__(self) -> str:
        if self.id is not None:
            return str(self.id)
        return self.name if self.owner == ME else f"{self.owner}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class TemplateReference:
    """A template as a person names it: an id, or a name with or without its organization."""

    id: UUID | None = None
    organization: str = ""
    name: str = ""

    def __str__(self) -> str:
        if self.id is not None:
            return str(self.id)
        return f"{self.organization}/{self.name}" if self.organization else self.name


def is_name(text: str) -> bool:
    """Whether Coder accepts the text as a name: 1 to 32 letters, digits and single hyphens."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def workspace_name(text: str) -> str:
    """A name for a new workspace, as it was given.

    Raises:
        BadArguments: Coder would refuse it (codersdk/name.go); a name is never changed by us.
    """
    if not is_name(text):
        raise BadArguments(
            f"{_quoted(text)} cannot be a workspace name: Coder takes 1 to {_LONGEST_NAME} letters,"
            " digits and single hyphens, beginning and ending with a letter or digit."
            " Nothing was created; call again with such a name."
        )
    if text.lower() in _RESERVED:
        raise BadArguments(
            f'Coder keeps the name "{text}" for itself. Call again with another name.'
        )
    return text


def workspace_reference(text: str, deployment_url: str) -> WorkspaceReference:
    """What the text refers to: a name, `owner/name`, an id or a dashboard URL.

    Raises:
        BadArguments: It is none of these, or a URL of another deployment.
    """
    text = text.strip()
    if "://" in text:
        return _from_dashboard(text, deployment_url)
    if _UUID.fullmatch(text):
        return WorkspaceReference(id=UUID(text))
    owner, _, name = text.rpartition("/")
    if not is_name(name) or (owner and not is_name(owner)):
        raise BadArguments(
            f"{_quoted(text)} names no workspace. Give its name, owner/name, id, or its page's"
            f" address below {deployment_url}."
        )
    return WorkspaceReference(owner=owner or ME, name=name)


def _from_dashboard(text: str, deployment_url: str) -> WorkspaceReference:
    """`{deployment}/@{owner}/{workspace}[.{agent}][/...]` (site/src/router.tsx)."""
    try:
        url = urlsplit(text)
    except ValueError:  # brackets that hold no address, a host of characters that fold to others
        url = urlsplit("")
    if _origin(url) != _origin(urlsplit(deployment_url)):
        raise BadArguments(
            f"{_quoted(text)} is not a page of {deployment_url}, the deployment that this server"
            " is signed in to. Only workspaces of that one can be used."
        )
    owner, _, rest = url.path.removeprefix("/@").partition("/")
    name = rest.partition("/")[0].partition(".")[0]
    if not url.path.startswith("/@") or not is_name(owner) or not is_name(name):
        raise BadArguments(
            f"{_quoted(text)} is not the page of a workspace: {deployment_url}/@owner/workspace."
        )
    return WorkspaceReference(owner=owner, name=name)


def _origin(url: SplitResult) -> tuple[str, str | None, str, int | None]:
    """Scheme, user, host and port: equal where the pages are of the same deployment."""
    try:
        port = url.port
    except ValueError:  # not a number
        port = -1
    port = port or {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.username, url.hostname or "", port


def template_reference(text: str, organization: str = "") -> TemplateReference:
    """What the text refers to: a template's id, name, or `organization/name`.

    Raises:
        BadArguments: It is none of these, or names another organization than the argument does.
    """
    text = text.strip()
    if _UUID.fullmatch(text):
        return TemplateReference(id=UUID(text), organization=organization)
    given, _, name = text.rpartition("/")
    if given and organization and given.casefold() != organization.casefold():
        raise BadArguments(
            f"{_quoted(text)} names one organization and organization={_quoted(organization)}"
            " another. Call again with one of them."
        )
    organization = given or organization
    if organization and not is_name(organization):
        raise BadArguments(f"{_quoted(organization)} is not the name of an organization.")
    return TemplateReference(organization=organization, name=name)


def _quoted(text: str) -> str:
    return f'"{one_line(text, 80)}"'
