"""Hand-over between channels: a case goes on where its person speaks now."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.signal import Sender
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import say
from tickless.journal import Tx


def goes_with(tx: Tx, case: Case, sender: Sender, *, now: dt.datetime) -> Case:
    """Move a case to the conversation in which its own person, whom we know, speaks of it; else leave it where it is.

    Open questions follow. The old conversation gets one line. Nothing moves to where others read.
    """
    mine = sender.person is not None and sender.person in {case.requester, case.speaker} and sender.assurance != "none"
    old = case.conversation
    if old == sender.conversation or old is None or not mine or not sender.private:
        return case
    moved = tx.cases.put(case.model_copy(update={"conversation": sender.conversation, "updated_at": now}))
    for question in tx.questions.by(case=case.id, state="open"):
        if question.conversation == old:
            tx.questions.put(question.model_copy(update={"conversation": sender.conversation}))
    tx.audit.append(at=now, actor=sender.person or sender.account, action="case.moved", subject=case.subject or case.id,
                    case=case.id, detail={"from": old, "to": sender.conversation, "channel": sender.channel})  # fmt: skip
    here, there = old.partition(":")[0], sender.channel
    where = "another conversation" if here == there or here == sender.conversation.partition(":")[0] else there
    say(tx, conversation=old, case=moved, text=phrases.moved(where, case.number),
        key=f"{case.id}:moved:{old}:{sender.conversation}", at=now)  # fmt: skip
    return moved
