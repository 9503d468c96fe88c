"""`kill -9` while a model reads a message: it is asked once, the message is heard once, and what waits behind is not lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from tests.chaos.conftest import Server, Spawn
from tests.journal.databases import BOTH, empty

from tickless.domain.person import Person
from tickless.flow.saying import words
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos
UNCLEAR, QUOTE = "gribbet flonk the wobbly snood has gone purple", "the wobbly snood has gone purple"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """URL of an empty PostgreSQL database; None: SQLite files in the data folder."""
    if request.param == "sqlite":
        yield None
        return
    with empty(request.param, tmp_path_factory.mktemp("chaos"), request) as urls:
        yield urls.main


def points_of(server: Server, step: str) -> set[str]:
    return {str(point[0]) for point in server.points if step in point}


def once_each(server: Server) -> None:
    found = server.result
    assert (found["doctor"], found["pending"]) == ([], [])
    assert set(Counter(tuple(one) for one in found["messages"]).values()) == {1}
    assert server.read("asked").splitlines() == ["asked"]


def test_a_message_is_read_once_and_heard_once_wherever_the_process_dies(
    spawn: Spawn, estate: Estate, database: str | None, strangers: Iterator[Person]
) -> None:
    person = next(strangers)
    says = [{"person": person.id, "text": UNCLEAR, "talk": "one"},
            {"person": person.id, "text": "I need access to Lantern Meet", "talk": "one"}]  # fmt: skip
    server = spawn(database=database, says=says, cases=2, model=["device_trouble", QUOTE], kinds=["inside", "after"],
                   about="message.", lives=20)  # fmt: skip
    server.ended_well()
    once_each(server)
    assert [case[0] for case in server.result["cases"]] == ["device_trouble", "access_request"], (
        "in the order of the words"
    )
    for step in ("message.ask_model", "message.hear"):
        assert points_of(server, step) == {"inside", "after"}, step
    assert [one.operation for one in estate.effects()] == ["directory.add_to_group"]


def test_an_answer_that_is_lost_is_not_asked_for_again(
    spawn: Spawn, estate: Estate, strangers: Iterator[Person]
) -> None:
    """The brain's own answer stands then."""
    person = next(strangers)
    says = [{"person": person.id, "text": UNCLEAR, "talk": "one"},
            {"person": person.id, "text": "I need access to Lantern Meet", "talk": "one"}]  # fmt: skip
    server = spawn(says=says, cases=1, model=["device_trouble", QUOTE], kinds=["asked"], lives=3)
    server.ended_well()
    once_each(server)
    assert points_of(server, "model") == {"asked"}
    assert [case[0] for case in server.result["cases"]] == ["access_request"]
    told = [text for _, author, text in server.result["messages"] if author == "tickless"]
    assert told[0] == words.SAY_AGAIN
