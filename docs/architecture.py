"""The pictures of docs/architecture.md, made from the import contracts in pyproject.toml.

A contract of type `layers` is a house: a floor a line, modules that do not know each other beside
one another, each with the first line of its docstring below. Of packages without floors the
modules are listed alone.
"""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"
BEGIN, END = "<!-- houses: made by dev.py docs -->\n", "<!-- houses: end -->\n"
WIDTH = 78
WITHOUT_FLOORS = ("core", "tools", "stdio")


def page(now: str) -> str:
    """The page with a picture of each house, as the contracts have it, and the other modules."""
    before, _, rest = now.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = [*map(_house, _contracts()), *map(_list, WITHOUT_FLOORS)]
    return "\n".join([f"{before}{BEGIN}", *tables, f"{END}{after}"])


def _contracts() -> Iterator[Mapping[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            yield contract


def _house(contract: Mapping[str, Any]) -> str:
    (package,) = contract["containers"]
    floors = [[name.strip() for name in floor.split("|")] for floor in contract["layers"]]
    names = [name for floor in floors for name in floor]
    picture = "\n".join(["```", *_picture(floors), "```"])
    return f"### {contract['name']}\n\n{picture}\n\n{_table(package, names)}"


def _list(package: str) -> str:
    """Every module of a package and of the packages in it, which stand before theirs."""
    place = SRC / "coder_mcp" / package
    modules = [path.relative_to(place).with_suffix("") for path in place.rglob("*.py")]
    names = {".".join(path.parts).removesuffix("__init__").rstrip(".") for path in modules}
    table = _table(f"coder_mcp.{package}", sorted(names - {""}))
    return f"### Inside {package}\n\n{table}"


def _table(package: str, names: Iterable[str]) -> str:
    rows = [f"| `{name}` | {_about(f'{package}.{name}')} |\n" for name in names]
    return f"| in `{package}` | what it is |\n|---|---|\n{''.join(rows)}"


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
