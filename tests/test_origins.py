"""Where each setting comes from, as a person is told it; never a secret."""

from pathlib import Path

import pytest

from canary import TOKEN, without_tokens
from coder_mcp.configuration import VARIABLES
from coder_mcp.login import Login, LoginSource
from coder_mcp.origins import Origin, origins

URL = "https://coder.example.com"


def told(environ: dict[str, str], login: Login | None = None) -> dict[str, tuple[str, str]]:
    found = origins(environ, login)
    without_tokens(repr(found))
    return {origin.name: (origin.value, origin.source) for origin in found}


def test_without_an_environment_every_variable_of_the_table_is_at_its_default() -> None:
    assert origins({}, None) == tuple(
        Origin(name=variable.name, value=variable.default, source="default")
        for variable in VARIABLES.values()
    )


def test_what_the_environment_holds_is_told_and_a_secret_only_as_set() -> None:
    environ = {name: "SECRET" if one.is_secret else "x" for name, one in VARIABLES.items()}
    values = told(environ)
    assert values == {
        name: ("set" if one.is_secret else "x", "the environment")
        for name, one in VARIABLES.items()
    }
    assert values["CODER_SESSION_TOKEN"][0] == values["CODER_HEADER"][0] == "set"
    assert values["HTTPS_PROXY"][0] == "set"


def test_a_blank_counts_as_unset_and_the_librarys_own_may_be_in_small_letters() -> None:
    values = told({"CODER_MCP_OTHERS": " ", "CODER_URL": "${x}", "no_proxy": "example.com"})
    assert values["CODER_MCP_OTHERS"] == ("off", "default")
    assert values["CODER_URL"][1] == "default"
    assert values["NO_PROXY"] == ("example.com", "the environment")


@pytest.mark.parametrize(
    "source", ["coder login", "coder login token", "the key ring of coder login"]
)
def test_what_coder_login_left_is_told_as_such(source: str) -> None:
    login = Login(url=URL, session_token=TOKEN, source=source, url_source="coder login")
    values = told({}, login)
    assert values["CODER_URL"] == (URL, "coder login")
    assert values["CODER_SESSION_TOKEN"] == ("set", source)


async def test_what_is_set_comes_from_the_environment_whatever_was_left(tmp_path: Path) -> None:
    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": TOKEN, "CODER_CONFIG_DIR": str(tmp_path)}
    values = told(environ, await LoginSource(environ).read())
    assert values["CODER_URL"] == (URL, "the environment")
    assert values["CODER_SESSION_TOKEN"] == ("set", "the environment")
