"""What repeats, is risky, is ageing, or could be automated: from cases and their ends. Pure; the most telling rows first."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from tickless.domain.case import Case
from tickless.domain.sighting import Sighting
from tickless.stages.measure.week.facts import Facts, opened
from tickless.stages.measure.week.shape import Row, Section, linked
from tickless.stages.measure.week.wording import TITLE, counted, day, moment, plain, section, times

AGES = dt.timedelta(days=1)
"""From this age on an open case is ageing."""


def repeating(facts: Facts) -> Section:
    """The same trouble at the same place, again and again."""
    groups: dict[tuple[str | None, str | None], list[Case]] = defaultdict(list)
    for case in opened(facts):
        if case.need is not None and (case.service or case.subject) and case.door == "machine":
            groups[case.need, case.subject or case.service].append(case)
    again = sorted(
        (cases for cases in groups.values() if len(cases) > 1), key=lambda cases: (-len(cases), cases[0].number)
    )
    ends = {one.case: one.outcome for one in facts.resolutions}
    rows = []
    for cases in again:
        last = max(cases, key=lambda one: one.number)
        how = Counter(ends.get(one.id, "open") for one in cases)
        rows.append(
            Row(
                what=f"{plain(last.need)} at {facts.name(last.service)}",
                count=len(cases),
                cases=linked(cases),
                service=last.service,
                told=", ".join(f"{count} {plain(name)}" for name, count in how.most_common()),
                do="Open a problem: the runbook heals it, and it comes back."
                if how["verified"] > 1
                else "Find out what is behind it: nobody has healed it for good."
                if how["handed_off"] > 1
                else "",
            )
        )
    told = (
        f"{counted(len(rows), 'trouble')} came more than once, {sum(one.count for one in rows):,} cases in all."
        if rows
        else "Nothing came twice."
    )
    return section("repeating", "What repeats", told, rows)


def risky(facts: Facts) -> Section:
    """What may hurt this week: open risks with their forecasts, what came back, what is urgent and open."""
    firing = _firing(facts)
    rows = [
        Row(
            what=one.title.tame(TITLE),
            count=one.impact.priority,
            told=_risk(one, facts),
            cases=(one.number,),
            service=one.service,
            do="" if one.live else "It was handed off: is somebody at it?",
        )
        for one in facts.cases
        if one.kind == "risk" and (one.live or (one.state == "handed_off" and one.id in firing))
    ]
    back = {one.case: one for one in facts.resolutions if one.outcome == "regressed"}
    rows += [
        Row(
            what=one.title.tame(TITLE),
            count=1,
            told="healed, and came back inside the time in which it had to hold",
            cases=(one.number,),
            service=one.service,
            do="The runbook treats a symptom: look deeper.",
        )
        for one in facts.cases
        if one.id in back
    ]
    rows += [
        Row(
            what=one.title.tame(TITLE),
            count=1,
            told=f"priority 1, {one.state.replace('_', ' ')} since {day(one.opened_at)}",
            cases=(one.number,),
            service=one.service,
        )
        for one in facts.cases
        if one.live and one.impact.priority == 1 and one.kind != "risk"
    ]
    told = f"{len(rows)} to keep an eye on." if rows else "No risk is open."
    return section("risky", "What is risky", told, rows)


def ageing(facts: Facts) -> Section:
    """Open for longer than a day, the oldest first; handed off and firing still counts as open."""
    firing = _firing(facts)
    old = [
        one
        for one in facts.cases
        if facts.until - one.opened_at >= AGES and (one.live or (one.state == "handed_off" and one.id in firing))
    ]
    rows = [
        Row(
            what=one.title.tame(TITLE),
            count=(facts.until - one.opened_at).days,
            cases=(one.number,),
            service=one.service,
            told=f"{(facts.until - one.opened_at).days} days, {one.state.replace('_', ' ')}, "
            f"priority {one.impact.priority}",
        )
        for one in sorted(old, key=lambda one: one.opened_at)
    ]
    return section(
        "ageing",
        "What is ageing",
        f"Open for longer than a day: {counted(len(rows), 'case')}." if rows else "Nothing is left lying.",
        rows,
    )


def automate(facts: Facts) -> Section:
    """What people were handed most, and nobody's runbook serves; most time first."""
    spent: dict[str, list[float]] = defaultdict(list)
    handed: dict[str, list[Case]] = defaultdict(list)
    cases = {one.id: one for one in facts.cases}
    for one in facts.resolutions:
        if (
            one.outcome == "handed_off"
            and one.runbook is None
            and one.need not in {None, "unknown", "heartbeat_missed"}
        ):
            spent[str(one.need)].append(one.seconds)
            if one.case in cases:
                handed[str(one.need)].append(cases[one.case])
    order = sorted(spent, key=lambda need: (-len(spent[need]), need))
    rows = [
        Row(
            what=plain(need),
            count=len(spent[need]),
            cases=linked(handed[need]),
            told=f"handed to people {times(len(spent[need]))}",
            do="Write a runbook: what did people do in these cases?",
        )
        for need in order
    ]
    return section(
        "automate",
        "What to automate next",
        "Handed to people without a runbook:" if rows else "No trouble of a known kind was without a runbook.",
        rows,
    )


def _firing(facts: Facts) -> set[str | None]:
    """Cases of which an alert fires."""
    return {one.case for one in facts.alerts.values() if one.state == "firing"}


def _risk(case: Case, facts: Facts) -> str:
    said = _forecast_of(case, facts.forecasts)
    if said is None or said.crossing is None or said.crossing.likely is None:
        return f"open since {day(case.opened_at)}"
    return f"reaches its limit about {moment(said.crossing.likely)}"


def _forecast_of(case: Case, forecasts: Iterable[Sighting]) -> Sighting | None:
    about = [one for one in forecasts if one.subject is not None and one.subject == case.subject]
    return max(about, key=lambda one: one.updated_at, default=None)
