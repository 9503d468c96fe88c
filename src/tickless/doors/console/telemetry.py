"""Telemetry: what is unlike itself and what is used up soon, one series with its picture, patterns of messages, and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.errors import BadInput
from tickless.domain.record import Untrusted
from tickless.domain.sighting import Basis, Said, Sighting
from tickless.doors.console.chart import Chart, draw
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.overseeing import factor_of
from tickless.stages.sense.telemetry.focus.telling import called as named
from tickless.stages.sense.telemetry.labels import Labels
from tickless.stages.sense.telemetry.told import number

MOST = 50
FOUND = 60
PICTURES = 3
"""Of a case."""
BASES: Final[dict[Basis, str]] = {
    "calibrated": "a forecast with a band that adapts until it covers what it promises",
    "trend": "the slope of what was measured lately, nine in ten",
    "calendar": "a date that stands written down",
}
WHY: Final[dict[str, str]] = {
    "service_level": "service level",
    "suspect": "suspect",
    "in_trouble": "service in trouble",
}
TIERS: Final[dict[str, str]] = {
    "bank": "the bank of baselines",
    "rich": "the rich detector",
    "limit": "its forecast, for it has a limit",
}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/telemetry", "read", page),
        frame.show("/telemetry/limits", "read", limits),
        frame.show("/telemetry/patterns", "read", patterns),
        frame.show("/telemetry/series/{series}", "read", series),
        frame.deed("/telemetry/series/{series}/answer", "act", answer),
        frame.deed("/telemetry/answers/{answer}/take-back", "act", take_back),
    ]


def page(visit: Visit) -> Screen:
    room = visit.desk.telemetry.room
    if room is None:
        return Screen("telemetry.html", {"state": None, "aside": 0})
    unusual = [(one.series, called(one.labels), one.source, one.since) for one in room.unusual()[:MOST]]
    calls = sorted(room.calls(), key=lambda one: -one.count)[:MOST]
    names = {name: _tamed(name) for one in calls for name in (one.caller, one.callee)}
    overlook, asked = room.overlook, visit.asked("q")
    foreseen = overlook.foreseen()
    return Screen(
        "telemetry.html",
        {
            "state": room.state(),
            "unusual": unusual,
            "calls": calls,
            "names": names,
            "spoken": number,
            "aside": 0,
            "budget": overlook.budget(visit.now),
            "foreseen": foreseen[:8],
            "more_limits": len(foreseen),
            "closely": overlook.closely()[:MOST],
            "why": WHY,
            "q": asked or "",
            "found": [(key, called(labels), source) for key, source, labels in overlook.named(asked, limit=FOUND)]
            if asked
            else [],
        },
    )


def limits(visit: Visit) -> Screen:
    """Everything with a limit, what is used up first in front."""
    overlook = visit.desk.telemetry.overseeing.overlook
    return Screen(
        "telemetry_limits.html", {"foreseen": overlook.foreseen(), "bases": BASES, "spoken": number, "aside": 0}
    )


def patterns(visit: Visit) -> Screen:
    """Patterns of messages: those that are news first."""
    return Screen(
        "telemetry_patterns.html", {"patterns": visit.desk.telemetry.overseeing.overlook.patterns(), "aside": 0}
    )


def series(visit: Visit) -> Screen:
    """One series. Raises `NotFound`."""
    overseeing = visit.desk.telemetry.overseeing
    one = overseeing.overlook.series(visit.path("series"))
    answers = overseeing.answers(one.series)
    foreseen = one.foreseen
    if foreseen is not None:
        chart = draw(foreseen.points, ahead=foreseen.ahead, limit=foreseen.limit, unit=foreseen.unit)
    else:
        marked = [at.timestamp() for at in one.alarms]
        chart = draw(one.points, marked=[p.at for p in one.points if p.at in marked], unit=one.unit)
    day = draw(one.day, unit=one.unit) if one.tier == "bank" and any(p.low != one.day[0].low for p in one.day) else None
    return Screen(
        "telemetry_series.html",
        {
            "one": one,
            "chart": chart,
            "day": day,
            "pictures": _pictures([seen for seen in overseeing.sightings(one.series) if _past(seen)][:PICTURES]),
            "answers": answers,
            "factor": factor_of(answers),
            "tiers": TIERS,
            "why": WHY,
            "bases": BASES,
            "spoken": number,
            "aside": 0,
        },
    )


def _past(seen: Sighting) -> bool:
    """A forecast that goes on is the picture of the page itself."""
    return seen.kind != "forecast" or seen.over_at is not None


async def answer(visit: Visit, form: Form) -> str:
    """Useful or noise: the series' next alarms become easier or rarer."""
    said = form.get("says", "")
    if said not in {"useful", "noise"}:
        raise BadInput("say whether it is useful or noise")
    number_of = form.get("case", "")
    known = visit.path("series")[:64]
    return await run_in_threadpool(_answered, visit, known, cast("Said", said), number_of)


def _answered(visit: Visit, known: str, said: Said, number_of: str) -> str:
    with visit.desk.journal.read() as tx:
        case = tx.cases.by_number(int(number_of)) if number_of.isdecimal() and len(number_of) < 10 else None
    visit.desk.telemetry.overseeing.answer(known, said, by=visit.visitor.actor, case=case.id if case else None)
    return f"/cases/{case.number}?told=answered" if case else f"/telemetry/series/{known}?told=answered"


async def take_back(visit: Visit, form: Form) -> str:
    """An answer counts no more."""
    overseeing = visit.desk.telemetry.overseeing
    done = await run_in_threadpool(lambda: overseeing.take_back(visit.path("answer"), by=visit.visitor.actor))
    if form.get("back", "").isdecimal():
        return f"/cases/{form['back']}?told=answer_undone"
    return f"/telemetry/series/{done.series}?told=answer_undone"


@dataclass(frozen=True)
class Pictured:
    """A sighting and its picture."""

    sighting: Sighting
    chart: Chart | None
    basis: str


def of_case(visit: Visit, case: Case) -> dict[str, object]:
    """What a page of a case shows of telemetry: pictures, who said what of their series, and why it is called prevented."""
    if case.door != "machine":
        return {"pictures": [], "answered": {}, "argued": None}
    overseeing = visit.desk.telemetry.overseeing
    pictures = _pictures(overseeing.of_case(case)[:PICTURES])
    answered = {
        one.sighting.series: overseeing.answers(one.sighting.series)
        for one in pictures
        if one.sighting.kind == "anomaly"
    }
    argued = next((one.text for one in reversed(case.evidence) if one.source == "counterfactual"), None)
    return {"pictures": pictures, "answered": answered, "argued": argued, "factor_of": factor_of}


def _pictures(sightings: list[Sighting]) -> list[Pictured]:
    drawn = []
    for one in sightings:
        chart = draw(one.points, ahead=one.ahead, limit=one.limit, marked=one.marked, unit=one.unit)
        drawn.append(Pictured(one, chart, BASES[one.basis] if one.basis else ""))
    return drawn


def called(labels: Labels) -> str:
    """A series as people of Prometheus write it."""
    return _tamed(named(labels))


def _tamed(text: str) -> str:
    return Untrusted(text).tame(300)
