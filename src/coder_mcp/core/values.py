"""Values for the next build of a workspace, held against its last build and the template's rules.

What Coder is certain to refuse is found before anything is stopped for it; what is in doubt passes,
and Coder decides (codersdk/richparameters.go, coderd/dynamicparameters/resolver.go,
provider/parameter.go of terraform-provider-coder). Of an empty value Coder's check takes the
default, but it is stored empty, and the build fails of it. A pattern is not tried here: Coder's run
in linear time, Python's do not.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from coder_mcp.core.parameters import allowed
from coder_mcp.core.results import Validation
from coder_mcp.core.text import one_line
from coder_mcp.models.templates import RichParameter

LEAVE_OUT = "This cannot be changed once the workspace is made; leave it out."
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_LONGEST = 300


def changed(
    given: Mapping[str, str], before: Mapping[str, str], parameters: Iterable[RichParameter]
) -> list[Validation]:
    """A correction for each value that may not take the place of the one of the last build."""
    asked = [known for known in parameters if known.name in given and known.name in before]
    found = (_changed(known, given[known.name], before[known.name]) for known in asked)
    return [wrong for wrong in found if wrong is not None]


def _changed(known: RichParameter, value: str, before: str) -> Validation | None:
    if not known.mutable:
        if value == before:
            return None
        return _wrong(known, LEAVE_OUT, one_line(before, _LONGEST))
    new, old = _integer(value), _integer(before)
    if known.type != "number" or new is None or old is None:
        return None
    match known.validation_monotonic:
        case "increasing" if new < old:
            bounds, way = known.model_copy(update={"validation_min": old}), "raised"
        case "decreasing" if new > old:
            bounds, way = known.model_copy(update={"validation_max": old}), "lowered"
        case _:
            return None
    low, high = bounds.validation_min, bounds.validation_max
    if low is not None and high is not None and low > high:
        detail = f"This is {old} now, can only be {way}, and no other value fits; leave it out."
        return Validation(field=known.name, detail=detail)
    return _wrong(bounds, f"This is {old} now, and can only be {way}.")


def broken(values: Mapping[str, str], parameters: Iterable[RichParameter]) -> list[Validation]:
    """A correction for each value that a rule of a classic parameter does not allow."""
    asked = [known for known in parameters if known.name in values]
    found = ((known, _broken(known, values[known.name])) for known in asked)
    return [_wrong(known, detail) for known, detail in found if detail]


def _broken(known: RichParameter, value: str) -> str:
    if not value and known.required:
        return "The template requires a value for this."
    options = {option.value for option in known.options}
    if options:
        several = _strings(value) if known.type == "list(string)" else None
        fits = value in options or (several is not None and options.issuperset(several))
        return "" if fits else "This is none of its options."
    match known.type:
        case "bool":
            return "" if value in ("true", "false") else "This is true or false."
        case "list(string)":
            return "This is a list of strings." if _strings(value) is None else ""
        case "number":
            return _out_of_range(known, value)
        case _:
            return ""


def _out_of_range(known: RichParameter, value: str) -> str:
    low, high = known.validation_min, known.validation_max
    if low is None and high is None and not known.validation_monotonic:
        return "" if value else "This is a number."
    number = _integer(value)
    if number is None:
        return "This is a whole number."
    fits = (low is None or number >= low) and (high is None or number <= high)
    return "" if fits else "This is out of its range."


def _integer(value: str) -> int | None:
    return int(value) if _INTEGER.fullmatch(value) else None


def _strings(value: str) -> list[str] | None:
    """The items of a list that Coder can read; nothing of anything else."""
    try:
        decoded: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    items = cast("list[object]", decoded) if isinstance(decoded, list) else [decoded]
    strings = [item for item in items if isinstance(item, str)]
    return strings if isinstance(decoded, list) and len(strings) == len(items) else None


def _wrong(known: RichParameter, detail: str, *may: str) -> Validation:
    return Validation(field=known.name, detail=detail, allowed=may or allowed(known) or None)
