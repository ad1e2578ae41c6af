"""The search grammar of `q=`: `key:value`, quotes, bare words; and what each key selects.

Keys that nothing here can answer are refused like unknown ones (coderd/searchquery/search.go).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from coder_mcp.simulator.records.accounts import Organization
from coder_mcp.simulator.records.state import AFTER_SUCCESS, WHILE_RUNNING, Template, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.refusals import Refusal

# What a bare word means: for workspaces a name, for templates a title.
BARE = ""
BOOLEANS = frozenset({"true", "false"})
STATUSES = frozenset({"pending", "canceling", "canceled", "failed"}) | {
    *WHILE_RUNNING.values(),
    *AFTER_SUCCESS.values(),
}
AGENT_STATUSES = frozenset({"connecting", "connected", "disconnected", "timeout"})
# What the values of a key must be among; a list is separated by commas.
ALLOWED: Mapping[str, frozenset[str]] = {
    "status": STATUSES,
    "has-agent": AGENT_STATUSES,
    "agents-allowed": BOOLEANS,
    "deprecated": BOOLEANS,
    "dormant": BOOLEANS,
    "has_external_agent": BOOLEANS,
    "healthy": BOOLEANS,
    "outdated": BOOLEANS,
}
# Only these keys may be given more than once.
LIST_KEYS = frozenset({"has-agent", "id", "ids", "param"})

WorkspaceTest = Callable[[Workspace, str], bool]
TemplateTest = Callable[[Template, str], bool]


def matching_workspaces(workspaces: Iterable[Workspace], q: str, caller: Caller) -> list[Workspace]:
    """The workspaces that a query selects, in the order of the API.

    Running ones come first, then by owner and name.
    """
    criteria = [
        criterion
        for key, value in parsed(q, "workspace", {*WORKSPACE_TESTS, "owner", BARE})
        for criterion in workspace_criteria(key, value)
    ]
    found = [
        workspace
        for workspace in workspaces
        if all(workspace_fits(workspace, key, value, caller) for key, value in criteria)
    ]
    return sorted(
        found, key=lambda w: (w.latest_build.status != "running", w.owner.username, w.name)
    )


def workspace_criteria(key: str, value: str) -> list[tuple[str, str]]:
    """What a bare word stands for: a name, or with a slash an owner and a name."""
    if key != BARE:
        return [(key, value)]
    owner, slash, name = value.partition("/")
    return [("owner", owner), ("name", name)] if slash else [("name", value)]


def workspace_fits(workspace: Workspace, key: str, value: str, caller: Caller) -> bool:
    """Whether one criterion selects a workspace."""
    if key == "owner":
        owner = caller.user.username if value == "me" else value
        return workspace.owner.username.lower() == owner
    return WORKSPACE_TESTS[key](workspace, value)


def has_agent(workspace: Workspace, value: str) -> bool:
    """Whether an agent of the latest build has one of these statuses."""
    statuses = {agent.status for agent in workspace.latest_build.agents}
    return not statuses.isdisjoint(value.split(","))


def is_healthy(workspace: Workspace, value: str) -> bool:
    """An agent that is still connecting is in neither list (recorded: list-unhealthy.json)."""
    return has_agent(workspace, "connected" if value == "true" else "disconnected,timeout")


def has_parameter(workspace: Workspace, value: str) -> bool:
    """Whether the latest build has a parameter, or a parameter with a value."""
    name, has_value, wanted = value.partition("=")
    values = {n.lower(): v.lower() for n, v in workspace.latest_build.parameters.items()}
    return name in values and (not has_value or values[name] == wanted)


def is_organization(organization: Organization, value: str) -> bool:
    """Whether an organization is named, or its id given."""
    return value in {organization.name.lower(), str(organization.id)}


def truth(*, of: bool) -> str:
    """A truth as it is written in a query."""
    return "true" if of else "false"


WORKSPACE_TESTS: Mapping[str, WorkspaceTest] = {
    # `dormant:false` asks for nothing.
    "dormant": lambda w, v: v == "false" or w.dormant_at is not None,
    "has-agent": has_agent,
    "has_external_agent": lambda w, v: (
        truth(of=w.latest_build.version.definition.has_external_agent) == v
    ),
    "healthy": is_healthy,
    "id": lambda w, v: str(w.id) in v.split(","),
    "last_used_after": lambda w, v: w.last_used_at > moment(v),
    "last_used_before": lambda w, v: w.last_used_at < moment(v),
    "name": lambda w, v: v in w.name.lower(),
    "organization": lambda w, v: is_organization(w.template.organization, v),
    "outdated": lambda w, v: truth(of=w.is_outdated) == v,
    "param": has_parameter,
    "status": lambda w, v: w.latest_build.status == v,
    "template": lambda w, v: w.template.name.lower() == v,
}


def matching_templates(templates: Iterable[Template], q: str, caller: Caller) -> list[Template]:
    """The templates that a query selects, by name; deprecated ones only where it names them."""
    criteria = parsed(q, "template", {*TEMPLATE_TESTS, "author", BARE})
    if not any(key == "deprecated" for key, _ in criteria):
        criteria.append(("deprecated", "false"))
    found = [
        template
        for template in templates
        if all(template_fits(template, key, value, caller) for key, value in criteria)
    ]
    return sorted(found, key=lambda template: (template.name, str(template.id)))


def template_fits(template: Template, key: str, value: str, caller: Caller) -> bool:
    """Whether one criterion selects a template."""
    if key == "author":
        author = caller.user.username if value == "me" else value
        return template.created_by.username.lower() == author
    if key == BARE:
        title = template.definition.display_name.lower()
        return value in title if title else value.replace(" ", "") in template.name.lower()
    return TEMPLATE_TESTS[key](template, value)


TEMPLATE_TESTS: Mapping[str, TemplateTest] = {
    "agents-allowed": lambda t, v: truth(of=t.agents_allowed) == v,
    "author_id": lambda t, v: str(t.created_by.id) == v,
    "deprecated": lambda t, v: truth(of=bool(t.deprecation_message)) == v,
    "display_name": lambda t, v: v in t.definition.display_name.lower(),
    "exact_display_name": lambda t, v: v == t.definition.display_name.lower(),
    "exact_name": lambda t, v: v == t.name.lower(),
    "has_external_agent": lambda t, v: (
        truth(of=t.active_version.definition.has_external_agent) == v
    ),
    "ids": lambda t, v: str(t.id) in v.split(","),
    "name": lambda t, v: v in t.name.lower(),
    "organization": lambda t, v: is_organization(t.organization, v),
}


def parsed(q: str, subject: str, keys: set[str]) -> list[tuple[str, str]]:
    """The criteria of a query, as (key, value); 400 where it is not one."""
    criteria = elements(q, subject)
    seen: set[str] = set()
    for key, value in criteria:
        if key not in keys:
            raise bad_query(subject, key, f'"{key}" is not a valid query param')
        if key in seen - LIST_KEYS:
            raise bad_query(subject, key, f'Query param "{key}" is given more than once')
        seen.add(key)
        items = value.split(",") if key in LIST_KEYS else [value]
        for item in items if key in ALLOWED else ():
            if item not in ALLOWED[key]:
                detail = f'Query param "{key}" has invalid value: "{item}" is not a valid value'
                raise bad_query(subject, key, detail)
        if key.startswith("last_used_"):
            check_moment(subject, key, value)
    return criteria


def elements(q: str, subject: str) -> list[tuple[str, str]]:
    """A query cut into pairs, lower-cased; bare words are joined, and come last."""
    pairs: list[tuple[str, str]] = []
    words: list[str] = []
    for element in re.findall(r'(?:[^\s"]|"[^"]*")+', q.lower()):
        parts = [part.replace('"', "") for part in re.findall(r'(?:[^:"]|"[^"]*")+|:', element)]
        if ":" not in parts:
            words.append("".join(parts))
        elif len(parts) == 3 and parts[1] == ":":
            pairs.append((parts[0], parts[2]))
        else:
            raise bad_query(subject, "q", f'Query element "{element}" is not key:value')
    return [*pairs, (BARE, " ".join(words))] if words else pairs


def bad_query(subject: str, key: str, detail: str) -> Refusal:
    """The answer to a query that cannot be understood."""
    message = f"Invalid {subject} search query."
    return Refusal(400, message, validations=((key, detail),))


def check_moment(subject: str, key: str, value: str) -> None:
    """Refuse what is not a time."""
    try:
        moment(value)
    except ValueError as error:
        detail = f'Query param "{key}" is no time: {error}'
        raise bad_query(subject, key, detail) from error


def moment(value: str) -> datetime:
    """A time in a query, which was lower-cased with the rest of it."""
    found = datetime.fromisoformat(value.upper())
    if found.tzinfo is None:
        msg = "no time zone"
        raise ValueError(msg)
    return found
