"""The shelf of what people say of outside tools: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.tool_effect import ToolEffect
from tickless.journal import tool_tables as tables
from tickless.journal.shelf import Shelf


class ToolShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def tool_effects(self) -> Shelf[ToolEffect]:
        return Shelf(
            self.connection,
            tables.tool_effects,
            ToolEffect,
            lambda x: {"id": x.id, "instance": x.instance, "tool": x.tool, "at": x.at},
        )
