"""Changes as suspects: what came shortly before, near on the map, whichever of the two was heard of first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case, signal

from tickless.domain.case import Case
from tickless.domain.change_event import ChangeEvent
from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.journal import Journal, Tx
from tickless.stages.correlate.suspects import BEFORE, MOST, keep_change, suspect_changes, suspects

WORLD = World.of(
    services=[Service(id=name, name=name.capitalize()) for name in ("shop", "db", "mail")],
    dependencies=[Dependency(service="shop", needs="db", source="test", last_seen=NOW)],
)


def change(minutes: float, service: str | None = "shop", kind: str = "deploy", identity: str = "sig_c") -> ChangeEvent:
    at = NOW - dt.timedelta(minutes=minutes)
    return ChangeEvent.model_validate(
        {
            "id": identity,
            "source": "ci",
            "kind": kind,
            "service": service,
            "occurred_at": at,
            "title": Untrusted("1.4.3"),
        }
    )


def found(*changes: ChangeEvent) -> list[tuple[int, str]]:
    return [(one.distance, one.why) for one in suspects(changes, service="shop", at=NOW, world=WORLD)]


def test_the_nearest_then_the_latest_comes_first_and_says_why() -> None:
    told = found(
        change(3, "db", "change", "sig_1"),
        change(50, identity="sig_2"),
        change(90, identity="sig_3"),
        change(1, "mail"),
    )
    assert told == [
        (0, "A deployment at Shop itself, 50 minutes before it began."),
        (0, "A deployment at Shop itself, 1.5 hours before it began."),
        (1, "A change at Db, which it needs, 3 minutes before it began."),
    ]


@pytest.mark.parametrize(("minutes", "suspected"), [(119, True), (121, False), (0, True), (-1, True), (-3, False)])
def test_only_what_came_shortly_before_is_suspected(minutes: float, suspected: bool) -> None:
    assert bool(found(change(minutes))) is suspected


def test_a_change_to_nobody_knows_what_is_no_suspect() -> None:
    assert found(change(1, None)) == []


@given(st.lists(st.floats(0, 119), max_size=12))
def test_there_are_few(minutes: list[float]) -> None:
    assert len(found(*(change(one, identity=f"sig_{number}") for number, one in enumerate(minutes)))) <= MOST


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    journal = Journal(main_url=f"sqlite:///{tmp_path}/main.db", log_url=f"sqlite:///{tmp_path}/log.db")
    journal.migrate()
    with journal.write() as opened:
        yield opened
    journal.close()


def hear_change(tx: Tx, minutes: float, service: str = "db", identity: str = "sig_c") -> None:
    told = signal(id=identity, kind="deploy", state="info", occurred_at=NOW - dt.timedelta(minutes=minutes))
    finding = Finding(
        id=f"find_{identity}",
        signal=identity,
        act="event",
        slots={"service": service},
        confidence=1,
        brain="rules",
        made_at=NOW,
    )
    keep_change(tx, told, finding, WORLD)


def hear_trouble(tx: Tx, number: int = 1) -> None:
    tx.cases.put(case(number))
    suspect_changes(tx, tx.cases.need(f"case_{number:04}"), at=NOW, world=WORLD)


def evidence(tx: Tx, number: int = 1) -> list[tuple[str, str | None]]:
    kept: Case = tx.cases.need(f"case_{number:04}")
    return [(one.text, one.ref) for one in kept.evidence]


WHY = ("A deployment at Db, which it needs, 5 minutes before it began.", "sig_c")


def test_a_case_learns_of_a_change_whichever_was_heard_of_first(tx: Tx) -> None:
    hear_change(tx, 5)
    hear_trouble(tx, 1)
    assert evidence(tx, 1) == [WHY]
    hear_change(tx, 5)
    assert evidence(tx, 1) == [WHY], "said once"
    tx.changes.delete("sig_c")
    hear_trouble(tx, 2)
    assert evidence(tx, 2) == []
    hear_change(tx, 5)
    assert evidence(tx, 2) == [WHY]


def test_a_change_elsewhere_or_long_ago_is_left_out(tx: Tx) -> None:
    hear_change(tx, 5, "mail", "sig_1")
    hear_change(tx, BEFORE.total_seconds() / 60 + 1, "shop", "sig_2")
    hear_trouble(tx)
    assert evidence(tx) == []
    assert len(tx.changes.where()) == 2, "kept all the same"


def test_an_alert_is_no_change(tx: Tx) -> None:
    finding = Finding(id="find_1", signal="sig_1", act="event", confidence=1, brain="rules", made_at=NOW)
    assert keep_change(tx, signal(id="sig_1"), finding, WORLD) is None
    assert tx.changes.where() == []
