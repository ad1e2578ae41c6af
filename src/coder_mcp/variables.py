"""What a variable of the environment is, and how one is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# A host that has no value for a variable of its configuration passes the variable itself.
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Variable:
    """One of them.

    Attributes:
        name: As the environment has it.
        meaning: What it decides.
        value: What it can be, with its unit.
        default: What holds where it is unset.
        is_secret: Whether its value is shown nowhere.
        read_by: Who reads it, where that is not this program's own code.
    """

    name: str
    meaning: str
    value: str
    default: str
    is_secret: bool = False
    read_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Variables of one purpose.

    Attributes:
        title: What they are about.
        precedence: Which of them comes before which, in words.
        variables: In the order in which they are told.
    """

    title: str
    precedence: str
    variables: tuple[Variable, ...]


def given(environ: Mapping[str, str], name: str) -> str:
    """The variable's value without blanks around it, empty where it has none."""
    text = environ.get(name, "").strip()
    return "" if _PLACEHOLDER.fullmatch(text) else text
