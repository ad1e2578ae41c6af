"""The state of one deployment: its records, its clock, its ids, and who is told of changes.

No rules and no I/O: rules are functions of other modules that take a deployment.
"""

import re
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from coder_mcp.simulator.records.accounts import Organization, Token, User
from coder_mcp.simulator.records.clock import Clock
from coder_mcp.simulator.records.signals import Signal
from coder_mcp.simulator.records.state import (
    Agent,
    AgentLogLine,
    Build,
    Job,
    LogLine,
    Preset,
    Script,
    Template,
    TemplateVersion,
    Workspace,
)
from coder_mcp.simulator.templates.definitions import Line, TemplateDefinition, VersionDefinition

# A daemon reports itself once a minute (recorded: flows/queued.json, most_recently_seen).
DAEMON_HEARTBEAT = timedelta(seconds=60)
# When a daemon that does not is taken for lost (a client sees it as not available).
DAEMON_IS_LOST = timedelta(seconds=90)
# How long a sign-in lasts where the deployment does not say (codersdk/deployment.go).
SESSION = timedelta(hours=24)


class Deployment(Clock):
    """The records of one deployment; made anew for each process, the same each time.

    `provisioners` is how many daemons there are; while `is_held`, none takes a job, and since
    `lost_at` none reports itself.
    `is_licensed` is what makes quota count; `access_url` is where it can be reached, and
    `app_host` the name of its subdomain apps, which may be empty. SSH hosts of its workspaces
    have the prefix and, as `<name>.<suffix>`, the suffix.
    """

    def __init__(self, *, provisioners: int = 3, build_version: str = "v2.36.1+c9a1e2b") -> None:
        super().__init__()
        self.provisioners = provisioners
        self.build_version = build_version
        self.access_url = "http://127.0.0.1"
        self.app_host = "*.apps.coder.example.com"
        self.ssh_prefix, self.ssh_suffix = "coder.", ""
        self.is_held = False
        self.lost_at: datetime | None = None
        self.is_licensed = True
        self.users: list[User] = []
        self.tokens: dict[str, Token] = {}
        self.organizations: list[Organization] = []
        self.templates: list[Template] = []
        self.workspaces: list[Workspace] = []

        self.workspace_changed = Signal[Workspace]()
        self.schedule_changed = Signal[None]()
        self.log_grew = Signal[Job]()
        self.work_arrived = Signal[None]()
        self.job_canceled = Signal[Job]()
        self.agents_created = Signal[Build]()
        self.agent_connects = Signal[Agent]()
        self.agent_exits = Signal[Agent]()
        self.agent_is_lost = Signal[Agent]()

        # The same calls give the same ids; nothing here is a secret.
        self._random = Random("coder")  # noqa: S311  # the same each time
        self._last_log_id = 0
        self._last_agent_log_id = 0
        self.id = self.new_id()
        self.daemon_ids = tuple(self.new_id() for _ in range(provisioners))

    @property
    def has_error_codes(self) -> bool:
        """Whether this version names INSUFFICIENT_QUOTA, and agents their scripts' exits: v2.34."""
        release = re.fullmatch(r"v(\d+)\.(\d+)\.\d+(\+.*)?", self.build_version)
        return release is None or (int(release[1]), int(release[2])) >= (2, 34)

    # Time, ids and logs

    def daemons_seen_at(self) -> datetime:
        """When the provisioner daemons last reported themselves."""
        until = self.lost_at or self.now()
        return self.made_at + (until - self.made_at) // DAEMON_HEARTBEAT * DAEMON_HEARTBEAT

    def live_daemons(self, at: datetime) -> int:
        """How many daemons were there at a moment, going by their reports."""
        return self.provisioners if at - self.daemons_seen_at() < DAEMON_IS_LOST else 0

    def new_id(self) -> UUID:
        """A random UUID that is the same in each run."""
        return UUID(int=self._random.getrandbits(128), version=4)

    def new_token(
        self,
        user: User,
        scopes: Iterable[str] | None = None,
        *,
        name: str = "",
        lifetime: timedelta = SESSION,
    ) -> Token:
        """A token of the form that Coder's have (coderd/httpmw/apikey.go).

        One with a name was made for a program, with a fixed end; one without is of a sign-in.
        """
        letters = string.ascii_letters + string.digits
        key_id, secret = ("".join(self._random.choices(letters, k=k)) for k in (10, 22))
        limited, now = None if scopes is None else frozenset(scopes), self.now()
        token = Token(
            id=key_id,
            text=f"{key_id}-{secret}",
            user=user,
            scopes=limited,
            name=name,
            lifetime=lifetime,
            created_at=now,
            updated_at=now,
            expires_at=now + lifetime,
        )
        self.tokens[token.text] = token
        return token

    def log(self, job: Job, line: Line) -> None:
        """Write a line of a build log; its time has milliseconds only."""
        self._last_log_id += 1
        now = self.now()
        job.log.append(
            LogLine(
                id=self._last_log_id,
                created_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
                source=line.source,
                level=line.level,
                stage=line.stage,
                output=line.output,
            )
        )
        self.log_grew.emit(job)

    def log_agent(self, agent: Agent, script: Script, output: str, level: str) -> None:
        """Write a line that a startup script printed."""
        self._last_agent_log_id += 1
        agent.log.append(
            AgentLogLine(
                id=self._last_agent_log_id,
                created_at=self.now(),
                output=output,
                level=level,
                source_id=script.log_source_id,
            )
        )

    # Making what administrators make

    def add_user(self, username: str, name: str, *, is_owner: bool = False) -> User:
        """A new account, in no organization yet."""
        user = User(
            id=self.new_id(),
            username=username,
            name=name,
            created_at=self.now(),
            is_owner=is_owner,
        )
        self.users.append(user)
        return user

    def add_organization(
        self, name: str, display_name: str, description: str, members: list[User]
    ) -> Organization:
        """A new organization; the first one is the default."""
        organization = Organization(
            id=self.new_id(),
            name=name,
            display_name=display_name,
            description=description,
            created_at=self.now(),
            is_default=not self.organizations,
            members=members,
        )
        self.organizations.append(organization)
        return organization

    def add_template(
        self, definition: TemplateDefinition, organization: Organization, author: User
    ) -> Template:
        """A new template with the versions of its definition."""
        template = Template(
            id=self.new_id(),
            organization=organization,
            definition=definition,
            created_at=self.now(),
            updated_at=self.now(),
            created_by=author,
            deprecation_message=definition.deprecation_message,
            allow_user_cancel_workspace_jobs=definition.allow_user_cancel_workspace_jobs,
            require_active_version=definition.require_active_version,
            agents_allowed=definition.agents_allowed,
            default_ttl_ms=definition.default_ttl_ms,
            autostop_days=definition.autostop_days,
            time_til_dormant_ms=definition.time_til_dormant_ms,
            time_til_dormant_autodelete_ms=definition.time_til_dormant_autodelete_ms,
        )
        for version in (*definition.earlier_versions, definition.version):
            self.add_version(template, version)
        self.templates.append(template)
        return template

    def add_version(self, template: Template, definition: VersionDefinition) -> TemplateVersion:
        """A new version, and with it the active one, of a template."""
        version = TemplateVersion(
            id=self.new_id(),
            template=template,
            name=f"v{len(template.versions) + 1}",
            definition=definition,
            created_at=self.now(),
            job_id=self.new_id(),
            file_id=self.new_id(),
            presets=tuple(
                Preset(id=self.new_id(), definition=preset) for preset in definition.presets
            ),
        )
        template.versions.append(version)
        return version

    # Finding

    def builds(self) -> list[Build]:
        """Every build of every workspace, in the order in which they were made."""
        every = (build for workspace in self.workspaces for build in workspace.builds)
        return sorted(every, key=lambda build: build.job.created_at)

    def queue(self) -> list[Build]:
        """The builds whose jobs wait for a provisioner, first come first."""
        return [build for build in self.builds() if build.job.status == "pending"]
