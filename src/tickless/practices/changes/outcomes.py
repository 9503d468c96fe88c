"""What came of a change: by what happened after it, never by what is said alone. Pure.

The rules, the first that holds: backed out (said, or its services went back to what was before), failed (said, its check
failed, or an incident of priority 1 or 2 began at its services), degraded (other incidents began, more alerts fired than
usually do, or it took much longer than planned), success (something watches and all is quiet), else unknown.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.change import Bearing, Change, ChangeOutcome, ChangeResult

WATCH = dt.timedelta(hours=4)
"""How long after its end a change is watched."""
USUAL_OVER = dt.timedelta(days=28)
"""Over so long a time before it, what is usual is counted."""
UNUSUAL = 0.05
"""So seldom would as many alerts fire by chance: more counts against the change."""
OVERRUN = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Trouble:
    """An incident that began after the change did. `distance`: 0 at its services, more at what needs them. `blamed`: the change
    is among its suspected causes, `elsewhere`: another cause is known."""

    number: int
    title: str
    priority: int
    began_at: dt.datetime
    distance: int = 0
    blamed: bool = False
    elsewhere: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of the time after. `alerts`: that began to fire at its services; `usual`: how many did in the 28 days
    before; `watched`: anything ever sent an alert about them; `rollbacks`, `checks`: (reference, words, held)."""

    troubles: tuple[Trouble, ...] = ()
    alerts: int = 0
    usual: int = 0
    watched: bool = False
    rollbacks: tuple[tuple[str, str, dt.datetime], ...] = ()
    checks: tuple[tuple[str, str, bool, dt.datetime], ...] = ()


def begins(change: Change) -> dt.datetime:
    """From when trouble may be its doing."""
    return change.begun_at or change.starts_at


def ends(change: Change) -> dt.datetime:
    """When it was over: as it was said, else as it was planned."""
    return max(change.finished_at or change.ends_at, begins(change))


def watched_until(change: Change) -> dt.datetime:
    return ends(change) + WATCH


def outcome_of(change: Change, facts: Facts, *, now: dt.datetime) -> ChangeOutcome:
    """The outcome with its evidence."""
    at = ends(change)
    evidence = [
        *_said(change, at),
        *_checks(change, facts, at),
        *_rollbacks(facts),
        *_troubles(facts),
        *_alerts(change, facts, at),
    ]
    if change.finished_at is not None and change.finished_at > change.ends_at + OVERRUN:
        late = change.finished_at - change.ends_at
        evidence.append(_bear("overrun", "", at, f"It took {_span(late)} longer than planned.", "against"))
    if not facts.watched:
        evidence.append(
            _bear("watching", "", at, "Nothing has ever told of these services, so quiet says nothing.", "neither")
        )
    return ChangeOutcome(
        result=_result(change, facts, evidence), at=now, evidence=tuple(evidence), until=watched_until(change)
    )


def _result(change: Change, facts: Facts, evidence: Sequence[Bearing]) -> ChangeResult:
    against = {one.kind for one in evidence if one.speaks == "against"}
    if change.said == "backed_out" or facts.rollbacks:
        return "backed_out"
    grave = any(one.priority <= 2 and _counts(one) and (one.distance == 0 or one.blamed) for one in facts.troubles)
    if change.said == "failed" or "check" in against or grave:
        return "failed"
    if against:
        return "degraded"
    if facts.watched or any(one.kind == "check" and one.speaks == "for" for one in evidence):
        return "success"
    return "unknown"


def _counts(trouble: Trouble) -> bool:
    return trouble.blamed or not trouble.elsewhere


def _said(change: Change, at: dt.datetime) -> list[Bearing]:
    words = {"done": "Who made it says that it is done.", "backed_out": "Who made it says that it was backed out.",
             "failed": "Who made it says that it failed."}  # fmt: skip
    if change.said is None:
        return [_bear("report", "", at, "Nobody has said that it was made.", "neither")]
    return [_bear("report", "", at, words[change.said], "neither" if change.said == "done" else "against")]


def _checks(change: Change, facts: Facts, at: dt.datetime) -> list[Bearing]:
    found = [_bear("check", ref, when, words, "for" if held else "against") for ref, words, held, when in facts.checks]
    if change.checked is not None:
        passed = change.checked == "passed"
        words = f"Its check {'passed' if passed else 'failed'}{f': {change.check}' if change.check else ''}"
        found.append(_bear("check", "", at, words, "for" if passed else "against"))
    return found


def _rollbacks(facts: Facts) -> list[Bearing]:
    return [
        _bear("rollback", ref, at, f"What was before was brought back: {words}", "against")
        for ref, words, at in facts.rollbacks
    ]


def _troubles(facts: Facts) -> list[Bearing]:
    found = []
    for one in facts.troubles:
        where = "at its services" if one.distance == 0 else "at what needs them"
        blame = (
            ", with this change among the suspects"
            if one.blamed
            else ", whose cause is another"
            if one.elsewhere
            else ""
        )
        words = f"Case {one.number} (priority {one.priority}) began {where}{blame}: {one.title}"
        counts = _counts(one) and (one.distance == 0 or one.blamed)
        found.append(_bear("incident", str(one.number), one.began_at, words, "against" if counts else "neither"))
    return found


def _alerts(change: Change, facts: Facts, at: dt.datetime) -> list[Bearing]:
    if not facts.watched:
        return []
    share = (watched_until(change) - begins(change)) / USUAL_OVER
    expected = facts.usual * share
    chance = at_least(facts.alerts, expected)
    words = f"{facts.alerts} alerts began to fire; {expected:.1f} are usual in such a time."
    unusual = facts.alerts >= 2 and chance < UNUSUAL
    return [_bear("alerts", "", at, words, "against" if unusual else "for" if facts.alerts == 0 else "neither")]


def at_least(count: int, expected: float) -> float:
    """How likely `count` or more are where `expected` are usual (Poisson); 1 for none."""
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    term, below = math.exp(-expected), 0.0
    for number in range(count):
        below += term
        term *= expected / (number + 1)
    return max(0.0, 1.0 - below)


def _bear(kind: str, ref: str, at: dt.datetime, words: str, speaks: str) -> Bearing:
    return Bearing.model_validate({"kind": kind, "ref": ref, "at": at, "words": words[:600], "speaks": speaks})


def _span(span: dt.timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
