"""Needs that come together: which waits for which, and what the person is told of it. In the intake's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.signal import Sender
from tickless.flow import names
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import say
from tickless.flow.saying.labels import cases_of, label_of
from tickless.journal import Tx
from tickless.stages.decide.order import AFTER, before


def put_in_order(tx: Tx, rooms: Rooms, begun: list[Case], sender: Sender, *, now: dt.datetime) -> list[Case]:
    """The cases that begin, each knowing which ones it has to wait for; it is told once which comes first."""
    others = {one.id: one for one in (*begun, *tx.cases.live_of_conversation(sender.conversation))}
    if sender.person is not None:
        others |= {one.id: one for one in cases_of(tx, sender.person)}
    ordered = []
    for case in begun:
        served = any(case.need in runbook.serves.intents for runbook in rooms.runbooks.values())
        first = before(case, others.values()) if served and case.door == "human" and AFTER not in case.inputs else ()
        if not first:
            ordered.append(case)
            continue
        waiting = tx.cases.put(case.model_copy(update={"inputs": {**case.inputs, AFTER: " ".join(first)}}))
        ordered.append(waiting)
        world = rooms.world()
        text = phrases.after(label_of(others[first[0]], rooms.runbooks, world), label_of(case, rooms.runbooks, world))
        say(tx, conversation=case.conversation, case=waiting, text=text, key=f"{case.id}:after", at=now)
    return ordered


def wake_followers(tx: Tx, case: Case) -> None:
    """A case is over: those that waited for it are decided again at once."""
    if case.door != "human" or not case.conversation:
        return
    near = tx.cases.live_of_conversation(case.conversation)
    if case.requester:
        near += [one for one in cases_of(tx, case.requester) if one.conversation != case.conversation]
    for other in near:
        if case.id in other.inputs.get(AFTER, "").split():
            workflow = names.case_workflow(other.id, other.generation)
            key = f"after:{case.id}:{case.generation}:{other.id}:{other.generation}"
            tx.coordination.post(key, workflow=workflow, message={"type": "before_is_over", "case": case.id})
