"""What people in a real Request Tracker solve in another queue teaches where the next ticket goes at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.lane.houses import house_over
from tests.lane.test_lane_story_hand_off import ANNA, DANA, LAPTOP, SENTENCE, Desk
from tests.servers.request_tracker import IDENTITY, RequestTracker, fresh_request_tracker
from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import QUICK
from tickless.app.settings import ConnectorUse
from tickless.domain.errors import Conflict
from tickless.domain.world import World

pytestmark = pytest.mark.server("request_tracker")


@pytest.fixture(scope="module")
def server() -> RequestTracker:
    return fresh_request_tracker()


@pytest.fixture(scope="module")
def house(server: RequestTracker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_over(
        tmp_path_factory.mktemp("house"),
        connectors={"rt": ConnectorUse(use="request_tracker", settings={"url": server.url, "token": "env:RT_TOKEN"})},
        bindings={"ticket": "rt"},
        secrets={"RT_TOKEN": server.token},
        world=World.of(people=[ANNA, DANA], devices=[LAPTOP]),
        pace=QUICK.model_copy(update={"tickets": 0.3}),
    ) as running:
        yield running


def test_where_tickets_are_solved_the_next_one_goes_at_once(house: House, server: RequestTracker) -> None:
    routing, clock = house.desk.routing, house.rooms.clock
    first = Desk(house, server, "talk-first")
    first.say(SENTENCE)
    ticket = first.ticket()
    assert (ticket.sent_to, ticket.team) == ("", ""), "nobody knows a team yet"
    server.change(ticket.external, Queue=IDENTITY)
    until(lambda: first.ticket().team == IDENTITY, "the queue in which it lies")
    server.change(ticket.external, Status="resolved")
    first.hears("Does it work for you now?")
    with house.journal.read() as tx:
        told = tx.routings.need(ticket.id)
    assert (told.need, told.sent_to, told.team) == ("account_unlock", "", IDENTITY)
    assert routing.proposals() == [], "one ticket is no habit"

    with house.journal.write() as tx:  # the same on other days
        for day in range(1, 6):
            earlier = clock.now() - dt.timedelta(days=day)
            tx.routings.put(told.model_copy(update={"id": f"tkt_earlier_{day}", "at": earlier}))
    (proposal,) = routing.proposals()
    assert (proposal.need, proposal.service, proposal.team, proposal.solved) == ("account_unlock", "", IDENTITY, 6)
    assert routing.teach([proposal.id], by="user:lead").right_after == 6
    with pytest.raises(Conflict, match="not proposed any more"):
        routing.teach([proposal.id], by="user:lead")

    second = Desk(house, server, "talk-second")
    second.say(SENTENCE)
    made = second.ticket()
    assert (made.sent_to, made.sent_why) == (IDENTITY, "learnt: account unlock")
    assert server.queue_of(made.external) == IDENTITY
    ((rule, came),) = routing.effects()
    assert (came.before, came.before_right, came.told) == (6, 0, "too_early")

    routing.refuse(rule.id, by="user:lead", reason="the team was dissolved")
    assert routing.proposals() == []
    assert [one.reason for one in routing.decided("refused")] == ["the team was dissolved"]
    with house.journal.read() as tx:
        said = [row.action for row in tx.audit.rows(after=0, limit=10_000) if row.action.startswith("routing.")]
    assert said == ["routing.taught", "routing.refused"]
