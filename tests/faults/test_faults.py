"""The catalogue is whole: each row has a test or a reason, and no test names a row that is none."""

import pytest

from faults.catalogue import PARTS, Row, carriers, rows

ROWS = [row for part in PARTS for row in rows(part)]
LETTERS = {"The network": "N", "HTTP": "H", "Coder": "C", "The protocol": "M", "The process": "P"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_has_a_test_or_a_reason_why_not_and_never_both(row: Row) -> None:
    assert (row.name in carriers()) != bool(row.why_not)


def test_no_test_names_a_row_that_there_is_not() -> None:
    assert set(carriers()) <= {row.name for row in ROWS}


@pytest.mark.parametrize("part", PARTS)
def test_the_rows_of_a_part_are_numbered(part: str) -> None:
    names = [row.name for row in rows(part)]
    assert names == [f"{LETTERS[part]}{number}" for number in range(1, len(names) + 1)]
