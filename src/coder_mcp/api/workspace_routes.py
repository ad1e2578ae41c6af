"""The routes of workspaces, their builds and agents."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from coder_mcp.api.answers import API
from coder_mcp.api.routes import Routes
from coder_mcp.api.streams import decode_build_log, decode_watch
from coder_mcp.api.writes import Accepted, Lost, Refusal
from coder_mcp.models.wire import ProvisionerJobLog, Response, WorkspaceAgentLog
from coder_mcp.models.workspaces import (
    CreateWorkspaceBuildRequest,
    CreateWorkspaceRequest,
    PutExtendWorkspaceRequest,
    RichParameterValue,
    Workspace,
    WorkspaceBuild,
    WorkspaceBuildTimings,
    WorkspacesResponse,
)

Model = TypeVar("Model")


class WorkspaceRoutes(Routes):
    """Workspaces, their builds and agents."""

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

    async def create_workspace(
        self, request: CreateWorkspaceRequest
    ) -> Accepted[Workspace] | Refusal | Lost:
        """`POST /users/me/workspaces`: the workspace with its first build, still pending."""
        return await self._write(Workspace, "POST", "/users/me/workspaces", request)

    async def extend_workspace(
        self, workspace_id: UUID, deadline: datetime
    ) -> Accepted[Response] | Refusal | Lost:
        """`PUT /workspaces/{id}/extend`: the running build is stopped at the deadline."""
        request = PutExtendWorkspaceRequest(deadline=deadline)
        return await self._write(Response, "PUT", f"/workspaces/{workspace_id}/extend", request)

    async def build(self, build_id: UUID) -> WorkspaceBuild:
        """`GET /workspacebuilds/{id}`."""
        return await self._get(WorkspaceBuild, f"/workspacebuilds/{build_id}")

    async def build_by_number(self, owner: str, name: str, number: int) -> WorkspaceBuild | None:
        """`GET /users/{owner}/workspace/{name}/builds/{number}`."""
        return await self._found(WorkspaceBuild, f"/users/{owner}/workspace/{name}/builds/{number}")

    async def build_timings(self, build_id: UUID) -> WorkspaceBuildTimings:
        """`GET /workspacebuilds/{id}/timings`: of what has ended."""
        return await self._get(WorkspaceBuildTimings, f"/workspacebuilds/{build_id}/timings")

    async def builds(self, workspace_id: UUID, limit: int) -> tuple[WorkspaceBuild, ...]:
        """`GET /workspaces/{id}/builds`: the newest first."""
        return await self._list(
            WorkspaceBuild, f"/workspaces/{workspace_id}/builds", {"limit": limit}
        )

    async def create_build(
        self, workspace_id: UUID, request: CreateWorkspaceBuildRequest
    ) -> Accepted[WorkspaceBuild] | Refusal | Lost:
        """`POST /workspaces/{id}/builds`: the build, still pending."""
        path = f"/workspaces/{workspace_id}/builds"
        return await self._write(WorkspaceBuild, "POST", path, request)

    async def cancel_build(self, build_id: UUID) -> Accepted[Response] | Refusal | Lost:
        """`PATCH /workspacebuilds/{id}/cancel`: a pending job ends at once, a running one soon."""
        return await self._write(Response, "PATCH", f"/workspacebuilds/{build_id}/cancel")

    async def build_logs(self, build_id: UUID, after: int = 0) -> tuple[ProvisionerJobLog, ...]:
        """`GET /workspacebuilds/{id}/logs`: the lines with an id above `after`, in order."""
        path, after_id = f"/workspacebuilds/{build_id}/logs", {"after": after}
        return await self._list(ProvisionerJobLog, path, after_id)

    async def build_parameters(self, build_id: UUID) -> tuple[RichParameterValue, ...]:
        """`GET /workspacebuilds/{id}/parameters`: every value of the build, defaults included."""
        return await self._list(RichParameterValue, f"/workspacebuilds/{build_id}/parameters")

    async def agent_logs(self, agent_id: UUID, after: int = 0) -> tuple[WorkspaceAgentLog, ...]:
        """`GET /workspaceagents/{id}/logs`: what startup scripts wrote, above `after`, in order."""
        after_id = {"after": after} if after else None
        return await self._list(WorkspaceAgentLog, f"/workspaceagents/{agent_id}/logs", after_id)

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


async def _decoded(
    frames: AsyncIterator[str], decode: Callable[[str], Model | None]
) -> AsyncIterator[Model]:
    async for text in frames:
        model = decode(text)
        if model is not None:
            yield model
