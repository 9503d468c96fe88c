"""The services of a review with their owner, one line each. Pure."""

from __future__ import annotations

from collections import Counter

from tickless.domain.case import Case
from tickless.stages.measure.core import PROVEN, percentile
from tickless.stages.measure.week.facts import Facts, opened
from tickless.stages.measure.week.shape import Row, Section, linked
from tickless.stages.measure.week.wording import counted, section


def services(facts: Facts) -> Section:
    """How each service that had a case did; the one with most cases first."""
    new, ends, urgent = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    times: dict[str, list[float]] = {}
    began: dict[str, list[Case]] = {}
    for case in opened(facts):
        new[case.service or ""] += 1
        began.setdefault(case.service or "", []).append(case)
    for case in facts.cases:
        urgent[case.service or ""] += case.live
    for one in facts.resolutions:
        ends[one.service or "", one.outcome] += 1
        if one.outcome in PROVEN:
            times.setdefault(one.service or "", []).append(one.seconds)
    named = sorted({*new, *urgent, *(name for name, _ in ends)} - {""}, key=lambda name: (-new[name], name))
    rows = [
        Row(
            what=facts.name(name),
            count=new[name],
            service=name,
            cases=linked(began.get(name, [])),
            told=", ".join(
                [
                    counted(new[name], "case"),
                    *(f"{ends[name, how]} {said}" for how, said in _ENDS if ends[name, how]),
                    *([f"half of them verified within {_minutes(times[name])}"] if name in times else []),
                    *([f"{urgent[name]} still open"] if urgent[name] else []),
                ]
            ),
            do=_do(facts, name, came_back=ends[name, "regressed"]),
        )
        for name in named
    ]
    told = f"{counted(len(rows), 'service')} had something." if rows else "Nothing happened to these services."
    return section("services", "The services", told, rows)


_ENDS = (
    ("verified", "verified"),
    ("prevented", "prevented"),
    ("handed_off", "handed to people"),
    ("regressed", "came back"),
)


def _minutes(seconds: list[float]) -> str:
    middle = percentile(seconds, 0.5) or 0.0
    return f"{middle:.0f} s" if middle < 120 else f"{middle / 60:.0f} min"


def _do(facts: Facts, name: str, *, came_back: int) -> str:
    known = facts.world.services.get(name)
    if came_back:
        return "Look into what came back: it was healed, and not for good."
    if known is not None and known.criticality is None:
        return "Say how critical it is: nobody has."
    return ""
