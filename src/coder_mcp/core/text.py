"""Text from outside, made safe to show: logs, READMEs, names and error bodies.

Escape sequences, control characters and everything invisible are dropped, lines that a terminal
would have overwritten show their last state, and what is too long is cut with a mark. The result
holds nothing that a UTF-8 encoder refuses, is never longer than the text, and cleaning it once
more changes nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

CUT_MARK = " … [cut]"

# ECMA-48: a control sequence, a string (title, hyperlink, ...) up to its end, any other escape.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x1b\x07\x9c\n]*(?:\x1b\\|\x07|\x9c)"
    r"|\x1b[ -/]*[0-~]?"
)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}
# Unicode's other default ignorable code points: fillers, joiners, variation selectors, tags.
_IGNORABLE = (
    range(0x034F, 0x0350),
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    range(0x180B, 0x1810),
    range(0x2065, 0x2066),
    range(0x3164, 0x3165),
    range(0xFE00, 0xFE10),
    range(0xFFA0, 0xFFA1),
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)


class _Visible(dict[int, int | None]):
    """A translation table that is filled as characters come up: what stays, what goes."""

    def __missing__(self, codepoint: int) -> int | None:
        category = unicodedata.category(chr(codepoint))
        self[codepoint] = kept = _kept(codepoint, category)
        return kept


def _kept(codepoint: int, category: str) -> int | None:
    if codepoint in (0x09, 0x0A):
        return codepoint
    if category == "Cs":  # half of a pair: no UTF-8 encoder takes it
        return 0xFFFD
    if category in _INVISIBLE or any(codepoint in those for those in _IGNORABLE):
        return None
    return codepoint


_VISIBLE = _Visible()


def clean(text: str) -> str:
    """The text as a person would have seen it, without anything that is not seen."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.split("\n"))
    return text.translate(_VISIBLE)


def _last_state(line: str) -> str:
    """What stays of a line that was written over itself after each carriage return."""
    states = [state for state in line.split("\r") if state.translate(_VISIBLE).strip()]
    return states[-1] if states else ""


def cut(text: str, most: int) -> str:
    """The text in at most `most` characters; where some are missing it says so."""
    return text if len(text) <= most else text[: most - len(CUT_MARK)].rstrip() + CUT_MARK


def one_line(text: str, most: int) -> str:
    """The text cleaned, on one line of at most `most` characters."""
    return cut(" ".join(clean(text).split()), most)


def prose(text: str, most: int) -> str:
    """A longer text cleaned and cut, its lines kept; a README without its front matter."""
    return cut(_FRONT_MATTER.sub("", clean(text)).strip(), most)


def tail(lines: Sequence[tuple[str, bool]], *, most_lines: int = 20, most_bytes: int = 2048) -> str:
    """The end of a log, in its order.

    Args:
        lines: Each line with whether it reports an error: errors are the first to get a place,
            then the latest of the others.
        most_lines: How many lines there is room for.
        most_bytes: How many bytes of UTF-8 there is room for, line ends included.
    """
    shown = [(one_line(line, 300), error) for line, error in lines]
    candidates = [index for index, (line, _) in enumerate(shown) if line]
    by_worth = sorted(candidates, key=lambda index: (shown[index][1], index), reverse=True)
    kept: list[int] = []
    for index in by_worth[:most_lines]:
        most_bytes -= len(shown[index][0].encode()) + 1
        if most_bytes < 0:
            break
        kept.append(index)
    return "\n".join(shown[index][0] for index in sorted(kept))


def near(wanted: str, names: Iterable[str], most: int = 5) -> list[str]:
    """The names most like the one that was wanted, best first; letter case does not count."""
    spelled = {name.casefold(): name for name in names}
    close = get_close_matches(wanted.casefold(), spelled, n=most, cutoff=0.65)
    part_of = [name for name in spelled if wanted.casefold() in name and name not in close]
    return [spelled[name] for name in (*close, *part_of)][:most]
