"""The shelf of proposed runbooks: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.runbook_draft import RunbookDraft
from tickless.journal.draft_tables import runbook_drafts
from tickless.journal.shelf import Shelf


class DraftShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def runbook_drafts(self) -> Shelf[RunbookDraft]:
        return Shelf(
            self.connection,
            runbook_drafts,
            RunbookDraft,
            lambda one: {"id": one.id, "runbook": one.runbook, "state": one.state, "at": one.at},
        )
