"""The shelves of what people put right in how alerts were grouped: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.regroup import Doubt, GroupingLesson, Link
from tickless.domain.routing import Routed, RoutingRule
from tickless.journal import regroup_tables as tables
from tickless.journal.regroups import Regroups
from tickless.journal.shelf import Shelf


class RegroupShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def regroups(self) -> Regroups:
        return Regroups(self.connection)

    @cached_property
    def links(self) -> Shelf[Link]:
        """Of cases that are kept apart, by the child."""
        return Shelf(
            self.connection,
            tables.case_links,
            Link,
            lambda x: {"child": x.child, "parent": x.parent, "looked_at": x.looked_at},
        )

    @cached_property
    def doubts(self) -> Shelf[Doubt]:
        return Shelf(
            self.connection,
            tables.doubts,
            Doubt,
            lambda x: {"id": x.id, "one": x.one, "other": x.other, "state": x.state, "at": x.at},
        )

    @cached_property
    def routings(self) -> Shelf[Routed]:
        """Where tickets were sent and solved, by the ticket's id."""
        return Shelf(self.connection, tables.routings, Routed, lambda x: {"id": x.id, "at": x.at})

    @cached_property
    def routing_rules(self) -> Shelf[RoutingRule]:
        return Shelf(
            self.connection,
            tables.routing_rules,
            RoutingRule,
            lambda x: {"id": x.id, "state": x.state, "at": x.at},
        )

    @cached_property
    def grouping_lessons(self) -> Shelf[GroupingLesson]:
        return Shelf(
            self.connection,
            tables.grouping_lessons,
            GroupingLesson,
            lambda x: {"id": x.id, "state": x.state, "at": x.at},
        )
