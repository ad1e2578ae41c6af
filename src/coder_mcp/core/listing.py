"""Lists that a model reads: rows of workspaces and templates, and which templates come first."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC

from coder_mcp.core.errands import name_of
from coder_mcp.core.found import TemplateRow, WorkspaceRow
from coder_mcp.core.text import one_line
from coder_mcp.models.templates import Template
from coder_mcp.models.workspaces import Workspace

MOST_ROWS = 50

# A value in quotes may hold anything, a slash too.
_QUOTED = re.compile(r'"[^"]*"')
_NAMES_AN_OWNER = re.compile(r"(?:^|\s)(?:owner:|[^\s:]+/[^\s:]+)", re.IGNORECASE)
# Coder takes a time only with a zone and in quotes; a day or a bare time is made one.
_LAST_USED = re.compile(
    r"(?<![^\s])(last_used_(?:before|after)):(\d{4}-\d\d-\d\d)(T[^\s\"]+)?(?!\S)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")


def counted(count: int, noun: str) -> str:
    """A number of things: `1 workspace`, `2 workspaces`, as a sentence."""
    return f"{count} {noun}{'' if count == 1 else 's'}."


def workspaces_query(query: str) -> str:
    """The query as Coder takes it: of the caller's own workspaces unless it names an owner.

    A day in `last_used_before` and `last_used_after` is its beginning in UTC.
    """
    query = _LAST_USED.sub(lambda m: f'{m[1]}:"{m[2]}{m[3] or "T00:00:00Z"}"', query)
    if _NAMES_AN_OWNER.search(_QUOTED.sub("", query)):
        return query
    return f"owner:me {query}".strip()


def workspace_row(workspace: Workspace) -> WorkspaceRow:
    """What tells one workspace from another."""
    build, used = workspace.latest_build, workspace.last_used_at
    running = build.status == "running"
    return WorkspaceRow(
        workspace_name=name_of(workspace),
        status=one_line(build.status, 20),
        template_name=workspace.template_name,
        last_used_at=used.astimezone(UTC).strftime("%Y-%m-%d") if used is not None else None,
        outdated=True if workspace.outdated else None,
        dormant=True if workspace.dormant_at is not None else None,
        healthy=False if running and not workspace.health.healthy else None,
    )


def matching(
    templates: Iterable[Template], query: str, mine: Sequence[Workspace]
) -> list[Template]:
    """The templates that have every word, best match first.

    A match of the name counts most, then one of the display name, then of the description; among
    equals those that the person uses, then those that many do.
    """
    words = [word.casefold() for word in _WORD.findall(query)]
    used = Counter(workspace.template_id for workspace in mine)
    usable = [template for template in templates if template.agents_allowed]
    found = [template for template in usable if _match(template, words) > 0]
    return sorted(
        found,
        key=lambda template: (
            -_match(template, words),
            -used[template.id],
            -math.log1p(max(0, template.active_user_count)),
            template.name,
        ),
    )


def template_row(template: Template, *, used: int, several_organizations: bool) -> TemplateRow:
    """What a model chooses a template by."""
    return TemplateRow(
        name=template.name,
        organization_name=template.organization_name if several_organizations else None,
        active_user_count=max(0, template.active_user_count) or None,
        your_workspace_count=used or None,
        display_name=one_line(template.display_name, 60) or None,
        description=one_line(template.description, 80) or None,
    )


def _match(template: Template, words: list[str]) -> int:
    """How well the template fits: the place of its worst word; 0 where a word is missing."""
    if not words:
        return 1
    name, shown = _joined(template.name), _joined(template.display_name)
    whole = "".join(words)
    if whole in (name, shown):
        return 5
    return min(_place(word, template, name, shown) for word in words)


def _place(word: str, template: Template, name: str, shown: str) -> int:
    if name.startswith(word) or shown.startswith(word):
        return 4
    if word in name:
        return 3
    if word in shown:
        return 2
    return 1 if word in template.description.casefold() else 0


def _joined(text: str) -> str:
    """The letters and digits only: blanks, hyphens and underscores do not count."""
    return "".join(_WORD.findall(text)).casefold()
