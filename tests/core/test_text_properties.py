"""What holds of any text from outside once it is cleaned."""

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from coder_mcp.core.text import clean, cut, one_line, prose, tail

# Characters that begin, end or make up what has to go, beside any others.
SPECIAL = (
    "\x00\x07\x1b\x85\x90\x98\x9b\x9c\x9d\x9f\r\n\t []\\;m0?\ud800\udfff\u200b\u202e\ufe0f\u2028"
)
characters = st.one_of(st.sampled_from(SPECIAL), st.integers(0, 0x10FFFF).map(chr))
pieces = st.one_of(
    characters,
    st.sampled_from(["\x1b[31m", "\x1b]0;t\x07", "\x1bP", "\x1b\\", "\r\n", "text", "---\n"]),
)
texts = st.lists(pieces, max_size=40).map("".join)
many = settings(derandomize=True, deadline=None, max_examples=500)


@given(texts)
@many
def test_clean_text_holds_nothing_that_is_not_seen(text: str) -> None:
    for character in clean(text):
        category = unicodedata.category(character)
        assert character in "\n\t" or category not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(texts)
@many
def test_clean_text_can_be_written_as_utf_8(text: str) -> None:
    assert clean(text).encode().decode() == clean(text)


@given(texts)
@many
def test_cleaning_once_more_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(texts)
@many
def test_clean_text_is_never_longer_than_the_text(text: str) -> None:
    assert len(clean(text)) <= len(text)


@given(texts)
@many
def test_clean_text_is_what_was_there_with_something_left_out(text: str) -> None:
    rest = iter(re.sub("[\ud800-\udfff]", "\ufffd", text))
    assert all(character in rest for character in clean(text))


@given(texts, st.integers(20, 60))
@many
def test_one_line_is_one_line_within_its_length(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert line.splitlines() in ([line], [])
    assert line == line.strip()
    assert one_line(line, most) == line


@given(texts, st.integers(20, 60))
@many
def test_prose_and_cut_text_stay_within_their_length(text: str, most: int) -> None:
    assert len(cut(text, most)) <= most
    assert len(prose(text, most)) <= most


lines = st.tuples(st.one_of(texts, st.just("a line " * 20)), st.booleans())


@given(st.lists(lines, max_size=40))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_the_tail_of_a_log_has_at_most_20_lines_and_2_kb(log: list[tuple[str, bool]]) -> None:
    shown = tail(log)
    assert len(shown.encode()) <= 2048
    assert len(shown.split("\n")) <= 20


@given(st.lists(lines, max_size=40))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_the_tail_of_a_log_is_in_its_order_and_has_no_other_line_while_an_error_is_left_out(
    log: list[tuple[str, bool]],
) -> None:
    numbered = [(f"{number} {clean(line)}", error) for number, (line, error) in enumerate(log)]
    shown = [int(line.split(" ")[0]) for line in tail(numbered).splitlines()]
    assert shown == sorted(shown)
    errors = {number for number, (_, error) in enumerate(numbered) if error}
    assert errors.issuperset(shown) or errors.issubset(shown)
