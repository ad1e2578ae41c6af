"""The rules of the house that no other tool checks."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import coder_mcp
from coder_mcp import errors

SRC = Path(coder_mcp.__file__).parent
MODULES = {path.relative_to(SRC).as_posix(): path for path in sorted(SRC.rglob("*.py"))}
LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
NO_NAMES = ("Manager", "Helper", "Handler", "Util", "Utils", "Base")

modules = pytest.mark.parametrize("module", MODULES)


def lines(module: str) -> list[str]:
    return MODULES[module].read_text(encoding="utf-8").splitlines()


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def functions(module: str) -> dict[str, int]:
    """Every function of a module and how many lines it has, its decorators left out."""
    return {
        f"{module}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@modules
def test_a_module_is_small_enough_to_read(module: str) -> None:
    assert len(lines(module)) <= LONGEST_MODULE


@modules
def test_a_function_is_small_enough_to_see_at_once(module: str) -> None:
    long = {name for name, length in functions(module).items() if length > LONGEST_FUNCTION}
    assert long == set()


@modules
def test_a_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(tree(module))


@modules
def test_no_class_is_named_for_what_every_class_is(module: str) -> None:
    names = [node.name for node in ast.walk(tree(module)) if isinstance(node, ast.ClassDef)]
    assert [name for name in names if name.endswith(NO_NAMES)] == []


def test_the_drawn_tree_of_errors_has_the_classes_that_exist_below_their_parents() -> None:
    drawn: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([│├└─ ]*)([A-Z]\w+)(?:  |$)", line)
        if found:
            drawn.append((len(found[1]) // 4, found[2]))
    parents = {
        name: next(
            (other for above, other in reversed(drawn[:place]) if above < depth), "Exception"
        )
        for place, (depth, name) in enumerate(drawn)
    }
    classes = {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception)
    }
    assert parents == classes
