"""Every good answer that was recorded of a route that is asked parses into its model."""

import json
from datetime import datetime

import pytest
from pydantic import JsonValue, TypeAdapter

from coder_mcp.models.accounts import (
    APIKey,
    AppHost,
    BuildInfo,
    Organization,
    ProvisionerDaemon,
    User,
    WorkspaceQuota,
)
from coder_mcp.models.templates import (
    DynamicParametersResponse,
    ExternalAuth,
    Preset,
    RichParameter,
    Template,
    TemplateVersion,
)
from coder_mcp.models.wire import (
    ProvisionerJobLog,
    Response,
    WorkspaceAgentLog,
)
from coder_mcp.models.workspaces import (
    RichParameterValue,
    Workspace,
    WorkspaceBuild,
    WorkspacesResponse,
)
from recorded import exchanges, route_of

ROUTES: dict[str, TypeAdapter[object]] = {
    "GET /users/me": TypeAdapter(User),
    "GET /users/me/keys/EXAMPLEid{n}": TypeAdapter(APIKey),
    "GET /users/{user}/organizations": TypeAdapter(tuple[Organization, ...]),
    "GET /buildinfo": TypeAdapter(BuildInfo),
    "GET /applications/host": TypeAdapter(AppHost),
    "GET /organizations/{id}/provisionerdaemons": TypeAdapter(tuple[ProvisionerDaemon, ...]),
    "GET /workspaces/{id}/builds": TypeAdapter(tuple[WorkspaceBuild, ...]),
    "GET /workspacebuilds/{id}": TypeAdapter(WorkspaceBuild),
    "PATCH /workspacebuilds/{id}/cancel": TypeAdapter(Response),
    "GET /workspaces/{id}": TypeAdapter(Workspace),
    "GET /users/{user}/workspace/{name}": TypeAdapter(Workspace),
    "GET /workspaces": TypeAdapter(WorkspacesResponse),
    "POST /users/{user}/workspaces": TypeAdapter(Workspace),
    "POST /workspaces/{id}/builds": TypeAdapter(WorkspaceBuild),
    "GET /workspacebuilds/{id}/logs": TypeAdapter(tuple[ProvisionerJobLog, ...]),
    "GET /workspacebuilds/{id}/parameters": TypeAdapter(tuple[RichParameterValue, ...]),
    "GET /workspaceagents/{id}/logs": TypeAdapter(tuple[WorkspaceAgentLog, ...]),
    "GET /organizations/{id}/members/{user}/workspace-quota": TypeAdapter(WorkspaceQuota),
    "GET /templates/{id}": TypeAdapter(Template),
    "GET /templates": TypeAdapter(tuple[Template, ...]),
    "GET /templateversions/{id}": TypeAdapter(TemplateVersion),
    "GET /templateversions/{id}/rich-parameters": TypeAdapter(tuple[RichParameter, ...]),
    "GET /templateversions/{id}/presets": TypeAdapter(tuple[Preset, ...] | None),
    "GET /templateversions/{id}/external-auth": TypeAdapter(tuple[ExternalAuth, ...]),
    "POST /templateversions/{id}/dynamic-parameters/evaluate": TypeAdapter(
        DynamicParametersResponse
    ),
}
GOOD = {
    name: one
    for name, one in exchanges()
    if route_of(one, ROUTES)
    and one["response"]["status"] in (200, 201)
    and "json" in one["response"]
}


def test_every_route_was_recorded() -> None:
    assert {route_of(one, ROUTES) for one in GOOD.values()} == set(ROUTES)
    assert len(GOOD) > 200


def is_kept(read: JsonValue, sent: JsonValue) -> bool:
    """Whether what was read is what was sent, as far as it is read at all."""
    if isinstance(read, dict) and isinstance(sent, dict):
        return all(is_kept(value, sent.get(key)) for key, value in read.items())
    if isinstance(read, list) and isinstance(sent, list):
        return len(read) == len(sent) and all(map(is_kept, read, sent))
    # What was not sent, or as null, has its default; a time may be written otherwise.
    return sent is None or read == sent or is_same_time(str(read), str(sent))


def is_same_time(read: str, sent: str) -> bool:
    return "T" in sent and datetime.fromisoformat(read) == datetime.fromisoformat(sent)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_read_of_a_recorded_body_is_what_was_sent(name: str) -> None:
    exchange = GOOD[name]
    model, sent = ROUTES[route_of(exchange, ROUTES) or ""], exchange["response"]["json"]
    read = model.validate_json(json.dumps(sent))
    assert is_kept(model.dump_python(read, mode="json", by_alias=True, exclude_none=True), sent)
