"""Which case a finding belongs to. Pure: by what it is about, then by the service map and time; each answer says why.

The machine door knows *causes* (a process is down, a disk fills), *symptoms* (errors, latency) and troubles that stand for
themselves (an account is locked, a backup failed). A symptom joins the case of a cause that its service needs; a cause takes
over a case that had only symptoms of services that need it. A class that nobody knows counts as a symptom.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.finding import OUTAGES
from tickless.domain.world import World
from tickless.stages.correlate.nearby import Nearby, Way

SYMPTOMS = frozenset({"http_errors", "latency_high", "slow", "error_rate_high"})
"""Classes that say that something hurts, not what is broken."""
CAUSES = frozenset({"service_down", "pool_exhausted", "disk_full", "certificate_expired", "host_down", "process_down"})
"""Classes that say what is broken, and that hurt those who need it."""
FAILING = frozenset({"http_errors", "error_rate_high"})
"""Symptoms that explain why somebody who needs it does not answer: slowness does not."""
WINDOW = dt.timedelta(minutes=15)
"""How long after its last signal a live case still takes in symptoms from its neighbourhood."""
AT_IT = dt.timedelta(hours=4)
"""How long after its last news a case that people have takes in the same trouble again."""
OWN = frozenset({
    "account_lockout", "backup_failed", "certificate_expiring", "clock_skew", "disk_filling", "heartbeat_missed",
    "licence_expiring", "mailbox_over_quota", "vpn_trouble",
})  # fmt: skip
"""Classes that say what is wrong, and hurt nobody else: each a trouble of its own."""
HARMLESS = frozenset({"account_lockout", "backup_failed", "clock_skew", "mailbox_over_quota"})
"""Of these, those that explain nothing at all that shows elsewhere."""
TRUSTED = 0.4
"""How sure a way over the map has to be for the rules to follow it by themselves."""
FURTHER = 0.7
"""What each further step takes from how well a cause explains a symptom."""


@dataclass(frozen=True)
class Trouble:
    """What an alert is about, reduced to what correlation needs."""

    need: str
    subject: str
    service: str | None
    fingerprint: str
    at: dt.datetime
    own: bool = False
    """It is no incident, or somebody has a procedure for just this: it keeps its own case, whatever its class."""

    @property
    def symptom(self) -> bool:
        """Whether it may join what explains it."""
        return not self.own and is_symptom(self.need)


@dataclass(frozen=True)
class Placed:
    """Where it goes. `take_over`: the case is about this trouble from now on. `others`: cases that would explain it, too."""

    how: Literal["open", "join", "reopen"]
    case: Case | None
    why: str
    take_over: bool = False
    others: tuple[Case, ...] = ()
    explained: tuple[Case, ...] = ()
    """Further cases that this trouble explains, and about which nothing was done yet."""
    by: Literal["before", "same", "past", "map", "near", "people"] = "map"
    """What it rests on: its own case before, that the very same trouble runs at the same place, or people's word, all of which
    are heeded; that people had the same trouble some hours ago; the map and the classes; or only that both need something in
    common. Odds may outweigh the last three."""
    stale: bool = False
    """People have the case: that its trouble comes and goes is no news that others would be joined to."""


def is_symptom(need: str | None) -> bool:
    """A class that nobody knows counts as a symptom: it may join, never lead, what a known cause explains."""
    return need not in CAUSES and need not in OWN


def place(trouble: Trouble, live: Iterable[Case], last: Case | None, world: World | Nearby) -> Placed:
    """Find the case of an alert that fires. `last`: the newest case about the same subject and need, live or not."""
    near = world if isinstance(world, Nearby) else Nearby(world)
    cases = [case for case in live if case.door == "machine"]
    same = next((case for case in cases if case.subject == trouble.subject and case.need == trouble.need), None)
    if same is not None:
        return Placed("join", same, "The same trouble at the same place.", by="same", stale=same.state == "handed_off")
    if last is not None and not last.live and last.hold_until is not None and trouble.at <= last.hold_until:
        if last.resolved_at is not None and trouble.at <= last.resolved_at:
            return Placed(
                "join", last, "It began before the last fix was read back as done, and arrived late.", by="before"
            )
        return Placed("reopen", last, "It came back inside the window in which the last fix had to hold.", by="before")
    if last is not None and last.state == "handed_off" and trouble.at - last.updated_at <= AT_IT:
        why = "People have the same trouble at the same place already, and it is not over for them."
        return Placed("join", last, why, by="past", stale=True)
    if trouble.symptom:
        return _place_symptom(trouble, cases, near)
    return _place_felt(trouble, cases, near) or _place_cause(trouble, cases, near)


def recent(at: dt.datetime, case: Case) -> bool:
    """Whether a case is near enough in time to take in what happened then."""
    return abs(at - case.updated_at) <= WINDOW or abs(at - case.opened_at) <= WINDOW


def _place_symptom(trouble: Trouble, cases: list[Case], near: Nearby) -> Placed:
    if trouble.service is None:
        return Placed("open", None, "No service is known for it, so nothing links it to another case.")
    needs = near.needs(trouble.service)
    around = [
        case
        for case in cases
        if recent(trouble.at, case) and case.kind == "incident" and not (case.subject or "").startswith("person:")
    ]
    causes = sorted(
        ((share, -place, case) for place, case in enumerate(around) if (share := _explains(trouble, case, needs)) > 0),
        key=lambda one: (-one[0], -one[1]),
    )
    if causes:
        case = causes[0][2]
        others = tuple(other for _, _, other in causes[1:])
        return Placed("join", case, _why_symptom(trouble, case, needs.get(case.service or ""), near), others=others)
    return _behind_outage(trouble, around, near) or _among_symptoms(trouble, around, needs, near)


def _behind_outage(trouble: Trouble, cases: list[Case], near: Nearby) -> Placed | None:
    """A symptom of what a service that does not answer needs: that is where it began. Only while nothing was done about it."""
    hurts = near.hurts(trouble.service or "") if trouble.need in FAILING else {}
    found = [
        case
        for case in cases
        if (way := hurts.get(case.service or "")) is not None
        and way.trust >= TRUSTED
        and case.need in OUTAGES
        and case.state == "open"
    ]
    if not found:
        return None
    why = f"{near.name(found[0].service)}, which does not answer, needs {near.name(trouble.service)}."
    return Placed("join", found[0], why, take_over=True, explained=tuple(found[1:]))


def _place_felt(trouble: Trouble, cases: list[Case], near: Nearby) -> Placed | None:
    """A service that does not answer while something that it needs is in trouble: most likely only hurt by it."""
    if trouble.service is None or trouble.need not in OUTAGES:
        return None
    needs = near.needs(trouble.service)
    around = [
        (way, case)
        for case in cases
        if (way := needs.get(case.service or "")) is not None
        and case.need in CAUSES | FAILING
        and case.kind == "incident"
        and recent(trouble.at, case)
    ]
    trusted = [(way, case) for way, case in around if way.trust >= TRUSTED]
    if not trusted:
        return None
    way, case = max(trusted, key=lambda one: (not is_symptom(one[1].need), one[0].trust * FURTHER ** one[0].steps))
    return Placed("join", case, _why_symptom(trouble, case, way, near))


def _explains(trouble: Trouble, case: Case, needs: Mapping[str, Way]) -> float:
    """How well the cause that a case is about explains a symptom, 0..1: less with every step, and by how sure the way is."""
    if is_symptom(case.need) or case.need in OWN or case.service is None:
        return 0.0
    if case.service == trouble.service:
        return 1.0
    way = needs.get(case.service)
    if way is None or way.trust < TRUSTED:
        return 0.0
    return way.trust * FURTHER**way.steps


def _why_symptom(trouble: Trouble, case: Case, way: Way | None, near: Nearby) -> str:
    mine = near.name(trouble.service)
    if way is None:
        return f"A symptom at {mine} itself."
    away = "directly" if way.steps == 1 else f"over {way.steps} steps of the service map"
    return (
        f"{mine} needs {near.name(case.service)} ({away}{_said(way)}), which is in trouble since "
        f"{case.opened_at:%H:%M:%S} UTC."
    )


def _said(way: Way) -> str:
    """Where the least sure edge is from, if it is not quite sure."""
    if way.trust >= 0.95:
        return ""
    return f"; {way.weakest.source} is {way.weakest.confidence:.0%} sure of a part of it"


def _among_symptoms(trouble: Trouble, cases: list[Case], needs: Mapping[str, Way], near: Nearby) -> Placed:
    """Symptoms of services that are linked, or that need something in common, are one case until a cause shows."""
    own = trouble.service or ""
    mine = {own: 1.0, **{one: way.trust for one, way in needs.items()}}
    for case in cases:
        if case.service is None or not is_symptom(case.need):
            continue
        below = near.needs(case.service)
        theirs = {case.service: 1.0, **{one: way.trust for one, way in below.items()}}
        shared = {one: mine[one] * theirs[one] for one in mine.keys() & theirs.keys()}
        if not shared or max(shared.values()) < TRUSTED:
            continue
        best = min(shared, key=lambda one: (-shared[one], one))
        deeper = own in below and below[own].trust >= TRUSTED
        why = _why_shared(own, case.service, best, near)
        return Placed("join", case, why, take_over=deeper and case.state == "open", by=_by(own, case, best))
    return Placed("open", None, "Nothing that it needs is in trouble, so it stands for itself.")


def _by(own: str, case: Case, best: str) -> Literal["map", "near"]:
    """One of the two is what the other needs, or they only need something in common."""
    return "map" if best in {own, case.service} else "near"


def _why_shared(mine: str, theirs: str, best: str, near: Nearby) -> str:
    if mine == theirs:
        return f"{near.name(mine)} shows trouble in another way already."
    if theirs in near.needs(mine):
        return f"{near.name(mine)} needs {near.name(theirs)}, which shows trouble too."
    if mine in near.needs(theirs):
        return f"{near.name(theirs)}, which shows trouble too, needs {near.name(mine)}."
    return f"Both need {near.name(best)}, and both hurt at the same time."


def _place_cause(trouble: Trouble, cases: list[Case], near: Nearby) -> Placed:
    if trouble.service is None or trouble.need not in CAUSES:
        return Placed("open", None, "A new trouble of its own.")
    hurts = near.hurts(trouble.service)
    found = []
    for case in cases:
        way = hurts.get(case.service or "")
        touches = case.service == trouble.service or (way is not None and way.trust >= TRUSTED)
        felt = is_symptom(case.need) or (case.need in OUTAGES and way is not None)
        if touches and felt and case.state == "open" and recent(trouble.at, case):
            found.append(case)
    if not found:
        return Placed("open", None, "A new trouble of its own.")
    why = f"It explains the symptoms so far: they need {near.name(trouble.service)}."
    outages = tuple(case for case in found[1:] if case.need in OUTAGES)
    return Placed("join", found[0], why, take_over=True, explained=outages)
