"""The texts of errors in the code, found in its syntax, and the words that tell them apart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import coder_mcp

SRC = Path(coder_mcp.__file__).parent

# In these modules every text of some length is said to somebody.
OF_ERRORS = (
    "api/answers.py",
    "api/connections.py",
    "api/failures.py",
    "api/tls.py",
    "api/transport.py",
    "api/writes.py",
    "calls.py",
    "configuring/files.py",
    "configuring/reader.py",
    "keyring.py",
    "login.py",
    "network.py",
    "settings.py",
)
# Elsewhere it is what one of these is made of.
ERRORS = re.compile(
    r"(?:errors\.|files\.)?(?:BadArguments|SettingsError|CoderUnreachable|NotCoder|Malformed"
    r"|Untouchable|Unreadable)|ValueError|argparse\.ArgumentTypeError"
)
_FEWEST_LETTERS = 11


def texts() -> dict[str, str]:
    """Every text of an error in the code, by its words, with the module where it stands."""
    found: dict[str, str] = {}
    for path in sorted(SRC.rglob("*.py")):
        module = path.relative_to(SRC).as_posix()
        if "simulator" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for text in said(tree, everything=module in OF_ERRORS):
                found.setdefault(words(text), module)
    return found


def said(tree: ast.Module, *, everything: bool) -> Iterator[str]:
    """The texts in it, `{}` where something is filled in; without docstrings."""
    roots: list[ast.AST] = [tree] if everything else []
    if not everything:
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        roots += [call for call in calls if ERRORS.fullmatch(ast.unparse(call.func))]
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    apart = {id(value) for value in statements if isinstance(value, ast.Constant)}
    for root in roots:
        for node in ast.walk(root):
            if isinstance(node, ast.JoinedStr):
                apart |= {id(part) for part in ast.walk(node)} - {id(node)}
            text = _text(node) if id(node) not in apart else ""
            if len(re.findall(r"[a-z]{2,}", text)) > 1 and " " in text.strip():
                yield text


def words(text: str) -> str:
    """Those by which a person finds it: the longest that always stand so, of its beginning."""
    sentences = re.split(r"(?<=[.?!]) ", plain(text), maxsplit=1)
    for part in (sentences[0], plain(text)):
        pieces = (piece.strip(" .:,;?()[]\"'") for piece in re.split(r"\{[^}]*\}", part))
        longest = max(pieces, key=len)
        if len(longest) >= _FEWEST_LETTERS:
            return longest
    return plain(text)


def plain(text: str) -> str:
    """The text without what marks code in it, on one line."""
    return " ".join(text.replace("`", "").split())


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                _text(part) if isinstance(part, ast.Constant) else "{}" for part in parts
            )
        case _:
            return ""
