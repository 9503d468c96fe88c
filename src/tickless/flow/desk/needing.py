"""What waits for people, counted: each with the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.journal import Journal, Tx

OPEN_TICKETS = ("wanted", "open", "pending")


@dataclass(frozen=True)
class Need:
    """`words` follow upon the number, for one and for several."""

    count: int
    one: str
    several: str
    address: str

    @property
    def words(self) -> str:
        return self.one if self.count == 1 else self.several


def needs_of(journal: Journal) -> list[Need]:
    """What is more than none, the most urgent first."""
    with journal.read() as tx:
        found = _counted(tx)
    found.append(Need(sum(journal.signals.waiting_by_source().values()), "message of a monitor could not be read",
                      "messages of monitors could not be read", "/quarantine"))  # fmt: skip
    return [one for one in found if one.count]


def _counted(tx: Tx) -> list[Need]:
    changes, majors, drafts = tx.change_records.table.c, tx.major_incidents.table.c, tx.runbook_drafts.table.c
    tickets, lessons, chosen = tx.tickets.table.c, tx.lessons.table.c, tx.opportunities.table.c
    return [
        Need(tx.major_incidents.count(majors.state == "declared"), "major incident goes on", "major incidents go on", "/major"),
        Need(tx.approvals.count(tx.approvals.table.c.state == "pending"), "approval is asked for", "approvals are asked for",
             "/approvals"),
        Need(tx.tickets.count(tickets.state.in_(OPEN_TICKETS)), "case is with people", "cases are with people",
             "/cases?state=handed_off"),
        Need(tx.change_records.count(changes.state == "asked"), "change waits for a yes", "changes wait for a yes", "/changes"),
        Need(tx.major_incidents.count(majors.state == "stood_down"), "major incident waits for its review",
             "major incidents wait for their review", "/major"),
        Need(tx.runbook_drafts.count(drafts.state == "proposed"), "runbook waits for a signature",
             "runbooks wait for a signature", "/proposals"),
        Need(tx.lessons.count(lessons.state == "proposed"), "lesson waits for a decision", "lessons wait for a decision",
             "/lessons"),
        Need(tx.opportunities.count(chosen.state == "found", chosen.rank <= 10), "opportunity is not decided about",
             "opportunities are not decided about", "/opportunities"),
    ]  # fmt: skip
