"""What is said on stderr, whoever reads it."""

import io
import logging
from collections.abc import Generator

import pytest

from coder_mcp.stdio.stderr import LONGEST_LINE, MOST_LINES, BoundedStderr

SMALLEST_PIPE = 16 * 1024


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(stream: io.StringIO) -> Generator[logging.Logger]:
    logger, handler = logging.getLogger("a test of stderr"), BoundedStderr(stream)
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)


def test_a_message_is_one_clean_line(logger: logging.Logger, stream: io.StringIO) -> None:
    logger.warning("first\nsecond \x1b[31mred\x1b[0m %s", "x" * 1000)
    assert stream.getvalue().startswith("coder-mcp: first second red xxx")
    assert stream.getvalue().count("\n") == 1
    assert len(stream.getvalue()) <= LONGEST_LINE + len("coder-mcp: ") + 1


def test_what_an_exception_says_is_not_repeated(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    logger.error("it failed", exc_info=RuntimeError("of which the text is secret"))
    assert stream.getvalue() == "coder-mcp: it failed\n"


def test_a_flood_ends_with_a_word_and_fits_into_any_pipe(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    for _ in range(1000):
        logger.warning("x" * 1000)
    lines = stream.getvalue().splitlines()
    assert len(lines) == MOST_LINES
    assert lines[-1] == "coder-mcp: there was more to say; it is left out."
    assert len(stream.getvalue().encode()) < SMALLEST_PIPE


def test_where_nobody_can_be_told_nothing_is_raised(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    stream.close()
    logger.warning("hello")
