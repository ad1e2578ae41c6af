"""Time is simulated unless a test asks for the real one."""

from typing import Any

import pytest

from virtual_time import virtual_time_loop

pytest_plugins = ["canary"]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Simulated time; a module whose tests use threads or child processes takes "asyncio"."""
    return "asyncio", {"loop_factory": virtual_time_loop}
