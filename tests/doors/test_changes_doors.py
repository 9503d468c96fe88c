"""Changes through the API, the console and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.doors.practice_site import PracticeSite, look, practice_site, send

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeSite]:
    with practice_site(tmp_path_factory.mktemp("changes")) as made:
        yield made


def body(site: PracticeSite, **given: object) -> dict[str, object]:
    now = site.room.clock.now()
    return {"title": "New disks", "services": ["Database"], "starts_at": (now + HOUR).isoformat(),
            "ends_at": (now + 2 * HOUR).isoformat(), "backout": "written", **given}  # fmt: skip


def test_a_change_goes_its_way_through_the_api(site: PracticeSite) -> None:
    ada = site.api("ada")
    tried = ada.post("/api/v1/changes/try", json=body(site)).json()
    assert tried["risk"]["score"] == round(sum(100 * p["value"] * p["weight"] for p in tried["risk"]["parts"]))
    assert ada.get("/api/v1/changes").json()["items"] == []
    made = ada.post("/api/v1/changes", json=body(site))
    assert made.status_code == 201, made.text
    key = made.json()["change"]["id"]
    assert ada.post(f"/api/v1/changes/{key}/submit").json()["state"] == "asked"
    assert ada.post(f"/api/v1/changes/{key}/begin", json={}).status_code == 409
    assert [one["id"] for one in ada.get("/api/v1/changes/calendar?days=2").json()["items"]] == [key]
    assert ada.post(f"/api/v1/changes/{key}/cancel", json={"reason": "later"}).json()["state"] == "cancelled"
    assert ada.post("/api/v1/changes", json=body(site, services=["nowhere"])).status_code == 422
    assert ada.post("/api/v1/changes", json=body(site, title="a\0b")).status_code == 422
    assert ada.get("/api/v1/changes/chg-999").status_code == 404
    for beyond in ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"):
        assert ada.get(f"/api/v1/changes/calendar?since={beyond}").status_code == 422
    assert site.api("dee").get("/api/v1/changes").status_code == 403
    assert site.api("dee").post("/api/v1/changes", json=body(site, services=["Mail"])).status_code == 403
    assert site.room.actions(key)[-1] == "change.cancelled"


def test_the_console_shows_a_change_with_its_risk_and_raises_one(site: PracticeSite) -> None:
    browser = site.browser("ada")
    now = site.room.clock.now()
    page = send(browser, "/changes", "/changes", title="A new kernel <b>", service="db", kind="normal", backout="tested",
                starts_at=f"{now + HOUR:%Y-%m-%dT%H:%M}", ends_at=f"{now + 2 * HOUR:%Y-%m-%dT%H:%M}")  # fmt: skip
    assert page.one("h1").text == "A new kernel <b>"
    assert "Blast radius" in page.one("main").text
    assert "<svg" in browser.get("/changes").text
    assert "A new kernel" in look(browser, "/changes").one("main").text
    assert look(browser, "/changes/standard")
    bo = site.browser("bo")
    assert bo.get("/changes").status_code == 403


def test_the_command_line_does_the_same(site: PracticeSite) -> None:
    now = site.room.clock.now()
    given = (f"starts_at={(now + HOUR).isoformat()}", f"ends_at={(now + 2 * HOUR).isoformat()}", "services=Wiki")
    model = site.cli("eve", "change", "authorise", "title=Restart the wiki", "services=wiki", "backout=tested",
                     "most_risk=90", "--json")  # fmt: skip
    made = site.cli("ada", "change", "raise", "title=Restart", *given, f"model={model['id']}", "--json")
    key = made["change"]["id"]
    assert "approved" in site.cli("ada", "change", "submit", key)
    assert "under_way" in site.cli("ada", "change", "begin", key)
    assert "watched" in site.cli("ada", "change", "finish", key, "said=done", "checked=passed")
    assert key in site.cli("ada", "change", "list")
    assert key in site.cli("ada", "change", "calendar", "--days", "3")
    assert "No change is planned" in site.cli("ada", "change", "calendar", "--since", (now + 99 * HOUR).isoformat())
    assert "Restart the wiki" in site.cli("ada", "change", "models")
    assert "risk.score" in site.cli("ada", "change", "show", key)
    site.room.on(hours=5)
    shown = site.cli("ada", "change", "show", key, "--json")
    assert shown["change"]["outcome"]["result"] == "success"
    site.cli("ada", "change", "correct", key, "result=failed", "reason=it was me who broke it", code=1)
    site.cli("cy", "change", "correct", key, "result=degraded", "reason=the search index was empty for an hour")
    assert "closed" in site.cli("eve", "change", "list", "--state", "closed")
    site.cli("ada", "change", "raise", "nonsense", code=2)
