"""read_logs."""

import pytest
from inline_snapshot import snapshot

from coder_mcp.simulator.templates import parts
from coder_mcp.simulator.templates.catalog import one_agent
from model import Payload
from robot import obeyed, written_calls
from whole import Whole, deployed

BY_NAME = "GET /users/{user}/workspace/{workspacename}"
BUILD_LOG = "GET /workspacebuilds/{workspacebuild}/logs"
AGENT_LOG = "GET /workspaceagents/{workspaceagent}/logs"


def lines_of(answer: Payload) -> list[str]:
    return answer["log_tail"].split("\n")


async def read(whole: Whole, **arguments: object) -> tuple[Payload, list[str]]:
    """The answer, and what was sent for it."""
    whole.simulator.ledger.clear()
    answer = await whole.call("read_logs", **arguments)
    return answer, whole.requests()


async def test_the_last_lines_of_the_startup_script_are_one_call() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await read(whole, workspace="notebook", tail=50)
        lines = lines_of(answer)
        assert sent == [BY_NAME, AGENT_LOG]
        assert (len(lines), lines[0]) == (51, "… [cut]")
        assert lines[-1] == "ERROR: No matching distribution found for torch==9.9"
        del answer["log_tail"], answer["after"]
        assert answer == snapshot(
            {
                "outcome": "found",
                "message": "The startup log of agent main of workspace dev1/notebook: the last 50 of 74 lines.",
                "workspace_name": "dev1/notebook",
                "next_step": 'Ask the person whether to read it from its beginning: read_logs(workspace="dev1/notebook", source="main", build=1, after=0).',
            }
        )


async def test_a_log_is_read_on_with_the_call_that_the_answer_names() -> None:
    async with deployed(tour=True) as whole:
        first, _ = await read(whole, workspace="notebook", after=0, tail=70)
        assert first["message"] == snapshot(
            "The startup log of agent main of workspace dev1/notebook: the first 70 of 74 lines."
        )
        named = f'source="main", build=1, tail=70, after={first["after"]}'
        assert named in first["next_step"]
        rest, _ = await read(whole, workspace="notebook", after=first["after"])
        assert whole.simulator.ledger[-1].query == f"after={first['after']}"
        assert lines_of(first)[-1] == "… [cut]"
        assert len(lines_of(first)[:-1] + lines_of(rest)) == 74
        assert "next_step" not in rest
        but_one, _ = await read(whole, workspace="notebook", after=0, tail=73)
        one, _ = await read(whole, workspace="notebook", after=but_one["after"])
        assert one["message"].endswith(f"/notebook: 1 line after line {but_one['after']}.")
        none, _ = await read(whole, workspace="notebook", after=rest["after"])
        assert "log_tail" not in none
        assert none["after"] == rest["after"]


async def test_who_does_what_the_answers_say_reads_a_log_to_its_end() -> None:
    async with deployed() as whole:
        whole.world.create("chatty", "mine")
        await whole.pass_time()
        asked = {"source": "build", "tail": 500, "after": 0}
        errand = await obeyed(whole.model, "read_logs", workspace="mine", **asked)
        lines = [line for answer in errand.answers for line in lines_of(answer)]
        steps = [line for line in lines if "Provisioning step" in line]
        assert len(steps) == 1500
        assert len({*steps}) == 1500
        assert len(errand.answers) < 10
        end, _ = await read(whole, workspace="mine", source="build", tail=500)
        assert "tail=500, after=0" in end["next_step"]


async def test_of_a_build_that_failed_its_own_log_is_read() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await read(whole, workspace="legacy-import", level="error")
        assert sent == [BY_NAME, BUILD_LOG]
        assert answer["message"] == snapshot(
            "The log of build 1 (start) of workspace dev1/legacy-import: all 6 lines of level error or above."
        )
        assert lines_of(answer)[:3] == [
            *("[Starting workspace]", "╷"),
            "│ Error: Unable to pull image nosuch:latest",
        ]


async def test_of_a_stopped_workspace_the_log_of_its_latest_agent_can_be_read() -> None:
    async with deployed(tour=True) as whole:
        of_build, _ = await read(whole, workspace="billing")
        assert of_build["message"] == snapshot(
            "The log of build 2 (stop) of workspace dev1/billing: all 8 lines."
        )
        for source, named in (("agent", "main"), ("Install packages", "Install packages")):
            answer, sent = await read(whole, workspace="billing", source=source, tail=1)
            assert sent == [BY_NAME, "GET /workspaces/{workspace}/builds", AGENT_LOG]
            assert lines_of(answer)[-1] == "Installed 6 packages in 1.2s"
            assert "build 1" in answer["message"]
            assert f'source="{named}", build=1, after=0' in answer["next_step"]
        text = await whole.model.refusal("read_logs", workspace="billing", source="agent", build=2)
        assert text.startswith("Build 2 has made no agent")


async def test_an_earlier_build_is_read_by_its_number() -> None:
    async with deployed(tour=True) as whole:
        answer, sent = await read(whole, workspace="web", source="build", build=1, tail=1)
        assert sent == [
            *(BY_NAME, "GET /users/{user}/workspace/{workspacename}/builds/{buildnumber}"),
            BUILD_LOG,
        ]
        assert answer["message"] == snapshot(
            "The log of build 1 (start) of workspace dev1/web: the last 1 of 14 lines."
        )
        _, of_latest = await read(whole, workspace="web", source="build", build=3)
        assert of_latest == [BY_NAME, BUILD_LOG]
        text = await whole.model.refusal("read_logs", workspace="web", build=9)
        assert text == snapshot(
            "There is no build 9 of this workspace that this session token can see: its latest is build 3."
        )


