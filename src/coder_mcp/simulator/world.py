"""A whole deployment to play with: filled with users and templates, and open to outside hands.

The methods are for tests and demos: what other people, administrators, machines and the cloud
do meanwhile. What the API does is elsewhere, and these methods go through the same rules.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from coder_mcp.simulator.records.accounts import Group, Organization, User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Agent, Build, Template, TemplateVersion, Workspace
from coder_mcp.simulator.rules import jobs
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.agents import disconnect
from coder_mcp.simulator.rules.bodies import BuildRequest, WorkspaceRequest
from coder_mcp.simulator.rules.quota import Quota, quota_of
from coder_mcp.simulator.rules.workspaces import create_build, create_workspace, find_workspace
from coder_mcp.simulator.templates.catalog import CATALOG
from coder_mcp.simulator.templates.definitions import Transition, VersionDefinition

READ_ONLY = ("workspace:read", "template:read")
# How long a token lasts where nobody says (codersdk/deployment.go).
WEEK = timedelta(days=7)


class World(Deployment):
    """Two organizations, three users, the templates of the catalog, and no workspaces.

    `session_tokens` has one token of each user, with all rights; `read_only_token` is dev1's.
    """

    def __init__(self, *, provisioners: int = 3, build_version: str = "v2.36.1+c9a1e2b") -> None:
        super().__init__(provisioners=provisioners, build_version=build_version)
        # Older than anything that was made in it.
        with self.shifted(timedelta(days=-90)):
            people = self._populate()
        self.session_tokens = {user.username: self.new_token(user).text for user in people}
        self.read_only_token = self.add_token("dev1", READ_ONLY, name="read-only")

    def _populate(self) -> list[User]:
        admin = self.add_user("admin", "Administrator", is_owner=True)
        people = [admin, self.add_user("dev1", "Dev One"), self.add_user("dev2", "Dev Two")]
        self.add_organization("coder", "Coder", "Builtin default organization.", list(people))
        self.add_organization("research", "Research", "Experiments.", list(people))
        for definition in CATALOG:
            for name in definition.organizations:
                self.add_template(definition, self.organization(name), admin)
        return people

    # Finding by name

    def user(self, username: str) -> User:
        """The user of that name."""
        return next(user for user in self.users if user.username == username)

    def organization(self, name: str) -> Organization:
        """The organization of that name."""
        return next(
            organization for organization in self.organizations if organization.name == name
        )

    def template(self, name: str, organization: str = "coder") -> Template:
        """The template of that name. Its settings may be assigned to, as an administrator does."""
        return next(
            template
            for template in self.templates
            if template.name == name and template.organization.name == organization
        )

    def workspace(self, name: str, owner: str = "dev1") -> Workspace:
        """The workspace of that name that is not deleted."""
        found = find_workspace(self, self.user(owner), name)
        if found is None:
            msg = f"{owner} has no workspace {name}"
            raise LookupError(msg)
        return found

    def quota(self, username: str = "dev1", organization: str = "coder") -> Quota:
        """What a user has spent, of what budget."""
        return quota_of(self, self.user(username), self.organization(organization))

    # What people do elsewhere

    def create(
        self,
        template: Template | str,
        name: str,
        *,
        owner: str = "dev1",
        by: str | None = None,
        version: TemplateVersion | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Workspace:
        """Create a workspace as its owner, or as somebody else who may."""
        if isinstance(template, str):
            template = self.template(template)
        request = WorkspaceRequest(
            name=name,
            template_version_id=(version or template.active_version).id,
            rich_parameter_values=tuple((parameters or {}).items()),
        )
        caller = Caller(self.user(by or owner))
        return create_workspace(self, caller, self.user(owner), request)

    def build(
        self,
        workspace: Workspace,
        transition: Transition,
        *,
        by: str = "admin",
        version: TemplateVersion | None = None,
    ) -> Build:
        """Start, stop or delete a workspace as somebody."""
        request = BuildRequest(transition=transition, template_version_id=version and version.id)
        return create_build(self, Caller(self.user(by)), workspace, request)

    def cancel(self, build: Build, *, by: str = "admin") -> None:
        """Cancel a build as somebody."""
        jobs.cancel(self, Caller(self.user(by)), build, None)

    def authenticate(self, username: str, provider: str) -> None:
        """Link a user's account at an external auth provider."""
        self.user(username).linked.add(provider)

    # What administrators do

    def add_token(
        self,
        username: str,
        scopes: Iterable[str] | None = None,
        *,
        name: str = "",
        lifetime: timedelta = WEEK,
    ) -> str:
        """A token for a program; without scopes it may do all that the user may.

        It ends after its lifetime. Without a name it gets one that no other has.
        """
        name = name or f"token-{len(self.tokens) + 1}"
        return self.new_token(self.user(username), scopes, name=name, lifetime=lifetime).text

    def add_group(self, name: str, members: Iterable[str], quota_allowance: int) -> None:
        """A new group of the default organization, whose members may spend so much more."""
        people = [self.user(username) for username in members]
        group = Group(id=self.new_id(), name=name, members=people, quota_allowance=quota_allowance)
        self.organizations[0].groups.append(group)

    def revoke(self, token: str) -> None:
        """Delete a session token: from now on it is refused as unknown."""
        del self.tokens[token]

    def set_budget(self, credits_a_user: int, organization: str = "coder") -> None:
        """Change what each user of an organization may spend."""
        self.organization(organization).quota_allowance = credits_a_user

    def publish_version(
        self, template: Template, definition: VersionDefinition | None = None
    ) -> TemplateVersion:
        """Publish a new active version, without a definition with the content of the last."""
        definition = definition or template.active_version.definition
        version = self.add_version(template, definition)
        template.updated_at = self.now()
        for workspace in self.workspaces:
            if workspace.template is template:
                self.workspace_changed.emit(workspace)
        return version

    def set_dormant(self, workspace: Workspace) -> None:
        """Let a workspace be dormant; no watch event tells of it, a start wakes it."""
        workspace.dormant_at = self.now()

    def set_app_health(self, agent: Agent, slug: str, health: str) -> None:
        """Let the health check of an app come out like this."""
        agent.app_health[slug] = health
        self.workspace_changed.emit(agent.build.workspace)

    # What machines do

    def hold_provisioners(self) -> None:
        """Let no daemon take a job: builds stay pending."""
        self.is_held = True

    def release_provisioners(self) -> None:
        """Let daemons take jobs again, and report themselves."""
        self.is_held = False
        self.lost_at = None
        self.work_arrived.emit(None)

    def lose_provisioners(self) -> None:
        """Let nothing more be heard of the daemons; 90 s later they are known to be lost."""
        self.is_held = True
        self.lost_at = self.now()

    def connect_agent(self, agent: Agent) -> None:
        """Let an agent connect now: an external one that a person starts, or one that was lost."""
        self.agent_connects.emit(agent)

    def disconnect_agent(self, agent: Agent, *, is_clean: bool = True) -> None:
        """Let an agent's process end in good order, or its heartbeats stop without a word."""
        if is_clean:
            self.agent_exits.emit(agent)
        else:
            self.agent_is_lost.emit(agent)
            disconnect(self, agent)
