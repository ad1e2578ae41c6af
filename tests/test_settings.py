"""What the environment says: the options, and the deployment's address."""

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from coder_mcp.errors import SettingsError
from coder_mcp.settings import (
    LONGEST_WAIT_SECONDS,
    Settings,
    deployment_url,
    is_loopback,
)
from coder_mcp.variables import given as value_of

FLAGS = {
    "CODER_MCP_READ_ONLY": "read_only",
    "CODER_MCP_OTHERS": "others",
    "CODER_MCP_INSECURE_HTTP": "insecure_http",
}
UNSET = ["", " ", "\t\n", "${user_config.read_only}", " ${user_config.x} ", "${}"]


def test_without_an_environment_every_option_is_off() -> None:
    assert Settings.from_environ({}) == Settings(
        wait_seconds=None, read_only=False, others=False, insecure_http=False, problems=()
    )


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("text", ["1", "true", "TRUE", " yes ", "On"])
def test_a_flag_is_on(name: str, text: str) -> None:
    options = Settings.from_environ({name: text})
    assert [flag for flag in FLAGS.values() if getattr(options, flag)] == [FLAGS[name]]
    assert options.problems == ()


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("text", ["0", "false", "False", "no", " off ", *UNSET])
def test_a_flag_is_off(name: str, text: str) -> None:
    assert Settings.from_environ({name: text}) == Settings()


@pytest.mark.parametrize(("name", "otherwise"), [*zip(FLAGS, [True, False, False], strict=True)])
@pytest.mark.parametrize("text", ["2", "maybe", "${a} ${b", "-"])
def test_a_flag_that_cannot_be_read_is_a_problem_and_errs_on_the_safe_side(
    name: str, text: str, *, otherwise: bool
) -> None:
    options = Settings.from_environ({name: text})
    assert getattr(options, FLAGS[name]) is otherwise
    assert options.problems == (f"{name} is neither on (1, true) nor off (0, false).",)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("45", 45), (" 300 ", 300), ("1800", 1800), ("0045", 45)]
)
def test_a_wait_is_a_number_of_seconds(text: str, seconds: int) -> None:
    assert Settings.from_environ({"CODER_MCP_WAIT_SECONDS": text}) == Settings(wait_seconds=seconds)


@pytest.mark.parametrize("text", UNSET)
def test_a_wait_that_is_not_set_is_left_to_what_the_client_bears(text: str) -> None:
    assert Settings.from_environ({"CODER_MCP_WAIT_SECONDS": text}) == Settings()


@pytest.mark.parametrize("text", ["1801", "99999", "-1", "45s", "1.5", "1e3", "ten", "+5"])
def test_a_wait_that_cannot_be_read_is_a_problem(text: str) -> None:
    options = Settings.from_environ({"CODER_MCP_WAIT_SECONDS": text})
    assert options.wait_seconds is None
    assert options.problems == (
        f"CODER_MCP_WAIT_SECONDS is not a number of 0 to {LONGEST_WAIT_SECONDS}.",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("delete_workspace", {"delete_workspace"}),
        (" delete_workspace , stop_workspace,", {"delete_workspace", "stop_workspace"}),
        (",,", set[str]()),
        *((text, set[str]()) for text in UNSET),
    ],
)
def test_tools_that_are_not_to_be_offered_are_named(text: str, names: set[str]) -> None:
    options = Settings.from_environ({"CODER_MCP_EXCLUDE_TOOLS": text})
    assert options == Settings(exclude_tools=frozenset(names))


@pytest.mark.parametrize("text", ["delete-workspace", "delete workspace", "a;b", "*", "a" * 65])
def test_what_cannot_be_names_of_tools_is_a_problem(text: str) -> None:
    assert Settings.from_environ({"CODER_MCP_EXCLUDE_TOOLS": text}).problems == (
        "CODER_MCP_EXCLUDE_TOOLS must be tool names separated by commas.",
    )


