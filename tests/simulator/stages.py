"""Deployments in the states in which the recordings were made, and requests to them as recorded."""

import json
import re
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import anyio
import httpx2

from coder_mcp.simulator import Simulator
from coder_mcp.simulator.records.state import TemplateVersion, Workspace
from coder_mcp.simulator.templates.definitions import Transition
from simulator.recorded import Exchange, exchange

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What a client sends to turn a GET into a WebSocket.
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version": "13",
}
# Versions that templates/list-all does not name as active ones: whose, and which of them.
OTHER_VERSIONS = {
    "dd663698-5de4-47a3-b38a-59691b6f7b5e": ("pinned", 0),
    "93e75a1f-2e62-4d32-a5db-dfc7d5f8cbbc": ("pinned", 1),
    "e5ee5604-2214-471b-ade8-2caf1a1257c3": ("quick", -1),
    "2edb7fd8-3996-47fb-ac94-664931a4853c": ("presets", -1),
}
# The template of the deployment without a licence.
FREE_TEMPLATE = "e19ea9f3-c4d0-4a83-b9ca-1ad65923c9bd"
# Longer than any build, agent and script of the catalog takes.
SETTLED_SECONDS = 60


class Stage:
    """A running simulator, a client for it, and the workspace that a scenario is about."""

    def __init__(self, simulator: Simulator, client: httpx2.AsyncClient) -> None:
        self.simulator = simulator
        self.world = simulator.world
        self.client = client
        self.subject: Workspace | None = None
        self._same = self._recorded_ids()

    def _recorded_ids(self) -> dict[str, str]:
        """Ids of the recordings, and the ids of the same things here."""
        same: dict[str, str] = {}
        for name in ("templates/list-all", "templates/list-deprecated"):
            for recorded in cast("list[dict[str, str]]", exchange(name).answered):
                template = self.world.template(recorded["name"])
                same[recorded["id"]] = str(template.id)
                same[recorded["active_version_id"]] = str(template.active_version.id)
                same[recorded["organization_id"]] = str(template.organization.id)
        for recorded_id, (name, place) in OTHER_VERSIONS.items():
            same[recorded_id] = str(self.world.template(name).versions[place].id)
        same[FREE_TEMPLATE] = str(self.world.template("quick").id)
        recorded_presets = exchange("templates/presets-presets").answered
        presets = self.world.template("presets").active_version.presets
        for recorded, preset in zip(
            cast("list[dict[str, str]]", recorded_presets), presets, strict=True
        ):
            same[recorded["ID"]] = str(preset.id)
        for name, username in (("users/me", "dev1"), ("users/me-owner", "admin")):
            user = cast("dict[str, str]", exchange(name).answered)
            same[user["id"]] = str(self.world.user(username).id)
        return same

    # What is done to it

    def create(
        self,
        template: str,
        name: str,
        *,
        by: str | None = None,
        version: TemplateVersion | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Workspace:
        """Let dev1 create a workspace; it is what the scenario is about from now on."""
        self.subject = self.world.create(
            template, name, by=by, version=version, parameters=parameters
        )
        return self.subject

    async def settle(self) -> None:
        """Wait until nothing happens any more."""
        await anyio.sleep(SETTLED_SECONDS)

    async def built(self, template: str, name: str, *transitions: Transition) -> Workspace:
        """Create a workspace, and let further builds follow, each to its end."""
        workspace = self.create(template, name)
        await self.settle()
        await self.build(*transitions)
        return workspace

    async def build(self, *transitions: Transition) -> None:
        """Let dev1 build the subject, once for each transition, each to its end."""
        for transition in transitions:
            self.world.build(self.workspace, transition, by="dev1")
            await self.settle()

    @property
    def workspace(self) -> Workspace:
        """The subject, which there is."""
        assert self.subject is not None
        return self.subject

    # What is asked of it

    def here(self, text: str) -> str:
        """A text of a recording with the ids of this deployment.

        Ids of workspaces, builds and agents in a path become those of the subject; ids that
        belong to nothing stay as they are.
        """
        text = UUID.sub(lambda match: self._same.get(match[0], match[0]), text)
        for recorded_id, token in (
            ("EXAMPLEid1", self.simulator.session_token),
            ("EXAMPLEid6", self.world.read_only_token),
        ):
            text = text.replace(recorded_id, token.partition("-")[0])
        if self.subject is not None:
            build = self.subject.latest_build
            ids = {"workspaces": self.subject.id, "workspacebuilds": build.id}
            if build.agents:
                ids["workspaceagents"] = build.agents[0].id
            for kind, own_id in ids.items():
                text = re.sub(rf"(?<=/{kind}/){UUID.pattern}", str(own_id), text)
        return text

    def headers(self, asked: Exchange) -> dict[str, str]:
        """The token of whoever asked."""
        if asked.sent_headers:
            return {"Authorization": f"Bearer {self.simulator.session_token}"}
        tokens = {
            "invalid token": "AAAAAAAAAA-BBBBBBBBBBBBBBBBBBBBBB",
            "malformed token": "malformed",
            "wrong secret": self.simulator.session_token[:11] + "B" * 22,
            "dev1, token with scopes workspace:read and template:read": self.world.read_only_token,
            "dev1": self.simulator.session_token,
            "dev2": self.world.session_tokens["dev2"],
        }
        if asked.by == "anonymous":
            return {}
        if asked.by == "token that was deleted":
            token = self.world.add_token("dev1")
            self.world.revoke(token)
            return {"Coder-Session-Token": token}
        # Owners of other deployments asked, too.
        return {"Coder-Session-Token": tokens.get(asked.by, self.world.session_tokens["admin"])}

    async def ask(self, asked: Exchange, query: str | None = None) -> httpx2.Response:
        """Send a recorded request, if need be with another query."""
        path = self.here(asked.path)
        if query is not None:
            path = f"{path.partition('?')[0]}?{query}"
        content = asked.sent_text
        if asked.sent is not None:
            content = self.here(json.dumps(asked.sent))
        return await self.client.request(
            asked.method, path, content=content, headers=self.headers(asked)
        )


def client_of(simulator: Simulator, token: str | None = None) -> httpx2.AsyncClient:
    """A client without time-outs of its own; a bare TLS context saves loading certificates."""
    return httpx2.AsyncClient(
        base_url=simulator.url,
        headers={} if token is None else {"Coder-Session-Token": token},
        timeout=None,  # simulated time ends every wait
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


@asynccontextmanager
async def stage(*, provisioners: int = 1) -> AsyncGenerator[Stage]:
    """A fresh deployment with one provisioner daemon, as the recorded one had."""
    simulator = Simulator(provisioners=provisioners)
    async with (
        simulator.running(),
        client_of(simulator) as client,
    ):
        yield Stage(simulator, client)
