"""The children of a case that is over: each is told, and looked at by its own checks; none is closed because its parent was."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.plan import Plan
from tickless.domain.regroup import Link
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.regroup.anew import noted
from tickless.flow.regroup.telling import hearers
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.stages.correlate.placing import SOLVED
from tickless.stages.correlate.regroup.rules import AT_WORK, stands
from tickless.stages.verify.core import verdict

MOST = 200
AGAIN = dt.timedelta(days=30)
"""How long after a look a parent that is open again has its children looked at anew when it ends."""


class Children:
    """By the clock, under the lease of the schedules."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def look(self, now: dt.datetime) -> None:
        """Look at every child whose parent ended as solved since it was looked at last."""
        with self._rooms.journal.read() as tx:
            looked = tx.links.table.c.looked_at
            lately = looked.is_(None) | (looked > now - AGAIN)
            due = [link for link in tx.links.where(lately, limit=10_000) if self._due(tx, link)][:MOST]
        for link in due:
            self._settle(link, now=now)

    @staticmethod
    def _due(tx: Tx, link: Link) -> bool:
        """Also where it was looked at and the parent is open again: then it is looked at anew when that ends."""
        parent = tx.cases.get(link.parent)
        if parent is None:
            return False
        over = not parent.live and parent.outcome in SOLVED
        return over == (link.looked_at is None) and (over or parent.live)

    def _settle(self, link: Link, *, now: dt.datetime) -> None:
        with self._rooms.journal.read() as tx:
            child, parent = tx.cases.need(link.child), tx.cases.need(link.parent)
            plan = self._plan(tx, child)
        if parent.live:
            with self._rooms.journal.write() as tx:
                tx.links.put(link.model_copy(update={"looked_at": None, "found": ""}))
            return
        looked = self._probe(link, plan) if plan is not None and stands(child) and child.state not in AT_WORK else None
        with self._rooms.journal.write() as tx:
            fresh, known = tx.cases.need(child.id, lock=True), tx.links.get(link.child, lock=True)
            if known is None or known.parent != link.parent or (fresh.state, fresh.generation) != (
                child.state, child.generation,
            ):  # fmt: skip
                return  # something happened meanwhile: the next look sees it
            found = self._found(tx, fresh, parent, looked, now=now)
            tx.links.put(known.model_copy(update={"looked_at": now, "found": found}))

    @staticmethod
    def _plan(tx: Tx, child: Case) -> Plan | None:
        """The newest plan that was made for the child: its checks say whether the child itself is well."""
        plans = [one.plan for one in tx.decisions.by(case=child.id) if one.plan is not None and one.plan.verify]
        return plans[-1] if plans else None

    def _probe(self, link: Link, plan: Plan) -> tuple[str, str, float]:
        """(held · failed · unknown, what the probes said, seconds for which it has to hold)."""
        key = f"child:{link.child}:{link.at.isoformat()}"
        readings = [
            self._rooms.verify.look(check, inputs=plan.inputs, steps={}, key=f"{key}:{index}")
            for index, check in enumerate(plan.verify)
        ]
        said = "; ".join(one.evidence for one in readings)
        return verdict(readings), said, max((check.hold for check in plan.verify), default=0.0)

    def _found(
        self, tx: Tx, child: Case, parent: Case, looked: tuple[str, str, float] | None, *, now: dt.datetime
    ) -> str:
        over = f"Case {parent.number}, of which it is a child, is {parent.outcome}."
        if not stands(child):
            return "It was over already."
        if child.state in AT_WORK:
            return "It is being worked on, and checks itself."
        if looked is not None and looked[0] == "held":
            return self._held(tx, child, over, said=looked[1], hold=looked[2], now=now)
        if looked is not None and looked[0] == "failed":
            return self._stays(tx, child, f"{over} Its own checks do not hold: {looked[1]}", parent=parent, now=now)
        told = self._ask(tx, child, parent, now=now)
        if told:
            return f"{over} {told} of its people {'was' if told == 1 else 'were'} asked whether it works."
        firing = sum(one.state == "firing" for one in tx.alerts.of_case(child.id))
        said = f"{firing} of its alerts still fire." if firing else "None of its alerts fires any more."
        if child.state == "open":  # it waits, and decides by what its monitors say now
            tx.coordination.post(
                f"parent:{parent.id}:{parent.generation}:{child.id}:{child.generation}",
                workflow=names.case_workflow(child.id, child.generation), message={"type": "parent_is_over"},
            )  # fmt: skip
        return self._stays(tx, child, f"{over} {said}", parent=parent, now=now)

    def _held(self, tx: Tx, child: Case, over: str, *, said: str, hold: float, now: dt.datetime) -> str:
        why = f"{over} Its own checks hold: {said}"
        until = now + dt.timedelta(seconds=hold) if hold else None
        done = ends.end_case(tx, child, state="resolved", outcome="verified", now=now, why=why, hold_until=until)
        ends.tell_runs(tx, child, by="tickless")
        world = self._rooms.world()
        card: dict[str, object] = {"kind": "solved", "case": done.id, "number": done.number}
        key = f"{done.id}:{done.generation}:over"
        say(tx, conversation=done.conversation, case=done, text=words.over(done, world), key=key, at=now, card=card,
            proactive=True)  # fmt: skip
        ends.tell_affected(tx, done, world, now=now)
        return why

    def _stays(self, tx: Tx, child: Case, text: str, *, parent: Case, now: dt.datetime) -> str:
        tx.cases.put(child.model_copy(update={"evidence": noted(child, text, ref=parent.id), "updated_at": now}))
        return text

    def _ask(self, tx: Tx, child: Case, parent: Case, *, now: dt.datetime) -> int:
        """Whether it works for them is for the people of the child to say."""
        card: dict[str, object] = {"kind": "solved", "case": child.id, "number": child.number}
        text = f"{words.over(parent, self._rooms.world())} Does that settle yours, too (case {child.number})?"
        conversations = hearers(tx, child)
        for conversation in conversations:
            say(tx, conversation=conversation, case=child, text=text, at=now, card=card, proactive=True,
                key=f"{child.id}:{parent.id}:{parent.generation}:parent_over")  # fmt: skip
        return len(conversations)
