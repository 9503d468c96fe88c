"""A year as data: the same by seed, believable by the calendar, and with a figure in it that is gamed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tickless.app.year_check_figures import GAMED, WEEKS, ledger_checks
from tickless.sample.company import make_company
from tickless.sample.year import make_year
from tickless.sample.year_calendar import EVENING, MORNING, is_holiday, works
from tickless.sample.year_events import Breaks, Deed, Deploys, Says, Year
from tickless.sample.year_history import CATEGORIES, COLUMNS, export
from tickless.sample.year_machines import LEAKING
from tickless.sample.year_moods import rated
from tickless.stages.measure.guard import watch
from tickless.stages.measure.metrics import CaseHistory, Material, Window
from tickless.stages.measure.value import Terms, ledger

COMPANY = make_company(7)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def year() -> Year:
    return make_year(COMPANY)


def of_people(year: Year) -> list[Says]:
    return [one for one in year.events if isinstance(one, Says)]


def of_machines(year: Year) -> list[Breaks]:
    return [one for one in year.events if isinstance(one, Breaks)]


def test_the_same_seed_is_the_same_year_and_another_is_another(year: Year) -> None:
    assert make_year(COMPANY) == year
    assert make_year(COMPANY, 8).events != year.events


def test_events_come_in_order_with_names_of_their_own_and_within_the_year(year: Year) -> None:
    stamps = [one.at for one in year.events]
    assert stamps == sorted(stamps)
    assert all(year.begins <= at < year.ends and at.tzinfo is dt.UTC for at in stamps)
    assert len({one.id for one in year.events}) == len(year.events)
    assert 2_000 <= len(of_people(year)) + len(of_machines(year)) <= 2_500
    assert {type(one) for one in year.events} == {Says, Breaks, Deed, Deploys}


def test_people_write_in_working_hours_most_on_mondays_and_joiners_in_september(year: Year) -> None:
    asked = of_people(year)
    assert all(MORNING <= one.at.hour < EVENING for one in asked)
    on = Counter(one.at.weekday() for one in asked)
    assert max(on, key=lambda day: on[day]) == 0
    assert sum(not works(one.at.date()) for one in asked) < len(asked) * 0.03
    assert not any(is_holiday(one.at.date()) and one.at.month == 12 for one in asked[:5])
    wanted = Counter(one.at.month for one in asked if one.need in {"access_request", "software_install"})
    assert max(wanted, key=lambda month: wanted[month]) == 9
    winter = Counter(one.at.month in {11, 12, 1, 2} for one in asked if one.need == "vpn_trouble")
    assert winter[True] > winter[False] * 0.8
    assert (
        sum(one.at.hour < MORNING or one.at.hour >= EVENING for one in of_machines(year)) > len(of_machines(year)) / 4
    )


def test_nobody_has_two_matters_at_once_and_nobody_helps_themselves(year: Year) -> None:
    last: dict[str, Says] = {}
    for one in of_people(year):
        assert one.id
        assert one.text
        assert one.hand is not None
        assert one.hand.by != one.person
        if one.person in last:
            assert one.at - last[one.person].at > HOUR
        last[one.person] = one


def test_the_leak_is_gone_after_its_fix(year: Year) -> None:
    fixed = next(one.at for one in year.events if isinstance(one, Deed) and one.detail.get("of") == "leak-change")
    leaks = [one.at for one in of_machines(year) if one.labels.get("service") == LEAKING]
    before, after = sum(at < fixed for at in leaks), sum(at > fixed + dt.timedelta(days=7) for at in leaks)
    assert before >= 20
    assert after <= 2


def test_deeds_name_what_was_made_before_them(year: Year) -> None:
    made: set[str] = set()
    for one in year.events:
        if isinstance(one, Deed):
            names = ("of", "model") if one.kind == "change" else ("of",)
            wanted = {str(one.detail[name]) for name in names if one.detail.get(name)}
            assert wanted <= made, one
            assert COMPANY.person(str(one.detail["by"])).active
            made |= {str(one.detail["key"])} if "key" in one.detail else set()


def test_a_shorter_year_ends_earlier(year: Year) -> None:
    short = make_year(COMPANY, days=30)
    assert short.ends - short.begins == dt.timedelta(days=30)
    assert all(one.at < short.ends for one in short.events)
    assert 60 < sum(isinstance(one, Says | Breaks) for one in short.events) < 400


def test_what_people_say_gets_worse_with_the_wait() -> None:
    moods = [place / 100 for place in range(100)]
    quick = [said.satisfaction for mood in moods if (said := rated(mood, dt.timedelta(minutes=4)))]
    slow = [said.satisfaction for mood in moods if (said := rated(mood, dt.timedelta(hours=30)))]
    again = [said.satisfaction for mood in moods if (said := rated(mood, dt.timedelta(minutes=4), came_back=True))]
    assert len(quick) == len(slow) < len(moods)
    assert sum(quick) > sum(again) > sum(slow)


def test_the_old_desk_tells_of_every_need_that_comes_again(year: Year) -> None:
    counts = Counter(one.category for one in year.history)
    assert set(counts) == set(CATEGORIES.values())
    assert min(counts.values()) >= 9
    assert all(one.opened < one.resolved and one.minutes > 0 for one in year.history)
    rows = export(year.history).decode().splitlines()
    assert rows[0] == ",".join(COLUMNS)
    assert len(rows) == len(year.history) + 1


# The figures that such a year makes, without a house: each case as it would end


def lived(year: Year) -> Iterator[CaseHistory]:
    """Served by a runbook where one serves the need, by people else; gamed cases are closed and come back."""
    for number, one in enumerate(of_people(year), 1):
        by_people = one.need in {"device_trouble", "incident_report", "question"}
        wait = one.hand.wait if by_people and one.hand else dt.timedelta(minutes=3)
        case = CaseHistory(
            id=f"live:{number}", number=f"#{number}", kind="request", opened_at=one.at, resolved_at=one.at + wait,
            ends=(one.at + wait,), category=one.need, person=one.person, level=1 if by_people else 0,
            outcome="confirmed" if by_people else "verified", automated=not by_people, reopens=0, source="tickless",
            handling_minutes=None if by_people else 0.0,
        )  # fmt: skip
        if one.gamed is None:
            yield case
            continue
        closed = one.at + one.gamed.closes_after
        back = closed + one.gamed.back_after
        yield replace(case, resolved_at=closed, ends=(closed,))
        yield replace(case, id=f"live:{number}b", opened_at=back, resolved_at=back + wait, ends=(back + wait,))


def of_the_past(year: Year) -> Iterator[CaseHistory]:
    for one in year.history:
        yield CaseHistory(id=f"past:{one.number}", number=one.number, kind="request", opened_at=one.opened,
                          resolved_at=one.resolved, ends=(one.resolved,), category=one.category.replace(" > ", " / "),
                          person=one.requester, level=1, handling_minutes=one.minutes, reopens=one.reopened)  # fmt: skip


def test_the_guard_warns_of_the_figure_that_is_gamed_while_it_is_gamed(year: Year) -> None:
    facts = Material(now=year.ends, cases=tuple(lived(year)))

    def warned(until: dt.datetime) -> bool:
        found = {one.id: one for one in watch(facts, Window(until - WEEKS, until)).found}
        return GAMED in found and found[GAMED].flagged

    assert warned(year.gaming.ends)
    assert not warned(year.gaming.begins)
    assert not warned(year.ends)


def test_the_ledger_stands_an_unfriendly_reading_and_falls_where_something_is_made_up(year: Year) -> None:
    match = {need: category.replace(" > ", " / ") for need, category in CATEGORIES.items()}
    terms = Terms(match=match, currency="GBP")
    facts = Material(now=year.ends, cases=(*of_the_past(year), *lived(year)), runbooks=24, models=())
    window = Window(year.begins, year.ends)
    assert [one.check for one in ledger_checks(facts, window, terms) if not one.ok] == []
    without = replace(facts, cases=tuple(lived(year)))
    assert not all(one.ok for one in ledger_checks(without, window, terms))
    assert ledger(facts, window, terms).net > 0
