"""A week put together: figures, a headline, and sections. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tickless.stages.measure.core import minutes_saved, outcomes, seconds_to_verified
from tickless.stages.measure.guard import Watch
from tickless.stages.measure.week import forecasts, guarded, noise, reviewed, troubles
from tickless.stages.measure.week.days import compared, days_of
from tickless.stages.measure.week.facts import Facts, opened
from tickless.stages.measure.week.shape import Section, Week
from tickless.stages.measure.week.transitions import Doings, Key, doings_of, total

NOTHING: Mapping[str, float | None] = MappingProxyType({})
_OF_ALL = frozenset({"senders"})
"""Sections that are about nobody's services."""


def week_of(
    facts: Facts, *, before: Mapping[str, float | None] = NOTHING, owner: str = "", watch: Watch | None = None
) -> Week:
    """The whole report. `before`: counts of as long a span before it, to compare with. `owner`: who answers for the services
    that these facts are about, if they are a part. `watch`: what the guard of figures says of the weeks up to now."""
    doings = doings_of(facts.transitions)
    figures = _figures(facts, doings)
    found: tuple[Section, ...] = (
        troubles.repeating(facts),
        troubles.risky(facts),
        forecasts.foreseen(facts),
        troubles.ageing(facts),
        noise.noisy(facts, doings),
        noise.held(facts),
        noise.unclear(facts),
        noise.senders(facts, doings),
        noise.on_the_map(facts),
        troubles.automate(facts),
        *([guarded.misleading(watch)] if watch is not None else []),
    )
    if owner:
        found = (reviewed.services(facts), *(one for one in found if one.id not in _OF_ALL))
    ended = outcomes(facts.resolutions)
    told = compared(figures, before)
    headline = (*_headline(facts, figures, ended), *([told] if told else []))
    return Week(facts.since, facts.until, headline, figures, ended, found, days_of(facts), before, owner)


def _figures(facts: Facts, doings: Mapping[Key, Doings]) -> dict[str, float | None]:
    alerts, machine = total(doings), len(opened(facts, "machine"))
    cases_of_alerts = len({one.id for one in opened(facts, "machine")})
    times = seconds_to_verified(facts.resolutions)
    return {
        "alerts": float(alerts),
        "different_alerts": float(sum(one.fired > 0 for one in doings.values())),
        "cases_of_machines": float(machine),
        "cases_of_people": float(len(opened(facts, "human"))),
        "compression": 1 - cases_of_alerts / alerts if alerts else None,
        "held_back": float(len({(one.source, one.fingerprint, one.since) for one in facts.holds})),
        "late_resolves": float(sum(one.late for one in doings.values())),
        "disordered_resolves": float(sum(one.disordered for one in doings.values())),
        "seconds_to_verified": times["p50"],
        "minutes_saved": minutes_saved(facts.resolutions),
        "forecasts": float(len(facts.foretold)),
        "forecasts_true": float(sum(one.fate == "came_true" for one in facts.foretold)),
        "forecasts_untrue": float(sum(one.fate == "did_not" for one in facts.foretold)),
        "forecasts_prevented": float(sum(one.fate == "prevented" for one in facts.foretold)),
        "handed_off": float(sum(one.outcome == "handed_off" for one in facts.resolutions)),
        "regressed": float(sum(one.outcome == "regressed" for one in facts.resolutions)),
        "open": float(sum(one.live for one in facts.cases)),
    }


def _headline(facts: Facts, figures: Mapping[str, float | None], ended: Mapping[str, int]) -> tuple[str, ...]:
    alerts, cases = int(figures["alerts"] or 0), int(figures["cases_of_machines"] or 0)
    people = int(figures["cases_of_people"] or 0)
    lines = [f"{alerts:,} alerts became {cases:,} case{'' if cases == 1 else 's'}; people opened {people:,}."]
    if not alerts and not facts.cases:
        return ("Nothing was heard in these days.",)
    closed = sum(ended.values())
    healed = ended["verified"] + ended["prevented"] + ended["confirmed"]
    if closed:
        lines.append(
            f"Of {closed:,} ends, {healed:,} were verified, prevented or confirmed, {ended['handed_off']:,} handed to "
            f"people, {ended['regressed']:,} came back."
        )
    urgent = [one for one in facts.cases if one.live and one.impact.priority == 1]
    if urgent:
        lines.append(f"{len(urgent)} of priority 1 {'is' if len(urgent) == 1 else 'are'} still open.")
    return tuple(lines)
