"""The part of ServiceNow's Table API that a hand-off needs."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

TICKET_FIELDS = (
    "sys_id,number,state,short_description,assigned_to.email,assigned_to.user_name,assigned_to.name,"
    "assignment_group,assignment_group.name,sys_updated_on,resolved_at,closed_at,close_notes"
)
PAST_FIELDS = (
    "number,sys_class_name,state,short_description,description,opened_at,resolved_at,closed_at,sys_updated_on,priority,impact,"
    "urgency,category,subcategory,business_service.name,cmdb_ci.name,contact_type,location.name,assignment_group.name,"
    "caller_id.user_name,opened_by.user_name,assigned_to.user_name,resolved_by.user_name,made_sla,problem_id.number,rfc.number,"
    "caused_by.number,close_code,close_notes,reopen_count,reassignment_count,sys_mod_count"
)
SPOKEN_FIELDS = "sys_id,element,value,sys_created_by,sys_created_on"
PAGE = 100
BULK = 1_000
MOST_PAGES = 100
Row = Mapping[str, Any]
_SYS_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class ServiceNow:
    """One instance. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline
    user: str = ""

    def by_correlation(self, table: str, key: str) -> Row | None:
        """The oldest record with this correlation id."""
        return self._first(table, f"correlation_id={key}^ORDERBYsys_created_on", TICKET_FIELDS)

    def record(self, table: str, sys_id: str) -> Row | None:
        return self._first(table, f"sys_id={sys_id}", TICKET_FIELDS)

    def person(self, email: str) -> str:
        """sys_id of the one active user with this address; empty when there is none or the address is odd."""
        if "^" in email or "\n" in email:
            return ""
        found = self._rows("sys_user", f"active=true^email={email}", "sys_id", limit=2)
        return _text(found[0], "sys_id") if len(found) == 1 else ""

    def group(self, name: str) -> str:
        """sys_id of the one active group with this name (or with this sys_id); empty when there is none."""
        if "^" in name or "\n" in name:
            return ""
        if _SYS_ID.fullmatch(name):
            return name
        found = self._rows("sys_user_group", f"active=true^name={name}", "sys_id", limit=2)
        return _text(found[0], "sys_id") if len(found) == 1 else ""

    def every(self, table: str, fields: str) -> list[Row]:
        """All records of a table, page by page, in the order of their making."""
        found: list[Row] = []
        for page in range(MOST_PAGES):
            rows = self._rows(table, "ORDERBYsys_created_on^ORDERBYsys_id", fields, limit=BULK, offset=page * BULK)
            found += rows
            if len(rows) < BULK:
                return found
        raise Rejected(f"{table} has more records than are read", detail=f"{MOST_PAGES} pages of {BULK}")

    def past(self, table: str, *, offset: int) -> list[Row]:
        """A page of a table's records, whatever became of them, in the order of their making."""
        return self._rows(table, "ORDERBYsys_created_on^ORDERBYsys_id", PAST_FIELDS, limit=BULK, offset=offset)

    def me(self) -> str:
        """Our own user name: how our journal entries are signed."""
        if self.user:
            return self.user
        found = self._rows("sys_user", "sys_id=javascript:gs.getUserID()", "user_name", limit=1)
        name = _text(found[0], "user_name") if found else ""
        if not name:
            raise Rejected("ServiceNow does not say who we are", mend="set `user` to our user name, beside the token")
        return name

    def create(self, table: str, record: Mapping[str, Any]) -> Row:
        """Make a record; references are given by their sys_id."""
        return self._one("POST", f"/api/now/table/{table}", record)

    def update(self, table: str, sys_id: str, record: Mapping[str, Any]) -> Row:
        return self._one("PATCH", f"/api/now/table/{table}/{sys_id}", record)

    def spoken(self, sys_id: str, *, since: str = "", newest: bool = False) -> list[Row]:
        """Comments (public) and work notes of a record from a moment on, at most a page."""
        parts = [f"element_id={sys_id}", "elementINcomments,work_notes"]
        if since:
            parts.append(f"sys_created_on>={since}")
        parts.append("ORDERBYDESCsys_created_on" if newest else "ORDERBYsys_created_on")
        return self._rows("sys_journal_field", "^".join(parts), SPOKEN_FIELDS, limit=PAGE)

    def _first(self, table: str, query: str, fields: str) -> Row | None:
        return next(iter(self._rows(table, query, fields, limit=1)), None)

    def _rows(self, table: str, query: str, fields: str, *, limit: int, offset: int = 0) -> list[Row]:
        params = {
            **({"sysparm_offset": offset} if offset else {}),
            "sysparm_query": query,
            "sysparm_fields": fields,
            "sysparm_limit": limit,
            "sysparm_display_value": "false",
            "sysparm_exclude_reference_link": "true",
        }
        answer = self.http.get(f"/api/now/table/{table}", timeout=self.deadline.left(), params=params).json()
        found = answer.get("result") if isinstance(answer, Mapping) else None
        if not isinstance(found, list):
            raise Rejected("ServiceNow did not answer with a list")
        return [row for row in found if isinstance(row, Mapping)]

    def _one(self, method: str, path: str, record: Mapping[str, Any]) -> Row:
        params = {"sysparm_fields": TICKET_FIELDS, "sysparm_input_display_value": "false"}
        answer = self.http.send(method, path, timeout=self.deadline.left(), params=params, json=dict(record)).json()
        found = answer.get("result") if isinstance(answer, Mapping) else None
        if not isinstance(found, Mapping) or not _text(found, "sys_id"):
            raise Rejected("ServiceNow did not answer with a record")
        return found


def connect(call: Call) -> ServiceNow:
    """The instance of the call's settings."""
    settings: Settings = call.settings
    if settings.token:
        proof = f"Bearer {call.secret(settings.token)}"
    else:
        pair = f"{settings.user}:{call.secret(settings.password)}".encode()
        proof = f"Basic {base64.b64encode(pair).decode()}"
    headers = {"authorization": proof, "accept": "application/json"}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    return ServiceNow(http, Deadline.within(call.timeout, who="ServiceNow"), settings.user)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
