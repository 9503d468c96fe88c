"""The part of Jira's REST interface that a hand-off needs. Cloud speaks v3 and documents, Data Center v2 and plain text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tickless.connectors.jira.adf import document
from tickless.connectors.jira.settings import Settings
from tickless.connectors.jira.wiki import escaped
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

FIELDS = "status,assignee,updated,timespent,resolution,resolutiondate,statuscategorychangedate,summary"
PAST_FIELDS = (
    "summary,issuetype,status,priority,created,updated,resolutiondate,resolution,duedate,project,components,labels,reporter,"
    "creator,assignee,timespent"
)
PROPERTY = "tickless"
"""Entity property of what we made: issues and comments carry their key in it."""
PAGE = 100
MOST_PEOPLE = 50
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Jira:
    """One site. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline
    cloud: bool
    team_field: str = ""
    """Where the team stands, if anywhere."""

    @property
    def fields(self) -> str:
        """What a view needs."""
        return f"{FIELDS},{self.team_field}" if self.team_field else FIELDS

    def search(self, jql: str) -> Json | None:
        """The first issue of a query. The search may lag some seconds behind what was written."""
        params = {"jql": jql, "fields": self.fields, "maxResults": 1}
        found = self._get("/search/jql" if self.cloud else "/search", params).get("issues")
        if not isinstance(found, list):
            raise Rejected("Jira did not answer with issues")
        return found[0] if found and isinstance(found[0], Mapping) else None

    def past(self, project: str, *, cursor: str) -> tuple[list[Json], str]:
        """A page of a project's issues with what changed in them, oldest first, and where the next begins."""
        params: dict[str, Any] = {"jql": f'project = "{project}" ORDER BY created ASC', "fields": PAST_FIELDS,
                                  "expand": "changelog", "maxResults": PAGE}  # fmt: skip
        if cursor:
            params["nextPageToken" if self.cloud else "startAt"] = cursor
        found = self._get("/search/jql" if self.cloud else "/search", params)
        issues = found.get("issues")
        if not isinstance(issues, list):
            raise Rejected("Jira did not answer with issues")
        kept = [one for one in issues if isinstance(one, Mapping)]
        if self.cloud:
            return kept, str(found.get("nextPageToken") or "")
        begin = int(cursor) if cursor.isdigit() else 0
        total = found.get("total")
        more = bool(issues) and isinstance(total, int) and begin + len(issues) < total
        return kept, str(begin + len(issues)) if more else ""

    def issue(self, key: str) -> Json | None:
        """An issue; None when there is none that we may see."""
        path = f"{self._api}/issue/{quote(key, safe='')}"
        reply = self.http.send(
            "GET", path, timeout=self.deadline.left(), params={"fields": self.fields}, accept=frozenset({404})
        )  # fmt: skip
        return None if reply.status == 404 else _mapping(reply.json())

    def create(self, fields: Json, key: str) -> str:
        """Make an issue with our property in it; its key."""
        properties = [{"key": PROPERTY, "value": {"key": key}}]
        made = self._send("POST", "/issue", {"fields": dict(fields), "properties": properties})
        if not isinstance(made.get("key"), str):
            raise Rejected("Jira did not say which issue it made")
        return str(made["key"])

    def account(self, email: str) -> Json | None:
        """How to name the one person with exactly this address in a field; None when there is none, or Jira hides addresses."""
        query = {"query": email} if self.cloud else {"username": email}
        path = f"{self._api}/user/search"
        found = self.http.get(path, timeout=self.deadline.left(), params={**query, "maxResults": MOST_PEOPLE}).json()
        hits = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
        people = [one for one in hits if str(one.get("emailAddress") or "").casefold() == email.casefold()]
        if len(people) != 1:
            return None
        name = "accountId" if self.cloud else "name"
        return {"id" if self.cloud else "name": people[0].get(name)} if people[0].get(name) else None

    def comments(self, key: str) -> list[Json]:
        """The newest comments of an issue, newest first, with their properties."""
        params = {"orderBy": "-created", "maxResults": PAGE, "expand": "properties"}
        found = self._get(f"/issue/{quote(key, safe='')}/comment", params).get("comments")
        if not isinstance(found, list):
            raise Rejected("Jira did not answer with comments")
        return [one for one in found if isinstance(one, Mapping)]

    def comment(self, issue: str, text: str, *, key: str, public: bool) -> str:
        """Write a comment that customers may read, or that agents only may; its id."""
        properties = [
            {"key": PROPERTY, "value": {"key": key}},
            {"key": "sd.public.comment", "value": {"internal": not public}},
        ]
        body = {"body": self.body(text), "properties": properties}
        return str(self._send("POST", f"/issue/{quote(issue, safe='')}/comment", body).get("id", ""))

    def transitions(self, key: str) -> list[Json]:
        """What may be done with an issue now, with the fields that each asks for."""
        found = self._get(f"/issue/{quote(key, safe='')}/transitions", {"expand": "transitions.fields"})
        ways = found.get("transitions")
        return [one for one in ways if isinstance(one, Mapping)] if isinstance(ways, list) else []

    def go(self, key: str, transition: str, fields: Json) -> None:
        """Carry a transition out."""
        body: dict[str, Any] = {"transition": {"id": transition}}
        if fields:
            body["fields"] = dict(fields)
        path = f"{self._api}/issue/{quote(key, safe='')}/transitions"
        self.http.send("POST", path, timeout=self.deadline.left(), json=body)

    def body(self, text: str) -> Any:
        """Text as this Jira takes it: shown as it is, no sign in it means anything."""
        return document(text) if self.cloud else escaped(text)

    @property
    def _api(self) -> str:
        return "/rest/api/3" if self.cloud else "/rest/api/2"

    def _get(self, path: str, params: Json) -> Json:
        return _mapping(self.http.get(self._api + path, timeout=self.deadline.left(), params=params).json())

    def _send(self, method: str, path: str, body: Json) -> Json:
        return _mapping(self.http.send(method, self._api + path, timeout=self.deadline.left(), json=dict(body)).json())


def _mapping(answer: object) -> Json:
    if not isinstance(answer, Mapping):
        raise Rejected("Jira did not answer with an object")
    return answer


def connect(call: Call) -> Jira:
    """The site of the call's settings."""
    settings: Settings = call.settings
    token = call.secret(settings.token)
    pair = f"{settings.user}:{token}".encode()
    proof = f"Basic {base64.b64encode(pair).decode()}" if settings.user else f"Bearer {token}"
    headers = {"authorization": proof, "accept": "application/json"}
    http = HttpClient(settings.url, headers=headers, verify=settings.ca_file or True)
    deadline = Deadline.within(call.timeout, who="Jira")
    return Jira(http, deadline, settings.flavour == "cloud", settings.group_field)
