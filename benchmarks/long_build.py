"""A build of ten minutes, as Terraform tells of it: a line each 10 s, and no event between."""

from dataclasses import replace

from coder_mcp.simulator.templates.playbook import STARTING, lines, start
from coder_mcp.simulator.world import World

BUILD_SECONDS = 600.0
TEMPLATE = "slow"

_STILL = [
    (0.7 + seconds, f"docker_image.main: Still creating... [{seconds}s elapsed]")
    for seconds in range(10, int(BUILD_SECONDS), 10)
]
_START = start(
    *lines(STARTING, (0.657, "docker_image.main: Creating..."), *_STILL), ends_at=BUILD_SECONDS
)


def lengthen(world: World) -> None:
    """Let builds of `TEMPLATE` take that long from now on, and let everybody afford them."""
    template = world.template(TEMPLATE)
    world.publish_version(template, replace(template.active_version.definition, start=_START))
    world.set_budget(1_000_000)
