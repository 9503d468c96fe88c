"""A newcomer's own runbook in accelerated time: what its tests set up comes true, day after day, for one after another."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tickless.app.runbook_scenes import faults_of, filled, labels_of, roles_of, writer
from tickless.domain.runbook import Runbook, RunbookTest
from tickless.sample.company import Company
from tickless.sample.estate.blueprint import Blueprint
from tickless.sample.year_calendar import moment
from tickless.sample.year_events import Breaks, Says, Year, YearEvent

A_DAY = 1
"""So often, for evidence of one day about one thing counts once."""


def with_own(year: Year, runbooks: Sequence[Runbook], company: Company, blueprint: Blueprint) -> Year:
    """The year with what happens to these runbooks, too, and with nobody holding them back on the ladder. Raises `BadInput`."""
    more = [event for book in runbooks for event in _events(book, year, company, blueprint)]
    events = sorted((*year.events, *more), key=lambda one: (one.at, one.id))
    names = frozenset(book.runbook for book in runbooks)
    quarters = tuple(replace(one, auto=one.auto | names) for one in year.quarters)
    return replace(year, events=tuple(events), quarters=quarters)


def tests_to_live(book: Runbook) -> list[RunbookTest]:
    """Those in which it has something to do."""
    return [
        one for one in book.tests if one.expect.get("outcome", "verified") == "verified" and (one.says or one.signal)
    ]


def _events(book: Runbook, year: Year, company: Company, blueprint: Blueprint) -> Iterator[YearEvent]:
    chance = random.Random(f"own:{year.seed}:{book.runbook}")  # noqa: S311 - a story that repeats by seed, nothing secret
    tests = tests_to_live(book)
    for number in range((year.ends - year.begins).days * A_DAY if tests else 0):
        at = moment(chance, (year.begins + dt.timedelta(days=number // A_DAY)).date())
        test, me = tests[number % len(tests)], writer(company, turn=number)
        roles, faults = roles_of(company, me), faults_of(test, company, blueprint, me)
        identity = f"own-{book.runbook}-{number:04d}"
        if test.says is not None:
            yield Says(
                identity,
                at,
                me.id,
                filled(test.says, roles),
                book.serves.intents[0] if book.serves.intents else "",
                faults,
            )
        else:
            labels = labels_of(test, blueprint, roles)
            yield Breaks(
                identity,
                at,
                labels["alertname"],
                faults,
                labels,
                f"{labels['alertname']} at {labels.get('service', '')}",
            )
