"""A case as a story: how far it is through the eight stages, what is being done now, and its lines in order. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.domain.plan import Run
from tickless.domain.record import Untrusted
from tickless.domain.verdict import ProbeReading
from tickless.doors.console.book import CaseBook
from tickless.doors.console.wording import OUTCOMES, VERDICTS, Tone, plain, span

StageKey = Literal["signals", "finding", "correlation", "impact", "decision", "run", "verdict", "resolution"]
Mark = Literal["done", "now", "ahead", "bad", "skipped"]


@dataclass(frozen=True)
class Stage:
    """One of the eight stages, in the order of the code's own folders."""

    key: StageKey
    title: str
    asks: str
    mark: Mark


@dataclass(frozen=True)
class StoryLine:
    """One thing that happened."""

    at: dt.datetime
    stage: StageKey
    text: str | Untrusted
    tone: Tone = "calm"


TITLES: tuple[tuple[StageKey, str, str], ...] = (
    ("signals", "Signals", "What was said or seen"),
    ("finding", "Finding", "What it is about"),
    ("correlation", "Correlation", "Why these belong together"),
    ("impact", "Impact", "Whom it hurts, and how much"),
    ("decision", "Decision", "What to do, and which policies said so"),
    ("run", "Plan and run", "What was done, step by step"),
    ("verdict", "Verdict", "Whether it worked, read back by probes"),
    ("resolution", "Resolution", "How it ended, and whether it holds"),
)
_AT: dict[str, StageKey] = {
    "open": "decision",
    "awaiting_person": "decision",
    "awaiting_approval": "decision",
    "acting": "run",
    "verifying": "verdict",
}


def stages(book: CaseBook) -> tuple[Stage, ...]:
    """All eight, each with how far it is."""
    return tuple(Stage(key, title, asks, _mark(book, key)) for key, title, asks in TITLES)


def _mark(book: CaseBook, key: StageKey) -> Mark:
    case = book.case
    now = _AT.get(case.state) if case.live else None
    if now == "decision" and case.need is None and not book.decisions:
        now = "finding"
    if key == now:
        return "now"
    if _went_wrong(book, key):
        return "bad"
    reached = {
        "signals": bool(book.joined),
        "finding": bool(book.findings),
        "correlation": bool(book.joined),
        "impact": True,
        "decision": bool(book.decisions),
        "run": bool(book.runs),
        "verdict": bool(book.verdicts),
        "resolution": not case.live,
    }[key]
    if reached:
        return "done"
    return "ahead" if case.live else "skipped"


def _went_wrong(book: CaseBook, key: StageKey) -> bool:
    if key == "run":
        return bool(book.runs) and book.runs[-1].state == "failed"
    if key == "verdict":
        return bool(book.verdicts) and book.verdicts[-1].result == "failed"
    return key == "resolution" and book.case.outcome == "regressed"


def now_doing(book: CaseBook) -> str:
    """What is being done at this moment, in one short sentence."""
    case = book.case
    if case.state == "acting" and book.runs:
        return _step_now(book, book.runs[-1])
    if case.state == "verifying":
        return "Reading back whether it worked"
    if case.state == "awaiting_approval":
        asked = [found for found in book.approvals if found.state == "pending"]
        who = ", ".join(book.names.get(person, person) for found in asked for person in found.approvers)
        return f"Waiting for {who}" if who else "Waiting for an approval"
    if case.state == "awaiting_person":
        questions = [found for found in book.questions if found.state == "open"]
        return f"Asked: {questions[-1].text}" if questions else "Waiting for an answer"
    if case.state == "open":
        return book.decisions[-1].summary if book.decisions else "Finding out what it is about"
    if case.outcome and book.resolutions:
        return f"Ended after {span(book.resolutions[-1].seconds)}"
    return book.decisions[-1].summary if book.decisions else plain(case.state)


def _step_now(book: CaseBook, run: Run) -> str:
    receipts = {receipt.step: receipt for receipt in book.receipts.get(run.id, ())}
    for step in run.plan.steps:
        if step.id not in receipts or receipts[step.id].state == "started":
            return step.title or plain(step.uses or step.id)
    return run.plan.title


def lines(book: CaseBook, *, signals: int = 3) -> tuple[StoryLine, ...]:
    """What happened, in order of time, then of stage. Of many signals only the first few are told one by one."""
    found = [StoryLine(joined.occurred_at, "signals", joined.title) for joined in book.joined[:signals]]
    more = book.joined_count - len(found)
    if more > 0:
        found.append(StoryLine(book.joined[-1].occurred_at, "signals", f"and {more} more signals"))
    found += [
        StoryLine(finding.made_at, "finding", f"{plain(finding.need)}, {100 * finding.confidence:.0f} % sure")
        for finding in book.findings[:1]
    ]
    if book.joined_count > 1:
        found += [StoryLine(book.case.opened_at, "correlation", why.text) for why in book.case.evidence[:2]]
    found.append(StoryLine(book.case.opened_at, "impact", book.case.impact.reason))
    found += [StoryLine(decision.decided_at, "decision", decision.summary) for decision in book.decisions]
    for run in book.runs:
        titles = {step.id: step.title for step in run.plan.steps}
        found += [
            StoryLine(
                receipt.ended_at or receipt.started_at,
                "run",
                receipt.error or receipt.summary or titles.get(receipt.step) or plain(receipt.uses),
                "bad" if receipt.state == "failed" else "calm",
            )
            for receipt in book.receipts.get(run.id, ())
            if receipt.state != "skipped"
        ]
    found += [
        StoryLine(verdict.made_at, "verdict", _evidence(verdict.readings), VERDICTS[verdict.result].tone)
        for verdict in book.verdicts
    ]
    found += [
        StoryLine(end.at, "resolution", f"{plain(end.outcome)} after {span(end.seconds)}", OUTCOMES[end.outcome].tone)
        for end in book.resolutions
    ]
    order = [key for key, _, _ in TITLES]
    return tuple(sorted(found, key=lambda line: (line.at, order.index(line.stage))))


def _evidence(readings: tuple[ProbeReading, ...]) -> str:
    return "; ".join(reading.evidence for reading in readings) or "nothing was read"
