"""A small ServiceNow: the Table API with encoded queries, journal fields and data policies, over real HTTP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"SNOW_PASSWORD": "snow-51c0-very-secret-word"}
FIRST = "a" * 32
USER = "d" * 32
GROUP = "e" * 32


class Instance:
    """Tables of rows; a clock that ticks a second with every change."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, str]]] = {"incident": [], "sc_request": [], "sys_journal_field": []}
        self.tables["sys_user_group"] = [{"sys_id": GROUP, "name": "Network CAB", "active": "true"}]
        self.tables["cmdb_ci_service"] = [
            {"sys_id": "1" * 32, "name": "Online store", "busines_criticality": "1 - most critical",
             "operational_status": "1", "owned_by.email": "anna@larkmoor.example"},
            {"sys_id": "2" * 32, "name": "Orders", "busines_criticality": "2 - somewhat critical"},
        ]  # fmt: skip
        self.tables["cmdb_rel_ci"] = [
            {"sys_id": "3" * 32, "parent": "1" * 32, "child": "2" * 32, "type.name": "Depends on::Used by"},
            {"sys_id": "4" * 32, "parent": "2" * 32, "child": "5" * 32, "child.name": "app-1",
             "child.sys_class_name": "cmdb_ci_linux_server", "type.name": "Runs on::Runs"},
        ]  # fmt: skip
        self.tables["sys_user"] = [{"sys_id": USER, "email": "anna@larkmoor.example", "active": "true"}]
        self._numbers = itertools.count(1)
        self.add("incident", {"short_description": "first", "correlation_id": "contract:000001"}, sys_id=FIRST)

    def now(self) -> str:
        return f"2026-11-20 10:{next(self._numbers) // 60:02d}:{next(self._numbers) % 60:02d}"

    def add(self, table: str, fields: dict[str, str], *, sys_id: str = "") -> dict[str, str]:
        count = next(self._numbers)
        row = {"sys_id": sys_id or f"{count:032x}", "number": f"INC{count:07d}", "state": "1", **fields}
        row["sys_created_on"] = row["sys_updated_on"] = self.now()
        self.tables[table].append(row)
        return row

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization", "")[:6] != "Basic ":
            return Answer(401, {"error": {"message": "User Not Authenticated"}})
        found = re.fullmatch(r"/api/now/table/(\w+)(?:/([0-9a-f]{32}))?", asked.path)
        if found is None or found[1] not in self.tables:
            return Answer(400, {"error": {"message": "Invalid table"}})
        if asked.method == "GET":
            return Answer(200, {"result": self.select(found[1], asked.query)})
        if asked.method == "POST":
            return Answer(201, {"result": self.add(found[1], asked.json())})
        row = next((one for one in self.tables[found[1]] if one["sys_id"] == found[2]), None)
        return Answer(404, {"error": {"message": "No Record found"}}) if row is None else self.change(row, asked.json())

    def select(self, table: str, query: Any) -> list[dict[str, str]]:
        rows = list(self.tables[table])
        for part in query["sysparm_query"][0].split("^"):
            if part.startswith("ORDERBYDESC"):
                rows.reverse()
            elif not part.startswith("ORDERBY"):
                rows = [row for row in rows if self.fits(row, part)]
        return rows[: int(query["sysparm_limit"][0])]

    @staticmethod
    def fits(row: dict[str, str], part: str) -> bool:
        name, sign, value = re.fullmatch(r"(\w+?)(>=|=|IN)(.*)", part).groups()  # type: ignore[union-attr]
        if sign == "IN":
            return row.get(name, "") in value.split(",")
        return row.get(name, "") >= value if sign == ">=" else row.get(name, "") == value

    def change(self, row: dict[str, str], fields: dict[str, str]) -> Answer:
        if fields.get("state") == "6" and not (fields.get("close_notes") and fields.get("close_code")):
            return Answer(403, {"error": {"message": "Data Policy Exception"}})
        for element in ("comments", "work_notes"):
            if text := fields.pop(element, ""):
                entry = {"element_id": row["sys_id"], "element": element, "value": text, "sys_created_by": "tickless"}
                self.add("sys_journal_field", entry)
        row.update(fields, sys_updated_on=self.now())
        if fields.get("state") == "6":
            row["resolved_at"] = row["sys_updated_on"]
        return Answer(200, {"result": row})

    def look(self) -> object:
        plain = [
            [(row.get("correlation_id"), row["state"] in "67") for row in self.tables[t]]
            for t in ("incident", "sc_request")
        ]
        return plain, [(row["element"], row["value"]) for row in self.tables["sys_journal_field"]]


@contextmanager
def instance() -> Iterator[World]:
    here = Instance()
    with serve(here.answer) as server:
        yield World(settings_at(server.url), SECRETS, here.look)


def settings_at(url: str) -> dict[str, Any]:
    return {"url": url, "user": "tickless", "password": "env:SNOW_PASSWORD", "groups": {"Network": "Network CAB"}}


def at(url: str) -> World:
    return World(settings_at(url), SECRETS)


FAULTS = http_faults(at)
TICKET = {"ticket": f"incident-{FIRST}"}
NEW = {"key": "contract:other", "title": "VPN does not connect", "body": "What we think: …", "group": "Network"}
SAID = {**TICKET, "key": "contract:said-it", "text": "It happens at home only."}

CASES = [
    ContractCase("find", instance, {"key": "contract:000001"}, expect={"exists": True, "state": "open"}, faults=FAULTS),
    ContractCase("find", instance, {"key": "contract:none"}, expect={"exists": False}, name="none"),
    ContractCase("read", instance, TICKET, expect={"exists": True, "owner": "", "state": "open"}, faults=FAULTS),
    ContractCase("cmdb", instance, expect={"whole": True, "misfits": ()}, faults=FAULTS),
    ContractCase("cmdb_file", instance, {"text": '{"cmdb_ci_service": []}'}, expect={"services": ()}),
    ContractCase("cmdb_file", instance, {"text": "no"}, expect={"whole": False}, name="broken"),
    ContractCase("history", instance, expect={"next": "sc_request:0"}, faults=FAULTS),
    ContractCase(
        "history", instance, {"cursor": "sc_request:0"}, expect={"rows": (), "next": ""}, name="the last page"
    ),
    ContractCase("comments", instance, TICKET, expect={"comments": ()}, faults=FAULTS),
    ContractCase(
        "create",
        instance,
        {**NEW, "requester": "anna@larkmoor.example"},
        changes=True,
        expect={"exists": True},
        faults=FAULTS,
    ),
    ContractCase("create", instance, {**NEW, "kind": "request"}, changes=True, name="request"),
    ContractCase("create", instance, {**NEW, "key": "contract:000001"}, expect={"exists": True}, name="is there"),
    ContractCase("comment", instance, SAID, changes=True, faults=FAULTS),
    ContractCase("comment", instance, {**SAID, "public": False}, changes=True, name="work note"),
    ContractCase(
        "set_state",
        instance,
        {**TICKET, "state": "resolved", "note": "the person says that it works"},
        changes=True,
        expect={"state": "resolved"},
        undo_restores=True,
        faults=FAULTS,
    ),
    ContractCase("set_state", instance, {**TICKET, "state": "open"}, expect={"state": "open"}, name="is already"),
]
