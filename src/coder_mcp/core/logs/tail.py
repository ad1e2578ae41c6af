"""The end of a build's log: what is kept of it while it goes by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from coder_mcp.core.text import tail
from coder_mcp.models.wire import ProvisionerJobLog, WorkspaceAgentLog

_KEPT_LINES = 40
# The quota stage of the provisioner (provisionerd/runner); the figures follow an em dash.
_BUILD_COST = re.compile(r"Build cost\s+—\s+(\d+)")


@dataclass(frozen=True, kw_only=True)
class LogTail:
    """The latest lines, the latest errors among all of them, and what was said last.

    Attributes:
        last_id: Of the newest line: ids count over the whole deployment, and only rise.
        build_cost: Credits a day, where the log has named it.
    """

    last_id: int = 0
    stage: str = ""
    output: str = ""
    build_cost: int | None = None
    lines: tuple[ProvisionerJobLog, ...] = ()
    errors: tuple[ProvisionerJobLog, ...] = ()

    def with_line(self, line: ProvisionerJobLog) -> "LogTail":
        """The same with one line more; a line that was seen already changes nothing."""
        if line.id <= self.last_id:
            return self
        cost = _BUILD_COST.search(line.output) if line.stage.casefold() == "commit quota" else None
        failed = line.log_level == "error"
        return replace(
            self,
            last_id=line.id,
            stage=line.stage,
            output=line.output or ("" if line.stage != self.stage else self.output),
            build_cost=int(cost[1]) if cost else self.build_cost,
            lines=(*self.lines, line)[-_KEPT_LINES:],
            errors=(*self.errors, line)[-_KEPT_LINES:] if failed else self.errors,
        )

    def with_lines(self, lines: Iterable[ProvisionerJobLog]) -> "LogTail":
        """The same with more lines, in order."""
        log = self
        for line in lines:
            log = log.with_line(line)
        return log

    @property
    def failing_stage(self) -> str:
        """Where the last error was; without one, where something was printed last."""
        said = self.errors or tuple(line for line in self.lines if line.output)
        return said[-1].stage if said else ""

    def shown(self) -> str:
        """At most 20 lines and 2 KB, errors first in line for a place, in the log's order."""
        kept = {line.id: line for line in (*self.errors, *self.lines)}
        lines = [kept[line_id] for line_id in sorted(kept)]
        return tail([(line.output, line.log_level == "error") for line in lines])


def agent_log_shown(lines: tuple[WorkspaceAgentLog, ...]) -> str:
    """The end of an agent's log, as that of a build is shown."""
    return tail([(line.output, line.level == "error") for line in lines])
