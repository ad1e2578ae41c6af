import subprocess
import sys
import time

import anyio
import anyio.to_thread


async def test_an_hour_of_waiting_passes_at_once() -> None:
    began, real = anyio.current_time(), time.monotonic()
    await anyio.sleep(3600)
    assert 3600 <= anyio.current_time() - began < 3601
    assert time.monotonic() - real < 60


async def test_the_earliest_timer_is_the_next_to_fire() -> None:
    with anyio.move_on_after(10) as scope:
        await anyio.sleep(11)
    assert scope.cancelled_caught


async def test_a_thread_at_work_is_waited_for_as_long_as_it_takes() -> None:
    command = [sys.executable, "-c", ""]  # longer than the loop waits for data
    with anyio.move_on_after(10):
        answer = await anyio.to_thread.run_sync(lambda: subprocess.run(command, check=False))  # noqa: S603  # our own
        assert answer.returncode == 0
        return
    raise AssertionError("time has jumped")
