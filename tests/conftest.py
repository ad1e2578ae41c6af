"""The three heights a test can stand on: pure, edge, whole. Time is simulated unless a test asks."""

from typing import Any

import pytest
from virtual_time import virtual_time_loop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Simulated time; override with `real_time` where threads or child processes take part."""
    return "asyncio", {"loop_factory": virtual_time_loop}
