"""What a house sets of its own is what it proposes and warns by, and is shown with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.practice_site import PracticeSite
from tests.doors.test_problems_doors import incidents
from tests.flow.practice_house import DAY, PracticeRoom, by, close, open_house

from tickless.app.profiles import settings_of
from tickless.domain.history import TicketHistory
from tickless.domain.major import DeclareDraft
from tickless.flow.desk.steering_computing import Computing
from tickless.flow.desk.steering_marks import Marks
from tickless.stages.measure.guard import GuardSettings

OWNERS = "zero_ticket.governance.owners"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[PracticeRoom]:
    """A house with what the regulated profile sets, and a threshold of its own."""
    own = {name: settings_of("regulated")[name] for name in ("major", "problems", "guard")}
    made = open_house(tmp_path, **own, maturity={"thresholds": {OWNERS: {"at_least": 0.9, "reason": "Each has one."}}})
    yield made
    close(made)


@pytest.fixture
def usual(tmp_path: Path) -> Iterator[PracticeRoom]:
    made = open_house(tmp_path / "usual")
    yield made
    close(made)


def test_a_major_incident_is_proposed_earlier_and_told_of_sooner(room: PracticeRoom, usual: PracticeRoom) -> None:
    for one in (room, usual):  # the database has criticality 2, and the shop (1) needs it; it is after the shop's hours
        one.clock.advance(dt.timedelta(hours=14))
        one.tell("db-down", "firing", service="db", severity="critical")
        one.tick()
    assert usual.desk.major.candidates() == []
    ((case, why),) = room.desk.major.candidates()
    assert why == ("A service of criticality 1 feels it, at priority 2.",)
    major = room.desk.major.declare(DeclareDraft(case=case.number, commander="ada"), by=by("ada"))
    assert major.declared_at is not None
    assert major.next_update_at == major.declared_at + dt.timedelta(minutes=10)
    assert major.cadence == 20


def test_twice_is_worth_a_problem_where_the_house_says_so(room: PracticeRoom, usual: PracticeRoom) -> None:
    for one in (room, usual):
        incidents(PracticeSite(one), 2)
    assert usual.desk.problems.candidates() == []
    assert [one.count for one in room.desk.problems.candidates()] == [2]


def test_the_threshold_that_holds_here_is_shown_with_its_reason(room: PracticeRoom, usual: PracticeRoom) -> None:
    site, plain = PracticeSite(room), PracticeSite(usual)
    shown, shipped = (_owners(one.api("ada").get("/api/v1/maturity").json()) for one in (site, plain))
    assert (shown["value"], shipped["value"]) == (0.75, 0.75)
    assert (shipped["met"], shipped["threshold"], shipped["shipped"], shipped["because"]) == (True, 0.5, None, "")
    assert (shown["met"], shown["threshold"], shown["shipped"], shown["because"]) == (False, 0.9, 0.5, "Each has one.")
    page = site.browser("ada").get("/maturity").text
    assert "at least 90.0 % is wanted here, not at least 50.0 %: Each has one." in page
    assert "is wanted here" not in plain.browser("ada").get("/maturity").text
    told = " ".join(site.cli("ada", "maturity", "show", "--all").split())
    assert "Each" in told


def _owners(found: dict[str, object]) -> dict[str, object]:
    models = found["models"]
    assert isinstance(models, list)
    return next(one for model in models for one in model["criteria"] if one["id"] == OWNERS)


def test_the_guard_looks_at_as_many_weeks_as_the_house_says(room: PracticeRoom) -> None:
    site = PracticeSite(room)
    api = site.api("ada")
    found = api.get("/api/v1/guard").json()
    assert found["rate"] == 0.05
    span = dt.datetime.fromisoformat(found["until"]) - dt.datetime.fromisoformat(found["since"])
    assert span == 26 * 7 * DAY
    page = site.browser("ada").get("/guard").text
    assert "at most 5.0 % are expected to be chance" in page
    assert site.cli("ada", "guard", "show", "--json")["rate"] == 0.05


def test_what_was_kept_under_other_rules_is_computed_anew(usual: PracticeRoom) -> None:
    house, now = usual.house, usual.clock.now()
    with house.journal.write() as tx:
        for place in range(3):
            tx.history_tickets.put(TicketHistory(id=f"h{place}", source="old", number=f"I{place}", opened_at=now - DAY))
    before = Marks(Computing(house.rooms, small=1))
    before.take()
    assert before.guard(16).rate == 0.1
    after = Marks(Computing(house.rooms, small=1, guard=GuardSettings(rate=0.05, weeks=20)))
    assert after.spans == (8, 16, 20, 26, 52)
    assert after.guard(16).rate == 0.05
    assert after.readings(90).guard.rate == 0.05
    after.take()
    before.take()
    with house.journal.read() as tx:
        assert tx.view_marks.get("guard:20") is None
