"""The report for Monday by the API, the console and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Place
from tests.waiting import until
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.domain.service import Dependency
from tickless.doors.cli import create_cli
from tickless.practices.services.judging import learn_edge

BODY = {
    "version": "4", "status": "firing", "receiver": "tickless", "groupKey": "{}", "groupLabels": {}, "commonLabels": {},
    "commonAnnotations": {}, "externalURL": "http://127.0.0.1",
    "alerts": [{
        "status": "firing", "labels": {"alertname": "CpuHigh", "service": "intranet", "severity": "warning"},
        "annotations": {"summary": "CPU of *intranet* is high"}, "startsAt": "2026-03-02T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://127.0.0.1/graph", "fingerprint": "f00d",
    }],
}  # fmt: skip


def test_the_week_is_told_in_every_form(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with place.client() as http:
        made = http.post("/hooks/monitor", json=BODY)
        assert made.status_code == 202
        week = until(lambda: _heard(http.get("/api/v1/reports/week").json()))
        assert [one["id"] for one in week["sections"]][:3] == ["repeating", "risky", "forecasts"]
        assert week["markdown"].startswith("# The week of ")
        page = http.get("/reports/week?days=1").text
        assert "What only makes noise" in page
        assert "Edges to confirm" in page
        assert http.get("/api/v1/reports/week?days=99").status_code == 422
        assert http.get("/api/v1/reports/week?until=2020-01-01T00:00:00Z").json()["headline"] == [
            "Nothing was heard in these days."
        ]
    told = cli(place, "report", "week")
    assert "WHAT REPEATS" in told
    assert json.loads(cli(place, "report", "week", "--json"))["figures"]["alerts"] >= 1
    assert cli(place, "report", "week", "--md", "--days", "1").startswith("# The day of ")


def test_an_edge_that_the_report_asks_about_is_judged_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    house = place.sample.house
    now = house.rooms.clock.now()
    with place.client() as http:
        ids = [known["id"] for known in http.get("/api/v1/services").json()["items"]]
        near = {(edge.service, edge.needs) for edge in house.rooms.world().dependencies}
        one, other = next((a, b) for a in ids for b in ids if a != b and not {(a, b), (b, a)} & near)
        with house.journal.write() as tx:
            for service, needs in ((one, other), (other, one)):
                learn_edge(
                    tx, Dependency(service=service, needs=needs, source="traces", confidence=0.6, last_seen=now), at=now
                )
        house.world.renew()

        def asked() -> dict[tuple[str, str], dict[str, Any]]:
            sections = http.get("/api/v1/reports/week").json()["sections"]
            rows = next(section["rows"] for section in sections if section["id"] == "map")
            return {(row["edge"]["service"], row["edge"]["needs"]): row for row in rows}

        assert {(one, other), (other, one)} <= set(asked())
        assert f"tickless map confirm {one} {other}" in cli(place, "report", "week")
        csrf = http.get("/reports/week").text.partition('name="csrf" value="')[2].partition('"')[0]
        for pair, deed in (((one, other), "confirm"), ((other, one), "reject")):
            form = {"csrf": csrf, "service": pair[0], "needs": pair[1], "deed": deed, "days": "7"}
            sent = http.post("/reports/week/edges", data=form, follow_redirects=False)
            assert (sent.status_code, sent.headers["location"]) == (303, f"/reports/week?days=7&told=edge_{deed}#map")
        assert not {(one, other), (other, one)} & set(asked())
        denied = [http.get(f"/api/v1/map/edges/{a}/{b}").json()["denied"] for a, b in ((one, other), (other, one))]
        assert denied == [False, True]


def test_who_may_not_read_is_told_nothing(place: Place) -> None:
    entrance = place.sample.house.entrance
    user = entrance.create_user("only-chats", roles=["employee"])
    with place.client(entrance.create_token("chats", user=user, scopes=["act"]).token) as http:
        assert http.get("/api/v1/reports/week").status_code == 403
        assert http.get("/reports/week").status_code == 403


def _heard(week: dict[str, Any]) -> dict[str, Any] | None:
    return week if week["figures"]["alerts"] else None


def cli(place: Place, *words: str) -> str:
    done = CliRunner().invoke(create_cli(Host()), ["--data", str(place.data), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_reports_are_sent_on_paper_and_reviewed(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    person = next(iter(place.sample.house.rooms.world().people))
    with place.client() as http:
        owner = http.get("/api/v1/reports/owners").json()[0]
        review = http.get("/api/v1/reports/week", params={"owner": owner["id"]}).json()
        assert review["title"].endswith(f"for {owner['name']}")
        assert review["sections"][0]["id"] == "services"
        assert http.get("/api/v1/reports/week?owner=nobody").status_code == 404
        assert http.get("/reports/week", params={"owner": owner["id"]}).text.count("A review for") == 1
        assert http.get("/reports/week.html").text.startswith("<!doctype html>")
        assert http.get("/reports/week.pdf").content.startswith(b"%PDF-")
        made = http.post("/api/v1/reports/subscriptions", json={"cadence": "daily", "person": person})
        assert made.status_code == 201
        assert (
            http.post("/api/v1/reports/subscriptions", json={"cadence": "daily", "person": person}).status_code == 409
        )
        assert http.post("/api/v1/reports/subscriptions", json={"cadence": "hourly"}).status_code == 422
        assert made.json()["id"] in http.get("/reports/week").text
    assert made.json()["id"] in cli(place, "report", "subscriptions")
    assert "Ended." in cli(place, "report", "unsubscribe", made.json()["id"])
    assert owner["name"] in cli(place, "report", "owners")
    assert f"for {owner['name']}" in cli(place, "report", "week", "--md", "--owner", owner["id"])
    told = cli(place, "report", "subscribe", "monthly", "--at", "08:30", "--zone", "Europe/Berlin", "--person", person)
    assert "monthly at 08:30 Europe/Berlin" in told
    for form, begin in (("pdf", b"%PDF-"), ("html", b"<!doctype html>")):
        cli(place, "report", "week", f"--{form}", str(tmp_path / form))
        assert (tmp_path / form).read_bytes().startswith(begin)
