"""How long a call waits in each client."""

import pytest

from coder_mcp.core.clients import KNOWN_CLIENTS, KnownClient, known_client, wait_seconds

# Name, what it waits unless told otherwise, and the longest that any call may wait in it.
TABLE = [
    ("claude-code", 1200, None),
    ("claude-ai", 45, 225),
    ("local-agent-mode-", 45, 50),
    ("Visual Studio Code", 1200, None),
    ("gemini-cli-mcp-client", 540, None),
    ("codex-mcp-client", 45, None),
    ("copilot-cli", 45, 50),
    ("cursor-vscode", 45, None),
]


def name_of(client: KnownClient) -> str:
    return client.name


def test_these_clients_are_known_by_what_they_bear() -> None:
    known = [(client.name, client.wait_seconds, client.cap_seconds) for client in KNOWN_CLIENTS]
    assert known == TABLE


@pytest.mark.parametrize("client", KNOWN_CLIENTS, ids=name_of)
def test_what_is_known_of_a_client_has_its_evidence_and_fits_its_cap(client: KnownClient) -> None:
    assert client.evidence
    assert client.cap_seconds is None or client.wait_seconds <= client.cap_seconds


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("claude-code", "claude-code"),
        ("local-agent-mode-claude-ai", "local-agent-mode-"),
        ("local-agent-mode-", "local-agent-mode-"),
        ("claude-code-2", None),
        ("Claude-Code", None),
        ("my claude-ai", None),
        ("", None),
    ],
)
def test_a_client_is_known_by_its_whole_name_or_where_that_varies_by_its_beginning(
    name: str, known: str | None
) -> None:
    client = known_client(name)
    assert (client and client.name) == known


@pytest.mark.parametrize(
    ("asked", "setting", "client_name", "seconds"),
    [
        (None, None, "", 45),
        (None, None, "never heard of", 45),
        (None, None, "claude-code", 1200),
        (None, None, "claude-ai", 45),
        (None, 300, "claude-code", 300),
        (None, 300, "never heard of", 300),
        (None, 300, "claude-ai", 225),
        (None, 0, "claude-code", 0),
        (10, 300, "claude-code", 10),
        (1800, 300, "claude-code", 1800),
        (1800, None, "claude-ai", 225),
        (1800, None, "local-agent-mode-x", 50),
        (1800, None, "never heard of", 1800),
        (0, 300, "claude-code", 0),
        (0, None, "claude-ai", 0),
        (50, None, "copilot-cli", 50),
        (51, None, "copilot-cli", 50),
    ],
)
def test_a_call_waits_as_it_says_else_as_it_is_set_else_as_its_client_bears_within_its_cap(
    asked: int | None, setting: int | None, client_name: str, seconds: int
) -> None:
    assert wait_seconds(asked=asked, setting=setting, client_name=client_name) == seconds
