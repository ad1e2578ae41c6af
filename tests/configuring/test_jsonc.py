"""JSON with comments is edited without a change of anything else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from pydantic import JsonValue

from coder_mcp.configuring import jsonc
from coder_mcp.configuring.documents import Malformed, put

PATH = ("mcpServers", "coder")
ENTRY: JsonValue = {"command": "/bin/coder-mcp", "args": [], "env": {"A": "ö\\"}}


def test_an_entry_goes_behind_the_others_and_all_else_stays() -> None:
    before = (
        "// mine\n{\n    /* servers */\n"
        '    "mcpServers": {\n        // the first\n'
        '        "gh": { "command": "npx", }, // tail\n'
        '        /* "off": {} */\n    },\n'
        '    "theme": "//no comment",\n}\n'
    )
    assert jsonc.with_value(before, PATH, {"command": "x", "args": ["y"]}) == snapshot("""\
// mine
{
    /* servers */
    "mcpServers": {
        // the first
        "gh": { "command": "npx", }, // tail
        "coder": {
            "command": "x",
            "args": [
                "y"
            ]
        },
        /* "off": {} */
    },
    "theme": "//no comment",
}
""")


@pytest.mark.parametrize(
    "before",
    [
        "{}\n",
        "{}",
        '{"a":1}',
        '{\n\t"a": 1\n}\n',
        '{"mcpServers": {"gh": {}}, "z": 1}',
        '{ "mcpServers": { "gh": {"env": {}}, } }\n',
        '{\n  "mcpServers": {\n    "gh": {\n      "command": "npx"\n    } // c\n    // end\n  }\n}',
        '{\r\n  "theme": "dark",\r\n  "mcpServers": {\r\n    "a": {"command":"x"}\r\n  }\r\n}\r\n',
        '{"mcpServers": {"gh": {}}} // the end',
        '{\n "mcpServers":\n {\n  "gh":1\n ,"b":2}}',
        '{\n  "mcpServers": {\n    "gh": 1, "b": 2\n  }\n}\n',
        '\n\n{ /* a */ "mcpServers" /* b */ : /* c */ { /* d */ "gh" : 1 /* e */ , /* f */ } }',
    ],
)
def test_what_was_put_in_can_be_taken_out_to_the_byte(before: str) -> None:
    after = jsonc.with_value(before, PATH, ENTRY)
    assert jsonc.parsed(after) == put(jsonc.parsed(before), PATH, ENTRY)
    assert jsonc.pruned(jsonc.without(after, PATH), PATH[:1]) == before


def test_line_ends_and_steps_of_indentation_are_those_of_the_file() -> None:
    after = jsonc.with_value('{\r\n\t"a": 1\r\n}', PATH, {"b": [True]})
    assert after == (
        '{\r\n\t"a": 1,\r\n\t"mcpServers": {\r\n\t\t"coder": {\r\n\t\t\t"b": [\r\n\t\t\t\ttrue'
        "\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}"
    )


@pytest.mark.parametrize(
    ("empty", "after"),
    [
        ("", '{\n  "a": 1\n}\n'),
        (" \n", ' \n{\n  "a": 1\n}\n'),
        ("// settings", '// settings\n{\n  "a": 1\n}\n'),
        ("{\n  // none yet\n}\n", '{\n  // none yet\n  "a": 1\n}\n'),
    ],
)
def test_an_empty_file_becomes_an_object(empty: str, after: str) -> None:
    assert jsonc.parsed(empty) == {}
    assert jsonc.with_value(empty, ("a",), 1) == after


def test_of_two_keys_of_one_name_the_last_counts_and_both_can_go() -> None:
    text = '{"a": 1, "b": 2, "a": 3}'
    assert jsonc.parsed(text) == {"a": 3, "b": 2}
    assert jsonc.with_value(text, ("a",), 4) == '{"a": 1, "b": 2, "a": 4}'
    assert jsonc.without(text, ("a",)) == '{"b": 2}'


def test_an_object_that_holds_a_comment_is_not_taken_for_an_empty_one() -> None:
    text = '{"servers": { /* keep */ }}'
    assert jsonc.pruned(text, ("servers",)) == text
    assert jsonc.pruned('{"servers": {}}', ("servers",)) == "{}"


def test_an_item_is_added_to_a_list_and_taken_out_of_it() -> None:
    text = '{"inputs": [{"id": "a"}, {"id": "b"}]}'
    longer = jsonc.with_value(text, ("inputs", 2), {"id": "c"})
    assert longer == '{"inputs": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}'
    assert jsonc.without(longer, ("inputs", 2)) == text
    assert jsonc.without(text, ("inputs", 0)) == '{"inputs": [{"id": "b"}]}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1, column 2: a key in quotes was expected"),
        ('{\n  "a" 1}', "line 2, column 7: a colon was expected"),
        ('{"a": 1 "b": 2}', "line 1, column 9: a comma or } was expected"),
        ("{'a': 1}", "line 1, column 2: a key in quotes was expected"),
        ('{"a": }', "line 1, column 7: a value was expected"),
        ('{"a": NaN}', "line 1, column 7: a value was expected"),
        ('{"a": 01}', "line 1, column 8: a comma or } was expected"),
        ('{"a": "b\n"}', "line 1, column 7: a string has no end"),
        ("{} {}", "line 1, column 4: nothing more was expected"),
        ("/* {}", "line 1, column 1: a value was expected"),
        ("[" * 200, "line 1, column 102: it is nested too deeply"),
        (f'{{"a": {"9" * 5000}}}', "line 1, column 5007: a number is too long"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        jsonc.parsed(text)
    assert str(refused.value) == why
    with pytest.raises(Malformed):
        jsonc.with_value(text, PATH, 1)


def test_a_server_cannot_be_put_where_no_object_is() -> None:
    with pytest.raises(Malformed, match="mcpServers is not an object"):
        jsonc.with_value('{"mcpServers": []}', PATH, 1)


BLANKS = st.sampled_from(["", " ", "\n", "\n  ", "\r\n\t", ' // c, } "\n', "/* ] , */", "\n//\n"])
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a"\\/,{}é', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def written(draw: st.DrawFn, value: JsonValue) -> str:
    """The value as somebody may have written it."""
    if isinstance(value, dict):
        inner = [
            f"{json.dumps(key)}{draw(BLANKS)}:{draw(BLANKS)}{draw(written(one))}"
            for key, one in value.items()
        ]
    elif isinstance(value, list):
        inner = [draw(written(one)) for one in value]
    else:
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    text = ",".join(draw(BLANKS) + part + draw(BLANKS) for part in inner)
    text += "," if inner and draw(st.booleans()) else ""
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + text + draw(BLANKS) + closing


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, JsonValue], str]:
    value = draw(st.dictionaries(st.text("ab", max_size=2), VALUES, max_size=3))
    if draw(st.booleans()):
        servers = st.dictionaries(st.sampled_from(["gh", "x"]), VALUES, min_size=1)
        value["mcpServers"] = draw(servers)
    return value, draw(BLANKS) + draw(written(value)) + draw(BLANKS)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(documents())
def test_however_it_is_written_an_edit_says_what_it_has_to_and_keeps_every_other_piece(
    document: tuple[dict[str, JsonValue], str],
) -> None:
    value, text = document
    assert jsonc.parsed(text) == value
    after = jsonc.with_value(text, PATH, ENTRY)
    assert jsonc.parsed(after) == put(value, PATH, ENTRY)
    assert is_kept(text, after)
    changed = jsonc.with_value(after, (*PATH, "env", "A"), "z")
    assert jsonc.parsed(changed) == put(jsonc.parsed(after), (*PATH, "env", "A"), "z")
    left = jsonc.without(after, PATH)
    assert jsonc.parsed(left) == {"mcpServers": {}} | value
    if value.get("mcpServers"):
        assert left == text


def is_kept(text: str, after: str) -> bool:
    """Whether every character that is no blank stands in what came of the text, in its order."""
    rest = iter(after)
    return all(sign in rest for sign in text if not sign.isspace())


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text('{}[]",:/* \n1a', max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = jsonc.parsed(text)
    except Malformed:
        return
    if isinstance(value, dict):
        assert jsonc.parsed(jsonc.with_value(text, ("k",), 1)) == {**value, "k": 1}
