"""Known errors and planned work through the API and the console, with their audit rows."""

from __future__ import annotations

import datetime as dt

import httpx2
from tests.doors.conftest import Place

from tickless.journal.access import Role


def test_a_known_error_is_noted_changed_and_closed_and_all_of_it_is_on_record(place: Place) -> None:
    with place.client() as http:
        made = http.post(
            "/api/v1/known-errors", json={"title": "Queue stuck", "workaround": "Use floor 2", "symptoms": ["stuck"]}
        )
        assert made.status_code == 201
        known = made.json()
        changed = http.put(
            f"/api/v1/known-errors/{known['id']}",
            json={**{k: known[k] for k in ("title", "symptoms")}, "workaround": "Use floor 1"},
        )
        assert (changed.json()["workaround"], changed.json()["opened_at"]) == ("Use floor 1", known["opened_at"])
        assert known["id"] in {one["id"] for one in http.get("/api/v1/known-errors?state=open").json()["items"]}
        assert "Use floor 1" in http.get("/known").text
        assert http.post(f"/api/v1/known-errors/{known['id']}/close").json()["state"] == "closed"
        assert http.post(f"/api/v1/known-errors/{known['id']}/close").status_code == 409
        rows = [
            row["action"] for row in http.get("/api/v1/audit?limit=50").json()["items"] if known["id"] in row["subject"]
        ]
        assert rows == ["known_error.closed", "known_error.changed", "known_error.noted"]
        refused = http.post("/api/v1/known-errors", json={"title": "x", "workaround": "y"})
        assert refused.status_code == 422
        assert "symptoms" in refused.text


def test_planned_work_is_told_called_off_and_refused_when_it_is_over(place: Place) -> None:
    now = dt.datetime.now(dt.UTC)
    with place.client() as http:
        service = http.get("/api/v1/services").json()["items"][0]
        body = {
            "service": service["name"],
            "title": "New disks",
            "starts_at": now.isoformat(),
            "ends_at": (now + dt.timedelta(hours=1)).isoformat(),
        }
        made = http.post("/api/v1/maintenance", json=body).json()
        assert made["service"] == service["id"]
        assert "New disks" in http.get("/known").text
        ended = http.post(f"/api/v1/maintenance/{made['id']}/cancel").json()
        assert not ended["cancelled"]
        assert ended["ends_at"] < body["ends_at"]
        assert http.post("/api/v1/maintenance", json={**body, "ends_at": body["starts_at"]}).status_code == 422
        assert http.post("/api/v1/maintenance", json={**body, "service": "nowhere"}).status_code == 422
        assert http.get("/api/v1/experience").json()["ratings"] == 0


def as_user(place: Place, login: str, role: Role) -> httpx2.Client:
    """HTTP with a token of somebody with that role; made when first asked for."""
    entrance = place.sample.house.entrance
    with place.sample.house.journal.read() as tx:
        user = tx.access.user_by_login(login)
    user = user or entrance.create_user(login, roles=[role])
    return place.client(entrance.create_token("t", user=user, scopes=["act"]).token)


SERIES = {"title": "Patches", "rule": "FREQ=WEEKLY;BYDAY=SU", "zone": "Europe/Berlin", "at": "02:00", "minutes": 90,
          "first_day": "2026-03-01"}  # fmt: skip


