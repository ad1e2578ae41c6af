"""What is said of a session token: until when it is good, and for what."""

from datetime import timedelta

import pytest

from builders import URL, at, ident, stamp
from coder_mcp.core.identity import Identity, connected, fixed_end, is_unlimited, soon_over
from coder_mcp.core.schema import payload
from coder_mcp.core.scopes import PURPOSES
from coder_mcp.models.accounts import APIKey, Organization, User
from recorded import answered

HOURS = 3600


def key(**more: object) -> APIKey:
    wire = {"id": "EXAMPLEid1", "login_type": "token", "expires_at": stamp(48 * HOURS)}
    return APIKey.model_validate(wire | more)


def identity(**more: object) -> Identity:
    parts: dict[str, object] = {
        "url": URL,
        "token_source": "coder login",
        "server_version": "v2.36.1",
        "own_version": "1.2.3",
        "at": at(0),
        "user": User(id=ident("dev1"), username="dev1"),
        "key": key(),
        "organizations": [Organization(id=ident("coder"), name="coder")],
    }
    return Identity(**(parts | more))  # pyright: ignore[reportArgumentType]  # each has its type


@pytest.mark.parametrize(
    ("wire", "unlimited"),
    [
        ({"scopes": ["coder:all"], "scope": "all", "allow_list": ["*:*"]}, True),
        ({"scope": "all"}, True),
        ({}, True),
        ({"scopes": ["workspace:read"], "allow_list": ["*:*"]}, False),
        ({"scopes": ["coder:workspaces.create", "user:read"]}, False),
        ({"scopes": ["coder:all"], "allow_list": ["workspace:7e643c9c"]}, False),
        ({"scope": "application_connect"}, False),
    ],
)
def test_a_token_is_limited_by_its_scopes_or_its_allow_list(
    wire: dict[str, object], *, unlimited: bool
) -> None:
    assert is_unlimited(key(**wire)) is unlimited


def test_the_end_of_a_recorded_sign_in_moves_with_its_use() -> None:
    recorded = APIKey.model_validate(answered("users/own-key"))
    assert recorded.expires_at is not None
    assert fixed_end(recorded) is None
    assert fixed_end(key()) == at(48 * HOURS)
    assert fixed_end(None) is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (24.01, ""),
        (24, "in 24 hours"),
        (5.4, "in 5 hours"),
        (1.2, "in 1 hour;"),
        (0.2, "within the hour"),
        (-1, "within the hour"),
    ],
)
def test_an_end_within_a_day_is_soon(hours: float, said: str) -> None:
    sentence = soon_over(at(0) + timedelta(hours=hours), at(0), URL)
    assert bool(sentence) is bool(said)
    assert said in sentence
    assert soon_over(None, at(0), URL) == ""


def test_a_limited_token_is_shown_with_what_limits_it() -> None:
    limited = key(scopes=["workspace:read"], allow_list=["workspace:7e643c9c"])
    assert payload(connected(identity(key=limited))) == {
        "outcome": "connected",
        "message": (
            f"Connected to {URL} as dev1. The session token comes from coder login, expires at"
            " 2026-03-03T12:00:00Z, and is limited to some scopes, and to"
            " the things on its allow list."
        ),
        "url": URL,
        "username": "dev1",
        "organizations": ["coder"],
        "token_source": "coder login",
        "token_expires_at": "2026-03-03T12:00:00Z",
        "token_scopes": ["workspace:read"],
        "token_allow_list": ["workspace:7e643c9c"],
        "server_version": "v2.36.1",
        "coder_mcp_version": "1.2.3",
    }


def test_a_limited_token_is_said_to_be_enough_for_what_it_is() -> None:
    for purpose in PURPOSES:
        limited = key(scopes=list(purpose.scopes), allow_list=["*:*"])
        said = connected(identity(key=limited)).message
        assert said.endswith(f"is limited to some scopes, enough for {purpose.name}.")
    said = connected(identity(key=key(scopes=["workspace:read"]))).message
    assert said.endswith("is limited to some scopes, too few for all of reading.")


def test_names_from_the_deployment_are_cut_and_cleaned() -> None:
    user = User(id=ident("dev1"), username="d\x1b[31m" + "v" * 100)
    shown = connected(identity(user=user, server_version="v2\n" + "9" * 100))
    assert "\x1b" not in shown.message
    assert len(shown.username or "") <= 40
    assert len(shown.server_version or "") <= 60
