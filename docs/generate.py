"""Write what of the documentation is made from the code: `python3 dev.py docs [picture]`.

Without an argument the README's table of tools, docs/tools.md, docs/configuration.md,
docs/clients.md, docs/doctor.md, docs/faults.md, docs/tour.md, the tokens of docs/security.md, the
floors and modules of docs/architecture.md, the reviewed surface of the tools in tests, and what
the packages say; with `picture` also
docs/demo.svg, by running the demo.
"""

import io
import json
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

from coder_mcp.configuration import GROUPS
from coder_mcp.core.results import Result
from coder_mcp.server import listed, offered
from coder_mcp.settings import Settings
from coder_mcp.tools.arguments import arguments_schema
from coder_mcp.tools.table import TOOLS, Tool
from coder_mcp.variables import Group, Variable

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TOOLS_PAGE = ROOT / "docs" / "tools.md"
SURFACE = ROOT / "tests" / "surface.json"
FAULTS = ROOT / "docs" / "faults.md"
DOCTOR = ROOT / "docs" / "doctor.md"
CONFIGURATION = ROOT / "docs" / "configuration.md"
CLIENTS = ROOT / "docs" / "clients.md"
SECURITY = ROOT / "docs" / "security.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
CATALOGUE = ROOT / "tests" / "faults" / "catalogue.py"
PACKAGES = ROOT / "docs" / "packages.py"
TOUR = ROOT / "docs" / "tour.md"
PICTURE = ROOT / "docs" / "demo.svg"
CONFIGURATION_PREFACE = """\
# Configuration

Made by `python3 dev.py docs` from `src/coder_mcp/configuration.py`; a test holds the code to it.

All of it comes from the environment that the MCP client starts the server with, or from what
`coder login` left. Where somebody has run `coder login` on this computer, nothing has to be set.

- A variable that is blank, or only a placeholder that the client did not fill in (`${...}`),
  counts as unset. (What the HTTP library reads, proxies and `SSL_CERT_*`, it reads as it is.)
- One that cannot be understood is told by every call until it is fixed; till then none is done.
- One that begins with `CODER_MCP_` and is not listed here has no effect; a line on stderr says
  so at the start, since it is probably misspelt.
- What is called secret is in no output, log or error.
"""
BEGIN, END = "<!-- tools: made by dev.py docs -->\n", "<!-- tools: end -->\n"


