"""A small Jira Service Management: issues, properties, comments and a workflow, over real HTTP, in v3 and in v2."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"JIRA_TOKEN": "ATATT3x-not-a-token-77d1"}
Flavour = Literal["cloud", "data_center"]
STATUSES = {
    "Open": "new", "In progress": "indeterminate", "Waiting for customer": "indeterminate", "Resolved": "done",
    "Closed": "done",
}  # fmt: skip
WAYS = {
    "Open": ("In progress", "Waiting for customer", "Resolved"),
    "In progress": ("Waiting for customer", "Resolved"),
    "Waiting for customer": ("In progress", "Resolved"),
    "Resolved": ("In progress", "Closed"),
    "Closed": (),
}


class Site:
    """Issues of one project. Bodies have to be documents in v3 and text in v2."""

    def __init__(self, flavour: Flavour) -> None:
        self.cloud = flavour == "cloud"
        self.issues: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self.make({"summary": "first", "labels": ["tickless-contract:000001"]})

    def make(self, fields: dict[str, Any]) -> str:
        key = f"ITSM-{next(self._numbers)}"
        self.issues[key] = {"key": key, "status": "Open", "comments": [], "updated": self.now(), **fields}
        return key

    def now(self) -> str:
        return f"2026-11-20T10:00:{next(self._numbers) % 60:02d}.000+0000"

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization", "")[:6] not in {"Basic ", "Bearer"}:
            return Answer(401)
        prefix = "/rest/api/3" if self.cloud else "/rest/api/2"
        if not asked.path.startswith(prefix):
            return Answer(404)
        path = asked.path.removeprefix(prefix)
        if path == ("/search/jql" if self.cloud else "/search"):
            return self.search(asked.query["jql"][0])
        if path == "/user/search":
            name = {"accountId": "5b10a2844c"} if self.cloud else {"name": "anna"}
            name["emailAddress"] = "anna@larkmoor.example"
            return Answer(
                200,
                [name]
                if "anna@larkmoor.example" in asked.query.get("query", []) + asked.query.get("username", [])
                else [],
            )
        if path == "/issue":
            return self.create(asked.json())
        found = re.fullmatch(r"/issue/([A-Z]+-\d+)(/comment|/transitions)?", path)
        if found is None or found[1] not in self.issues:
            return Answer(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]})
        return self.of_issue(self.issues[found[1]], found[2] or "", asked)

    def search(self, jql: str) -> Answer:
        if jql == 'project = "ITSM" ORDER BY created ASC':
            every = [{**self.shown(issue), "changelog": {"histories": []}} for issue in self.issues.values()]
            return Answer(200, {"issues": every, **({} if self.cloud else {"total": len(every)})})
        found = re.fullmatch(r'project = "ITSM" AND labels = "([^"]+)" ORDER BY created ASC', jql)
        if found is None:
            return Answer(400, {"errorMessages": ["Error in the JQL Query"]})
        return Answer(200, {"issues": [self.shown(i) for i in self.issues.values() if found[1] in i["labels"]][:1]})

    def create(self, body: dict[str, Any]) -> Answer:
        fields = body["fields"]
        if not self.fits(fields["description"]) or not isinstance(body["properties"][0]["value"], dict):
            return Answer(400, {"errors": {"description": "Operation value must be an Atlassian Document"}})
        return Answer(201, {"id": "1", "key": self.make(fields)})

    def fits(self, body: Any) -> bool:
        return (
            body.get("type") == "doc"
            if self.cloud and isinstance(body, dict)
            else isinstance(body, str) and not self.cloud
        )

    def of_issue(self, issue: dict[str, Any], what: str, asked: Asked) -> Answer:
        if not what:
            return Answer(200, self.shown(issue))
        if what == "/comment":
            return self.comments(issue, asked)
        if asked.method == "GET":
            ways = [{"id": name, "to": self.status(name), "fields": {"resolution": {}} if STATUSES[name] == "done" else {}}
                    for name in WAYS[issue["status"]]]  # fmt: skip
            return Answer(200, {"transitions": ways})
        wanted = asked.json()
        to = wanted["transition"]["id"]
        if to not in WAYS[issue["status"]] or (STATUSES[to] == "done" and "resolution" not in wanted.get("fields", {})):
            return Answer(400, {"errorMessages": ["Resolution is required."]})
        issue.update(status=to, updated=self.now(), resolution=wanted.get("fields", {}).get("resolution"))
        return Answer(204)

    def comments(self, issue: dict[str, Any], asked: Asked) -> Answer:
        if asked.method == "GET":
            return Answer(200, {"comments": issue["comments"][::-1]})
        body = asked.json()
        if not self.fits(body["body"]):
            return Answer(400, {"errors": {"comment": "Comment body is not valid!"}})
        made = {"id": str(next(self._numbers)), "author": {"displayName": "Tickless"}, "created": self.now(), **body}
        issue["comments"].append(made)
        return Answer(201, made)

    def shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        fields = {"status": self.status(issue["status"]), "updated": issue["updated"], "assignee": None}
        return {"key": issue["key"], "fields": fields}

    @staticmethod
    def status(name: str) -> dict[str, Any]:
        return {"name": name, "statusCategory": {"key": STATUSES[name]}}

    def look(self) -> object:
        return [
            (i["labels"], STATUSES[i["status"]] == "done", [(c["body"], c["properties"]) for c in i["comments"]])
            for i in self.issues.values()
        ]


def settings_at(url: str, flavour: Flavour = "cloud") -> dict[str, Any]:
    settings = {
        "url": url,
        "flavour": flavour,
        "token": "env:JIRA_TOKEN",
        "project": "ITSM",
        "group_field": "components",
    }
    return settings | ({"user": "tickless@larkmoor.example"} if flavour == "cloud" else {})


def site(flavour: Flavour) -> Callable[[], AbstractContextManager[World]]:
    @contextmanager
    def world() -> Iterator[World]:
        here = Site(flavour)
        with serve(here.answer) as server:
            yield World(settings_at(server.url, flavour), SECRETS, here.look)

    return world


def at(url: str) -> World:
    return World(settings_at(url), SECRETS)


FAULTS = http_faults(at)
LOOKED_AT = http_faults(at, without=frozenset({"not_found"}))
TICKET = {"ticket": "ITSM-1"}
NEW = {
    "key": "contract:other", "title": "VPN does not connect", "body": "What we think:\nthe profile has expired.\n\nTried: …",
    "group": "Network", "requester": "anna@larkmoor.example",
}  # fmt: skip
SAID = {**TICKET, "key": "contract:said-it", "text": "It happens at home only."}
DONE = {**TICKET, "state": "resolved", "note": "works"}


def cases(flavour: Flavour) -> list[ContractCase]:
    world, name, cloud = site(flavour), flavour, flavour == "cloud"
    return [
        ContractCase("find", world, {"key": "contract:000001"}, expect={"exists": True, "ticket": "ITSM-1"}, name=name,
                     faults=FAULTS if cloud else {}),
        ContractCase("read", world, TICKET, expect={"exists": True, "state": "open", "owner": ""}, name=name,
                     faults=LOOKED_AT if cloud else {}),
        ContractCase("comments", world, TICKET, expect={"comments": ()}, name=name, faults=FAULTS if cloud else {}),
        ContractCase("history", world, expect={"next": ""}, name=name, faults=FAULTS if cloud else {}),
        ContractCase("create", world, NEW, changes=True, expect={"exists": True}, name=name, faults=FAULTS if cloud else {}),
        ContractCase("comment", world, SAID, changes=True, name=name, faults=FAULTS if cloud else {}),
        ContractCase("comment", world, {**SAID, "public": False}, changes=True, name=f"{name}, internal"),
        ContractCase("set_state", world, DONE, changes=True, expect={"state": "resolved"}, undo_restores=True, name=name,
                     faults=FAULTS if cloud else {}),
        ContractCase("set_state", world, {**TICKET, "state": "open"}, expect={"state": "open"}, name=f"{name}, is already"),
    ]  # fmt: skip


CASES = [*cases("cloud"), *cases("data_center")]
