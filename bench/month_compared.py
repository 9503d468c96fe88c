"""What a house made of a month, in words that do not depend on ids: for holding two houses against each other."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from tickless.app.build import House
from tickless.domain.decision import Decision

KINDS = ("findings", "cases", "members", "decisions", "holds", "ladder")
MOST = 1_000_000
_OWN = re.compile(r"\b([a-z]{2,5})_[0-9A-HJKMNP-TV-Z]{26}\b")
"""An id that a house made itself: no other house makes the same."""


def made_of(house: House) -> dict[str, list[str]]:
    """Kind → one line for each record, in an order that two runs share."""
    with house.journal.read() as tx:
        cases = tx.cases.where(limit=MOST, order=tx.cases.table.c.number)
        numbers = {one.id: one.number for one in cases}
        findings = tx.findings.where(limit=MOST, order=tx.findings.table.c.made_at)
        decisions = tx.decisions.where(limit=MOST, order=tx.decisions.table.c.decided_at)
        members = [
            (numbers[one.id], alert.fingerprint, alert.state) for one in cases for alert in tx.alerts.of_case(one.id)
        ]
        holds = [
            (one.reason, one.fingerprint, one.since, one.ended_at, one.end, one.onsets)
            for one in tx.holds.where(limit=MOST)
        ]
        shadows = [(one.runbook, numbers.get(one.case, 0), one.would) for one in tx.shadows.where(limit=MOST)]
        rungs = sorted(tx.coordination.rungs().items())
    return {
        "findings": sorted(
            _line(one.made_at, one.act, one.kind, one.need, [(e.kind, e.ref) for e in one.entities], one.slots,
                  round(one.confidence, 6), one.brain) for one in findings
        ),
        "cases": [
            _line(one.number, one.kind, one.need, _known(one.subject), one.service, one.door, one.requester, one.state,
                  one.outcome, one.impact.priority, one.title.raw) for one in cases
        ],
        "members": sorted(_line(*one) for one in members),
        "decisions": sorted(_decided(one, numbers) for one in decisions),
        "holds": sorted(_line(*one) for one in holds),
        "ladder": [*sorted(_line(*one) for one in shadows), _line(*rungs)],
    }  # fmt: skip


def _decided(one: Decision, numbers: dict[str, int]) -> str:
    plan: dict[str, Any] = {}
    if one.plan is not None:
        plan = one.plan.model_dump(mode="json", exclude={"case"})
    return _line(numbers[one.case], one.attempt, one.kind, one.candidates, plan, one.approvers, one.role,
                 round(one.wait_seconds, 3), [reason.policy for reason in one.reasons], one.summary)  # fmt: skip


def _known(subject: str | None) -> str | None:
    """What a case is about, with the house's own ids as their kind alone."""
    return _OWN.sub(r"\1", subject) if subject else subject


def _line(*parts: object) -> str:
    return json.dumps(parts, default=str, ensure_ascii=False, sort_keys=True)


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, int]:
    """Kind → how many lines stand in one and not in the other."""
    found = {}
    for kind in KINDS:
        left, right = Counter(one[kind]), Counter(other[kind])
        found[kind] = sum((left - right).values()) + sum((right - left).values())
    return found


def told(one: dict[str, list[str]], other: dict[str, list[str]], *, most: int = 5) -> dict[str, list[str]]:
    """The first lines of each kind that differ, for a person to read."""
    found = {}
    for kind in KINDS:
        left, right = Counter(one[kind]), Counter(other[kind])
        lines = [f"- {line[:300]}" for line in sorted(left - right)[:most]] + [
            f"+ {line[:300]}" for line in sorted(right - left)[:most]
        ]
        if lines:
            found[kind] = lines
    return found
