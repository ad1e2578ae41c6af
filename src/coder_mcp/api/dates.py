"""The time that an answer tells in its `Date` header."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Beyond them a sum or a time zone leaves what a datetime can hold.
_YEARS = range(1970, 9000)


def date_of(header: str) -> datetime | None:
    """The moment; nothing where it is none that can be counted with."""
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=date.tzinfo or UTC) if date.year in _YEARS else None
