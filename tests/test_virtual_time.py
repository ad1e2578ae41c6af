import time

import anyio


async def test_an_hour_of_waiting_passes_at_once() -> None:
    began, real = anyio.current_time(), time.monotonic()
    await anyio.sleep(3600)
    assert 3600 <= anyio.current_time() - began < 3601
    assert time.monotonic() - real < 60


async def test_the_earliest_timer_is_the_next_to_fire() -> None:
    with anyio.move_on_after(10) as scope:
        await anyio.sleep(11)
    assert scope.cancelled_caught
