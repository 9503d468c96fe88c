"""Known errors and planned work through the API and the console, with their audit rows."""

from __future__ import annotations

import datetime as dt

from tests.doors.conftest import Place


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
