"""`kill -9` inside and after every step of a loop with a canary, steps side by side, a call, and something manual."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.chaos.conftest import Spawn
from tests.chaos.test_kill_every_step import database, kinds_of  # noqa: F401 - `database` is a fixture

from tickless.domain.person import Person
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos
KINDS = ["inside", "effect"]
"""What comes after a step is killed in `test_kill_every_step`."""
BOOKS = Path(__file__).parent / "runbooks"


def test_every_effect_of_a_block_happens_once(
    spawn: Spawn,
    estate: Estate,
    company: Company,
    strangers: Iterator[Person],
    database: str | None,  # noqa: F811
) -> None:
    me, others = next(strangers), [next(strangers) for _ in range(3)]
    inputs = {
        "login": me.username,
        **dict(zip(("one", "two", "three"), [one.username for one in others], strict=True)),
    }
    server = spawn(database=database, runbooks=str(BOOKS), run=["sweep.mailboxes", inputs, me.id], operator=me.id, cases=1,
                   kinds=KINDS, lives=160)  # fmt: skip
    server.ended_well()
    found = server.result
    assert found["cases"] == [["sweep_mailboxes", "resolved", "verified"]]
    assert found["doctor"] == []
    assert found["pending"] == []
    done = [(one.operation, one.target) for one in estate.effects() if one.operation == "mailbox.set_quota"]
    assert sorted(target for _, target in done) == sorted([*(one.username for one in others), me.username, me.username])
    for step in ("run.step", "verify.read", "case.ask_person", "case.take_answer", "run.precheck"):
        assert "inside" in kinds_of(server, step), step
    for step in (":each.0.set", ":each.1.set", ":beside.third", ":beside.own", ":again.set"):
        assert "effect" in kinds_of(server, step), step
    said = [tuple(message) for message in found["messages"]]
    assert len(said) == len(set(said))
