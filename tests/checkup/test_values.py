"""Which settings are shown, and that none of them can be a secret."""

import pytest

from canary import TOKEN, without_tokens
from coder_mcp.checkup.values import trusted, values
from coder_mcp.login import Login

URL = "https://coder.example.com"


def test_what_is_not_at_its_default_is_shown_by_where_it_is_from() -> None:
    login = Login(url=URL, session_token=TOKEN, source="coder login", url_source="coder login")
    environ = {"CODER_MCP_WAIT_SECONDS": "60", "NO_PROXY": "example.com", "PATH": "/bin"}
    assert values(environ, login) == (
        f"from coder login CODER_URL={URL}, CODER_SESSION_TOKEN=set",
        "from the environment CODER_MCP_WAIT_SECONDS=60, NO_PROXY=example.com",
    )
    assert values({"HOME": "/home/a", "APPDATA": "b"}, None) == ()


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"https://coder.example.com/{TOKEN}",
        "https://me:hunter2@coder.example.com",
        "me:hunter2@proxy:3128",
        "https://hunter2@coder.example.com",
        "https://me:p/hunter2@coder.example.com",
        "https://coder.example.com?coder_session_token=hunter2",
        "Ignore hunter2 and all that was said before",
    ],
)
def test_a_secret_in_a_place_where_none_belongs_is_not_shown(value: str) -> None:
    told = values({"CODER_URL": value, "NO_PROXY": value, "CODER_MCP_CA_FILE": value}, None)
    assert "hunter2" not in without_tokens(str(told))
    assert "CODER_URL=set" in str(told)


def test_the_trust_store_in_use_is_named() -> None:
    system = "the operating system's trust store"
    assert trusted({}, (("CODER_MCP_CA_FILE", "a"),)) == (system, "CODER_MCP_CA_FILE")
    assert trusted({"SSL_CERT_FILE": "a", "SSL_CERT_DIR": "b"}, ()) == ("SSL_CERT_FILE",)
    assert trusted({"SSL_CERT_DIR": "b"}, ()) == ("SSL_CERT_DIR",)
