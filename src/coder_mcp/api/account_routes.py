"""The routes of the person, their session token, organizations and quota, and of the server."""

from typing import Literal
from urllib.parse import quote
from uuid import UUID

from coder_mcp.api.routes import Routes
from coder_mcp.models.accounts import (
    APIKey,
    AppHost,
    BuildInfo,
    Organization,
    ProvisionerDaemon,
    User,
    WorkspaceQuota,
)


class AccountRoutes(Routes):
    """The person, their session token, organizations and quota, and the server."""

    async def me(self) -> User:
        """`GET /users/me`; a token needs `user:read`."""
        return await self._get(User, "/users/me")

    async def own_key(self) -> APIKey:
        """`GET /users/me/keys/{id}` of the session token in use.

        A token that is limited to some scopes needs `api_key:read` even for this. What stands
        before the hyphen is the key's id, and no secret (coderd/httpmw/apikey.go).
        """
        key_id = quote(self.transport.login.session_token.partition("-")[0], safe="")
        return await self._get(APIKey, f"/users/me/keys/{key_id}")

    async def organizations(self) -> tuple[Organization, ...]:
        """`GET /users/me/organizations`: those that the person belongs to and may read."""
        return await self._list(Organization, "/users/me/organizations")

    async def quota(self, organization_id: UUID, user: UUID | Literal["me"]) -> WorkspaceQuota:
        """`GET .../workspace-quota`; a token needs `user:read` and `organization:read`.

        Only the licensed build of Coder has the route: any other raises `NoSuchRoute`.
        """
        path = f"/organizations/{organization_id}/members/{user}/workspace-quota"
        return await self._get(WorkspaceQuota, path)

    async def build_info(self) -> BuildInfo:
        """`GET /buildinfo`: anyone may ask."""
        return await self._get(BuildInfo, "/buildinfo")

    async def app_host(self) -> str:
        """`GET /applications/host`: `*.apps.example.com`, empty without subdomain apps."""
        return (await self._get(AppHost, "/applications/host")).host

    async def provisioner_daemons(self, organization_id: UUID) -> tuple[ProvisionerDaemon, ...]:
        """`GET /organizations/{id}/provisionerdaemons`: a member gets `NotFound`."""
        path = f"/organizations/{organization_id}/provisionerdaemons"
        return await self._list(ProvisionerDaemon, path)
