"""A drafted article out of a case that was solved, and of those like it: what was asked, what helped. In the caller's
transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.knowledge import Article
from tickless.journal import Tx
from tickless.journal.cases import CaseFilter
from tickless.kit.redaction import redact_personal
from tickless.practices.knowledge.unanswered import clean_line, identity_for

SOLVED = frozenset({"verified", "confirmed"})
ALIKE = 20
"""Cases of the same need that are read beside it, the latest ones."""
MOST_QUESTIONS = 10
BY_ITSELF = "Ask for it in the chat: it is done at once."
UNTOLD = "What helped was not written down: ask whoever solved it."
_ALL = 100_000


def draft_of_case(tx: Tx, case: Case, *, owner: str | None, now: dt.datetime) -> Article:
    """A draft: a person reads, mends and publishes it. Private lines are left out; addresses, telephone numbers and credentials
    are masked. Raises `Conflict` for a case that is not solved."""
    if case.outcome not in SOLVED and not _solved_by_people(tx, case):
        raise Conflict(f"case {case.number} is not solved, so nobody knows what helps", mend="solve it first")
    alike = [case, *(one for one in _alike(tx, case) if one.id != case.id)]
    asked = list(dict.fromkeys(line for one in alike for line in _asked(tx, one) if line))
    title = (asked or [clean_line(case.title.tame(200))])[0]
    return Article(
        id=identity_for(title, {article.id for article in tx.articles.where(limit=_ALL)}),
        title=title[:1].upper() + title[1:].rstrip(" ?.!")[:120],
        text=_text(tx, case, alike),
        owner=owner,
        service=case.service,
        reviewed_at=now,
        state="draft",
        questions=tuple(line[:300] for line in asked[:MOST_QUESTIONS]),
    )


def _text(tx: Tx, case: Case, alike: Sequence[Case]) -> str:
    told = list(dict.fromkeys(text for one in alike for text in _answers(tx, one)))
    done = _done(tx, case)
    helps = "\n\n".join(told) or (BY_ITSELF if done else UNTOLD)
    steps = "\n".join(f"1. {step}" for step in done)
    parts = ["## What helps", helps, *(["## What was done", steps] if steps else []),
             "## When it does not help", "Write to the service desk, with what you tried.",
             f"<!-- Drafted from case {case.number} and {len(alike) - 1} like it. -->"]  # fmt: skip
    return "\n\n".join(parts)


def _alike(tx: Tx, case: Case) -> list[Case]:
    """Solved ones of the same need that people brought."""
    if case.need is None:
        return []
    found = tx.cases.page(CaseFilter(need=case.need, door="human", live=False), limit=5 * ALIKE)
    return [one for one in found if one.outcome in SOLVED][:ALIKE]


def _asked(tx: Tx, case: Case) -> list[str]:
    """What the person wrote first: its title, where that was said before there was a case."""
    lines = [one for one in tx.messages.by(case=case.id) if one.author == "person" and not one.private]
    first = min(lines, key=lambda one: one.at).text if lines else case.title
    return [clean_line(first.tame(500))] if case.door == "human" else []


def _answers(tx: Tx, case: Case) -> list[str]:
    """What colleagues wrote to the person."""
    lines = [one for one in tx.messages.by(case=case.id) if one.author == "operator" and not one.private]
    return [redact_personal(one.text.tame(4_000).strip()) for one in sorted(lines, key=lambda one: one.at)]


def _done(tx: Tx, case: Case) -> list[str]:
    """The steps that a runbook took, where one did."""
    runs = [one for one in tx.runs.by(case=case.id) if one.state == "done" and not one.dry_run]
    if not runs:
        return []
    last = max(runs, key=lambda one: one.started_at)
    return [step.title for step in last.plan.steps if step.title]


def _solved_by_people(tx: Tx, case: Case) -> bool:
    return case.state == "handed_off" and any(
        one.state in {"resolved", "closed"} for one in tx.tickets.by(case=case.id)
    )
