"""Tools of a real MCP server, from nobody having read them to a change that stops them: API, command line, console, record."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.browser.reading import form_of, read_page
from tests.servers.mcp_lane import Ledger, changed_ledger

from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.errors import Rejected
from tickless.doors.entrance import EntranceSettings
from tickless.kit.clock import ManualClock
from tickless.sdk.connector import Call, Instance
from tickless.sdk.invoke import invoke

PASSWORD = "a quiet house is a good house"
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@dataclass
class Here:
    house: House
    clock: ManualClock
    ledger: Ledger

    def browser(self, login: str) -> TestClient:
        client = TestClient(self.house.site, base_url="http://testserver")
        client.post("/sign-in", data={"login": login, "password": PASSWORD})
        return client

    def api(self, login: str, method: str, path: str, body: Any = None) -> Any:
        user = next(one for one in self.house.entrance.users() if one.login == login)
        token = self.house.entrance.create_token("t", user=user, scopes=["admin", "read", "act"]).token
        client = TestClient(self.house.site, base_url="http://testserver")
        return client.request(method, f"/api/v1{path}", json=body, headers={"authorization": f"Bearer {token}"})

    def call(self, operation: str, tool: str, **arguments: Any) -> Any:
        bound = self.house.rooms.registry.find(f"crm.{operation}")
        assert isinstance(bound.instance, Instance)
        call = Call(instance=bound.instance, key="run:x", now=NOW, timeout=10)
        return invoke(bound, {"tool": tool, "arguments": arguments}, call)

    def turn(self, other: Ledger) -> None:
        """From now on another server stands behind the name."""
        instance = self.house.rooms.registry.instances["crm"]
        object.__setattr__(instance, "settings", instance.settings.model_copy(update={"url": other.url}))
        places = instance.connector.settings.model_validate({"url": other.url})
        assert places.url == other.url


@pytest.fixture
def here(tmp_path: Path, ledger: Ledger) -> Iterator[Here]:
    clock = ManualClock(NOW)
    settings = Settings.model_validate({
        "data": tmp_path, "entrance": EntranceSettings(hosts=("testserver",)), "egress": {"mode": "open"},
        "connectors": {"crm": ConnectorUse(use="mcp", settings={"url": ledger.url})},
    })  # fmt: skip
    house = build(settings, role="door", clock=clock)
    house.engine.prepare()
    for login in ("admin", "operator"):
        house.entrance.create_user(login, roles=[login], password=PASSWORD)
    try:
        yield Here(house, clock, ledger)
    finally:
        house.engine.stop()
        house.journal.close()


def tools(here: Here) -> dict[str, Any]:
    return {one["name"]: one for one in here.api("operator", "GET", "/tools/crm").json()["tools"]}


def word(here: Here, tool: str, effect: str, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "sha256": tools(here)[tool]["sha256"], "effect": effect, **more}


def test_a_tool_is_called_after_somebody_read_it_and_until_it_changes(here: Here) -> None:
    here.house.desk.tools.watch(NOW)
    assert {one["state"] for one in tools(here).values()} == {"new"}
    with pytest.raises(Rejected, match="nobody has said"):
        here.call("change", "add", line="x")
    assert here.api("operator", "POST", "/tools/crm/classify", word(here, "add", "change")).status_code == 403
    early = here.api("admin", "POST", "/tools/crm/classify", word(here, "add", "change", verify="count"))
    assert early.status_code == 422, "what checks it has to be classified before"
    for body in (word(here, "count", "read"), word(here, "wipe", "destroy"),
                 word(here, "add", "change", verify="count", undo="wipe", note="read it all")):  # fmt: skip
        assert here.api("admin", "POST", "/tools/crm/classify", body).status_code == 201
    done = here.call("change", "add", line="three")
    assert (done.output.seen, done.undo.uses) == ("3", "crm.destroy")

    here.turn(changed_ledger())
    here.clock.advance(dt.timedelta(minutes=11))
    here.house.desk.tools.watch(here.clock.now())
    assert tools(here)["add"]["state"] == "changed"
    with pytest.raises(Rejected, match="changed since somebody read it"):
        here.call("change", "add", line="four")
    told = [one.signal.title.raw for one in here.house.journal.signals.after(0, limit=50)]
    assert told == ["The tool add of crm has changed since somebody read it"]
    bad = next(one for one in here.house.desk.doctor() if one.check == "tools crm")
    assert not bad.ok
    assert "add" in bad.detail
    assert (
        here.api(
            "admin", "POST", "/tools/crm/classify", {**word(here, "add", "change"), "sha256": "0" * 64}
        ).status_code
        == 409
    )
    assert here.api("admin", "POST", "/tools/crm/classify", word(here, "add", "destroy")).status_code == 201
    assert next(one for one in here.house.desk.doctor() if one.check == "tools crm").ok
    rows = here.api("admin", "GET", "/audit?limit=100").json()["items"]
    done_to = [row["action"] for row in rows if row["subject"] == "tool:crm/add"]
    assert sorted(done_to) == ["tool.changed", "tool.classified", "tool.classified"]
    history = here.api("operator", "GET", "/tools/crm/history?tool=add").json()["items"]
    assert [one["effect"] for one in history] == ["destroy", "change"]


def test_what_was_said_can_be_taken_back_in_the_console_and_is_called_no_more(here: Here) -> None:
    admin = here.browser("admin")
    page = read_page(admin.get("/tools").text)
    look = form_of(page, "/tools/crm/look")
    assert admin.post("/tools/crm/look", data=look).status_code == 200
    listed = admin.get("/tools").text
    assert "nobody read it" in listed
    forms = [one for one in read_page(listed).all("form") if one.attributes.get("action") == "/tools/crm/classify"]
    assert len(forms) == 5
    body = {"csrf": look["csrf"], **word(here, "count", "read")}
    assert "Noted." in admin.post("/tools/crm/classify", data=body).text
    assert here.call("ask", "count").output.text == "2"
    gone = admin.post("/tools/crm/withdraw", data={"csrf": look["csrf"], "tool": "count"})
    assert "Taken back." in gone.text
    with pytest.raises(Rejected, match="nobody has said"):
        here.call("ask", "count")
    operator = here.browser("operator").get("/tools").text
    assert "/tools/crm/classify" not in operator


def test_a_server_that_is_away_is_a_line_of_the_doctor_and_asked_again_later(here: Here, ledger: Ledger) -> None:
    instance = here.house.rooms.registry.instances["crm"]
    object.__setattr__(instance, "settings", instance.settings.model_copy(update={"url": "http://127.0.0.1:9/mcp"}))
    here.house.desk.tools.watch(NOW)
    line = next(one for one in here.house.desk.doctor() if one.check == "tools crm")
    assert (line.ok, "cannot be looked at" in line.detail) == (False, True)
    object.__setattr__(instance, "settings", instance.settings.model_copy(update={"url": ledger.url}))
    here.house.desk.tools.watch(NOW + dt.timedelta(minutes=1))
    assert tools(here) == {}, "not asked again at once"
    here.clock.advance(dt.timedelta(minutes=11))
    here.house.desk.tools.watch(here.clock.now())
    assert json.dumps(tools(here)["add"]["arguments"]) == '["line"]'
