"""The shelves of autonomy, of shadows and of policy sets, and who made whose keys: part of every transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

import sqlalchemy as sa

from tickless.domain.autonomy import ScopedRung, Shadow
from tickless.domain.policy_set import PolicySet
from tickless.journal import govern_tables as tables
from tickless.journal.shelf import Shelf
from tickless.journal.tables import audit
from tickless.journal.upserts import upsert

MAKES_KEYS = ("user.create", "user.password", "link.make", "token.create")
"""Actions by which somebody can come in as somebody else."""


class GovernShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def shadows(self) -> Shelf[Shadow]:
        return Shelf(
            self.connection,
            tables.shadows,
            Shadow,
            lambda x: {"id": x.id, "case": x.case, "runbook": x.runbook, "state": x.state, "at": x.at},
        )

    @cached_property
    def policy_sets(self) -> Shelf[PolicySet]:
        return Shelf(self.connection, tables.policy_sets, PolicySet, lambda x: {"id": x.id, "at": x.at})

    def scoped_rungs(self, runbook: str | None = None) -> list[ScopedRung]:
        """Where runbooks stand for narrower scopes than everywhere."""
        table = tables.autonomy_scopes.c
        query = sa.select(table.body).order_by(table.runbook, table.scope)
        if runbook is not None:
            query = query.where(table.runbook == runbook)
        return [ScopedRung.model_validate_json(body) for body in self.connection.execute(query).scalars()]

    def put_rung(self, rung: ScopedRung) -> None:
        """Where it stands for a scope."""
        values = {"runbook": rung.runbook, "scope": rung.scope, "body": rung.model_dump_json()}
        upsert(self.connection, tables.autonomy_scopes, values)

    def drop_rung(self, runbook: str, scope: str) -> None:
        """The scope has no rung of its own any more."""
        table = tables.autonomy_scopes
        self.connection.execute(sa.delete(table).where(table.c.runbook == runbook, table.c.scope == scope))

    def keys_made_by(self, actors: Iterable[str], *, since: dt.datetime) -> set[str]:
        """Whose keys these made since then, by the audit record: `user:<login>`, `token:<id>`."""
        query = sa.select(audit.c.subject).where(
            audit.c.actor.in_(sorted(actors)), audit.c.action.in_(MAKES_KEYS), audit.c.at >= since
        )
        return set(self.connection.execute(query).scalars())
