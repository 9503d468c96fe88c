"""Weeks in accelerated time: a runbook climbs by evidence and a person's grant only; nothing is lost; same seed, same story."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tickless.app.accelerated.own_runbooks import with_own
from tickless.app.accelerated.play import Ended, live
from tickless.app.accelerated.scene import ESTATE, RUNBOOKS, open_scene
from tickless.app.settings import BarSettings
from tickless.domain.autonomy import RUNGS
from tickless.journal import Tx
from tickless.sample.company import Company, make_company
from tickless.sample.day_events import Fault
from tickless.sample.estate.control import Estate
from tickless.sample.year import make_year
from tickless.sample.year_calendar import at
from tickless.sample.year_events import Breaks, ByHand, Quarter, Says, Year, YearEvent

FIRST = Path(__file__).parents[2] / "docs" / "start" / "first-runbook.md"
DAYS = 18
BEGINS = dt.date(2025, 3, 3)
SICK = "search-api"
Told = tuple[str | None, str | None, int]
"""Need, outcome and generation of a case."""
LOW_BAR = BarSettings(bound=0.5, days=3)
"""Four good tries speak for the next rung, so that two weeks are enough."""


def weeks(company: Company, days: int) -> Year:
    """Each day somebody is locked out, and twice a service dies; nobody asks for anything else."""
    chance = random.Random(3)
    staff = [one for one in company.people if one.active and one.department not in {"IT"} and not one.privileged]
    events: list[YearEvent] = []
    for number in range(days):
        person, moment = staff[number], at(BEGINS + dt.timedelta(days=number), 9 + number % 5, number)
        hand = ByHand("", dt.timedelta(minutes=30 + chance.randrange(200)), 9.0, "Unlocked it.")
        text = chance.choice(("i am locked out of my account", "my account is locked, please unlock it"))
        fault = Fault("lock", person.username)
        events.append(Says(f"says-{number}", moment, person.id, text, "account_unlock", (fault,), hand=hand))
    labels = {"alertname": "ServiceDown", "class": "service_down", "service": SICK, "severity": "warning",
              "process": SICK, "ci": f"process:{SICK}"}  # fmt: skip
    for number in range(0, days, max(1, days - 5)):
        moment = at(BEGINS + dt.timedelta(days=number), 3, 30)
        events.append(
            Breaks(f"breaks-{number}", moment, "service_down", (Fault("kill", SICK),), labels, "search is away")
        )
    begins, ends = at(BEGINS, 0), at(BEGINS + dt.timedelta(days=days), 0)
    quarter = Quarter(1, begins, ends + dt.timedelta(days=60), "auto")
    ordered = tuple(sorted(events, key=lambda one: (one.at, one.id)))
    return Year(3, begins, ends, ordered, (), (quarter,), make_year(company, 3, days=1).gaming)


def play(estate: Estate, company: Company, folder: Path, days: int) -> tuple[Ended, list[Told]]:
    year = weeks(company, days)
    with open_scene(estate, company, folder, begins=year.begins, bar=LOW_BAR) as scene:
        ended = live(scene, year, folder, Console(file=io.StringIO()))
        with scene.house.journal.read() as tx:
            told: list[Told] = [
                (one.need, one.outcome, one.generation)
                for one in tx.cases.where(order=tx.cases.table.c.number, limit=500)
            ]
            laws(tx, year, ended)
    return ended, told


def laws(tx: Tx, year: Year, ended: Ended) -> None:
    """Nothing is lost, nothing is left, and every step up was a person's."""
    assert [one for one in ended.checks if not one.ok] == []
    assert ended.failed == []
    assert tx.cases.count() == len(year.events)
    assert all(not case.live for case in tx.cases.where(limit=500))
    head = tx.audit.head()[0]
    moves = [row for row in tx.audit.rows(limit=head) if row.action == "autonomy.set"]
    assert all(row.actor != "tickless" and row.detail["proposed"] == row.detail["to"] for row in moves)
    assert all(RUNGS.index(row.detail["to"]) == RUNGS.index(row.detail["from"]) + 1 for row in moves)


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(7)


@pytest.fixture(scope="module")
def estate(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with Estate.start(company, tmp_path_factory.mktemp("year") / ESTATE, interval=3_600.0) as found:
        yield found


def test_a_runbook_climbs_by_evidence_and_by_a_persons_grant(estate: Estate, company: Company, tmp_path: Path) -> None:
    ended, told = play(estate, company, tmp_path / "one", DAYS)
    assert {need for need, _, _ in told} == {"account_unlock", "service_down"}
    (march,) = ended.chronicle.months()
    assert march.rungs["auto"] >= 1, "three weekly grants: suggest, approve, auto"
    assert march.outcomes["verified"] >= 1
    assert march.cases == sum(march.outcomes.values()) == len(told)
    effects = [(one.operation, one.target) for one in estate.effects()]
    operations = {operation for operation, _ in effects}
    assert "directory.unlock" in operations <= {"directory.unlock", "process.start"}
    locked = {one.faults[0].target for one in weeks(company, DAYS).events if isinstance(one, Says)}
    assert {target for _, target in effects} <= locked | {SICK}, "nobody else"
    assert march.outcomes["verified"] == len(effects), "each once"


def test_the_same_seed_is_the_same_story(estate: Estate, company: Company, tmp_path: Path) -> None:
    first, second = [play(estate, company, tmp_path / name, 2) for name in ("two", "three")]
    assert first[1] == second[1]
    assert first[0].chronicle.as_json() == second[0].chronicle.as_json()


def test_a_newcomers_runbook_climbs_to_acting_by_itself(estate: Estate, company: Company, tmp_path: Path) -> None:
    """The one of `docs/start/first-runbook.md`; with a low bar, so that four weeks do."""
    folder = tmp_path / "own"
    (folder / RUNBOOKS).mkdir(parents=True)
    text = re.findall(r"^```yaml\n(runbook: .*?)^```$", FIRST.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    (folder / RUNBOOKS / "before-travel.yaml").write_text(text, encoding="utf-8")
    year = replace(make_year(company, 7, days=28), events=())
    with open_scene(estate, company, folder, begins=year.begins, bar=BarSettings(bound=0.5, days=3)) as scene:
        own = scene.house.rooms.runbooks["vpn.before-travel"]
        ended = live(
            scene, with_own(year, [own], company, estate.blueprint), folder, Console(file=io.StringIO()), quiet=True
        )
        with scene.house.journal.read() as tx:
            rows = tx.audit.rows(limit=tx.audit.head()[0])
    moved = [one.detail for one in rows if (one.action, one.subject) == ("autonomy.set", f"runbook:{own.runbook}")]
    assert [one for one in ended.checks if not one.ok] == []
    assert [one["to"] for one in moved] == ["suggest", "approve", "auto"]
