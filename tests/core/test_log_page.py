"""Which lines of a log are shown, in how much room, and how the reading goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import agent, log_line
from coder_mcp.core.logs.page import (
    LEVELS,
    LONGEST_LINE,
    MOST_BYTES,
    LogLine,
    agent_lines,
    build_lines,
    part_of,
)
from coder_mcp.core.text import CUT_MARK
from coder_mcp.models.wire import ProvisionerJobLog, WorkspaceAgentLog
from recorded import recorded

MARK = CUT_MARK.strip()
HUNDRED = [LogLine(id=n * 3, level="info", section="", text=f"line {n}") for n in range(1, 101)]


def lines_of(text: str) -> list[str]:
    return text.split("\n") if text else []


def test_the_last_lines_are_shown_below_a_mark_for_what_is_left_out() -> None:
    part = part_of(HUNDRED, most=3)
    assert part.text == f"{MARK}\nline 98\nline 99\nline 100"
    assert (part.shown, part.before, part.behind, part.after) == (3, 97, 0, 300)


def test_after_a_line_the_next_ones_are_shown_and_where_they_end() -> None:
    part = part_of(HUNDRED, most=2, after=30)
    assert part.text == f"line 11\nline 12\n{MARK}"
    assert (part.shown, part.before, part.behind, part.after) == (2, 0, 88, 36)


def test_a_short_log_is_shown_whole_without_a_mark() -> None:
    part = part_of(HUNDRED[:2])
    assert (part.text, part.before, part.behind) == ("line 1\nline 2", 0, 0)


def test_after_the_last_line_there_is_nothing_and_the_place_is_kept() -> None:
    part = part_of(HUNDRED, after=300)
    assert (part.text, part.shown, part.after) == ("", 0, 300)
    assert part_of([], after=None).after == 0


@pytest.mark.parametrize(
    ("level", "shown"), [("", 6), ("trace", 6), ("info", 4), ("warn", 3), ("error", 2)]
)
def test_lower_levels_are_left_out_and_one_that_is_new_is_not(level: str, shown: int) -> None:
    lines = [
        LogLine(id=number, level=each, section="", text=each)
        for number, each in enumerate([*LEVELS, "fatal"], 1)
    ]
    assert part_of(lines, level=level).shown == shown


def test_the_pages_read_after_one_another_are_the_whole_log() -> None:
    read, after = list[str](), 0
    for _ in range(50):
        part = part_of(HUNDRED, most=7, after=after)
        read += [line for line in lines_of(part.text) if line != MARK]
        after = part.after
        if not part.behind:
            break
    assert read == [line.text for line in HUNDRED]
    assert after == 300


@given(
    st.lists(st.tuples(st.text(max_size=600), st.sampled_from(("", "a", "b"))), max_size=120),
    st.integers(1, 500),
    st.none() | st.integers(0, 130),
)
def test_whatever_a_log_holds_it_fits_and_something_is_shown(
    texts: list[tuple[str, str]], most: int, after: int | None
) -> None:
    raw = [log_line(n, text, stage=stage) for n, (text, stage) in enumerate(texts, 1)]
    lines = build_lines(raw)
    part = part_of(lines, most=most, after=after)
    fitting = [line for line in lines if line.text and line.id > (after or 0)]
    assert len(part.text.encode()) <= MOST_BYTES + len(MARK.encode()) + 1
    assert part.shown + part.before + part.behind == len(fitting)
    assert part.shown <= most
    assert part.shown > 0 or not fitting
    assert part.after >= (after or 0)


def test_a_log_of_long_lines_is_cut_by_its_bytes() -> None:
    lines = build_lines([log_line(number, "工" * 1000) for number in range(1, 101)])
    part = part_of(lines, most=500)
    assert all(len(line) <= LONGEST_LINE for line in lines_of(part.text))
    assert 5 < part.shown < 15
    assert part.before == 100 - part.shown


def test_the_stages_of_a_build_stand_above_their_lines() -> None:
    wire = recorded("flows/create-apply-fails")["build_logs"]["response"]["json"]
    lines = build_lines([ProvisionerJobLog.model_validate(line) for line in wire])
    assert part_of(lines, level="error").text.startswith("[Starting workspace]\n")
    headings = [line for line in lines_of(part_of(lines).text) if line.startswith("[")]
    assert headings[-1] == "[Starting workspace]"
    assert len(headings) > 2


def test_escapes_are_dropped_and_the_blanks_before_a_line_stay() -> None:
    (line,) = build_lines([log_line(1, "  \x1b[31m│\x1b[0m   with a.b,  \x07")])
    assert line.text == "  │   with a.b,"


def test_the_scripts_of_an_agent_are_named_where_there_are_several() -> None:
    def wrote(number: int, source: str) -> WorkspaceAgentLog:
        return WorkspaceAgentLog(id=number, output=f"line {number}", source_id=source)

    sources = [{"id": "s1", "display_name": "dotfiles"}, {"id": "s2", "display_name": ""}]
    written = [wrote(1, "s1"), wrote(2, "s2"), wrote(3, "s1"), wrote(4, "gone")]
    several = agent_lines(written, agent(log_sources=sources))
    assert lines_of(part_of(several).text) == [
        *("[dotfiles]", "line 1", "[unnamed]", "line 2"),
        *("[dotfiles]", "line 3", "[unnamed]", "line 4"),
    ]
    one = agent_lines(written, agent(log_sources=sources[:1]))
    assert part_of(one).text == "line 1\nline 2\nline 3\nline 4"
