"""Writes down what is assumed and answered, each with its audit row."""

from __future__ import annotations

import datetime as dt
from typing import get_args

from tickless.domain.errors import BadInput, NotFound
from tickless.domain.record import Untrusted
from tickless.domain.steering import Assumption, MaturityAnswer, MaturityModel
from tickless.journal import Tx
from tickless.practices.steering.core import setting, shown_value

CLAIM = "claim:"
HIGHEST = {"zero_ticket": 4, "cmmi": 5, "excellence": 5}


def assumed(tx: Tx) -> dict[str, Assumption]:
    """What somebody wrote down, by name; for the rest the defaults hold."""
    return {one.id: one for one in tx.assumptions.where()}


def assume(tx: Tx, name: str, value: str, *, by: str, reason: str, now: dt.datetime) -> Assumption:
    """It holds from now on, for the past, too. Raises `BadInput`."""
    text, why = shown_value(name, value), _reason(reason)
    before = tx.assumptions.get(name)
    made = tx.assumptions.put(Assumption(id=name, value=text, by=by, at=now, reason=why))
    old = before.value if before else setting(name).default
    tx.audit.append(at=now, actor=by, action="assumption.set", subject=f"assumption:{name}",
                    detail={"before": old, "after": text, "reason": why})  # fmt: skip
    return made


def forget(tx: Tx, name: str, *, by: str, reason: str, now: dt.datetime) -> None:
    """The default holds again. Raises `NotFound`, `BadInput`."""
    before, why = tx.assumptions.get(name), _reason(reason)
    if before is None:
        raise NotFound(f"nobody has assumed {Untrusted(name).tame(60)!r}: the default holds")
    tx.assumptions.delete(name)
    tx.audit.append(at=now, actor=by, action="assumption.dropped", subject=f"assumption:{name}",
                    detail={"before": before.value, "after": setting(name).default, "reason": why})  # fmt: skip


def claim(tx: Tx, model: str, level: int, *, by: str, note: str, now: dt.datetime) -> MaturityAnswer:
    """What somebody says a model's level is. It stands beside the evidence. Raises `BadInput`."""
    if model not in get_args(MaturityModel):
        raise BadInput(
            f"{Untrusted(model).tame(40)!r} is no model", mend=f"one of {', '.join(get_args(MaturityModel))}"
        )
    if not 0 <= level <= HIGHEST[model]:
        raise BadInput(f"its levels end at {HIGHEST[model]}")
    return _put(tx, f"{CLAIM}{model}", level, by=by, note=note, now=now)


def answer_question(
    tx: Tx, question: str, level: int, *, questions: frozenset[str], by: str, note: str, now: dt.datetime
) -> MaturityAnswer:
    """An answer to a question that no data can answer: 0 no, 1 in part, 2 yes. Raises `BadInput`."""
    if question not in questions:
        raise BadInput(f"{Untrusted(question).tame(60)!r} is not asked: data show it, or nobody needs it",
                       mend=f"one of {', '.join(sorted(questions))}")  # fmt: skip
    if level not in {0, 1, 2}:
        raise BadInput("0 no, 1 in part, 2 yes")
    return _put(tx, question, level, by=by, note=note, now=now)


def _put(tx: Tx, identity: str, level: int, *, by: str, note: str, now: dt.datetime) -> MaturityAnswer:
    before = tx.maturity_answers.get(identity)
    told = Untrusted(note).tame(500)
    made = tx.maturity_answers.put(MaturityAnswer(id=identity, level=level, note=told, by=by, at=now))
    tx.audit.append(at=now, actor=by, action="maturity.answered", subject=f"maturity:{identity}",
                    detail={"before": before.level if before else None, "after": level, "note": told})  # fmt: skip
    return made


def _reason(text: str) -> str:
    found = Untrusted(text).tame(500)
    if not found:
        raise BadInput("say why", mend="the reason goes on record")
    return found
