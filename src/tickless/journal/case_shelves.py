"""The shelves of cases and of everything that happens in one: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.case import Message
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.experience import Rating
from tickless.domain.finding import Finding
from tickless.domain.held import CaseSummary, Held
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.ticket import Ticket
from tickless.domain.verdict import Verdict, Watch
from tickless.journal import tables
from tickless.journal.cases import Cases
from tickless.journal.resolutions import Resolutions
from tickless.journal.shelf import Shelf


class CaseShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.connection)

    @cached_property
    def findings(self) -> Shelf[Finding]:
        """Findings also know their case, set when they are joined: see `Cases.attach_finding`."""
        return Shelf(
            self.connection,
            tables.findings,
            Finding,
            lambda finding: {"id": finding.id, "signal": finding.signal, "made_at": finding.made_at},
        )

    @cached_property
    def decisions(self) -> Shelf[Decision]:
        return Shelf(
            self.connection,
            tables.decisions,
            Decision,
            lambda d: {"id": d.id, "case": d.case, "kind": d.kind, "decided_at": d.decided_at},
        )

    @cached_property
    def runs(self) -> Shelf[Run]:
        return Shelf(
            self.connection,
            tables.runs,
            Run,
            lambda r: {
                "id": r.id,
                "case": r.case,
                "runbook": r.plan.runbook,
                "state": r.state,
                "started_at": r.started_at,
            },
        )

    @cached_property
    def receipts(self) -> Shelf[Receipt]:
        return Shelf(
            self.connection,
            tables.receipts,
            Receipt,
            lambda r: {"key": r.key, "run": r.run, "state": r.state, "started_at": r.started_at},
        )

    def receipts_of(self, run: str) -> list[Receipt]:
        """In the order in which the steps began."""
        table = tables.receipts
        return self.receipts.where(table.c.run == run, order=(table.c.started_at))

    @cached_property
    def verdicts(self) -> Shelf[Verdict]:
        return Shelf(
            self.connection,
            tables.verdicts,
            Verdict,
            lambda v: {"id": v.id, "case": v.case, "run": v.run, "result": v.result, "made_at": v.made_at},
        )

    @cached_property
    def approvals(self) -> Shelf[ApprovalRequest]:
        return Shelf(
            self.connection,
            tables.approvals,
            ApprovalRequest,
            lambda a: {"id": a.id, "case": a.case, "state": a.state, "plan_hash": a.plan_hash, "asked_at": a.asked_at},
        )

    @cached_property
    def messages(self) -> Shelf[Message]:
        return Shelf(
            self.connection,
            tables.messages,
            Message,
            lambda m: {"id": m.id, "conversation": m.conversation, "case": m.case, "at": m.at},
        )

    def conversation(self, conversation: str, *, after: str = "", limit: int = 500) -> list[Message]:
        """Messages of a conversation in order, after a message id."""
        table = tables.messages
        return self.messages.where(
            table.c.conversation == conversation, table.c.id > after, order=table.c.id, limit=limit
        )

    @cached_property
    def questions(self) -> Shelf[OpenQuestion]:
        return Shelf(
            self.connection,
            tables.questions,
            OpenQuestion,
            lambda q: {"id": q.id, "case": q.case, "conversation": q.conversation, "state": q.state},
        )

    @cached_property
    def resolutions(self) -> Resolutions:
        return Resolutions(self.connection)

    @cached_property
    def watches(self) -> Shelf[Watch]:
        return Shelf(
            self.connection,
            tables.watches,
            Watch,
            lambda w: {"id": w.id, "case": w.case, "subject": w.subject, "due_at": w.due_at},
        )

    @cached_property
    def ratings(self) -> Shelf[Rating]:
        return Shelf(self.connection, tables.ratings, Rating, lambda x: {"id": x.id, "case": x.case, "at": x.at})

    @cached_property
    def tickets(self) -> Shelf[Ticket]:
        return Shelf(
            self.connection,
            tables.tickets,
            Ticket,
            lambda x: {
                "id": x.id,
                "case": x.case,
                "system": x.system,
                "external": x.external,
                "state": x.state,
                "due_at": x.due_at or tables.EPOCH,
            },
        )

    @cached_property
    def held(self) -> Shelf[Held]:
        return Shelf(
            self.connection,
            tables.held_messages,
            Held,
            lambda x: {"id": x.id, "conversation": x.conversation, "place": x.place},
        )

    @cached_property
    def summaries(self) -> Shelf[CaseSummary]:
        return Shelf(
            self.connection, tables.case_summaries, CaseSummary, lambda x: {"id": x.id, "case": x.case, "at": x.at}
        )
