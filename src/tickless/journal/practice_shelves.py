"""The shelves of the practices: part of every transaction."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa

from tickless.domain.change import Change, ChangeModel
from tickless.domain.improvement import Improvement
from tickless.domain.major import MajorIncident
from tickless.domain.oncall import PageOut, Schedule
from tickless.domain.oncall_rules import PagingRules
from tickless.domain.portfolio import Asset, PortfolioEntry
from tickless.domain.practice import Kept
from tickless.domain.problem import Problem
from tickless.domain.supplier import Agreement, Referral
from tickless.journal import practice_tables as tables
from tickless.journal.shelf import Shelf

K = TypeVar("K", bound=Kept)


def _keys(record: Kept) -> dict[str, Any]:
    state: Any = getattr(record, "state", "")
    return {
        "id": record.id,
        "state": state,
        "service": record.service,
        "owner": record.owner,
        "ref": record.ref,
        "due": record.due,
    }


class PracticeShelves:
    """Inside a transaction."""

    connection: sa.Connection

    def _kept(self, table: sa.Table, model: type[K]) -> Shelf[K]:
        return Shelf(self.connection, table, model, _keys)

    @cached_property
    def change_records(self) -> Shelf[Change]:
        return self._kept(tables.change_records, Change)

    @cached_property
    def change_models(self) -> Shelf[ChangeModel]:
        return self._kept(tables.change_models, ChangeModel)

    @cached_property
    def major_incidents(self) -> Shelf[MajorIncident]:
        return self._kept(tables.major_incidents, MajorIncident)

    @cached_property
    def oncall_schedules(self) -> Shelf[Schedule]:
        return self._kept(tables.oncall_schedules, Schedule)

    @cached_property
    def oncall_pages(self) -> Shelf[PageOut]:
        return self._kept(tables.oncall_pages, PageOut)

    @cached_property
    def paging_rules(self) -> Shelf[PagingRules]:
        return Shelf(
            self.connection, tables.paging_rules, PagingRules, lambda one: {"person": one.person, "at": one.made_at}
        )

    @cached_property
    def improvements(self) -> Shelf[Improvement]:
        return self._kept(tables.improvements, Improvement)

    @cached_property
    def problem_records(self) -> Shelf[Problem]:
        return self._kept(tables.problem_records, Problem)

    @cached_property
    def agreements(self) -> Shelf[Agreement]:
        return self._kept(tables.agreements, Agreement)

    @cached_property
    def referrals(self) -> Shelf[Referral]:
        return self._kept(tables.referrals, Referral)

    @cached_property
    def portfolio(self) -> Shelf[PortfolioEntry]:
        return self._kept(tables.portfolio, PortfolioEntry)

    @cached_property
    def assets(self) -> Shelf[Asset]:
        return self._kept(tables.assets, Asset)
