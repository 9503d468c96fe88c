"""On-call through the API, the console and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.reading import read_page
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
    fields = {"title": "Mail nights", "services": "Mail", "layer-0-people": "cy\nfay", "zone": "Europe/Berlin",
              "layer-0-days": "7", "layer-0-first_day": "2026-03-02", "layer-0-at": "09:00"}  # fmt: skip
    fields |= {
        "layer-0-hours": "Mon-Fri 18:00-08:00",
        "page_at": "2",
        "step-0-whom": "on_call",
        "step-1-whom": "next",
        "step-2-whom": "service_owner",
    }
    seen = send(ada, "/on-call/new", "/on-call/new", deed="preview", **fields)
    assert "Nothing is kept yet" in seen.one("main").text
    assert "Cy: Mon 02 Mar" in seen.one("main").text
    assert site.api("ada").get("/api/v1/on-call/schedules").json()["items"] == []
    page = send(ada, "/on-call/new", "/on-call/new", deed="keep", **fields)
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
    assert ada.post("/on-call/new", data={"csrf": "wrong"}).status_code == 403


WRONG = [
    ({"title": ""}, "title", "Fill this in"),
    ({"zone": "Berlin"}, "zone", "give an IANA name"),
    ({"services": "Mial"}, "services", "there is no service 'Mial'"),
    ({"layer-0-people": "cy\nXen Q"}, "layer-0-people", "nobody called 'Xen Q'"),
    ({"layer-0-people": "cy\nfa"}, "layer-0-people", "is it fay?"),
    ({"layer-0-people": ""}, "layer-0-people", "a user name on each line"),
    ({"layer-0-first_day": ""}, "layer-0-first_day", "Choose a day"),
    ({"layer-0-days": "0"}, "layer-0-days", "Write 1 or more"),
    ({"layer-0-hours": "at night"}, "layer-0-hours", "write for example"),
    (
        {"layer-1-people": "cy", "layer-1-first_day": "2026-03-02", "layer-1-days": "x"},
        "layer-1-days",
        "a whole number",
    ),
    ({"step-0-after": "2000"}, "step-0-after", "Write 1440 or less"),
]


@pytest.mark.parametrize(("given", "field", "mend"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    site: PracticeSite, given: dict[str, str], field: str, mend: str
) -> None:
    ada = site.browser("ada")
    before = site.api("ada").get("/api/v1/on-call/schedules").json()["items"]
    good = {"title": "Days", "layer-0-people": "cy\nFay", "zone": "UTC", "layer-0-first_day": "2026-03-02", "step-0-after": "0",
            "step-0-whom": "on_call"}  # fmt: skip
    token = look(ada, "/on-call/new").one("input", name="csrf").attributes["value"]
    answer = ada.post("/on-call/new", data={"csrf": token, "deed": "keep", **good, **given})
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert mend.casefold() in page.one("span", id=f"{field}-wrong").text.casefold()
    (at,) = [one for one in page.all() if one.attributes.get("name") == field]
    assert at.attributes["aria-invalid"] == "true"
    assert site.api("ada").get("/api/v1/on-call/schedules").json()["items"] == before


def test_a_schedule_is_edited_where_the_command_may_and_nowhere_else(site: PracticeSite) -> None:
    given = {"title": "Shop", "services": ["shop"], "layers": [{"people": ["cy", "fay"], "first_day": "2026-03-02"}]}
    made = site.api("ada").post("/api/v1/on-call/schedules", json=given).json()
    at, ada, bo = f"/on-call/{made['id']}/edit", site.browser("fay"), site.browser("bo")
    filled = {one.attributes["name"]: one.text.replace(" ", ",") for one in look(ada, at).all("textarea")}
    assert filled["layer-0-people"].split(",") == ["cy", "fay"]
    fields = {**filled, "page_at": "2", **{f"step-{n}-whom": "on_call" for n in range(4)}, "title": "Shop days"}
    assert send(ada, at, at, deed="keep", **fields).one("h1").text == "Shop days"
    (kept,) = [
        one for one in site.api("ada").get("/api/v1/on-call/schedules").json()["items"] if one["id"] == made["id"]
    ]
    assert (kept["title"], kept["owner"], kept["services"], kept["layers"]) == (
        "Shop days", "ada", ["shop"], made["layers"]
    )  # fmt: skip
    token = look(bo, "/on-call/rules").one("input", name="csrf").attributes["value"]
    fields = {"title": "Mine", "layer-0-people": "bo", "layer-0-first_day": "2026-03-02", "zone": "UTC", "step-0-after": "0",
              "step-0-whom": "on_call"}  # fmt: skip
    for deed in ("preview", "keep"):
        assert bo.post(at, data={"csrf": token, "deed": deed, **fields}).status_code == 403
    send(ada, at, f"/on-call/{made['id']}/retire")
    again = site.api("ada").put(f"/api/v1/on-call/schedules/{made['id']}", json=given)
    assert again.status_code == 409
    assert "write a new one" in again.text


def test_everybody_says_how_they_are_paged(site: PracticeSite) -> None:
    dee = site.browser("dee")
    assert "this is the default" in look(dee, "/on-call/rules").one("main").text
    fields = {
        "urgent-0-after": "0",
        "urgent-1-after": "5",
        "urgent-again": "10",
        "quiet": "daily 22:00-07:00 Europe/Berlin",
    }
    page = send(dee, "/on-call/rules", "/on-call/rules/dee/keep", **fields)
    assert "after 5 min in the usual channel, then again each 10 min" in page.one("main").text
    token = look(dee, "/on-call/rules").one("input", name="csrf").attributes["value"]
    late = dee.post("/on-call/rules/dee/keep", data={"csrf": token, **fields, "urgent-0-after": "9"})
    assert late.status_code == 422
    assert "order of their minutes" in read_page(late.text).one("span", id="urgent-wrong").text
    assert dee.post("/on-call/rules/cy/keep", data={"csrf": token, **fields}).status_code == 403
    assert dee.get("/on-call/rules/cy").status_code == 403
    assert "Dee" in look(site.browser("ada"), "/on-call/rules?person=dee").one("h1").text
    page = send(dee, "/on-call/rules", "/on-call/rules/dee/drop")
    assert "this is the default" in page.one("main").text


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
    assert "over" in site.cli("cy", "on-call", "end-override", made["id"], swap)
    assert api.get(f"/api/v1/on-call/schedules/{made['id']}").json()["schedule"]["overrides"] == []
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
