"""Somebody whom we don't know: what they say of who they are, and what they have just proved. In the intake's transaction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Sender, Signal
from tickless.journal import Tx
from tickless.stages.act.vault import CODE_LIFE
from tickless.stages.decide.core import CLAIMED, FOR_OTHER, NOBODY
from tickless.stages.decide.identity_facts import PROVED_AT

_NEW = re.compile(
    r"^\W*(?:it'?s\s+|(?:some(?:body|one)|a(?:nother)?)\s+)*new\b(?:\s+(?:person|colleague|hire|starter))?"
    r"\W*(?:called\s+|named\s+)?",
    re.IGNORECASE,
)
_PEOPLE = frozenset({"person", "manager"})
_ME = frozenset({"me", "myself", "i", "i am", "it's me", "that's me", "i will", "me myself"})
_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]+(?:\s+(?:[a-z]{2,3}\s+)?[^\W\d_a-z][\w'’-]*)+")
_PLAIN_NAME = re.compile(r"\s*[^\W\d_][\w'’-]+(?:\s+[^\W\d_][\w'’-]*){1,3}[\s.,!]*")
_I_AM = re.compile(
    r"\b(?:this is|my name is|my user ?name is|my login is|i am|i'm|it's)\s+"
    r"(?P<name>[A-Z][\w'’-]+(?:\s+(?:[a-z]{2,3}\s+)?[A-Z][\w'’-]+)+|[\w.+-]+@[\w.-]+\.\w+)"
)


def introduced(tx: Tx, case: Case, finding: Finding, signal: Signal) -> Case:
    """Note who an unknown speaker says they are, so that they are asked for the code and not for their name again.

    A name that nobody has is noted as nobody's: what is said to them is the same. Who speaks for somebody else has to say who
    they themselves are first.
    """
    if case.speaker is not None or case.door != "human":
        return case
    inputs = dict(case.inputs)
    if finding.slots.get("for"):
        inputs[FOR_OTHER] = "yes"
    elif "person" in inputs:
        inputs[CLAIMED] = inputs["person"]
    elif "person?" not in inputs and _I_AM.search((signal.body or signal.title).tame(1_000)):
        inputs[CLAIMED] = NOBODY
    return tx.cases.put(case.model_copy(update={"inputs": inputs})) if inputs != case.inputs else case


def somebody_new(
    runbooks: Mapping[str, Runbook], case: Case, asked: OpenQuestion, heard: Mapping[str, Any]
) -> dict[str, str]:
    """The name of somebody whom the records do not know, where the procedure can go on with such a person."""
    said = str(heard.get("text") or "")
    into = next(
        (
            wanted.unknown
            for runbook in runbooks.values()
            if case.need in runbook.serves.intents and (wanted := runbook.inputs.get(asked.about)) and wanted.unknown
        ),
        None,
    )
    known = {"person", "person?"} & set(heard.get("slots") or {}) and not _NEW.match(said)
    if known:
        return {}
    said = _NEW.sub("", said)
    named = _NAME.search(said) or (_PLAIN_NAME.fullmatch(said) if into else None)
    return {into: " ".join(named.group().split()).strip(" .,!")} if into and named else {}


def meaning_oneself(case: Case, asked: OpenQuestion, heard: dict[str, Any]) -> dict[str, Any]:
    """“Me”, where a person is asked for, is whoever asked for the case."""
    if case.requester is None:
        return heard
    slots = {
        name: case.requester if name in _PEOPLE and str(said).strip(" .!").casefold() in _ME else said
        for name, said in heard["slots"].items()
    }
    alone = asked.about in _PEOPLE and str(heard["text"]).strip(" .!").casefold() in _ME
    return {**heard, "slots": slots, "text": case.requester if alone else heard["text"]}


def with_proof(tx: Tx, sender: Sender, *, now: dt.datetime) -> tuple[Sender, str]:
    """The sender as the one who proved it by a code in this conversation a moment ago: (sender, when). Else as they are.

    Only where nobody else reads and writes, and only for as long as a code lives.
    """
    if not sender.private or sender.assurance == "step_up":
        return sender, ""
    table = tx.cases.table.c
    lately = tx.cases.where(
        table.conversation == sender.conversation,
        table.updated_at > now - CODE_LIFE,
        order=table.number.desc(),
        limit=20,
    )
    for case in lately:
        proved = case.inputs.get(PROVED_AT)
        mine = case.speaker is not None and sender.person in {None, case.speaker}
        if case.assurance == "step_up" and mine and proved and now - dt.datetime.fromisoformat(proved) <= CODE_LIFE:
            return sender.model_copy(update={"person": case.speaker, "assurance": "step_up"}), proved
    return sender, ""


def marked_as_proved(tx: Tx, case: Case, proof: str) -> Case:
    """A case of somebody who proved who they are a moment ago: for as long as that proof counts."""
    inputs = {**case.inputs, PROVED_AT: proof, "confirmed_by": case.speaker or ""}
    return tx.cases.put(case.model_copy(update={"inputs": inputs}))
