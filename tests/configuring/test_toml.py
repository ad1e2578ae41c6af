"""TOML is edited without a change of anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from pydantic import JsonValue

from coder_mcp.configuring import toml
from coder_mcp.configuring.documents import Malformed, put

PATH = ("mcp_servers", "coder")
ENTRY: JsonValue = {"command": "C:\\coder-mcp", "args": [], "limit": 60, "env": {"A.b": "ö"}}


def test_an_entry_goes_to_the_end_in_tables_of_its_own() -> None:
    before = 'model = "gpt-5"\n\n# tools\n[mcp_servers.other]\ncommand = "npx" # c\n'
    assert toml.with_value(before, PATH, ENTRY) == snapshot("""\
model = "gpt-5"

# tools
[mcp_servers.other]
command = "npx" # c

[mcp_servers.coder]
command = "C:\\\\coder-mcp"
args = []
limit = 60

[mcp_servers.coder.env]
"A.b" = "ö"
""")


def test_an_entry_is_changed_where_it_stands_and_its_comments_stay() -> None:
    text = (
        "[mcp_servers.coder] # ours\n"
        'command = "old" # where\n'
        "args = [ # of it\n  'a', # ]\n]\n"
        "[mcp_servers.coder.env]\n"
        '"A" = """one\n[two]\n"""\n'
        "# next\n[tui]\nx = 1\n"
    )
    text = toml.with_value(text, (*PATH, "command"), "new")
    text = toml.with_value(text, (*PATH, "args"), ["b"])
    text = toml.with_value(text, (*PATH, "limit"), 1800)
    text = toml.with_value(text, (*PATH, "env", "A"), "1")
    text = toml.with_value(text, (*PATH, "env", "B"), "2")
    assert text == snapshot("""\
[mcp_servers.coder] # ours
command = "new" # where
args = ["b"]
limit = 1800
[mcp_servers.coder.env]
"A" = "1"
B = "2"
# next
[tui]
x = 1
""")


def test_what_is_new_in_an_entry_stands_with_it() -> None:
    text = '[mcp_servers.coder]\ncommand = "a"\n\n# next\n[tui]\nx = 1'
    assert toml.with_value(text, (*PATH, "env"), {"A": "1"}) == (
        '[mcp_servers.coder]\ncommand = "a"\n\n[mcp_servers.coder.env]\nA = "1"\n\n# next\n[tui]\nx = 1'
    )


def test_the_comment_of_the_next_table_is_not_taken_with_the_entry() -> None:
    text = (
        "[a]\nx = 1\n\n# ours\n[mcp_servers.coder]\ncommand = 'a'\n\n[mcp_servers.coder.env]\nA = '1'"
        "\n\n# next\n[mcp_servers.other]\n"
    )
    left = "[a]\nx = 1\n\n# ours\n\n# next\n[mcp_servers.other]\n"
    assert toml.without(text, PATH) == left


@pytest.mark.parametrize(
    ("text", "changed", "left"),
    [
        (
            '[mcp_servers]\ncoder = { command = "a" } # c\nb = 1\n',
            '[mcp_servers]\ncoder = { command = "a", env = { A = "1" } } # c\nb = 1\n',
            "[mcp_servers]\nb = 1\n",
        ),
        (
            '[mcp_servers]\ncoder.command = "a"\ncoder.env.A = "0"\nb = 1\n',
            '[mcp_servers]\ncoder.command = "a"\ncoder.env.A = "1"\nb = 1\n',
            "[mcp_servers]\nb = 1\n",
        ),
        (
            '[ mcp_servers . "coder" ]\ncommand = "a"\n',
            '[ mcp_servers . "coder" ]\ncommand = "a"\n\n[mcp_servers.coder.env]\nA = "1"\n',
            "",
        ),
    ],
    ids=["inline", "dotted", "spaced"],
)
def test_an_entry_is_known_however_it_is_written(text: str, changed: str, left: str) -> None:
    assert toml.with_value(text, (*PATH, "env", "A"), "1") == changed
    assert toml.without(text, PATH) == left


def test_servers_in_one_inline_table_are_not_edited() -> None:
    with pytest.raises(Malformed, match="mcp_servers is an inline table"):
        toml.with_value('mcp_servers = { other = { command = "x" } }\n', PATH, ENTRY)


@pytest.mark.parametrize("text", ["a = ", "[a", "a = 1\na = 2", "\x00"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="it is not TOML"):
        toml.parsed(text)
    with pytest.raises(Malformed, match="it is not TOML"):
        toml.with_value(text, PATH, ENTRY)


PIECES = [
    "# a comment with [mcp_servers.coder]\n",
    "\n",
    '[mcp_servers.{}]\ncommand = "npx"\n',
    "[mcp_servers.{}.env]\nA='[x]' # c = 1\n",
    '[t{}]\na = [ 1, # ]\n  [2], {{ b = "}}" }} ]\n',
    '[t{}]\na = """\n[mcp_servers.coder]\n\\"""" # "\n',
    "[[list]]\nn{} = '''\n# '''\n",
    "[t{}.'a.b'.\"c\"]\nd = 1979-05-27\ne = nan\nf.g = 1e3\n",
]


@st.composite
def documents(draw: st.DrawFn) -> str:
    chosen = draw(st.lists(st.sampled_from(PIECES), max_size=5))
    head = draw(st.sampled_from(["", 'model = "x"\n', "a.b = 1 # c\n\n", "mcp_servers.z.a = 1\n"]))
    text = head + "".join(piece.format(number) for number, piece in enumerate(chosen))
    text = text.replace("\n", "\r\n") if draw(st.booleans()) else text
    return text.rstrip("\r\n") if draw(st.booleans()) else text


@settings(derandomize=True, max_examples=100, deadline=None)
@given(documents())
def test_however_it_is_written_what_was_put_in_can_be_taken_out_to_the_byte(text: str) -> None:
    value = toml.parsed(text)
    after = toml.with_value(text, PATH, ENTRY)
    assert toml.parsed(after) == put(value, PATH, ENTRY)
    assert after.startswith(text)
    assert "\r" not in text or "\n" not in after.replace("\r\n", "")
    changed = toml.with_value(after, (*PATH, "env", "A.b"), "z")
    assert toml.parsed(changed) == put(value, PATH, put(ENTRY, ("env", "A.b"), "z"))
    assert toml.without(changed, PATH) == text
