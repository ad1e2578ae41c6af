"""Write what of the documentation is made from the code: `python3 dev.py docs [picture]`.

Without an argument the tool reference of the README, docs/faults.md and docs/clients.md; with
`picture` also docs/demo.svg, by running the demo.
"""

import io
import re
import runpy
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from pydantic import BaseModel, JsonValue
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from coder_mcp.core.results import Result
from coder_mcp.tools.arguments import arguments_schema
from coder_mcp.tools.table import TOOLS, Tool

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FAULTS = ROOT / "docs" / "faults.md"
CLIENTS = ROOT / "docs" / "clients.md"
CATALOGUE = ROOT / "tests" / "faults" / "catalogue.py"
PICTURE = ROOT / "docs" / "demo.svg"
BEGIN, END = "<!-- tools: made by dev.py docs -->\n", "<!-- tools: end -->\n"


def main(arguments: list[str]) -> None:
    """Write the files anew."""
    README.write_text(with_reference(README.read_text(encoding="utf-8")), encoding="utf-8")
    FAULTS.write_text(page_of_faults(), encoding="utf-8")
    CLIENTS.write_text(page_of_clients(CLIENTS.read_text(encoding="utf-8")), encoding="utf-8")
    if "picture" in arguments:
        PICTURE.write_text(picture_of_the_demo(), encoding="utf-8")


def with_reference(readme: str) -> str:
    """The README with the tool reference as the code has it now."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{reference()}\n{END}{after}"


def reference() -> str:
    """The tools with their arguments and outcomes, then what each outcome says."""
    return "\n".join([*(_tool(tool) for tool in TOOLS), _outcomes()])


def _tool(tool: Tool) -> str:
    schema = arguments_schema(tool.arguments)
    properties = cast("Mapping[str, Mapping[str, JsonValue]]", schema["properties"])
    required = cast("list[str]", schema.get("required", []))
    rows = [
        f"- `{name}`{' (required)' if name in required else ''}: {about['description']}."
        for name, about in properties.items()
    ]
    outcomes = ", ".join(dict.fromkeys(f"`{_outcome(arm)}`" for arm in tool.results))
    kind = "reads" if tool.read_only else "ends or deletes" if tool.destructive else "changes"
    description = tool.description.replace("\n", "\n\n")
    return "\n".join(
        [
            f"### `{tool.name}` ({kind})\n",
            f"{description}\n",
            *rows,
            f"\nAnswers: {outcomes}.\n",
        ]
    )


def _outcomes() -> str:
    """A table of the outcomes; those of one name are one row."""
    arms = dict.fromkeys(arm for tool in TOOLS for arm in tool.results)
    rows = [
        "### Answers\n",
        "| outcome | says | keys beside `outcome` and `message` |",
        "|---|---|---|",
    ]
    for arm in arms:
        says = (arm.__doc__ or "").partition("\n")[0]
        keys = ", ".join(f"`{key}`" for key in _keys(arm))
        rows.append(f"| `{_outcome(arm)}` | {says} | {keys} |")
    return "\n".join([*rows, ""])


def _outcome(arm: type[Result]) -> str:
    return cast("str", arm.model_fields["outcome"].default)


def _keys(arm: type[BaseModel]) -> Iterable[str]:
    return (name for name in arm.model_fields if name not in ("outcome", "message"))


def page_of_faults() -> str:
    """The catalogue of faults, each with the tests that carry it."""
    return cast("str", runpy.run_path(str(CATALOGUE))["page"]())


def page_of_clients(now: str) -> str:
    """What each client needs, and how long it lets a call wait."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "clients.py"))["page"](now))


def picture_of_the_demo() -> str:
    """The demo's output, as a terminal shows it."""
    command = [sys.executable, "-m", "coder_mcp", "demo"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own
    console = Console(record=True, width=100, file=io.StringIO())
    for line in output.splitlines():
        style = "bold white" if line.startswith('"') else "cyan" if line[:2] in ("->", "<-") else ""
        style = "green" if '"outcome"' in line else style
        console.print(Text(line, style=style, no_wrap=False))
    picture = console.export_svg(title="make demo", theme=MONOKAI)
    # The reader's own monospaced font; no picture of ours fetches one from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    main(sys.argv[1:])