def test_a_variable_that_looks_like_ours_and_is_none_is_told_but_is_no_problem() -> None:
    environ = {"CODER_MCP_READONLY": "SECRET", "CODER_MCP_ZZ": "SECRET", "CODER_MCPX": "", "A": ""}
    environ["CODER_HEADER_COMMAND"] = "SECRET"
    options = Settings.from_environ(environ)
    assert options == Settings(warnings=options.warnings)
    assert options.warnings == snapshot(
        (
            "CODER_HEADER_COMMAND is not supported and has no effect. Use CODER_HEADER.",
            "CODER_MCP_READONLY is not a setting of this server and has no effect. Is CODER_MCP_READ_ONLY meant?",
            "CODER_MCP_ZZ is not a setting of this server and has no effect.",
        )
    )


def test_all_problems_are_told_at_once() -> None:
    environ = {"CODER_MCP_WAIT_SECONDS": "SECRET", "CODER_MCP_READ_ONLY": "SECRET"}
    with pytest.raises(SettingsError) as error:
        Settings.from_environ(environ).check()
    assert str(error.value) == snapshot(
        "CODER_MCP_WAIT_SECONDS is not a number of 0 to 1800. CODER_MCP_READ_ONLY is neither on (1, true) nor off (0, false). Correct the server's configuration."
    )


def test_options_without_a_problem_are_worked_with() -> None:
    Settings.from_environ({"CODER_MCP_READ_ONLY": "1"}).check()


@pytest.mark.parametrize("text", UNSET)
def test_a_blank_and_a_variable_that_a_host_did_not_fill_in_count_as_unset(text: str) -> None:
    assert value_of({"CODER_URL": text}, "CODER_URL") == ""
    assert value_of({}, "CODER_URL") == ""


