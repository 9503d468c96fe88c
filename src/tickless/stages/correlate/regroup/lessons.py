"""What merges and splits teach grouping: weighed by people, faded by time, judged against the past. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tickless.domain.case import Case
from tickless.domain.regroup import GroupingLesson, GroupingVerdict, KindOfAlert, Saying
from tickless.journal.alerts import Alert
from tickless.kit.canonical import digest
from tickless.stages.correlate.core import is_symptom
from tickless.stages.correlate.grouping.corrections import CAP, AlarmKind, Correction, Corrections

ONE_PERSON = 1.5
"""What one person's word weighs (logarithm of the odds): it shifts grouping. From two people on it rules."""
HALF_LIFE = dt.timedelta(days=60)
"""After so long a word weighs half: estates change."""
FADED = 0.3
"""Weight below which a lesson is in force no more."""
MOST_IN_FORCE = 2_000
Pair = tuple[GroupingVerdict, KindOfAlert, KindOfAlert]


def kind_of(alert: Alert) -> KindOfAlert:
    return KindOfAlert(need=alert.need or "unknown", service=alert.service or "")


def lead_of(alerts: Sequence[Alert], case: Case | None = None) -> KindOfAlert:
    """What some alerts are about: what their case is about, if it is one of them; else the first that says what is broken."""
    kinds = {kind_of(one) for one in alerts}
    about = KindOfAlert(need=case.need or "unknown", service=case.service or "") if case is not None else None
    if about is not None and about in kinds:
        return about
    return kind_of(min(alerts, key=lambda one: (is_symptom(one.need), one.occurred_at, one.fingerprint)))


def pairs_of(verdict: GroupingVerdict, one: KindOfAlert, other: KindOfAlert) -> list[Pair]:
    """What one act says: the kinds that led both sides belong together, or not. Nothing where a kind cannot tell them apart:
    alerts of the same kind, or of a service that nobody knows."""
    one, other = sorted((one, other), key=lambda kind: (kind.need, kind.service))
    if one == other or not (one.service and other.service):
        return []
    return [(verdict, one, other)]


def lesson_id(tenant: str, pair: Pair) -> str:
    verdict, one, other = pair
    return f"gls_{digest([tenant, verdict, one.need, one.service, other.need, other.service])[:24]}"


def with_saying(lesson: GroupingLesson, saying: Saying) -> GroupingLesson:
    """Each person speaks once for a lesson: their latest word counts."""
    others = tuple(one for one in lesson.said if one.by != saying.by)
    return lesson.model_copy(update={"said": (*others, saying)[-50:]})


def weight(said: Iterable[Saying], *, now: dt.datetime) -> float:
    """What people's words weigh now: half after each `HALF_LIFE`, at most `CAP` together."""
    ages = (max((now - one.at) / HALF_LIFE, 0.0) for one in said)
    return min(CAP, sum(ONE_PERSON * math.pow(0.5, age) for age in ages))


def in_force(lessons: Iterable[GroupingLesson], *, now: dt.datetime) -> Corrections:
    """What grouping heeds. Where people said both of a pair, what outweighs the other counts, for the difference."""
    sides: dict[tuple[AlarmKind, AlarmKind], dict[GroupingVerdict, GroupingLesson]] = defaultdict(dict)
    for lesson in lessons:
        pair = (_alarm_kind(lesson.one), _alarm_kind(lesson.other))
        sides[pair][lesson.verdict] = lesson
    found = []
    for (one, other), said in sides.items():
        weighed = {verdict: weight(lesson.said, now=now) for verdict, lesson in said.items()}
        verdict = max(weighed, key=lambda name: (weighed[name], name == "part"))
        net = 2 * weighed[verdict] - sum(weighed.values())
        if net >= FADED:
            found.append(Correction(verdict, one, other, net, words_of(said[verdict])))
    return Corrections(tuple(sorted(found, key=lambda one: one.weight))[-MOST_IN_FORCE:])


def words_of(lesson: GroupingLesson) -> str:
    """The lesson in a sentence that can be shown."""
    people = len({one.by for one in lesson.said})
    who = "somebody" if people == 1 else f"{people} people"
    last = max(one.at for one in lesson.said)
    did = "merged" if lesson.verdict == "join" else "parted"
    return f"{who} {did} {_told(lesson.one)} and {_told(lesson.other)}, last on {last:%Y-%m-%d}."


def _told(kind: KindOfAlert) -> str:
    return f"{kind.need.replace('_', ' ')} at {kind.service}"


def _alarm_kind(kind: KindOfAlert) -> AlarmKind:
    return AlarmKind(kind.need, kind.service)


# --- the gate -----------------------------------------------------------------------------------------------------

Signal = TypeVar("Signal", bound=Hashable)


@dataclass(frozen=True)
class Judged:
    """What teaching some lessons would have done to the past. Cases are named as they ended, after all merges and splits."""

    alerts: int
    cases: int
    helped: tuple[str, ...]
    """Cases that would have been whole and clean, and were not."""
    harmed: tuple[str, ...]
    """Cases that were whole and clean, and would not have been."""
    moved: int
    """Alerts that would have stood with others."""
    before: float
    after: float
    """Share of pairs of alerts that were put together or apart rightly (F1 of pairs)."""

    @property
    def fits(self) -> bool:
        """Nothing that was right is lost. Only then it may be taught."""
        return not self.harmed and self.after >= self.before


def judge(truth: Mapping[Signal, str], before: Mapping[Signal, str], after: Mapping[Signal, str]) -> Judged:
    """`truth`: alert → the case where it ended; `before`, `after`: alert → group, without the lessons and with them."""
    every = [one for one in truth if one in before and one in after]
    whole_before, whole_after = _whole(every, truth, before), _whole(every, truth, after)
    sizes = Counter(truth[one] for one in every)
    return Judged(
        alerts=len(every),
        cases=len(sizes),
        helped=tuple(sorted(whole_after - whole_before)),
        harmed=tuple(sorted(whole_before - whole_after)),
        moved=_moved(every, before, after),
        before=pairs_f1(every, truth, before),
        after=pairs_f1(every, truth, after),
    )


def _members(every: Iterable[Signal], groups: Mapping[Signal, str]) -> dict[str, frozenset[Signal]]:
    found: dict[str, set[Signal]] = defaultdict(set)
    for one in every:
        found[groups[one]].add(one)
    return {name: frozenset(members) for name, members in found.items()}


def _whole(every: Sequence[Signal], truth: Mapping[Signal, str], groups: Mapping[Signal, str]) -> set[str]:
    """Cases whose alerts are one group with nothing else in it."""
    made = set(_members(every, groups).values())
    return {name for name, members in _members(every, truth).items() if members in made}


def _moved(every: Sequence[Signal], before: Mapping[Signal, str], after: Mapping[Signal, str]) -> int:
    """Alerts whose company is another one."""
    was, now = _members(every, before), _members(every, after)
    return sum(was[before[one]] != now[after[one]] for one in every)


def pairs_f1(every: Sequence[Signal], truth: Mapping[Signal, str], groups: Mapping[Signal, str]) -> float:
    """F1 over pairs of alerts that are together, by counting and not by pairing; 1 where nothing is together in either."""
    both = _pairs(Counter((truth[one], groups[one]) for one in every))
    right, made = _pairs(Counter(truth[one] for one in every)), _pairs(Counter(groups[one] for one in every))
    return 1.0 if right + made == 0 else 2 * both / (right + made)


def _pairs(counted: Mapping[Hashable, int]) -> int:
    return sum(count * (count - 1) // 2 for count in counted.values())
