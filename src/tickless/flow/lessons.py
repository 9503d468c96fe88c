"""Learning what words mean from how cases end: lessons are proposed by themselves; a person teaches them if the past allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from tickless.ai import Brain, Example, LeftOut
from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.finding import Finding
from tickless.domain.lesson import Lesson
from tickless.domain.measure import Resolution
from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.flow.rooms import Rooms
from tickless.flow.talking.unheard import LONGEST_TEXT, lesson_text
from tickless.journal import Tx
from tickless.kit.canonical import digest
from tickless.kit.redaction import redact_personal
from tickless.stages.learn.lessons import (
    LONGEST,
    SEVERAL,
    SHORTEST,
    SURE,
    Contrary,
    Drawn,
    Judged,
    Reread,
    Said,
    drawn,
    judge,
    without_names,
)
from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.service import Understanding

MARK = "lessons"
"""Up to which end of a case lessons were drawn."""
GOOD = frozenset({"verified", "confirmed"})
TOGETHER = dt.timedelta(minutes=30)
"""How long after something that was not understood other words still speak of the same."""
KEPT = dt.timedelta(days=1)
"""How long something not understood is kept without anything coming of it."""
PAST = dt.timedelta(days=30)
MOST_REREAD = 300
MOST_AT_ONCE = 50
HAIR = 0.03
"""A left-out sentence this near the threshold is read as it was. One lesson more moves the confidences of all others by .015
(standard deviation, 1,442 sentences), all together: who counts those that it carries over counts one loss many times."""
SILENT = ("small_talk", "thanks", "out_of_scope")
_BATCH = 200


class Lessons:
    """`teach`: examples → a brain of the kind that reads now. `renew`: be taught what is decided now."""

    def __init__(
        self,
        rooms: Rooms,
        teach: Callable[[Sequence[Example]], Brain],
        renew: Callable[[], None],
    ) -> None:
        self._rooms = rooms
        self._teach = teach
        self._renew = renew

    def look(self, now: dt.datetime) -> None:
        """By the clock: draw lessons from the ends since last time, and forget what nothing came of."""
        with self._rooms.journal.read() as tx:
            ends, stale = self._ends(tx, now), self._stale(tx, now)
        if not ends and not stale:
            return
        # Taught here, if it must be, and only if somebody was served: the journal has one writer, and an idle house no haste.
        known = _labels(self._rooms.understanding().brain) if any(_teaches(one) for one in ends) else frozenset()
        with self._rooms.journal.write() as tx:
            for end in ends:
                case = tx.cases.get(end.case)
                if case is not None and _teaches(end) and f"need.{end.need}" in known:
                    self._draw(tx, end, case, now)
            if ends:
                tx.coordination.note(MARK, ends[-1].at.isoformat())
            for one in self._stale(tx, now):
                tx.lessons.delete(one.id)

    @staticmethod
    def _ends(tx: Tx, now: dt.datetime) -> list[Resolution]:
        since = _moment(tx.coordination.mark(MARK)) or now - KEPT
        table = tx.resolutions.table.c
        return tx.resolutions.where(table.at > since, order=table.at, limit=_BATCH)

    @staticmethod
    def _stale(tx: Tx, now: dt.datetime) -> list[Lesson]:
        table = tx.lessons.table.c
        return tx.lessons.where(table.state == "heard", table.at < now - KEPT)

    def _draw(self, tx: Tx, end: Resolution, case: Case, now: dt.datetime) -> None:
        attached = sorted(tx.cases.findings_of(case.id), key=lambda one: one.made_at)
        if not attached or end.need is None:
            return
        heard = self._heard_before(tx, case)
        opening = [self._said(tx, attached[0])]
        before = Said(heard.text.raw, "need", None, heard.confidence) if heard is not None else None
        for one in drawn(end.need, opening, before):
            self._propose(tx, one, end.need, case, now)
        if heard is not None:
            tx.lessons.delete(heard.id)

    @staticmethod
    def _heard_before(tx: Tx, case: Case) -> Lesson | None:
        """The last thing not understood before the case, if nothing else came of it in between."""
        table = tx.lessons.table.c
        heard = tx.lessons.where(
            table.state == "heard", table.conversation == case.conversation,
            table.at <= case.opened_at, table.at >= case.opened_at - TOGETHER, order=table.at.desc(), limit=1,
        )  # fmt: skip
        if not heard or case.speaker not in heard[0].people:
            return None
        others = tx.cases.table.c
        between = tx.cases.where(
            others.conversation == case.conversation, others.opened_at > heard[0].at,
            others.opened_at < case.opened_at, limit=1,
        )  # fmt: skip
        return None if between else heard[0]

    def _said(self, tx: Tx, finding: Finding) -> Said:
        signal = self._rooms.journal.signals.get(finding.signal)
        beside = tx.findings.where(tx.findings.table.c.signal == finding.signal)
        return Said(
            lesson_text(signal, finding), finding.act, finding.need, finding.confidence,
            by_model=finding.brain.split(" ")[0] not in {"lexical", "embedding", "rules"}, alone=len(beside) == 1,
        )  # fmt: skip

    @staticmethod
    def _propose(tx: Tx, one: Drawn, need: str, case: Case, now: dt.datetime) -> None:
        known = tx.lessons.get(_id(one.text, need), lock=True)
        lesson = known or Lesson(
            id=_id(one.text, need), text=Untrusted(one.text), need=need, source=one.source, state="proposed",
            taken_for=one.taken_for, confidence=one.confidence, conversation=case.conversation, at=now,
        )  # fmt: skip
        speaker = (case.speaker,) if case.speaker else ()
        cases = tuple(dict.fromkeys((*lesson.cases, case.id)))[-20:]
        people = tuple(dict.fromkeys((*lesson.people, *speaker)))[-20:]
        tx.lessons.put(lesson.model_copy(update={"cases": cases, "people": people}))

    def needs(self) -> tuple[str, ...]:
        """Those that a lesson may stand for."""
        labels = _labels(self._rooms.understanding().brain)
        return tuple(sorted(one.removeprefix("need.") for one in labels if one.startswith("need.")))

    def add(self, text: str, need: str, *, by: str) -> Lesson:
        """A sentence that somebody who looks after the words proposes. Raises `BadInput`."""
        text = without_names(redact_personal(Untrusted(text).tame(LONGEST_TEXT)), ())
        if not SHORTEST <= len(text.split()) <= LONGEST:
            raise BadInput(
                f"a lesson has {SHORTEST} to {LONGEST} words", mend="one sentence, as a person would write it"
            )
        known = self.needs()
        if need not in known:
            raise BadInput(f"nobody knows the need {need[:60]!r}", mend="one of: " + ", ".join(known))
        now = self._rooms.clock.now()
        lesson = Lesson(
            id=_id(text, need), text=Untrusted(text), need=need, source="person", state="proposed", at=now,
        )  # fmt: skip
        with self._rooms.journal.write() as tx:
            found = tx.lessons.get(lesson.id, lock=True)
            if found is not None and found.state in {"proposed", "taught"}:
                return found
            self._audit(tx, "lesson.proposed", [lesson], by, now)
            return tx.lessons.put(lesson)

    def attempt(self, ids: Sequence[str]) -> Judged:
        """Read the past again with these taught besides. Changes nothing; takes some seconds. Raises `NotFound`, `BadInput`."""
        with self._rooms.journal.read() as tx:
            return self._judge(tx, self._chosen(tx, ids))

    def teach(self, ids: Sequence[str], *, by: str) -> Judged:
        """Teach them, if nothing that was understood rightly would be lost. Raises `Conflict` with what would be."""
        with self._rooms.journal.read() as tx:
            chosen = self._chosen(tx, ids)
            judged = self._judge(tx, chosen)
        if not judged.fits:
            raise Conflict(_told(judged), mend="teach fewer of them, or none: a trial tells what each would do")
        self._decide([one.id for one in chosen], "taught", by=by, reason=f"{judged.read} sentences read again")
        return judged

    def refuse(self, identity: str, *, by: str, reason: str) -> Lesson:
        """Not to be taught, or not any more. It is not proposed again."""
        (lesson,) = self._decide([identity], "refused", by=by, reason=reason)
        return lesson

    def _decide(self, ids: Sequence[str], state: str, *, by: str, reason: str) -> list[Lesson]:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            change = {"state": state, "decided_by": by, "decided_at": now, "reason": reason}
            before = [tx.lessons.need(one, lock=True) for one in ids]
            done = [tx.lessons.put(one.model_copy(update=change)) for one in before]
            self._audit(tx, f"lesson.{state}", done, by, now)
        self._renew()
        return done

    @staticmethod
    def _audit(tx: Tx, action: str, lessons: Iterable[Lesson], by: str, now: dt.datetime) -> None:
        for one in lessons:
            detail = {"text": one.text.tame(LONGEST_TEXT), "need": one.need, "source": one.source, "reason": one.reason}
            tx.audit.append(at=now, actor=by, action=action, subject=f"lesson:{one.id}", detail=detail)

    @staticmethod
    def _chosen(tx: Tx, ids: Sequence[str]) -> list[Lesson]:
        if not 0 < len(ids) <= MOST_AT_ONCE:
            raise BadInput(f"choose 1 to {MOST_AT_ONCE} lessons")
        found = [tx.lessons.need(one) for one in dict.fromkeys(ids)]
        if any(one.state not in {"proposed", "refused"} or one.need is None for one in found):
            raise Conflict("only what is proposed, or was refused, can be taught", mend="reload the list")
        return found

    def _judge(self, tx: Tx, chosen: Sequence[Lesson]) -> Judged:
        before = self._rooms.understanding()
        lessons = [Example(f"need.{one.need}", one.text.raw) for one in chosen]
        brain = self._teach([*before.brain.examples, *lessons])
        after = Understanding(brain, before.gazetteer, kinds=before.kinds)
        known = _left_out(before.brain, brain)
        return judge(self._past(tx, before, after), known, [_against(one, before.brain) for one in chosen])

    def _past(self, tx: Tx, before: Understanding, after: Understanding) -> Iterator[Reread]:
        """What people wrote lately, and what it turned out to mean."""
        now = self._rooms.clock.now()
        right = self._turned_out(tx, now - PAST)
        signals = self._rooms.journal.signals.many(right)
        seen: set[str] = set()
        for identity, needs in right.items():
            signal = signals.get(identity)
            text = (signal.body or signal.title).tame(LONGEST_TEXT) if signal is not None else ""
            if signal is None or text.casefold() in seen:
                continue
            seen.add(text.casefold())
            yield Reread(text, needs, _needs(before, signal, now), _needs(after, signal, now))

    @staticmethod
    def _turned_out(tx: Tx, since: dt.datetime) -> dict[str, frozenset[str]]:
        """By signal: the needs that it turned out to mean; none for small talk."""
        table = tx.resolutions.table.c
        right: dict[str, frozenset[str]] = {}
        ends = tx.resolutions.where(table.at > since, table.outcome.in_(GOOD), order=table.at.desc(), limit=MOST_REREAD)
        for end in ends:
            opening = min(tx.cases.findings_of(end.case), key=lambda one: one.made_at, default=None)
            if end.door == "human" and end.need and opening is not None and opening.act == "need":
                right[opening.signal] = right.get(opening.signal, frozenset()) | {end.need}
        made = tx.findings.table.c.made_at
        for finding in tx.findings.where(made > since, order=made.desc(), limit=MOST_REREAD):
            if finding.act in SILENT and finding.need is None:
                right.setdefault(finding.signal, frozenset())
        return right


def _against(lesson: Lesson, brain: Brain) -> Contrary | None:
    """What the brain surely reads in it now, if that is something else."""
    guess = next(iter(brain.rank(lesson.text.raw, limit=1)), None)
    if guess is None or guess.confidence < SURE or _need_of(guess.label) == {lesson.need}:
        return None
    return Contrary(lesson.text.raw, guess.label, guess.confidence, people=len(lesson.people))


def _told(judged: Judged) -> str:
    """Why it is not taught, in a sentence."""
    for one in judged.contrary:
        means = one.label.partition(".")[2].replace("_", " ")
        return (
            f"“{one.text[:120]}” surely means {means} now; it takes {SEVERAL} people to say otherwise, not {one.people}"
        )
    lost = judged.harmed or judged.lost
    first = f"such as “{lost[0].text[:120]}”" if lost else ""
    return f"{len(lost)} of {judged.read} sentences that are understood now would not be any more, {first}"


def _needs(understanding: Understanding, signal: Signal, now: dt.datetime) -> frozenset[str]:
    writer = signal.sender.person if signal.sender is not None else None
    found = understanding.understand(signal, context=DialogueContext(writer=writer), now=now)
    return frozenset(one.need for one in found if one.act == "need" and one.need is not None)


def _left_out(before: Brain, after: Brain) -> Iterator[Reread]:
    """How taught sentences are read by brains that do not know them, with the lessons and without."""
    would = {one.example: one for one in after.left_out}
    for one in before.left_out:
        then = would.get(one.example)
        if then is not None:
            read = one.confidence >= before.threshold
            kept = then.confidence >= after.threshold + (-HAIR if read else HAIR)
            yield Reread(one.example.text, _need_of(one.example.label), _read(one, sure=read), _read(then, sure=kept))


def _read(one: LeftOut, *, sure: bool) -> frozenset[str]:
    return _need_of(one.label) if sure else frozenset()


def _need_of(label: str) -> frozenset[str]:
    return frozenset({label.removeprefix("need.")} if label.startswith("need.") else ())


def _teaches(end: Resolution) -> bool:
    return end.door == "human" and end.outcome in GOOD and end.need is not None


def _labels(brain: Brain) -> frozenset[str]:
    return frozenset(one.label for one in brain.examples)


def _id(text: str, need: str) -> str:
    return f"les_{digest([text.casefold(), need])[:24]}"


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
