"""What goes wrong on the wire: answers that are damaged between the deployment and the server."""

import anyio
import pytest

from coder_mcp.simulator import Answer, Fault
from faults import relay
from faults.relay import Damage, Relay
from model import Payload
from whole import Whole, deployed

CREATE = "POST /users/{user}/workspaces"

WIRE: dict[str, Damage] = {
    "ends early": relay.ends_early,
    "ends in a chunk": relay.ends_in_a_chunk,
    "resets": relay.resets,
    "closes": relay.closes,
    "greets": relay.greets,
    "packs badly": relay.packs_badly,
}


async def created(whole: Whole) -> Payload:
    """What a create answers that is given time; it is one request, and one workspace."""
    answer = await whole.call("create_workspace", template="quick", name="mine", wait_seconds=120)
    assert whole.requests("POST") == [CREATE]
    assert [workspace.name for workspace in whole.world.workspaces] == ["mine"]
    return answer


@pytest.mark.fault("N8", "N9", "N10", "N12", "N19")
@pytest.mark.parametrize("damage", WIRE.values(), ids=WIRE)
async def test_a_read_whose_answer_was_damaged_is_made_again(damage: Damage) -> None:
    between = Relay("GET", damage, times=2)
    async with deployed(through=between.between) as whole:
        assert (await created(whole))["outcome"] == "ready"
        assert between.times == 0


@pytest.mark.fault("N8", "N9", "N10", "N11", "N12", "N19")
@pytest.mark.parametrize("damage", [*WIRE.values(), relay.cuts_silently], ids=[*WIRE, "cuts"])
async def test_a_create_whose_answer_was_damaged_is_found_by_looking(damage: Damage) -> None:
    async with deployed(through=Relay("POST", damage).between) as whole:
        answer = await created(whole)
        assert (answer["outcome"], answer["created"]) == ("ready", True)


@pytest.mark.fault("N8", "N9", "N10", "N12", "N19")
@pytest.mark.parametrize("damage", WIRE.values(), ids=WIRE)
async def test_where_every_answer_is_damaged_that_is_said_and_nothing_changed(
    damage: Damage,
) -> None:
    async with deployed(through=Relay("", damage, times=100).between) as whole:
        text = await whole.model.refusal("create_workspace", template="quick")
        what = "a body that cannot be decoded" if damage is relay.packs_badly else "cut the"
        assert what in text
        assert whole.requests("POST") == []
        assert len(whole.requests()) == 4


@pytest.mark.fault("N11")
async def test_half_an_answer_that_nothing_tells_from_a_whole_one_is_no_answer() -> None:
    async with deployed(through=Relay("GET", relay.cuts_silently, times=100).between) as whole:
        text = await whole.model.refusal("list_templates")
        assert "a proxy may have cut the answer" in text


@pytest.mark.fault("N7")
async def test_an_answer_that_drips_is_given_up_in_time() -> None:
    async with deployed(through=Relay("GET", relay.drips, times=100).between) as whole:
        began = anyio.current_time()
        text = await whole.model.refusal("list_templates")
        assert "did not answer in time" in text
        assert anyio.current_time() - began < 35


@pytest.mark.fault("N7")
async def test_a_create_whose_answer_drips_is_found_by_looking() -> None:
    async with deployed(through=Relay("POST", relay.drips).between) as whole:
        assert (await created(whole))["created"] is True


@pytest.mark.fault("N20", "H22")
@pytest.mark.parametrize("damage", [relay.swells, relay.never_ends], ids=["bomb", "endless"])
async def test_no_more_is_taken_of_an_answer_than_16_mib(damage: Damage) -> None:
    between = Relay("GET", damage)
    async with deployed(through=between.between) as whole:
        text = await whole.model.refusal("list_templates")
        assert "more than 16 MiB, which is more than is read" in text
        assert (await whole.call("list_templates"))["outcome"] == "found"


@pytest.mark.fault("N13")
async def test_connections_that_are_closed_between_requests_are_not_noticed() -> None:
    between = Relay()
    between.closes = True
    async with deployed(through=between.between) as whole:
        assert (await created(whole))["created"] is True


@pytest.mark.fault("N18")
async def test_answers_and_frames_that_come_in_pieces_are_read_whole() -> None:
    between = Relay()
    between.piece = 3
    async with deployed(through=between.between) as whole:
        old = whole.world.template("old")
        old.deprecation_message = "Préférez « quick » 🚀"
        answer = await whole.call("create_workspace", template="old")
        assert answer["detail"] == "Préférez « quick » 🚀"
        assert (await created(whole))["outcome"] == "ready"


@pytest.mark.fault("N22")
@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize("route", ["*", "POST /api/v2/users/{user}/workspaces"])
async def test_a_redirect_to_https_is_named_and_not_followed(status: int, route: str) -> None:
    async with deployed() as whole:
        headers = {"Location": "https://coder.example.com/api/v2/users/me/workspaces"}
        moved = Answer(status=status, text="", content_type="text/plain", headers=headers)
        whole.simulator.faults.add(Fault(route=route, action=moved, times=None))
        text = await whole.model.refusal("create_workspace", template="quick")
        assert "sends requests to https://coder.example.com, which is not followed" in text
        assert len(whole.requests("POST")) == (route != "*")
        assert whole.world.workspaces == []
