"""One request and its answer, as the routes see them, and what requests refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from coder_mcp.simulator.records.accounts import Organization, User
from coder_mcp.simulator.records.state import Agent, Build, Template, TemplateVersion, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.bodies import parsed_uuid
from coder_mcp.simulator.rules.refusals import Refusal, not_found
from coder_mcp.simulator.rules.workspaces import find_workspace
from coder_mcp.simulator.world import World

NO_AGENT = "Agent doesn't exist with that id, or you do not have access to it."
MAX_LIMIT = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request is answered with: JSON, or text where `text` is set.

    As the action of a fault it stands in for the route's own answer.
    """

    status: int = 200
    body: object = None
    text: str | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to a route, by somebody who is known. `params` are cut from the path."""

    world: World
    caller: Caller
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def user(self) -> User:
        """The user in the path, by id, name or `me`, so far as the caller may see them."""
        if not self.caller.may("user:read"):
            raise not_found()
        user = self.any_user()
        if not self.caller.sees_user(user):
            raise not_found()
        return user

    def any_user(self) -> User:
        """The user in the path, whoever asks: enough to name a workspace of theirs."""
        named = self.params["user"]
        if named == "me":
            return self.caller.user
        for user in self.world.users:
            if named in {user.username, str(user.id)}:
                return user
        raise not_found()

    def organization(self) -> Organization:
        """The organization in the path: by id, by name, or the default one."""
        named = self.params.get("organization", "default")
        for organization in self.world.organizations:
            names = {organization.name, str(organization.id)}
            if organization.is_default:
                names |= {"default", str(UUID(int=0))}
            is_visible = self.caller.sees_organization(organization)
            if named in names and is_visible and self.caller.may("organization:read"):
                return organization
        raise not_found()

    def template(self) -> Template:
        """The template in the path."""
        wanted = self._id("template")
        for template in self.world.templates:
            if template.id == wanted and self.caller.sees_template(template):
                return template
        raise not_found()

    def template_version(self) -> TemplateVersion:
        """The template version in the path."""
        wanted = self._id("templateversion")
        for template in self.world.templates:
            for version in template.versions:
                if version.id == wanted and self.caller.sees_template(template):
                    return version
        raise not_found()

    def workspace(self) -> Workspace:
        """The workspace in the path, deleted or not."""
        wanted = self._id("workspace")
        for workspace in self.world.workspaces:
            if workspace.id == wanted and self.caller.sees_workspace(workspace):
                return workspace
        raise not_found()

    def named_workspace(self) -> Workspace:
        """The workspace of the user in the path; a deleted one only where it is asked for."""
        if not self.caller.may("user:read", "organization_member:read"):
            raise not_found()
        owner, name = self.any_user(), self.params["workspacename"]
        workspace = find_workspace(self.world, owner, name)
        if workspace is None and self.includes_deleted:
            newest_first = reversed(self.world.workspaces)
            namesakes = (w for w in newest_first if w.name.lower() == name.lower())
            workspace = next((w for w in namesakes if w.owner is owner), None)
        if workspace is None or not self.caller.sees_workspace(workspace):
            raise not_found()
        return workspace

    def build(self) -> Build:
        """The build in the path."""
        wanted = self._id("workspacebuild")
        for build in self.world.builds():
            if build.id == wanted and self.caller.sees_workspace(build.workspace):
                return build
        raise not_found()

    def agent(self) -> Agent:
        """The agent in the path."""
        wanted = self._id("workspaceagent")
        for build in self.world.builds():
            for agent in build.agents:
                if agent.id == wanted and self.caller.sees_workspace(build.workspace):
                    return agent
        raise Refusal(404, NO_AGENT)

    def require(self, *scopes: str) -> None:
        """Refuse a token that has none of these scopes, as if there were nothing to find."""
        if not self.caller.may(*scopes):
            raise not_found()

    @property
    def includes_deleted(self) -> bool:
        """Whether deleted workspaces are asked for."""
        return self.query.get("include_deleted") == "true"

    def number(self, name: str) -> int:
        """A whole number of the query, 0 where it is absent."""
        given = self.query.get(name, "")
        if not given or (given.isascii() and given.isdigit() and int(given) <= MAX_LIMIT):
            return int(given or 0)
        detail = (
            f'Query param "{name}" must be a valid 32-bit positive integer:'
            f' strconv.ParseInt: parsing "{given}": invalid syntax'
        )
        message = "Query parameters have invalid values."
        raise Refusal(400, message, validations=((name, detail),))

    def _id(self, name: str) -> UUID:
        given = self.params[name]
        try:
            return parsed_uuid(given)
        except ValueError as error:
            raise Refusal(400, f'Invalid UUID "{given}".', str(error)) from error
