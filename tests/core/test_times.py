"""Moments as they are shown."""

from datetime import datetime, timedelta, timezone

from coder_mcp.core.times import shown_time


def test_a_moment_is_shown_in_utc_to_the_second() -> None:
    there = datetime(2026, 3, 1, 1, 2, 3, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert shown_time(there) == "2026-02-28T23:02:03Z"
