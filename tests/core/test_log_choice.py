"""Which log is meant."""

import re

import pytest

from builders import agent, build, ident, progress_of
from coder_mcp.core.logs.choice import log_choice, needs_agents, with_agents
from coder_mcp.errors import BadArguments
from coder_mcp.models.workspaces import WorkspaceBuild

SOURCES = [
    {"id": "s1", "display_name": "Install packages"},
    {"id": "s2", "display_name": "dotfiles"},
]
DEV = agent(name="dev", log_sources=SOURCES)
DB = agent(lifecycle_state="start_error", name="db", log_sources=[{"id": "s3"}])
QUIET = agent(name="quiet")
BOTH = build("succeeded", "start", DEV, DB)


def chosen(source: str, of: WorkspaceBuild) -> tuple[str, str]:
    choice = log_choice(source, of, progress_of(of))
    return (choice.agent.name if choice.agent else "build", choice.source_id)


@pytest.mark.parametrize(
    ("source", "name", "source_id"),
    [
        ("", "db", ""),
        ("agent", "db", ""),
        ("build", "build", ""),
        ("Build", "build", ""),
        (" build ", "build", ""),
        ("DEV", "dev", ""),
        ("install  packages", "dev", "s1"),
        ("dotfiles", "dev", "s2"),
    ],
)
def test_a_log_is_meant_by_the_name_of_its_source(source: str, name: str, source_id: str) -> None:
    assert chosen(source, BOTH) == (name, source_id)


@pytest.mark.parametrize(
    "of",
    [
        build("failed", "start", agent()),
        build("running", "start"),
        build("succeeded", "stop"),
        build("succeeded", "start"),
    ],
    ids=["failed", "running", "stopped", "without an agent"],
)
def test_where_no_agent_has_started_the_builds_own_log_is_meant(of: WorkspaceBuild) -> None:
    assert chosen("", of) == ("build", "")


def test_an_agent_for_which_nothing_writes_is_passed_over() -> None:
    assert chosen("", build("succeeded", "start", QUIET, DEV)) == ("dev", "")
    assert chosen("", build("succeeded", "start", QUIET)) == ("quiet", "")
    assert chosen("quiet", build("succeeded", "start", QUIET, DEV)) == ("quiet", "")


def test_of_an_earlier_build_the_agent_is_taken_that_a_person_is_sent_to() -> None:
    choice = log_choice("agent", BOTH, None)
    assert choice.agent is not None
    assert choice.agent.name == "dev"


def test_a_name_that_nothing_has_leads_to_those_that_there_are() -> None:
    names = '"build", "agent", "dev", "db", "Install packages", "dotfiles"'
    with pytest.raises(BadArguments, match=re.escape(names)):
        log_choice("nix", BOTH, None)
    with pytest.raises(BadArguments, match='source="build"'):
        log_choice("agent", build("succeeded", "stop"), None)
    with pytest.raises(BadArguments, match="Build 2 has made no agent, so"):
        log_choice("agent", build("succeeded", "stop", number=2), None, is_given=True)


def test_an_agents_log_of_a_stopped_workspace_is_that_of_its_latest_start() -> None:
    stopped = build("succeeded", "stop", number=3)
    assert needs_agents("agent", stopped)
    assert not needs_agents("", stopped)
    assert not needs_agents("build", stopped)
    assert not needs_agents(" Build ", stopped)
    assert not needs_agents("agent", BOTH)
    started = build("succeeded", "start", DEV, number=2)
    first = build("succeeded", "start", DEV, number=1)
    found = with_agents((stopped, started, first))
    assert found is not None
    assert found.id == ident("build 2")
    assert with_agents((stopped,)) is None