def test_work_that_comes_again_is_planned_told_exported_and_ended(place: Place) -> None:
    with place.client() as http:
        service = http.get("/api/v1/services").json()["items"][0]
        made = http.post("/api/v1/maintenance/series", json={**SERIES, "service": service["name"]})
        assert made.status_code == 201, made.text
        series = made.json()
        assert (series["service"], series["words"]) == (service["id"], "every week on Sunday, 02:00, Europe/Berlin")
        windows = [w for w in http.get("/api/v1/maintenance").json()["items"] if w["series"] == series["id"]]
        assert len(windows) >= 8
        assert windows[0]["id"] == series["next"]["id"]
        off = http.post(f"/api/v1/maintenance/{windows[0]['id']}/cancel").json()
        assert off["cancelled"]
        page = http.get("/maintenance").text
        assert "every week on Sunday, 02:00, Europe/Berlin" in page
        assert page.count("comes again") >= 1
        for address in ("/api/v1/maintenance/calendar", "/maintenance.ics"):
            calendar = http.get(address, params={"service": service["name"]})
            assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
            assert f"UID:{windows[1]['id']}@tickless\r\n" in calendar.text
            assert calendar.text.count("STATUS:CANCELLED") == 1
        ended = http.post(f"/api/v1/maintenance/series/{series['id']}/end").json()
        assert (ended["next"], ended["ended_at"] is not None) == (None, True)
        assert http.post(f"/api/v1/maintenance/series/{series['id']}/end").status_code == 409
        left = [w for w in http.get("/api/v1/maintenance").json()["items"] if w["series"] == series["id"]]
        assert all(w["cancelled"] for w in left)
        assert series["id"] not in {one["id"] for one in http.get("/api/v1/maintenance/series").json()["items"]}
        assert series["id"] in {one["id"] for one in http.get("/api/v1/maintenance/series?over=true").json()["items"]}
        rows = [
            row["action"]
            for row in http.get("/api/v1/audit?limit=50").json()["items"]
            if series["id"] in row["subject"]
        ]
        assert rows == ["work_series.ended", "work_series.planned"]
        wrong = http.post(
            "/api/v1/maintenance/series", json={**SERIES, "service": service["name"], "rule": "FREQ=HOURLY"}
        )
        assert wrong.status_code == 422
        assert "FREQ=WEEKLY" in wrong.json()["error"]["mend"]


def test_a_series_is_planned_with_the_form_of_the_page(place: Place) -> None:
    with place.client() as http:
        page = http.get("/maintenance").text
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        service = http.get("/api/v1/services").json()["items"][0]["id"]
        form = {"csrf": csrf, "service": service, "title": "Second Sunday", "first_day": "2027-03-14", "zone": "UTC",
                "pattern": "monthly_day", "at": "03:30", "minutes": "45"}  # fmt: skip
        sent = http.post("/maintenance/series", data=form, follow_redirects=False)
        assert sent.status_code == 303, sent.text
        made = next(o for o in http.get("/api/v1/maintenance/series").json()["items"] if o["title"] == "Second Sunday")
        assert (made["rule"], made["at"], made["minutes"]) == ("FREQ=MONTHLY;BYDAY=2SU", "03:30:00", 45)
        assert http.post("/maintenance/series", data={**form, "pattern": "never"}).status_code == 422


def test_who_may_plan_work_is_policy(place: Place) -> None:
    """An operator plans a window, and nothing that comes again on what is mission critical; an employee nothing at all."""
    now = dt.datetime.now(dt.UTC)
    with place.client() as http:
        services = http.get("/api/v1/services").json()["items"]
        critical = next(one["id"] for one in services if one["criticality"] == 1)
    window = {"service": critical, "title": "New disks", "starts_at": now.isoformat(),
              "ends_at": (now + dt.timedelta(hours=1)).isoformat()}  # fmt: skip
    with as_user(place, "work-op", "operator") as http:
        made = http.post("/api/v1/maintenance", json=window)
        assert made.status_code == 201, made.text
        series = http.post("/api/v1/maintenance/series", json={**SERIES, "service": critical})
        assert series.status_code == 403
        assert "mission-critical" in series.json()["error"]["message"]
        long = {**window, "ends_at": (now + dt.timedelta(hours=30)).isoformat()}
        assert http.post("/api/v1/maintenance", json=long).status_code == 403
    with as_user(place, "work-ana", "employee") as http:
        assert http.post("/api/v1/maintenance", json=window).status_code == 403
        assert http.post(f"/api/v1/maintenance/{made.json()['id']}/cancel").status_code == 403
    with as_user(place, "work-op", "operator") as http:
        assert http.post(f"/api/v1/maintenance/{made.json()['id']}/cancel").status_code == 200
