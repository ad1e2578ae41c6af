"""What the environment says of the way to the deployment."""

import pytest

from canary import TOKEN
from coder_mcp.network import Network
from coder_mcp.settings import Settings


def headers(text: str) -> tuple[tuple[str, str], ...]:
    """The headers of a CODER_HEADER that can be understood."""
    options = Settings.from_environ({"CODER_HEADER": text})
    assert options.problems == ()
    return options.network.headers


def test_without_an_environment_there_is_nothing_on_the_way() -> None:
    problems: list[str] = []
    assert Network.from_environ({}, problems) == Network()
    assert problems == []


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("X-Id=1", [("X-Id", "1")]),
        ("X-Id=1,X-Key=a=b==", [("X-Id", "1"), ("X-Key", "a=b==")]),
        (" X-Id = one two , X-Key=b ", [("X-Id", "one two"), ("X-Key", "b")]),
        ('"X-List=a,b",X-Id=1', [("X-List", "a,b"), ("X-Id", "1")]),
        ('"X-Json={""a"":1}"', [("X-Json", '{"a":1}')]),
        ("X-Same=1,x-same=2", [("X-Same", "1"), ("x-same", "2")]),
        ("Authorization=Basic abc", [("Authorization", "Basic abc")]),
        ("Proxy-Authorization=Bearer abc", [("Proxy-Authorization", "Bearer abc")]),
        ("${user_config.header}", []),
        ("", []),
    ],
)
def test_headers_are_understood_as_the_coder_cli_does(
    text: str, understood: list[tuple[str, str]]
) -> None:
    assert headers(text) == tuple(understood)


NO_HEADERS = {
    "no value": ("X-Id", "number 1"),
    "no name": ("=SECRET", "number 1"),
    "a name that is none": ("X-Id: SECRET=1", "number 1"),
    "an empty one": ("X-Id=1,", "number 2"),
    "an empty value": ("X-Id=1,X-Key=", "number 2"),
    "two lines": ('"X-Id=1\r\nX-Evil=SECRET"', "number 1"),
    "another alphabet": ("X-Id=s\u00e9SECRET", "number 1"),
    "an open quote": ('"X-Id=SECRET', "cannot be taken apart at its commas"),
    "our token": ("coder-session-TOKEN=SECRET", "holds coder-session-TOKEN, which this server"),
    "a cookie": ("Cookie=coder_session_token=SECRET", "holds Cookie, which this server"),
    "a host": ("Host=SECRET.example", "holds Host, which"),
    "a length": ("Content-Length=0", "holds Content-Length, which"),
    "an upgrade": ("Sec-WebSocket-Key=SECRET", "holds Sec-WebSocket-Key, which"),
}


@pytest.mark.parametrize(("text", "why"), NO_HEADERS.values(), ids=NO_HEADERS)
def test_what_is_no_header_or_not_to_be_given_is_a_problem_that_repeats_no_value(
    text: str, why: str
) -> None:
    (problem,) = Settings.from_environ({"CODER_HEADER": text}).problems
    assert problem.startswith("CODER_HEADER ")
    assert why in problem
    assert "SECRET" not in problem


def test_the_headers_are_in_no_repr() -> None:
    options = Settings.from_environ({"CODER_HEADER": f"X-Key={TOKEN}"})
    assert options.network.headers == (("X-Key", TOKEN),)
    assert TOKEN not in repr(options)


@pytest.mark.parametrize("there", ["CERT", "KEY"])
def test_a_certificate_without_its_key_and_a_key_alone_are_a_problem(there: str) -> None:
    options = Settings.from_environ({f"CODER_CLIENT_TLS_{there}_FILE": "/a.pem"})
    (problem,) = options.problems
    assert problem.startswith(f"CODER_CLIENT_TLS_{there}_FILE is set, but CODER_CLIENT_TLS_")
    assert options.network == Network()


def test_files_of_certificates_are_kept_with_the_variable_that_names_them() -> None:
    environ = {
        "CODER_MCP_CA_FILE": " /ours.pem ",
        "CODER_CLIENT_TLS_CA_FILE": "/theirs.pem",
        "CODER_CLIENT_TLS_CERT_FILE": "/me.crt",
        "CODER_CLIENT_TLS_KEY_FILE": "/me.key",
    }
    assert Settings.from_environ(environ).network == Network(
        ca_files=(
            ("CODER_MCP_CA_FILE", "/ours.pem"),
            ("CODER_CLIENT_TLS_CA_FILE", "/theirs.pem"),
        ),
        certificate_file="/me.crt",
        key_file="/me.key",
    )
