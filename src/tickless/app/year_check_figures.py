"""Holds a year's figures against an unfriendly reading: what games them is found, and what they claim rests on cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from tickless.app.build import House
from tickless.flow.desk.promise import Check
from tickless.flow.desk.steering_computing import EARLIEST, LOOKBACK, Computing
from tickless.sample.year_events import Year
from tickless.stages.measure.guard import Warned, watch
from tickless.stages.measure.metrics import CaseHistory, Material, Window
from tickless.stages.measure.value import Ledger, Line, Terms, ledger

WEEKS = dt.timedelta(weeks=16)
GAMED = "pattern:close_and_reopen"
COSTS = frozenset({"rework", "false_actions", "upkeep", "model"})
PAST = "past:"


def figures_checks(house: House, year: Year) -> Iterator[Check]:
    """Those for which the year was long enough."""
    computing = Computing(house.rooms)
    facts, terms = computing.material(EARLIEST), computing.terms()
    if year.ends > year.gaming.ends:
        yield _caught(facts, year)
    if year.ends - year.begins >= dt.timedelta(days=120):
        yield from ledger_checks(facts, Window(year.begins, year.ends), terms)


def _caught(facts: Material, year: Year) -> Check:
    """While cases are closed unsolved the guard warns of it, and neither before nor long after."""
    gaming = year.gaming
    found = _warned(facts, gaming.ends)
    before = _warned(facts, gaming.begins)
    after = _warned(facts, year.ends) if year.ends - gaming.ends > WEEKS else None
    months = f"{gaming.begins:%B} to {gaming.ends:%B}"
    if found is None or not found.flagged:
        return Check("The figure that was gamed is caught", False, f"the guard did not warn in {months}")
    alone = not (before and before.flagged) and not (after and after.flagged)
    words = f"{months}: {found.told} {len(found.cases)} cases behind it, q {found.q:.3g}"
    return Check("The figure that was gamed is caught", alone and bool(found.cases), words)


def _warned(facts: Material, until: dt.datetime) -> Warned | None:
    window = Window(until - WEEKS, until)
    seen = watch(facts.since(window.since - LOOKBACK), window)
    return next((one for one in seen.found if one.id == GAMED), None)


def ledger_checks(facts: Material, window: Window, terms: Terms) -> Iterator[Check]:
    """What somebody asks who does not want to believe it."""
    found = ledger(facts, window, terms)
    gains, costs = found.of("gain"), {one.id: one for one in found.of("cost")}
    bare = [one.id for one in gains if not one.cases or (one.id != "disruption" and not one.against)]
    cases = {case for one in gains for case in one.cases}
    told = f"nothing behind {', '.join(bare)}" if bare else f"{len(gains)} gains over {len(cases)} cases"
    yield Check("Ledger: every gain has its cases", bool(gains) and not bare, told)
    taken = sum(one.money for one in costs.values())
    yield Check("Ledger: its costs are taken off", set(costs) == COSTS and taken < 0 and _adds_up(found),
                ", ".join(f"{one.title.lower()} {one.money:,.0f}" for one in costs.values()))  # fmt: skip
    yield Check("Ledger: it says how sure it is", found.low < found.net < found.high,
                f"{found.net:,.0f} {terms.currency}, between {found.low:,.0f} and {found.high:,.0f}")  # fmt: skip
    yield _against_the_past([one for one in gains if one.id.startswith("minutes:")])
    half = ledger(replace(facts, cases=[_halved(one) for one in facts.cases]), window, terms)
    told = f"{half.net:,.0f} {terms.currency} instead of {found.net:,.0f}, if the old desk was twice as quick"
    yield Check("Ledger: with half of that baseline it tells less", _told_less(found, half), told)


def _against_the_past(lines: list[Line]) -> Check:
    name = "Ledger: work is held against the old desk's tickets"
    assumed = [one.id for one in lines if one.basis != "measured" or not _of_the_past(one)]
    if assumed or not lines:
        return Check(name, False, f"no past behind {', '.join(assumed) or 'anything'}")
    tickets = {case for one in lines for case in one.against}
    return Check(name, True, f"{len(lines)} needs, against {len(tickets)} tickets of the year before")


def _adds_up(found: Ledger) -> bool:
    """What is only claimed is not in the sum."""
    parts = sum(one.money for one in found.lines if one.kind != "claimed")
    return abs(parts - found.net) < 0.01


def _of_the_past(line: Line) -> bool:
    return bool(line.against) and all(case.startswith(PAST) for case in line.against)


def _halved(one: CaseHistory) -> CaseHistory:
    """A ticket of the past as if it had cost half."""
    if not one.id.startswith(PAST):
        return one
    minutes = one.handling_minutes / 2 if one.handling_minutes is not None else None
    over = one.resolved_at
    if one.opened_at is not None and over is not None:
        over = one.opened_at + (over - one.opened_at) / 2
    return replace(one, handling_minutes=minutes, resolved_at=over)


def _told_less(whole: Ledger, half: Ledger) -> bool:
    """The same cases and the same costs, less money: nothing in it is hidden in a constant."""
    same = half.saved_cases == whole.saved_cases
    costs = sum(one.money for one in whole.of("cost")), sum(one.money for one in half.of("cost"))
    return same and abs(costs[0] - costs[1]) < 0.01 and half.net < whole.net
