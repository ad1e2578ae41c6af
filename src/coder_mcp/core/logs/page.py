"""A part of a log as a model reads it: which lines, in how much room, and how to read on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coder_mcp.core.text import CUT_MARK, clean, cut
from coder_mcp.models.wire import ProvisionerJobLog, WorkspaceAgentLog
from coder_mcp.models.workspaces import WorkspaceAgent

LEVELS = ("trace", "debug", "info", "warn", "error")
"""Of builds and agents alike, the lowest first (codersdk, `LogLevel`)."""
MOST_LINES = 500
USUAL_LINES = 50
MOST_BYTES = 16 * 1024
LONGEST_LINE = 500


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line of any log, cleaned.

    Attributes:
        id: Ids count over the whole deployment, and only rise.
        section: The stage of the build, or the script where the agent has several.
        text: Empty where there is nothing to be seen.
    """

    id: int
    level: str
    section: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LogPart:
    """What is shown of a log.

    Attributes:
        text: The lines, below the names of their sections; a mark where some are left out.
        shown: How many lines that is.
        before: How many that fit come before them.
        behind: How many that fit come after them.
        after: The id after which the reading goes on.
    """

    text: str
    shown: int
    before: int
    behind: int
    after: int


def build_lines(lines: Iterable[ProvisionerJobLog]) -> list[LogLine]:
    """The log of a build; the line that opens a stage is empty and only names it."""
    return [
        LogLine(
            id=line.id,
            level=line.log_level,
            section=cut(_on_one_line(line.stage), 80),
            text=cut(_on_one_line(line.output), LONGEST_LINE),
        )
        for line in lines
    ]


def agent_lines(lines: Iterable[WorkspaceAgentLog], agent: WorkspaceAgent) -> list[LogLine]:
    """The log of an agent, each line with what wrote it, where that can be one or another."""
    names = {source.id: cut(_on_one_line(source.display_name), 80) for source in agent.log_sources}
    several = len(names) > 1
    return [
        LogLine(
            id=line.id,
            level=line.level,
            section=(names.get(line.source_id) or "unnamed") if several else "",
            text=cut(_on_one_line(line.output), LONGEST_LINE),
        )
        for line in lines
    ]


def part_of(
    lines: Sequence[LogLine], *, most: int = USUAL_LINES, level: str = "", after: int | None = None
) -> LogPart:
    """The last lines of a log, or with `after` the first of those that come after it.

    Args:
        lines: In their order; with `after` only later ones count.
        most: How many lines are shown at most, if there is room for them.
        level: Lower levels are left out; one that is new to us is shown.
        after: The id of a line.
    """
    unread = [line for line in lines if line.id > (after or 0)]
    fitting = [line for line in unread if line.text and _reaches(line.level, level)]
    from_end = after is None
    kept: list[LogLine] = []
    room, section = MOST_BYTES, ""
    for line in fitting[::-1][:most] if from_end else fitting[:most]:
        heading = len(line.section.encode()) + 3 if line.section != section else 0
        section, room = line.section, room - len(line.text.encode()) - 1 - heading
        if room < 0:
            break
        kept.append(line)
    left_out = len(fitting) - len(kept)
    mark = [CUT_MARK.strip()] if left_out else []
    if from_end:
        text = "\n".join([*mark, *_shown(kept[::-1])])
        read = unread
    else:
        text = "\n".join([*_shown(kept), *mark])
        read = kept if left_out else unread
    return LogPart(
        text=text,
        shown=len(kept),
        before=left_out if from_end else 0,
        behind=0 if from_end else left_out,
        after=read[-1].id if read else after or 0,
    )


def _shown(lines: Sequence[LogLine]) -> list[str]:
    """The lines, those of a section below its name."""
    said: list[str] = []
    section = ""
    for line in lines:
        if line.section not in ("", section):
            said.append(f"[{line.section}]")
        section = line.section
        said.append(line.text)
    return said


def _reaches(level: str, lowest: str) -> bool:
    if level not in LEVELS or lowest not in LEVELS:
        return True
    return LEVELS.index(level) >= LEVELS.index(lowest)


def _on_one_line(text: str) -> str:
    """The text cleaned; the blanks that it begins with are kept."""
    return clean(text).replace("\n", " ").rstrip()
