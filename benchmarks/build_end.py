"""From the end of a build to the answer, in real time on loopback.

Beside each awaited call runs what people write without this server: a loop that reads the
workspace each 2 s. Both watch the same build. All builds take the same time, so the pollers' first
reads are spread over their period: together they are neither lucky nor unlucky. All pollers share
one HTTP client, as our calls do: while one is made, for tens of milliseconds, nothing else runs.

The simulated deployment sends the frame that shows a change `FRAME_AFTER_SECONDS` after it, as the
recorded one took some time too. A read shows the change at once. So that time counts where the two
are compared; the rest is ours.
"""

import statistics
import time
from dataclasses import dataclass, field
from uuid import UUID

import anyio
import httpx2
from mcp import Client

from coder_mcp.login import LoginSource
from coder_mcp.server import build_server
from coder_mcp.settings import Settings
from coder_mcp.simulator import Simulator
from coder_mcp.simulator.http.streams import FRAME_AFTER_SECONDS
from coder_mcp.simulator.records.state import Workspace
from table import Row

BUILDS = 20
POLL_SECONDS = 2.0
SPREAD_SECONDS = 0.21


@dataclass
class Seen:
    """When each workspace could be used, and when that was known, by `time.perf_counter`."""

    ended: dict[UUID, float] = field(default_factory=dict[UUID, float])
    by_ours: dict[UUID, float] = field(default_factory=dict[UUID, float])
    by_poller: dict[UUID, float] = field(default_factory=dict[UUID, float])

    def changed(self, workspace: Workspace) -> None:
        """Note the first moment at which its agents are all ready."""
        agents = workspace.latest_build.agents
        if agents and all(agent.lifecycle_state == "ready" for agent in agents):
            self.ended.setdefault(workspace.id, time.perf_counter())


async def build_end() -> Row:
    """The medians over builds of the template `quick`."""
    seen = Seen()
    simulator = Simulator(provisioners=BUILDS)
    simulator.world.set_budget(1000)
    async with simulator.running():
        environ = {"CODER_URL": simulator.url, "CODER_SESSION_TOKEN": simulator.session_token}
        server = build_server(
            Settings.from_environ(environ), LoginSource(environ, insecure_http=False)
        )
        with simulator.world.workspace_changed.heard_by(seen.changed):
            headers = {"Coder-Session-Token": simulator.session_token}
            async with (
                Client(server) as client,
                httpx2.AsyncClient(base_url=simulator.url, headers=headers) as http,
                anyio.create_task_group() as tasks,
            ):
                for number in range(BUILDS):
                    workspace = simulator.world.create("quick", f"build-{number}")
                    tasks.start_soon(_ours, client, workspace, seen)
                    first = POLL_SECONDS * (number + 0.5) / BUILDS
                    tasks.start_soon(_poller, http, workspace, seen, first)
                    await anyio.sleep(SPREAD_SECONDS)
    ours = statistics.median(seen.by_ours[key] - seen.ended[key] for key in seen.ended)
    poller = statistics.median(seen.by_poller[key] - seen.ended[key] for key in seen.ended)
    after_frame = ours - FRAME_AFTER_SECONDS
    ratio = poller / ours
    return Row(
        what=f"End of a build to its answer, median of {len(seen.ended)}",
        ours=f"{ours * 1000:.1f} ms, {after_frame * 1000:.1f} ms after the frame",
        baseline=f"{poller * 1000:.0f} ms, a read each 2 s",
        compared=f"x {ratio:.0f} sooner",
        goal="at most 25 ms after the frame, at least x 40",
        met=after_frame <= 0.025 and ratio >= 40,
    )


async def _ours(client: Client, workspace: Workspace, seen: Seen) -> None:
    result = await client.call_tool("wait_for_workspace", {"workspace": workspace.name})
    seen.by_ours[workspace.id] = time.perf_counter()
    if '"outcome":"ready"' not in str(result.content):
        raise RuntimeError(f"{workspace.name}: {result.content}")


async def _poller(
    http: httpx2.AsyncClient, workspace: Workspace, seen: Seen, first_seconds: float
) -> None:
    await anyio.sleep(first_seconds)
    while True:
        answer = await http.get(f"/api/v2/workspaces/{workspace.id}")
        resources = answer.json()["latest_build"]["resources"]
        agents = [agent for resource in resources for agent in resource.get("agents") or ()]
        if agents and all(agent["lifecycle_state"] == "ready" for agent in agents):
            seen.by_poller[workspace.id] = time.perf_counter()
            return
        await anyio.sleep(POLL_SECONDS)