def main(arguments: list[str]) -> None:
    """Write the files anew."""
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    TOOLS_PAGE.write_text(page_of_tools(), encoding="utf-8")
    SURFACE.write_text(f"{json.dumps(surface(), indent=1)}\n", encoding="utf-8")
    CONFIGURATION.write_text(page_of_configuration(), encoding="utf-8")
    FAULTS.write_text(page_of_faults(), encoding="utf-8")
    TOUR.write_text(page_of_the_tour(), encoding="utf-8")
    DOCTOR.write_text(page_of_doctor(), encoding="utf-8")
    for path, text in packages().items():
        path.write_text(text, encoding="utf-8")
    CLIENTS.write_text(page_of_clients(CLIENTS.read_text(encoding="utf-8")), encoding="utf-8")
    SECURITY.write_text(page_of_security(SECURITY.read_text(encoding="utf-8")), encoding="utf-8")
    ARCHITECTURE.write_text(
        page_of_architecture(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8"
    )
    if "picture" in arguments:
        PICTURE.write_text(picture_of_the_demo(), encoding="utf-8")


def with_table(readme: str) -> str:
    """The README with the table of tools as the code has it now."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [
        f"| [`{tool.name}`](docs/tools.md#{tool.name}) | {_first_sentence(tool)} |"
        for tool in TOOLS
    ]
    table = "\n".join(["| tool | what it does |", "|---|---|", *rows])
    return f"{before}{BEGIN}\n{table}\n\n{END}{after}"


def _first_sentence(tool: Tool) -> str:
    first_line = tool.description.splitlines()[0]
    return f"{first_line.partition('. ')[0].rstrip('.')}."


def page_of_tools() -> str:
    """The tools with their arguments and outcomes, then what each outcome says."""
    read = list_of_tools({})
    told = [{key: one[key] for key in ("name", "description", "inputSchema")} for one in read]
    head = (
        "# Tools\n\n"
        "Made from the code by `python3 dev.py docs`. What a model reads of the"
        f" {len(TOOLS)} tools (names, descriptions, input schemas) are {tokens(told):,} tokens, of"
        f" the whole list with output schemas {tokens(read):,} (characters / 4).\n"
    )
    return "\n".join([head, *(_tool(tool) for tool in TOOLS), _outcomes()])


def surface() -> JsonValue:
    """What a client is told of the tools, and which of them there are in each mode."""
    read_only = list_of_tools({"CODER_MCP_READ_ONLY": "1"})
    names: list[JsonValue] = [one["name"] for one in read_only]
    tools: list[JsonValue] = [*list_of_tools({})]
    return {"read_only": names, "tools": tools}


def list_of_tools(environ: Mapping[str, str]) -> list[dict[str, JsonValue]]:
    """The tools as a client lists them, without a deployment."""
    settings = Settings.from_environ(environ)
    return [
        listed(tool).model_dump(mode="json", by_alias=True, exclude_none=True)
        for tool in offered(settings)
    ]


def tokens(value: object) -> int:
    """About how many tokens a model reads of it."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) // 4


def _tool(tool: Tool) -> str:
    schema = arguments_schema(tool.arguments)
    properties = cast("Mapping[str, Mapping[str, JsonValue]]", schema["properties"])
    required = cast("list[str]", schema.get("required", []))
    rows = [
        f"- `{name}`{' (required)' if name in required else ''}: {about['description']}."
        for name, about in properties.items()
    ]
    outcomes = ", ".join(dict.fromkeys(f"`{_outcome(arm)}`" for arm in tool.results))
    kind = "changes something"
    if tool.destructive:
        kind = "ends or deletes what cannot be had back"
    elif tool.read_only:
        kind = "changes nothing"
    description = tool.description.replace("\n", "\n\n")
    return "\n".join(
        [
            f"## {tool.name}\n",
            f"It {kind}.\n",
            f"{description}\n",
            *rows,
            f"\nAnswers: {outcomes}.\n",
        ]
    )


def _outcomes() -> str:
    """A table of the outcomes; those of one name are one row."""
    arms = dict.fromkeys(arm for tool in TOOLS for arm in tool.results)
    rows = [
        "## Answers\n",
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


def page_of_configuration() -> str:
    """Every variable of the environment, group by group."""
    return "\n".join([CONFIGURATION_PREFACE, *(_group(group) for group in GROUPS)])


def _group(group: Group) -> str:
    rows = [
        f"## {group.title}\n",
        f"{group.precedence}\n",
        "| variable | meaning | value | default |",
        "|---|---|---|---|",
        *(_variable(variable) for variable in group.variables),
    ]
    return "\n".join([*rows, ""])


def _variable(variable: Variable) -> str:
    value = f"{variable.value} (secret)" if variable.is_secret else variable.value
    return f"| `{variable.name}` | {variable.meaning} | {value} | {variable.default} |"


def page_of_faults() -> str:
    """The catalogue of faults, each with the tests that carry it."""
    return cast("str", runpy.run_path(str(CATALOGUE))["page"]())


def page_of_the_tour() -> str:
    """What people ask, and what the tools answer, by asking them."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "tour.py"))["page"]())


def page_of_doctor() -> str:
    """The screens of the doctor, by running it, and its checks."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "doctor.py"))["written"]())


def packages() -> Mapping[Path, str]:
    """What the packages say, by file; made from the files as they are."""
    return cast("Mapping[Path, str]", runpy.run_path(str(PACKAGES))["written"]())


def page_of_clients(now: str) -> str:
    """What each client needs, and how long it lets a call wait."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "clients.py"))["page"](now))


def page_of_security(now: str) -> str:
    """The least token of each purpose, and what each scope is for."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "security.py"))["page"](now))


def page_of_architecture(now: str) -> str:
    """The floors of each house, as the import contracts have them."""
    return cast("str", runpy.run_path(str(ROOT / "docs" / "architecture.py"))["page"](now))


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
