"""`kill -9` while somebody writes by Matrix: between question and answer, answer and effect, effect and telling. The person
reads everything once, and each thing happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from bench.channel_sink import Sink, sink_server
from tests.chaos.conftest import Spawn
from tests.chaos.matrix_house import ACCOUNT

from tickless.domain.person import Person
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos


@dataclass
class Homeserver(Sink):
    """Takes an event once for each transaction id, as a homeserver does."""

    account: str = ACCOUNT
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    tries: int = 0

    def answer(self, path: str, body: Any) -> dict[str, Any]:
        if "/send/" not in path or not isinstance(body, dict):
            return super().answer(path, body)
        self.tries += 1
        self.events.setdefault(path, body)
        return {"event_id": f"$e{list(self.events).index(path)}"}

    @property
    def texts(self) -> list[str]:
        """What the person reads, in order; later changes of a message aside."""
        return [str(one["body"]) for one in self.events.values() if "body" in one and "m.new_content" not in one]


def _first(text: str) -> str:
    """The first line of a message, as it is read."""
    return text.strip().split("\n")[0][:60]


def test_a_forgotten_password_by_matrix_survives_every_kill(
    spawn: Spawn, estate: Estate, strangers: Iterator[Person]
) -> None:
    person = next(strangers)
    before = len(estate.sms(person.phone or ""))
    with sink_server(Homeserver()) as homeserver:
        assert isinstance(homeserver, Homeserver)
        server = spawn(
            matrix=homeserver.url,
            says=[{"person": person.id, "text": "i forgot my password"}],
            cases=1,
            kinds=["stored", "sent", "inside", "effect", "posted"],
            lives=150,
        )
        server.ended_well()
        read = list(homeserver.texts)
        again = homeserver.tries - len(homeserver.events)
    found = server.result
    assert found["cases"] == [["password_reset", "resolved", "verified"]]
    assert (found["doctor"], found["pending"]) == ([], [])
    assert [(one.operation, one.target) for one in estate.effects()] == [
        ("phone.send", person.phone),
        ("directory.set_password", person.username),
    ]
    assert len(estate.sms(person.phone or "")) == before + 1
    told = [text for where, author, text in found["messages"] if author == "tickless" and where.startswith("matrix:")]
    assert len(told) == len(set(told)), "nothing is said twice"
    assert set(Counter(read).values()) == {1}, "and nothing is read twice"
    assert [_first(text) for text in told] == [one for one in map(_first, read) if one in set(map(_first, told))], read
    died = {str(point[0]): " ".join(str(part) for part in point[1:]) for point in server.points}
    assert {"stored", "sent", "effect", "posted"} <= died.keys()
    assert again > 0, "a message was taken, and the house died before it could note that"
    assert any("case.ask_person" in str(point) for point in server.points), "a life ended between question and answer"
    assert any("case.take_answer" in str(point) for point in server.points), "and one between answer and effect"
    assert any("case.resolved" in str(point) for point in server.points), "and one between effect and telling"
