"""On record: what a language model read in a message, in each case that the message belongs to."""

from __future__ import annotations

import datetime as dt

from tickless.domain.held import Held
from tickless.journal import Tx

ACTION = "model.read"


def note_reading(tx: Tx, held: Held, *, now: dt.datetime) -> None:
    """After the message was heard: the model and its prompt's version, and its answer word by word, sealed for who wrote."""
    if held.reading is None:
        return
    model, _, prompt = held.source.rpartition(" ")
    sender = held.signal.sender
    for case in tx.findings.values("case", tx.findings.table.c.signal == held.signal.id):
        if case is not None:
            detail = {"prompt": prompt, "said": held.reading, "use": "understand"}
            tx.audit.append(at=now, actor="model", action=ACTION, subject=model, case=case, detail=detail,
                            person=sender.person if sender else None)  # fmt: skip
