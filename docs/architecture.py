"""The pictures of docs/architecture.md, made from the import contracts in pyproject.toml.

A contract of type `layers` is a house: a floor a line, modules that do not know each other beside
one another, each with the first sentence of its docstring below.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"
BEGIN, END = "<!-- houses: made by dev.py docs -->\n", "<!-- houses: end -->\n"
WIDTH = 78


def page(now: str) -> str:
    """The page with a picture of each house, as the contracts have it."""
    before, _, rest = now.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", *map(_house, _contracts()), f"{END}{after}"])


def _contracts() -> Iterator[Mapping[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            yield contract


def _house(contract: Mapping[str, Any]) -> str:
    (package,) = contract["containers"]
    floors = [[name.strip() for name in floor.split("|")] for floor in contract["layers"]]
    rows = [f"| `{name}` | {_about(f'{package}.{name}')} |" for floor in floors for name in floor]
    return "\n".join(
        [
            f"### {contract['name']}\n",
            "```",
            *_picture(floors),
            "```\n",
            f"| in `{package}` | what it is |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _picture(floors: list[list[str]]) -> Iterator[str]:
    """A floor a line, the highest first; what stands beside one another is parted by a wall."""
    yield f"┌{'─' * WIDTH}┐"
    for floor in floors:
        rooms = WIDTH - (len(floor) - 1)
        widths = [rooms // len(floor) + (room < rooms % len(floor)) for room in range(len(floor))]
        yield f"│{'│'.join(f' {n}'.ljust(w) for n, w in zip(floor, widths, strict=True))}│"
    yield f"└{'─' * WIDTH}┘"


def _about(module: str) -> str:
    """The first line of the module's docstring."""
    path = SRC / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].replace("|", "\\|")
