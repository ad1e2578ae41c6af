"""Who uses a deployment, with which token, in which organizations, and the deployment itself."""

from uuid import UUID

from coder_mcp.models.wire import Time, Wire


class User(Wire):
    id: UUID
    username: str
    name: str = ""
    status: str = ""
    login_type: str = ""


class APIKey(Wire):
    """A session token without its secret; `scopes` since v2.27, `allow_list` since v2.28.

    Scopes `coder:all`, or `all` in older servers, and an allow list `*:*` limit nothing.
    """

    id: str
    token_name: str = ""
    login_type: str = ""
    expires_at: Time = None
    lifetime_seconds: int = 0
    scope: str = ""
    scopes: tuple[str, ...] = ()
    allow_list: tuple[str, ...] = ()


class Organization(Wire):
    id: UUID
    name: str
    display_name: str = ""
    is_default: bool = False


class WorkspaceQuota(Wire):
    """Credits of one user in one organization; a `budget` of -1 means that none is enforced."""

    credits_consumed: int
    budget: int


class BuildInfo(Wire):
    """What a deployment says of itself to anyone (codersdk, `BuildInfoResponse`)."""

    version: str
    dashboard_url: str = ""
    deployment_id: str = ""
    upgrade_message: str = ""
    agent_api_version: str = ""
    provisioner_api_version: str = ""


class AppHost(Wire):
    """`*.apps.example.com`, with a port if it has one; empty where there are no subdomain apps."""

    host: str = ""


class ProvisionerDaemon(Wire):
    """What runs builds; shown to owners and template administrators only."""

    name: str = ""
    status: str = ""
    last_seen_at: Time = None
