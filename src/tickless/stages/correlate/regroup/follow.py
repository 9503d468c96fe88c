"""News of what people moved goes where it was moved to. In the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.finding import Finding
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.stages.correlate.core import AT_IT
from tickless.stages.correlate.people import ABOUT_SERVICES
from tickless.stages.correlate.regroup.rules import stands

FAR = 20
"""Merges of merges that are followed."""


def standing_for(tx: Tx, case: Case) -> Case:
    """The case itself, or the one that it was merged into, however often."""
    for _ in range(FAR):
        if case.state != "merged" or case.merged_into is None:
            break
        case = tx.cases.need(case.merged_into, lock=True)
    return case


def followed(tx: Tx, known: Alert | None, last: Case | None, *, at: dt.datetime) -> tuple[Case, str] | None:
    """The case to which people moved this alert, or its kind of trouble, if that still stands; and why it goes there.

    `known`: the alert as it was; `last`: the newest case about the same subject with the same need.
    """
    if known is not None and known.case is not None:
        case = tx.cases.get(known.case)
        if case is not None and case.state == "merged" and stands(whole := standing_for(tx, case)):
            return whole, f"Its case {case.number} was merged into this one."
        moved = tx.regroups.placed(known.fingerprint, known.source)
        if moved is not None and moved == known.case and case is not None and stands(case):
            return case, "Somebody put this alert here before."
    if last is not None and last.state == "merged" and goes_on(whole := standing_for(tx, last), at):
        return whole, f"The same trouble was merged into this case, as case {last.number}."
    return None


def goes_on(case: Case, at: dt.datetime) -> bool:
    """Whether a case takes the same trouble in: it runs, or people have had news of it not long ago."""
    return case.live or (case.state == "handed_off" and at - case.updated_at <= AT_IT)


def about_a_service(finding: Finding) -> bool:
    """Whether somebody reports that a service is in trouble, rather than something of their own."""
    return finding.kind == "incident" and finding.need in ABOUT_SERVICES


def reported_at(tx: Tx, service: str | None) -> tuple[Case, str] | None:
    """The case that stands for the trouble of a service that was merged away: reports of that service belong there."""
    if service is None:
        return None
    table = tx.cases.table.c
    for gone in tx.cases.where(table.service == service, table.state == "merged", order=table.number.desc(), limit=5):
        whole = standing_for(tx, gone)
        if stands(whole):
            return whole, f"The trouble of that service was merged into this case, as case {gone.number}."
    return None
