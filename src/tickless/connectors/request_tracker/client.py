"""The part of RT's REST 2.0 that a hand-off needs: tickets, their links and their history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tickless.connectors.request_tracker.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

API = "/REST/2.0"
SPOKEN = "(Type = 'Correspond' OR Type = 'Comment')"
PAGE = 100
_TOKEN = re.compile(r"[0-9]+-([0-9]+)-")


PAST_FIELDS = (
    "Subject,Status,Queue,Owner,Creator,Requestor,Created,Started,Resolved,LastUpdated,Due,Told,Priority,TimeWorked"
)


@dataclass(frozen=True)
class RequestTracker:
    """One RT. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline
    user: str = ""
    """Name of our own RT user, or its number where only the token tells it (`1-NUMBER-…`)."""

    def tickets(self, query: str) -> list[Mapping[str, Any]]:
        """Tickets by TicketSQL, oldest first, with what a view needs."""
        return self._items(
            "/tickets",
            {
                "query": query,
                "fields": "Status,Owner,Queue,Resolved,LastUpdated,Subject,Priority",
                "fields[Owner]": "Name,EmailAddress,RealName",
                "fields[Queue]": "Name",
                "orderby": "id",
                "order": "ASC",
            },
        )

    def past(self, *, page: int) -> list[Mapping[str, Any]]:
        """A page of all tickets, oldest first."""
        return self._items(
            "/tickets",
            {
                "query": "id > 0",
                "fields": PAST_FIELDS,
                **{f"fields[{one}]": "Name" for one in ("Queue", "Owner", "Creator", "Requestor")},
                "orderby": "id",
                "order": "ASC",
                "per_page": PAGE,
                "page": page,
            },
        )

    def has_queue(self, name: str) -> bool:
        """Whether our RT user sees a queue of this name."""
        path = f"{API}/queue/{quote(name, safe='')}"
        reply = self.http.send("GET", path, timeout=self.deadline.left(), accept=frozenset({403, 404}))
        return reply.status == 200

    def create(self, ticket: Mapping[str, Any]) -> str:
        """Make a ticket; its id."""
        made = self._send("POST", "/ticket", ticket)
        identifier = made.get("id") if isinstance(made, Mapping) else None
        if not identifier:
            raise Rejected("RT did not say which ticket it made")
        return str(identifier)

    def spoken(self, ticket: str, *, after: int = 0, newest: bool = False) -> list[Mapping[str, Any]]:
        """Comments and correspondence of a ticket after a transaction, at most a page."""
        return self._items(
            "/transactions",
            {
                "query": f"TicketId = {int(ticket)} AND id > {after} AND {SPOKEN}",
                "fields": "Type,Creator,Created,Data",
                "fields[Creator]": "Name,RealName,EmailAddress",
                "orderby": "id",
                "order": "DESC" if newest else "ASC",
                "per_page": PAGE,
            },
        )

    def parts(self, transaction: str) -> list[Mapping[str, Any]]:
        """What a transaction holds: its texts and files, with content."""
        path = f"/transaction/{quote(transaction, safe='')}/attachments"
        return self._items(path, {"fields": "Content,ContentType,Filename", "per_page": PAGE})

    def me(self) -> str:
        """The name of our own RT user."""
        if not self.user.isdigit():
            return self.user
        found = self.http.get(f"{API}/user/{self.user}", timeout=self.deadline.left()).json()
        name = found.get("Name") if isinstance(found, Mapping) else None
        if not isinstance(name, str) or not name:
            raise Rejected("RT does not say whose token this is", mend="set `user` to the name of our RT user")
        return name

    def speak(self, ticket: str, text: str, *, subject: str, public: bool) -> str:
        """Add correspondence (the requestor reads it) or a comment; the id of the transaction."""
        path = f"/ticket/{quote(ticket, safe='')}/{'correspond' if public else 'comment'}"
        body = {"Subject": subject, "Content": text, "ContentType": "text/plain"}
        reply = self.http.send("POST", API + path, timeout=self.deadline.left(), json=body)
        where = next((value for name, value in reply.headers.items() if name.lower() == "location"), "")
        return where.rpartition("/")[2]

    def set_status(self, ticket: str, status: str) -> None:
        """Ask for a status. RT answers 200 even where it refuses: read back."""
        self._send("PUT", f"/ticket/{quote(ticket, safe='')}", {"Status": status})

    def _items(self, path: str, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        page = self.http.get(API + path, timeout=self.deadline.left(), params=params).json()
        found = page.get("items") if isinstance(page, Mapping) else None
        if not isinstance(found, list):
            raise Rejected("RT did not answer with a list")
        return [item for item in found if isinstance(item, Mapping)]

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        return self.http.send(method, API + path, timeout=self.deadline.left(), json=dict(body)).json()


def connect(call: Call) -> RequestTracker:
    """The RT of the call's settings."""
    settings: Settings = call.settings
    token = call.secret(settings.token)
    headers = {"authorization": f"token {token}", "accept": "application/json"}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    owner = _TOKEN.match(token)
    return RequestTracker(http, Deadline.within(call.timeout, who="RT"), settings.user or (owner[1] if owner else ""))