@pytest.mark.parametrize("text", ["${a}b", "a${b}", "${a}${b}", "$a"])
def test_a_value_that_only_has_a_variable_in_it_is_a_value(text: str) -> None:
    assert value_of({"CODER_URL": f" {text} "}, "CODER_URL") == text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://coder.example.com", "https://coder.example.com"),
        ("https://coder.example.com/", "https://coder.example.com"),
        ("https://coder.example.com//", "https://coder.example.com"),
        (" https://coder.example.com\n", "https://coder.example.com"),
        ("HTTPS://Coder.EXAMPLE.com", "https://coder.example.com"),
        ("coder.example.com", "https://coder.example.com"),
        ("coder.example.com:8443", "https://coder.example.com:8443"),
        ("https://coder.example.com:443", "https://coder.example.com"),
        ("https://coder.example.com:", "https://coder.example.com"),
        ("https://coder.example.com:80", "https://coder.example.com:80"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://LOCALHOST:80/", "http://localhost"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://stra\u00dfe.example", "https://xn--strae-oqa.example"),
        ("https://coder_1.example.com.", "https://coder_1.example.com."),
        ("https://coder", "https://coder"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_scheme_host_and_port(text: str, url: str) -> None:
    assert deployment_url(text, insecure_http=False) == url
    assert deployment_url(url, insecure_http=False) == url


REFUSED = {
    "one slash": ("https:/coder.example.com", "is not an http or https address"),
    "no slash": ("http:coder.example.com", "is not an http or https address"),
    "blank": ("https://coder.example.com /x", "holds a blank, a backslash or a control character"),
    "tab": ("https://coder\t.example.com", "holds a blank, a backslash or a control character"),
    "line end": ("https://coder.example\n.com", "holds a blank, a backslash or a control character"),
    "backslash": ("https://coder.example.com\\@evil.example", "holds a blank, a backslash"),
    "null": ("https://coder.example.com\x00", "holds a blank, a backslash or a control character"),
    "port too large": ("https://coder.example.com:65536", "has a port that is not a number"),
    "port of letters": ("https://coder.example.com:port", "has a port that is not a number"),
    "negative port": ("https://coder.example.com:-1", "has a port that is not a number"),
    "port 0": ("https://coder.example.com:0", "has port 0"),
    "file": ("file:///etc/passwd", "is not an http or https address"),
    "ftp": ("ftp://coder.example.com", "is not an http or https address"),
    "no host": ("https://", "is not an http or https address"),
    "no host but a path": ("https:///x", "is not an http or https address"),
    "nothing": ("", "is not an http or https address"),
    "user": ("https://user@coder.example.com", "holds a user name or password"),
    "password": ("https://user:SECRET@coder.example.com", "holds a user name or password"),
    "empty user": ("https://@coder.example.com", "holds a user name or password"),
    "query": ("https://coder.example.com?token=SECRET", "has something after a ? or #"),
    "empty query": ("https://coder.example.com?", "has something after a ? or #"),
    "fragment": ("https://coder.example.com#SECRET", "has something after a ? or #"),
    "path": ("https://coder.example.com/coder/", "give only https://coder.example.com."),
    "dots": ("https://coder.example.com/..", "give only https://coder.example.com."),
    "http": ("http://coder.example.com", "would send the session token unencrypted"),
    "http to a name like localhost": ("http://localhost.evil.example", "unencrypted"),
    "http to an address in the office": ("http://192.168.0.7:3000", "unencrypted"),
    "bracket": ("https://[coder.example.com", "a host that cannot exist"),
    "brackets around no address": ("https://[coder]", "a host that cannot exist"),
    "brackets around what may be an address one day": ("https://[v1.a:b]", "cannot exist"),
    "a host that is two when it is normalised": ("https://a\u2100b.example", "CODER_URL"),
    "a label that is too long": (f"https://{'x' * 64}.example", "cannot exist"),
    "a character that is a blank when it is normalised": ("https://\u00a8.example", "cannot exist"),
    "an encoded host": ("https://coder%2eexample.com", "cannot exist"),
    "an address with a number too large": ("https://192.0.2.400", "cannot exist"),
    "an address of one link": ("https://[fe80::1%25eth0]", "cannot exist"),
    "a label that ends in a hyphen": ("https://coder-.example", "cannot exist"),
    "an empty label": ("https://coder..example.com", "cannot exist"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_address_of_a_deployment_is_refused_and_why(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as error:
        deployment_url(text, insecure_http=False)
    assert why in str(error.value)
    assert "SECRET" not in str(error.value)


def test_plain_http_is_used_where_that_is_meant() -> None:
    url = "http://coder.example.com"
    assert deployment_url(f"{url}:80/", insecure_http=True) == url


@pytest.mark.parametrize(
    ("host", "is_this_computer"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104  # nothing is bound to it
        ("128.0.0.1", False),
        ("localhost.example.com", False),
        ("coder.example.com", False),
        ("", False),
    ],
)
def test_this_computer_is_known_by_its_name_and_addresses(
    host: str, *, is_this_computer: bool
) -> None:
    assert is_loopback(host) is is_this_computer


parts = st.sampled_from(
    [
        "https://",
        "http://",
        "coder",
        ".example",
        ":",
        "443",
        "/",
        "@",
        "[",
        "]",
        "::1",
        "?",
        "#",
        "\\",
        "%41",
        " ",
    ]
)
texts = st.lists(st.one_of(parts, st.characters()), max_size=8).map("".join)


def understood(text: str) -> str | None:
    """The address, or nothing where it is refused."""
    try:
        return deployment_url(text, insecure_http=True)
    except SettingsError:
        return None


@given(texts)
@settings(derandomize=True, deadline=None, max_examples=1000)
def test_whatever_is_given_ends_in_an_origin_or_is_refused(text: str) -> None:
    url = understood(text)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert not set(url.partition("://")[2]) & set("/?#@\\ ")
        assert understood(url) == url
        assert str(httpx2.URL(url)) == url
