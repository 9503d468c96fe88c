"""Holds a year against what must have come of it: read from the journal, and each line says what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tickless.app.build import House
from tickless.app.year_check_figures import figures_checks
from tickless.domain.change import Change
from tickless.flow.desk.promise import Check
from tickless.journal import Tx
from tickless.practices.improvements.core import benefit
from tickless.practices.major.rehearsing import total
from tickless.practices.suppliers.core import late
from tickless.sample.year_events import Year
from tickless.sample.year_machines import LEAKING

MANY = 10_000
AUTO_AT_END = 5


@dataclass(frozen=True)
class Part:
    """A check, and when in the year there is something to check: days from its beginning."""

    name: str
    after: float
    look: Callable[[House, Tx], tuple[bool, str]]


def year_checks(house: House, year: Year) -> list[Check]:
    """Those for which the year was long enough."""
    length = (year.ends - year.begins) / dt.timedelta(days=1)
    return [*_records(house, length), *figures_checks(house, year)]


def _records(house: House, length: float) -> Iterator[Check]:
    for part in PARTS:
        if length >= part.after:
            with house.journal.read() as tx:
                held, words = part.look(house, tx)
            yield Check(part.name, held, words)


def _claims(house: House, tx: Tx) -> tuple[bool, str]:
    marks = sorted(tx.maturity_marks.where(limit=MANY), key=lambda one: one.at)
    first = {one.model: one for one in reversed(marks) if one.claimed is not None}
    above = [f"{name} {one.claimed} said, {one.level:.1f} shown" for name, one in sorted(first.items())
             if one.claimed is not None and one.claimed > one.level]  # fmt: skip
    return bool(above), "; ".join(above) or "nobody claimed more than the evidence shows"


def _climb(house: House, tx: Tx) -> tuple[bool, str]:
    """Zero ticket stands higher; of each model more is met than when it was looked at first."""
    marks = sorted(tx.maturity_marks.where(limit=MANY), key=lambda one: one.at)
    told, held = [], True
    for model in ("zero_ticket", "cmmi", "excellence"):
        own = [one for one in marks if one.model == model]
        if not own:
            return False, f"nobody looked at {model}"
        first, last = own[0], own[-1]
        told.append(
            f"{model} {first.level:.1f} to {last.level:.1f}, {len(first.met)} to {len(last.met)} criteria in {len(own)} looks"
        )
        held = held and len(last.met) > len(first.met) and (model != "zero_ticket" or last.level > first.level)
    return held, "; ".join(told)


def _rungs(house: House, tx: Tx) -> tuple[bool, str]:
    known = tx.coordination.rungs()
    auto = sorted(name for name, rung in known.items() if rung == "auto")
    return len(auto) >= AUTO_AT_END, f"{len(auto)} act by themselves: {', '.join(auto)}"


def _by_people(house: House, tx: Tx) -> tuple[bool, str]:
    """Up only by somebody, one rung at a time; down at once. Whether one that fell comes back is for its evidence."""
    ups, downs, fell, back = 0, 0, set[str](), set[str]()
    after = 0
    wrong = ""
    while rows := tx.audit.rows(after=after, limit=2_000):
        after = rows[-1].seq
        for row in rows:
            if row.action == "autonomy.demoted":
                downs += 1
                fell.add(row.subject)
            elif row.action == "autonomy.set" and row.detail["from"] != row.detail["to"]:
                ups += 1
                back |= {row.subject} & fell
                wrong = wrong or (f"{row.subject} by {row.actor}" if row.actor == "tickless" else "")
    words = f"{ups} steps by people, {downs} fell by themselves, {len(back)} of these came back"
    return not wrong and ups > 0 and downs > 0, wrong or words


def _failed_change(house: House, tx: Tx) -> tuple[bool, str]:
    """Whoever made it said that it was done, and what came after says otherwise."""
    found = [one for one in tx.change_records.where(limit=MANY) if _honest(one)]
    told = [f"{one.id} “{one.title}”: said done, found {one.result} ({_against(one)})" for one in found]
    return bool(found), "; ".join(told[:3]) or "no change that was said to be done was found to have failed"


def _honest(one: Change) -> bool:
    outcome = one.outcome
    return (
        one.said == "done" and one.correction is None and outcome is not None and outcome.result in {"failed", "backed_out"}
        and any(bearing.kind in {"incident", "rollback"} and bearing.speaks == "against" for bearing in outcome.evidence)
    )  # fmt: skip


def _against(one: Change) -> str:
    return next((b.words for b in one.outcome.evidence if b.speaks == "against"), "") if one.outcome else ""


def _rehearsed(house: House, tx: Tx) -> tuple[bool, str]:
    drills = [one for one in tx.major_incidents.where(limit=MANY) if one.rehearsal is not None]
    drills.sort(key=lambda one: one.made_at)
    points = [total(one.rehearsal.score) for one in drills if one.rehearsal is not None]
    held = len(points) >= 2 and all(points) and points[-1] > points[0]
    return held, f"{len(points)} rehearsals, {' then '.join(map(str, points))} points of 100"


def _major(house: House, tx: Tx) -> tuple[bool, str]:
    real = [one for one in tx.major_incidents.where(limit=MANY) if one.rehearsal is None]
    drills = [one.made_at for one in tx.major_incidents.where(limit=MANY) if one.rehearsal is not None]
    for one in real:
        people = [one.owner, one.communications, *one.specialists]
        apart = all(people) and len(set(people)) == len(people)
        overdue = sum(update.late > 0 for update in one.updates)
        words = f"{one.id}: {len(one.updates)} updates, {overdue} late, cause {one.cause or 'unknown'}, {one.state}"
        if (
            apart
            and len(one.updates) >= 4
            and one.cause
            and one.state == "reviewed"
            and any(at < one.made_at for at in drills)
        ):
            return True, words
    return (
        False,
        f"{len(real)} major incidents, none with roles apart, news, a cause, a review and a rehearsal before it",
    )


def _problem(house: House, tx: Tx) -> tuple[bool, str]:
    now = house.rooms.clock.now()
    for one in tx.problem_records.where(limit=MANY):
        if one.service == LEAKING and one.state == "closed":
            found = [benefit(action, now) for action in tx.improvements.by(ref=one.id)]
            arrived = [each for each in found if each.verdict == "arrived"]
            return bool(arrived), f"{one.id}: {'; '.join(each.words for each in found)}"
    return False, "the problem of the leaking pool is not closed"


def _supplier(house: House, tx: Tx) -> tuple[bool, str]:
    now = house.rooms.clock.now()
    found = [
        f"{one.id}: {one.party} ({', '.join(late(one, now))})"
        for one in tx.referrals.where(limit=MANY)
        if late(one, now)
    ]
    return bool(found), "; ".join(found) or "no agreement was missed"


def _failovers(house: House, tx: Tx) -> tuple[bool, str]:
    tried = [(one.id, one.recovery_minutes, trial) for one in tx.portfolio.where(limit=MANY) for trial in one.failovers]
    kept = [
        name for name, target, trial in tried if target and trial.recovery_minutes and trial.recovery_minutes <= target
    ]
    told = f"{len(tried)} failovers with evidence, {len(kept)} within their target"
    return 0 < len(kept) < len(tried), told


PARTS: tuple[Part, ...] = (
    Part("The first claim was rosier than the evidence", 5, _claims),
    Part("Maturity climbed, by criteria that were met", 330, _climb),
    Part("Deterministic needs are served by themselves", 330, _rungs),
    Part("Rungs rise by people's grant and fall by themselves", 330, _by_people),
    Part("A change failed, and nobody typed it", 262, _failed_change),
    Part("The major incident was rehearsed, with a score", 245, _rehearsed),
    Part("The major incident had roles, news and a review", 262, _major),
    Part("A problem's fix holds, counted", 340, _problem),
    Part("A supplier was late, by its agreement's clock", 200, _supplier),
    Part("Recovery was tried: missed, and kept in the end", 330, _failovers),
)
