"""Calling a ticket system: always the one that keeps the ticket, whatever is bound later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tickless.domain.errors import NotFound, Rejected
from tickless.domain.ticket import OWN, Ticket
from tickless.flow.rooms import Rooms
from tickless.sdk.capabilities.ticketing import Comments, TicketView
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke

CALL_SECONDS = 15.0


class TicketCalls:
    """Raises `OutsideError` and its kin."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def bound(self) -> str:
        """The connector behind `ticket`; our own record where there is none."""
        try:
            found = self._rooms.registry.find("ticket.create")
        except NotFound:
            return OWN
        return str(found.instance.name)

    def create(self, ticket: Ticket, wanted: Mapping[str, Any], *, tried_before: dt.datetime | None) -> TicketView:
        """The ticket of its key, made if it is not there yet."""
        return self._view(self._ask(ticket, "create", wanted, first_started=tried_before))

    def read(self, ticket: Ticket) -> TicketView:
        """The ticket as it stands there. Raises `Rejected` when it is gone."""
        view = self._view(self._ask(ticket, "read", {"ticket": ticket.external}))
        if not view.exists:
            raise Rejected(f"{ticket.number or 'the ticket'} is gone", mend="it may have been deleted or merged there")
        return view

    def say(self, ticket: Ticket, *, key: str, text: str, public: bool, since: dt.datetime) -> None:
        """Say something there, unless it was said under this key already."""
        params = {"ticket": ticket.external, "key": key, "text": text, "public": public}
        self._ask(ticket, "comment", params, first_started=since)

    def comments(self, ticket: Ticket) -> Comments:
        """What was said there after our mark."""
        found = self._ask(ticket, "comments", {"ticket": ticket.external, "since": ticket.marker})
        assert isinstance(found, Comments)
        return found

    def set_state(self, ticket: Ticket, state: str, *, note: str) -> None:
        self._ask(ticket, "set_state", {"ticket": ticket.external, "state": state, "note": note})

    @staticmethod
    def _view(output: Any) -> TicketView:
        assert isinstance(output, TicketView)
        return output

    def _ask(
        self, ticket: Ticket, operation: str, params: Mapping[str, Any], *, first_started: dt.datetime | None = None
    ) -> Any:
        bound = self._rooms.registry.find(f"{ticket.system}.{operation}")
        call = Call(
            instance=bound.instance,
            key=f"{ticket.id}:{operation}",
            now=self._rooms.clock.now(),
            timeout=CALL_SECONDS,
            first_started=first_started,
        )
        return invoke(bound, params, call).output
