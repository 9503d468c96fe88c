"""The name of somebody whom nobody knows yet is an answer to “who starts?”, and no need that was not understood."""

from __future__ import annotations

from tickless.domain.finding import Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow.identity.introducing import somebody_new
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

LONGEST = 12
"""Words of such an answer; a longer sentence says something else."""


def as_answer(tx: Tx, rooms: Rooms, finding: Finding, signal: Signal, sender: Sender) -> Finding:
    """The finding as an answer, where a question here waits for a person and the words are a name."""
    said = (signal.body or signal.title).tame(300)
    if finding.act == "answer" or finding.need is not None or len(said.split()) > LONGEST:
        return finding
    for question in tx.questions.by(conversation=sender.conversation, state="open"):
        case = tx.cases.get(question.case)
        if case is not None and somebody_new(rooms.runbooks, case, question, {"text": said, "slots": {}}):
            return finding.model_copy(update={"act": "answer", "kind": None})
    return finding
