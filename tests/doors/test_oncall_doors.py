"""On-call through the API, the console and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.practice_site import PracticeSite, look, practice_site, send

YAML = """
title: Shop
services: [shop]
zone: Europe/Berlin
layers:
  - {people: [cy, fay], first_day: 2026-03-02, at: "08:00"}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeSite]:
    with practice_site(tmp_path_factory.mktemp("oncall")) as made:
        yield made


def test_a_schedule_in_the_console(site: PracticeSite) -> None:
    ada = site.browser("ada")
    page = send(ada, "/on-call", "/on-call", title="Mail nights", services="Mail", people="cy, fay", zone="Europe/Berlin",
                first_day="2026-03-02", days="7", at="09:00", hours="Mon-Fri 18:00-08:00", page_at="2")  # fmt: skip
    assert page.one("h1").text == "Mail nights"
    (made,) = site.api("ada").get("/api/v1/on-call/schedules").json()["items"]
    now = site.room.clock.now()
    page = send(
        ada,
        f"/on-call/{made['id']}",
        f"/on-call/{made['id']}/override",
        person="eve",
        starts_at=f"{now:%Y-%m-%dT%H:%M}",
        ends_at=f"{now + dt.timedelta(hours=2):%Y-%m-%dT%H:%M}",
        why="a swap",
    )
    assert "a swap" in page.one("main").text
    assert ada.get(f"/on-call/{made['id']}.ics").text.startswith("BEGIN:VCALENDAR")
    assert "Eve" in look(ada, "/on-call").one("main").text
    assert ada.post("/on-call", data={"csrf": "wrong"}).status_code == 403


def test_the_command_line_and_a_page(site: PracticeSite, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(YAML, encoding="utf-8")
    made = site.cli("ada", "on-call", "add", "--file", str(file), "--json")
    assert "cy" in site.cli("ada", "on-call", "now")
    assert "Shop" in site.cli("ada", "on-call", "list")
    site.cli("ada", "on-call", "edit", made["id"], "--file", str(file), "page_at=1")
    site.cli(
        "cy",
        "on-call",
        "override",
        made["id"],
        "person=fay",
        "starts_at=2026-03-05T08:00:00Z",
        "ends_at=2026-03-06T08:00:00Z",
    )
    assert "shifts:" in site.cli("ada", "on-call", "show", made["id"])
    calendar = tmp_path / "shop.ics"
    site.cli("ada", "on-call", "calendar", made["id"], "--to", str(calendar))
    assert "taken" in site.cli("ada", "on-call", "import", made["id"], str(calendar), "--dry-run")
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    site.room.tick()
    (page,) = site.api("ada").get("/api/v1/on-call/pages?state=calling").json()["items"]
    assert page["id"] in site.cli("ada", "on-call", "pages")
    assert "at once in the usual channel" in site.cli("cy", "on-call", "page", page["id"])
    cy = site.browser("cy")
    assert "I have it" in look(cy, f"/on-call/pages/{page['id']}").one("main").text
    pressed_in_chat(site, page["id"])
    site.cli("fay", "on-call", "ack", page["id"], code=1)
    broken = site.api("ada").post("/api/v1/on-call/schedules", json={"title": "x", "layers": [], "zone": "Mars/One"})
    assert broken.status_code == 422
    api = site.api("ada")
    swap = api.get(f"/api/v1/on-call/schedules/{made['id']}").json()["schedule"]["overrides"][0]["id"]
    assert api.delete(f"/api/v1/on-call/schedules/{made['id']}/overrides/{swap}").json()["overrides"] == []
    assert "retired" in site.cli("ada", "on-call", "retire", made["id"])


RULES = """
urgent:
  steps: [{after: 0}, {after: 5}]
  again: 10
quiet: daily 22:00-07:00 Europe/Berlin
"""


def test_rules_for_being_paged_on_the_command_line(site: PracticeSite, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    assert "fay: kept" in site.cli("fay", "on-call", "rules-set", "me", "--file", str(file))
    assert "22:00-07:00" in site.cli("ada", "on-call", "rules")
    assert site.cli("fay", "on-call", "rules-show", "me", "--json")["urgent"]["again"] == 10
    late = site.api("fay").put("/api/v1/on-call/rules/me", json={"urgent": {"steps": [{"after": 30}]}})
    assert late.status_code == 422
    assert "let the first way begin earlier" in late.text
    assert "by the default" in site.cli("fay", "on-call", "rules-drop", "me")
    assert site.api("fay").get("/api/v1/on-call/rules/me").json()["rules"] is None


def pressed_in_chat(site: PracticeSite, page: str) -> None:
    """Cy passes it on and Fay has it, both with the buttons of their notices; the buttons are over then."""
    cy, fay, chat = site.browser("cy"), site.browser("fay"), "/chat/notices:{}"
    send(cy, chat.format("cy"), "/chat/press", deed="pass_on")
    site.room.turn()
    assert "the next one is called" in look(cy, chat.format("cy")).one("main").text
    assert "I have it" in look(fay, chat.format("fay")).one("main").text
    send(fay, chat.format("fay"), "/chat/press", deed="have_it")
    site.room.turn()
    (found,) = site.api("ada").get("/api/v1/on-call/pages?state=acknowledged").json()["items"]
    assert (found["id"], found["owner"], [one["person"] for one in found["calls"]]) == (page, "fay", ["cy", "fay"])
    assert not [one for one in look(cy, chat.format("cy")).all("form") if one.attributes.get("action") == "/chat/press"]
    site.cli("cy", "on-call", "pass", page, code=1)
