"""What doors may ask about the improvement register. Ruled and audited."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.domain.errors import BadInput, Conflict
from tickless.domain.improvement import Improvement, ImprovementDraft, ImprovementEdit, Measurement, MeasurementDraft
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.practices.improvements.core import Benefit, benefit, interval, overdue
from tickless.practices.improvements.counting import count_cases

MOST = 500
NEXT = {"agree": "agreed", "begin": "under_way", "finish": "done", "drop": "dropped"}
FROM = {"agree": {"proposed"}, "begin": {"proposed", "agreed"}, "finish": {"agreed", "under_way"},
        "drop": {"proposed", "agreed", "under_way"}}  # fmt: skip
Deed = Literal["agree", "begin", "finish", "drop"]


@dataclass(frozen=True)
class ImprovementShown:
    """An improvement as it stands, with what came of it."""

    improvement: Improvement
    overdue: bool
    benefit: Benefit


class ImprovementsDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def listed(self, *, state: str | None = None, origin: str | None = None) -> list[ImprovementShown]:
        """By their date."""
        with self._journal.read() as tx:
            table = tx.improvements.table.c
            states, from_ = [table.state == state] if state else [], [table.ref == origin] if origin else []
            found = tx.improvements.where(*states, *from_, order=table.due, limit=MOST)
        return [self._shown(one) for one in found]

    def show(self, identity: str) -> ImprovementShown:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            return self._shown(tx.improvements.need(identity))

    def propose(self, draft: ImprovementDraft, *, by: Keeper) -> ImprovementShown:
        """Write one down; what is counted has its baseline counted now. Raises `BadInput`, `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        service = keeping.service(draft.service)
        keeping.allow(by, "improvements", "propose", services=[service])
        if draft.counted is not None and not (draft.counted.service or draft.counted.need):
            raise BadInput("what is counted has a service or a need", mend="name one of them")
        if draft.due_at <= now:
            raise BadInput("that date is over already")
        with self._journal.write() as tx:
            counted, baseline = draft.counted, draft.baseline
            if counted is not None:
                counted = counted.model_copy(update={"service": keeping.service(counted.service)})
                baseline = float(count_cases(tx, counted, since=now - dt.timedelta(days=counted.days), until=now))
            made = Improvement(
                **draft.model_dump(exclude={"owner", "service", "counted", "baseline", "unit"}), id=keeping.new_id(tx, "imp"),
                service=service, owner=keeping.person(draft.owner), counted=counted, baseline=baseline,
                unit=draft.unit or (f"cases in {counted.days} days" if counted else ""), made_by=by.by, made_at=now,
                story=(keeping.event(by.by, "proposed", draft.why or draft.title),),
            )  # fmt: skip
            keeping.record(tx, by.by, "improvement.proposed", made.id, {"title": made.title, "origin": made.origin})
            if made.owner and made.owner != names_person(by):
                text = f"{made.id} is yours, until {made.due_at:%Y-%m-%d}: {made.title}"
                say(
                    tx,
                    conversation=personal(made.owner),
                    case=None,
                    text=text,
                    key=f"{made.id}:owner",
                    at=now,
                    private=True,
                )
            return self._shown(tx.improvements.put(made))

    def move(self, identity: str, deed: Deed, *, by: Keeper, note: str = "") -> ImprovementShown:
        """Agree to it, begin, finish or drop it. Raises `NotFound`, `Conflict`, `Forbidden`."""
        keeping = self._keeping
        with self._journal.write() as tx:
            found = self._mine(tx, identity, by, deed)
            if found.state not in FROM[deed]:
                raise Conflict(f"this improvement is {found.state.replace('_', ' ')}")
            done_at = keeping.now if deed == "finish" else found.done_at
            story = (
                *found.story,
                keeping.event(by.by, NEXT[deed], note or NEXT[deed].replace("_", " ").capitalize() + "."),
            )
            keeping.record(tx, by.by, f"improvement.{NEXT[deed]}", identity, {"note": note})
            moved = found.model_copy(update={"state": NEXT[deed], "done_at": done_at, "story": story})
            return self._shown(tx.improvements.put(moved))

    def edit(self, identity: str, draft: ImprovementEdit, *, by: Keeper) -> ImprovementShown:
        """Put right what is given, until it is done; a new owner is told. Raises `NotFound`, `BadInput`, `Conflict`,
        `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        wanted = draft.model_dump(exclude={"note"}, exclude_none=True)
        if not wanted:
            raise BadInput("nothing is to change", mend="give a title, an owner, a date or why")
        if draft.due_at is not None and draft.due_at <= now:
            raise BadInput("that date is over already")
        if draft.owner is not None:
            wanted["owner"] = keeping.person(draft.owner)
        with self._journal.write() as tx:
            found = self._mine(tx, identity, by, "edit")
            if found.state in {"done", "dropped"}:
                raise Conflict(f"this improvement is {found.state}")
            told = ", ".join(sorted(wanted)).replace("_", " ")
            story = (*found.story, keeping.event(by.by, "edited", f"Changed: {told}. {draft.note}".strip()))
            keeping.record(
                tx, by.by, "improvement.edited", identity, {name: str(value) for name, value in wanted.items()}
            )
            done = tx.improvements.put(found.model_copy(update={**wanted, "story": story}))
            if done.owner and done.owner != found.owner and done.owner != names_person(by):
                text = f"{done.id} is yours, until {done.due_at:%Y-%m-%d}: {done.title}"
                say(tx, conversation=personal(done.owner), case=None, text=text, key=f"{done.id}:owner:{len(story)}", at=now,
                    private=True)  # fmt: skip
            return self._shown(done)

    def measure(self, identity: str, draft: MeasurementDraft, *, by: Keeper) -> ImprovementShown:
        """Somebody measured it by hand: never who owns it. Raises `NotFound`, `Conflict`, `Forbidden`."""
        with self._journal.write() as tx:
            found = self._mine(tx, identity, by, "measure")
            if found.counted is not None:
                raise Conflict("this is counted by the house", mend="wait until it is counted")
            made = Measurement(at=self._keeping.now, value=draft.value, by=by.by, evidence=draft.evidence)
            return self._shown(self._measured(tx, found, made))

    def look(self, now: dt.datetime) -> None:
        """By the clock: what is counted is counted over as many days after as before; owners hear what is overdue."""
        with self._journal.read() as tx:
            done, going = (
                tx.improvements.by(state="done"),
                [one for state in ("proposed", "agreed", "under_way") for one in tx.improvements.by(state=state)],
            )
        for one in done:
            what = one.counted
            if what and one.done_at and not any(found.at > one.done_at for found in one.measured):
                until = one.done_at + dt.timedelta(days=what.days)
                if now >= until:
                    with self._journal.write() as tx:
                        count = count_cases(tx, what, since=one.done_at, until=until)
                        low, high = interval(count)
                        text = f"{count} cases in the {what.days} days after."
                        made = Measurement(at=now, value=count, low=low, high=high, by="tickless", evidence=text)
                        self._measured(tx, tx.improvements.need(one.id, lock=True), made)
        for one in going:
            if overdue(one, now) and one.owner:
                with self._journal.write() as tx:
                    text = f"{one.id} was due on {one.due_at:%Y-%m-%d}: {one.title}"
                    say(
                        tx,
                        conversation=personal(one.owner),
                        case=None,
                        text=text,
                        key=f"{one.id}:overdue:{one.due_at}",
                        at=now,
                        private=True,
                    )

    def _measured(self, tx: Tx, found: Improvement, made: Measurement) -> Improvement:
        text = f"Measured: {made.value:g} {found.unit}. {made.evidence}"
        story = (*found.story, self._keeping.event(made.by, "measured", text))
        self._keeping.record(
            tx, made.by, "improvement.measured", found.id, {"value": made.value, "evidence": made.evidence}
        )
        return tx.improvements.put(found.model_copy(update={"measured": (*found.measured, made), "story": story}))

    def _mine(self, tx: Tx, identity: str, by: Keeper, deed: str) -> Improvement:
        found = tx.improvements.need(identity, lock=True)
        mine = found.owner is not None and found.owner == names_person(by)
        self._keeping.allow(by, "improvements", deed, services=[found.service], mine=mine)
        return found

    def _shown(self, one: Improvement) -> ImprovementShown:
        now = self._keeping.now
        return ImprovementShown(one, overdue(one, now), benefit(one, now))
