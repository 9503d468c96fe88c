"""People who write in another language: what was told apart, and what they hear of it in theirs."""

from __future__ import annotations

import datetime as dt

from tickless.domain.finding import Finding
from tickless.domain.signal import Sender
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.stages.understand.replies import understood_in

_REF = "language:"


def spoken_in(finding: Finding) -> str | None:
    """The language (ISO 639-1) that the message was told to be in; None where it is taken for English."""
    refs = (one.ref or "" for one in finding.evidence)
    return next((ref.removeprefix(_REF) for ref in refs if ref.startswith(_REF)), None)


def tell_understood(tx: Tx, finding: Finding, sender: Sender, *, now: dt.datetime) -> None:
    """Say once in a conversation, in the person's language, that they were understood and are answered in English."""
    if (language := spoken_in(finding)) is not None:
        text = understood_in(language)
        key = f"{sender.conversation}:{_REF}{language}"
        say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now)
