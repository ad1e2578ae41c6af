"""Where a person opens a workspace and what it serves. No address holds a token or asks for one.

The shapes are Coder's: coderd/workspaceapps/appurl, site/src/router.tsx, cli/open.go.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from coder_mcp.core.names import is_name
from coder_mcp.core.text import one_line
from coder_mcp.models.workspaces import Workspace, WorkspaceAgent, WorkspaceApp

_LONGEST_LABEL = 63
"""Of a part of a host's name (RFC 1035)."""
_LONGEST_URL = 500
_LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")
_APP_HOST = re.compile(r"\*[a-zA-Z0-9.-]*(?::\d{1,5})?")
_SLUG = re.compile(r"[a-zA-Z0-9_-]+")
_OPENS_NOTHING = frozenset({"", "javascript", "vbscript", "data", "blob", "file"})
# A place for a token, something that is called one, or one as it looks (coderd/apikey).
_TOKEN = re.compile(
    r"\$session_token|token\s*=|(?<![a-z0-9])[a-z0-9]{10}-[a-z0-9]{22}(?![a-z0-9])", re.IGNORECASE
)


def named(workspace: Workspace, agent: WorkspaceAgent | None = None) -> str | None:
    """`owner/workspace`, with an agent `owner/workspace.agent`, for a command.

    Somebody will run it: it is made of names, or not at all.
    """
    parts = (workspace.owner_name, workspace.name, *([agent.name] if agent is not None else []))
    if not all(is_name(part) for part in parts):
        return None
    return f"{parts[0]}/{'.'.join(parts[1:])}"


@dataclass(frozen=True, kw_only=True)
class Links:
    """The addresses of one agent of a workspace; nothing where there is none that works.

    Attributes:
        url: The deployment's address.
        app_host: `*.apps.example.com`, empty where subdomains are not served or not known.
    """

    url: str
    app_host: str
    workspace: Workspace
    agent: WorkspaceAgent

    @property
    def terminal(self) -> str | None:
        """The web terminal."""
        return self._page("/terminal")

    @property
    def editors(self) -> dict[str, str]:
        """What opens the agent's directory in an editor of this computer, by its scheme."""
        workspace, folder = self.workspace, self.agent.expanded_directory or self.agent.directory
        if named(workspace) is None:
            return {}
        query = {
            "url": self.url,
            "owner": workspace.owner_name,
            "workspace": workspace.name,
            "agent": self.agent.name,
        }
        if folder.startswith("/"):
            query["folder"] = folder
        opened = f"coder.coder-remote/open?{urlencode(query, quote_via=quote, safe='')}"
        return {scheme: f"{scheme}://{opened}" for scheme in ("vscode", "cursor")}

    def port(self, port: int) -> str | None:
        """What listens on the port, as a page of its own subdomain."""
        workspace = self.workspace
        parts = (str(port), self.agent.name, workspace.name, workspace.owner_name)
        return self._subdomain("--".join(parts))

    def app(self, app: WorkspaceApp) -> str | None:
        """An app; one whose own address needs a token is opened from the workspace's page."""
        if app.external:
            return _without_token(app.url) or self._workspace_page()
        if app.command:
            return self._page(f"/terminal?app={quote(app.slug, safe='')}")
        if app.subdomain:
            return self._subdomain(app.subdomain_name)
        return self._page(f"/apps/{app.slug}/") if _SLUG.fullmatch(app.slug) else None

    def _workspace_page(self) -> str | None:
        name = named(self.workspace)
        return None if name is None else f"{self.url}/@{name}"

    def _page(self, rest: str) -> str | None:
        page = self._workspace_page()
        return None if page is None else f"{page}.{quote(self.agent.name, safe='')}{rest}"

    def _subdomain(self, name: str) -> str | None:
        """Nothing where the host's name would be too long: it would not be found."""
        if not _APP_HOST.fullmatch(self.app_host):
            return None
        host = self.app_host.replace("*", name)
        label = host.partition(".")[0].partition(":")[0]
        if len(label) > _LONGEST_LABEL or not _LABEL.fullmatch(name):
            return None
        return f"{urlsplit(self.url).scheme}://{host}/"


def _without_token(url: str) -> str | None:
    """The address as the template gives it, if somebody may read it and something opens it."""
    try:
        split = urlsplit(url)
        userinfo = split.username or split.password
    except ValueError:
        return None
    plain = url == one_line(url, _LONGEST_URL) and " " not in url
    if not plain or split.scheme.lower() in _OPENS_NOTHING or userinfo:
        return None
    return None if _TOKEN.search(unquote(unquote(url))) else url
