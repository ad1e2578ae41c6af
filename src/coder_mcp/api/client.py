"""Coder's REST API, one method a route: models in, models out.

Paths are built from ids, `me`, and names that Coder itself would accept; never from free text.
What a read does not find is `None` where "not found" is an answer; what Coder refuses of a write
is a `Refusal`, and a write whose answer was lost is `Lost` (see `writes`).
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from coder_mcp.api.answers import parsed
from coder_mcp.api.streams import decode_build_log, decode_watch
from coder_mcp.api.transport import Parameters, Transport
from coder_mcp.api.writes import Lost, Refusal, unmade
from coder_mcp.errors import CoderMcpError, NotFound
from coder_mcp.models.templates import (
    DynamicParametersRequest,
    DynamicParametersResponse,
    ExternalAuth,
    Preset,
    RichParameter,
    Template,
    TemplateVersion,
)
from coder_mcp.models.wire import (
    ProvisionerJobLog,
    User,
    WorkspaceAgentLog,
    WorkspaceQuota,
)
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    CreateWorkspaceRequest,
    RichParameterValue,
    Workspace,
    WorkspaceBuild,
    WorkspacesResponse,
)

API = "/api/v2"


_log = logging.getLogger(__name__)

Model = TypeVar("Model")


class CoderClient:
    """One deployment, as the person that the session token belongs to."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def now(self) -> datetime:
        """The time by the deployment's clock, true to about a second."""
        return self.transport.now()

    async def me(self) -> User:
        """`GET /users/me`; a token needs `user:read`."""
        return await self._get(User, "/users/me")

    async def workspace(self, workspace_id: UUID, *, include_deleted: bool = False) -> Workspace:
        """`GET /workspaces/{id}`; a deleted one raises `Gone` unless it is asked for."""
        params = {"include_deleted": "true"} if include_deleted else None
        return await self._get(Workspace, f"/workspaces/{workspace_id}", params)

    async def workspace_by_name(self, owner: str, name: str) -> Workspace | None:
        """`GET /users/{owner}/workspace/{name}`; letter case does not count."""
        return await self._found(Workspace, f"/users/{owner}/workspace/{name}")

    async def workspaces(self, query: str, limit: int) -> WorkspacesResponse:
        """`GET /workspaces` in Coder's query language: favourites and running ones first."""
        return await self._get(WorkspacesResponse, "/workspaces", {"q": query, "limit": limit})

    async def create_workspace(self, request: CreateWorkspaceRequest) -> Workspace | Refusal | Lost:
        """`POST /users/me/workspaces`: the workspace with its first build, still pending."""
        return await self._post(Workspace, "/users/me/workspaces", request)

    async def create_build(
        self, workspace_id: UUID, request: CreateWorkspaceBuildRequest
    ) -> WorkspaceBuild | Refusal | Lost:
        """`POST /workspaces/{id}/builds`: the build, still pending."""
        return await self._post(WorkspaceBuild, f"/workspaces/{workspace_id}/builds", request)

    async def build_logs(self, build_id: UUID, after: int = 0) -> tuple[ProvisionerJobLog, ...]:
        """`GET /workspacebuilds/{id}/logs`: the lines with an id above `after`, in order."""
        path, after_id = f"/workspacebuilds/{build_id}/logs", {"after": after}
        return await self._list(ProvisionerJobLog, path, after_id)

    async def build_parameters(self, build_id: UUID) -> tuple[RichParameterValue, ...]:
        """`GET /workspacebuilds/{id}/parameters`: every value of the build, defaults included."""
        return await self._list(RichParameterValue, f"/workspacebuilds/{build_id}/parameters")

    async def agent_logs(self, agent_id: UUID) -> tuple[WorkspaceAgentLog, ...]:
        """`GET /workspaceagents/{id}/logs`: what startup scripts wrote, in order."""
        return await self._list(WorkspaceAgentLog, f"/workspaceagents/{agent_id}/logs")

    async def quota(self, organization_id: UUID, user_id: UUID) -> WorkspaceQuota | None:
        """`GET .../workspace-quota`; nothing where it cannot be had, for whatever reason."""
        path = f"/organizations/{organization_id}/members/{user_id}/workspace-quota"
        try:
            return await self._get(WorkspaceQuota, path)
        except CoderMcpError as error:
            _log.debug("no quota: %s", error)
            return None

    async def template(self, template_id: UUID) -> Template | None:
        """`GET /templates/{id}`, deprecated ones too."""
        return await self._found(Template, f"/templates/{template_id}")

    async def templates(self, query: str = "") -> tuple[Template, ...]:
        """`GET /templates` of all organizations; without deprecated ones unless asked for."""
        return await self._list(Template, "/templates", {"q": query} if query else None)

    async def template_version(self, version_id: UUID) -> TemplateVersion:
        """`GET /templateversions/{id}`: holds the README."""
        return await self._get(TemplateVersion, f"/templateversions/{version_id}")

    async def rich_parameters(self, version_id: UUID) -> tuple[RichParameter, ...]:
        """`GET .../rich-parameters`: what the version asks for, as its import saw it."""
        return await self._list(RichParameter, f"/templateversions/{version_id}/rich-parameters")

    async def presets(self, version_id: UUID) -> tuple[Preset, ...]:
        """`GET .../presets`; a version without presets answers `null`."""
        return await self._list(Preset, f"/templateversions/{version_id}/presets")

    async def external_auth(self, version_id: UUID) -> tuple[ExternalAuth, ...]:
        """`GET .../external-auth`: which sign-ins the version needs, and which there are."""
        return await self._list(ExternalAuth, f"/templateversions/{version_id}/external-auth")

    async def evaluate_parameters(
        self, version_id: UUID, owner_id: UUID, inputs: dict[str, str]
    ) -> DynamicParametersResponse:
        """`POST .../dynamic-parameters/evaluate`: what is asked for, given these answers.

        It changes nothing. `owner_id` has to be a real one (coderd/parameters.go).
        """
        path = f"{API}/templateversions/{version_id}/dynamic-parameters/evaluate"
        request = DynamicParametersRequest(inputs=inputs, owner_id=owner_id)
        answered = await self.transport.evaluate(path, request.model_dump_json().encode())
        return parsed(DynamicParametersResponse, answered, path)

    @asynccontextmanager
    async def watch_workspace(self, workspace_id: UUID) -> AsyncGenerator[AsyncIterator[Workspace]]:
        """`GET /workspaces/{id}/watch-ws`: the whole workspace after each change it reports."""
        path = f"{API}/workspaces/{workspace_id}/watch-ws"
        async with self.transport.stream(path) as frames:
            yield _decoded(frames, decode_watch)

    @asynccontextmanager
    async def follow_build_logs(
        self, build_id: UUID, after: int
    ) -> AsyncGenerator[AsyncIterator[ProvisionerJobLog]]:
        """`GET /workspacebuilds/{id}/logs?follow`: lines above `after`, then each new one.

        It ends when the log does, and also when the server restarts.
        """
        path = f"{API}/workspacebuilds/{build_id}/logs"
        async with self.transport.stream(path, {"follow": "", "after": after}) as frames:
            yield _decoded(frames, decode_build_log)

    async def _get(self, model: type[Model], path: str, params: Parameters | None = None) -> Model:
        return parsed(model, await self.transport.read(f"{API}{path}", params), path)

    async def _found(self, model: type[Model], path: str) -> Model | None:
        try:
            return await self._get(model, path)
        except NotFound:
            return None

    async def _list(
        self, model: type[Model], path: str, params: Parameters | None = None
    ) -> tuple[Model, ...]:
        body = await self.transport.read(f"{API}{path}", params)
        return () if body.strip() == b"null" else parsed(tuple[model, ...], body, path)

    async def _post(
        self, model: type[Model], path: str, request: BaseModel
    ) -> Model | Refusal | Lost:
        body = request.model_dump_json(exclude_defaults=True).encode()
        try:
            return parsed(model, await self.transport.write(f"{API}{path}", body), path)
        except CoderMcpError as error:
            return unmade(error, self.transport.login.url)


async def _decoded(
    frames: AsyncIterator[str], decode: Callable[[str], Model | None]
) -> AsyncIterator[Model]:
    async for text in frames:
        model = decode(text)
        if model is not None:
            yield model
