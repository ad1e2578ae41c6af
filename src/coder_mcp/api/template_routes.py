"""The routes of templates, their versions, parameters and presets."""

from uuid import UUID

from coder_mcp.api.answers import API, parsed
from coder_mcp.api.routes import Routes
from coder_mcp.models.templates import (
    DynamicParametersRequest,
    DynamicParametersResponse,
    ExternalAuth,
    Preset,
    RichParameter,
    Template,
    TemplateVersion,
)


class TemplateRoutes(Routes):
    """Templates, their versions, parameters and presets."""

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