async def test_of_a_deleted_workspace_each_build_is_read_by_its_id() -> None:
    async with deployed() as whole:
        workspace = whole.world.create("quick", "mine")
        await whole.pass_time()
        whole.world.build(workspace, "delete")
        await whole.pass_time()
        whole.world.create("quick", "mine")  # Another one has the name now.
        await whole.pass_time()
        last, _ = await read(whole, workspace=str(workspace.id), tail=1)
        (call,) = written_calls(last["next_step"])
        answer = await whole.call(call.tool, **call.arguments)
        assert answer["message"].startswith("The log of build 2 (delete) of workspace dev1/mine")
        answer, sent = await read(whole, workspace=str(workspace.id), build=1, source="build")
        assert sent == [
            *("GET /workspaces/{workspace}", "GET /workspaces/{workspace}"),
            *("GET /workspaces/{workspace}/builds", BUILD_LOG),
        ]
        assert answer["message"].startswith("The log of build 1 (start) of workspace dev1/mine")
        text = await whole.model.refusal("read_logs", workspace=str(workspace.id), build=3)
        assert text.startswith("There is no build 3 of this workspace")


async def test_of_several_agents_the_one_that_decides_is_read_and_the_others_are_named() -> None:
    async with deployed() as whole:
        whole.world.create("two-agents", "pair")
        await whole.pass_time()
        answer, _ = await read(whole, workspace="pair")
        assert answer["message"] == snapshot(
            "The startup log of agent dev of workspace dev1/pair: all 2 lines. Other agents: db."
        )
        other, _ = await read(whole, workspace="pair", source="db")
        assert other["message"] == snapshot(
            "The startup log of agent db of workspace dev1/pair has no lines."
        )
        text = await whole.model.refusal("read_logs", workspace="pair", source="nix")
        assert text == snapshot(
            'There is no log "nix" here. As source there can be: "build", "agent", "db", "dev", "startup".'
        )


async def test_of_several_scripts_each_is_named_and_one_can_be_read_alone() -> None:
    async with deployed() as whole:
        two = one_agent(parts.STARTUP, parts.INSTALL)
        whole.world.publish_version(whole.world.template("quick"), two)
        whole.world.create("quick", "mine")
        await whole.pass_time()
        both, _ = await read(whole, workspace="mine")
        assert both["log_tail"] == snapshot("""\
[install]
installing
[startup]
hello from startup
[install]
E: Unable to locate package foo
[startup]
done\
""")
        one, _ = await read(whole, workspace="mine", source="install")
        assert (one["message"], one["log_tail"]) == snapshot(
            (
                "One script's log of agent main of workspace dev1/mine: all 2 lines.",
                """\
[install]
installing
E: Unable to locate package foo\
""",
            )
        )


async def test_the_log_of_a_build_that_goes_on_is_read_at_once_and_may_be_read_again() -> None:
    async with deployed() as whole:
        whole.world.create("slow", "mine")
        await whole.pass_time(3)
        began = whole.world.now()
        answer, _ = await read(whole, workspace="mine")
        assert (whole.world.now() - began).total_seconds() < 1
        assert lines_of(answer)[-1] == "docker_image.main: Still creating... [2s elapsed]"
        assert answer["next_step"] == (
            "Ask the person whether to look again later for what is new:"
            f' read_logs(workspace="dev1/mine", source="build", build=1, after={answer["after"]}).'
        )
        await whole.pass_time()
        (call,) = written_calls(answer["next_step"])
        rest, sent = await read(whole, **call.arguments)
        assert sent == [BY_NAME, BUILD_LOG]
        assert lines_of(rest)[:2] == snapshot(
            ["[Starting workspace]", "docker_image.main: Still creating... [4s elapsed]"]
        )
        assert "next_step" not in rest


async def test_a_log_without_lines_says_so_and_where_there_may_be_some() -> None:
    async with deployed(seeded=True) as whole:
        whole.world.create("agent-never", "quiet")
        await whole.pass_time(200)
        answer, _ = await read(whole, workspace="quiet", source="agent")
        assert "log_tail" not in answer
        assert (answer["message"], answer["next_step"]) == snapshot(
            (
                "The startup log of agent main of workspace dev1/quiet has no lines.",
                'Call read_logs(workspace="dev1/quiet", source="build", build=1) to see what the build wrote.',
            )
        )


@pytest.mark.parametrize(
    "wrong",
    [{"tail": 0}, {"tail": 501}, {"after": -1}, {"level": "loud"}, {"build": 0}, {"tail": True}],
    ids=str,
)
async def test_what_cannot_be_read_by_is_refused_before_anything_is_sent(wrong: Payload) -> None:
    async with deployed(seeded=True) as whole:
        text = await whole.model.refusal("read_logs", workspace="web", **wrong)
        assert text.startswith(f"The arguments of read_logs are not right: {next(iter(wrong))}")
        assert whole.requests() == []
