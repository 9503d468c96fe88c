"""What waits for people, counted: each with the page where it is done. What waits for whoever looks stands first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.flow.approvals.standing_in import waiting_for
from tickless.journal import Journal, Tx

OPEN_TICKETS = ("wanted", "open", "pending")
MOST = 1_000
_UNDONE = ("proposed", "agreed", "under_way")


@dataclass(frozen=True)
class Need:
    """`words` follow upon the number, for one and for several. `mine`: it waits for whoever looks."""

    count: int
    one: str
    several: str
    address: str
    mine: bool = False

    @property
    def words(self) -> str:
        return self.one if self.count == 1 else self.several


def needs_of(journal: Journal, person: str | None, *, now: dt.datetime) -> list[Need]:
    """What is more than none: that person's own, then everybody's, the most urgent first."""
    with journal.read() as tx:
        found = [*(_of(tx, person, now) if person else []), *_of_all(tx, now)]
    found.append(Need(sum(journal.signals.waiting_by_source().values()), "message of a monitor could not be read",
                      "messages of monitors could not be read", "/quarantine"))  # fmt: skip
    return [one for one in found if one.count]


def _of(tx: Tx, person: str, now: dt.datetime) -> list[Need]:
    tickets, better = tx.tickets.table.c, tx.improvements.table.c
    cases = tx.alerts.cases_of(person, "owner", limit=MOST)
    late = (better.state.in_(_UNDONE), better.owner == person, better.due < now)
    return [
        Need(len(waiting_for(tx, person, now=now)), "approval waits for you", "approvals wait for you", "/approvals", True),
        Need(tx.tickets.count(tickets.case.in_(cases), tickets.state.in_(OPEN_TICKETS)) if cases else 0,
             "case is with you", "cases are with you", "/cases?standing=handed_off", True),
        Need(tx.improvements.count(*late), "improvement of yours is overdue", "improvements of yours are overdue",
             "/improvements", True),
    ]  # fmt: skip


def _of_all(tx: Tx, now: dt.datetime) -> list[Need]:
    changes, majors, drafts = tx.change_records.table.c, tx.major_incidents.table.c, tx.runbook_drafts.table.c
    tickets, chosen, better = tx.tickets.table.c, tx.opportunities.table.c, tx.improvements.table.c
    taught = tx.lessons.count(tx.lessons.table.c.state == "proposed")
    taught += tx.grouping_lessons.count(tx.grouping_lessons.table.c.state == "proposed")
    return [
        Need(tx.major_incidents.count(majors.state == "declared"), "major incident goes on", "major incidents go on", "/major"),
        Need(tx.approvals.count(tx.approvals.table.c.state == "pending"), "approval is asked for", "approvals are asked for",
             "/approvals"),
        Need(tx.tickets.count(tickets.state.in_(OPEN_TICKETS)), "case is with people", "cases are with people",
             "/cases?standing=handed_off"),
        Need(tx.change_records.count(changes.state == "asked"), "change waits for a yes", "changes wait for a yes", "/changes"),
        Need(tx.major_incidents.count(majors.state == "stood_down"), "major incident waits for its review",
             "major incidents wait for their review", "/major"),
        Need(tx.improvements.count(better.state.in_(_UNDONE), better.due < now), "improvement is overdue",
             "improvements are overdue", "/improvements"),
        Need(tx.runbook_drafts.count(drafts.state == "proposed"), "runbook waits for a signature",
             "runbooks wait for a signature", "/proposals"),
        Need(taught, "lesson waits for a decision", "lessons wait for a decision", "/learning"),
        Need(tx.opportunities.count(chosen.state == "found", chosen.rank <= 10), "opportunity is not decided about",
             "opportunities are not decided about", "/opportunities"),
    ]  # fmt: skip
