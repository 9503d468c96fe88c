"""The service map through the API and the command line: brought in, asked for, judged by people, and as it stood."""

from __future__ import annotations

import datetime as dt
import re

import httpx2
from tests.doors.conftest import Place
from tests.waiting import until

FILE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: gift-cards, title: Gift cards, annotations: {tickless.io/hours: "Mon-Fri 08:00-18:00 UTC"}}
spec: {type: service, lifecycle: production, owner: team-web, dependsOn: ["component:orders-db", "component:nowhere"]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: gift-mail}
spec: {type: service, dependsOn: ["component:gift-cards"]}
"""


def test_a_catalogue_file_comes_onto_the_map_and_what_does_not_fit_waits(place: Place) -> None:
    with place.client() as http:
        asked = {"form": "backstage", "source": "repos", "name": "catalog-info.yaml"}
        planned = http.post("/api/v1/map/import", params={**asked, "dry_run": True}, content=FILE).json()
        assert (planned["written"], planned["added"], planned["gone"]) == (False, 4, 0)
        assert "would add 2 services, 2 edges, 0 items" in planned["said"]
        assert http.get("/api/v1/services/gift-cards").status_code == 404
        done = http.post("/api/v1/map/import", params=asked, content=FILE).json()
        assert [(one["place"], one["field"]) for one in done["refused"]] == [("catalog-info.yaml:2", "needs")]
        assert done["refused"][0]["mend"]
        shown = http.get("/api/v1/services/gift-cards").json()
        assert shown["service"]["hours"] == "Mon-Fri 08:00-18:00 UTC"
        assert [one["needs"] for one in shown["needs"]] == ["orders-db"]
        again = http.post("/api/v1/map/import", params=asked, content=FILE).json()
        assert (again["added"], again["changed"], again["gone"], again["same"]) == (0, 0, 0, 4)

        row = http.get("/api/v1/map/refused").json()["items"][0]
        assert http.post(f"/api/v1/map/refused/{row['id']}/replay").json()["state"] == "waiting"
        http.post(
            "/api/v1/records/services", content="id,name\nnowhere,Nowhere land\n", headers={"content-type": "text/csv"}
        )
        assert http.post(f"/api/v1/map/refused/{row['id']}/replay").json()["state"] == "taken"
        assert http.get("/api/v1/map/edges/gift-cards/nowhere").json()["words"][0]["source"] == "repos"


def test_a_persons_no_outweighs_every_source_and_is_on_record(place: Place) -> None:
    edge = "/api/v1/map/edges/gift-cards/orders-db"
    with place.client() as http:
        http.post("/api/v1/map/import", params={"form": "backstage", "source": "repos"}, content=FILE)
        before = dt.datetime.now(dt.UTC)
        story = http.post(f"{edge}/reject", json={"reason": "it has a database of its own"}).json()
        assert story["denied"]
        assert [one["by"][:6] for one in story["conflicts"]] == ["person"]
        assert "orders-db" not in [one["needs"] for one in http.get("/api/v1/services/gift-cards").json()["needs"]]
        http.post("/api/v1/map/import", params={"form": "backstage", "source": "repos"}, content=FILE)
        assert http.get(edge).json()["denied"], "whoever tells of it again"
        then = http.get("/api/v1/map", params={"at": before.isoformat()}).json()
        assert ("gift-cards", "orders-db") in {(one["service"], one["needs"]) for one in then["edges"]}
        now = http.get("/api/v1/map").json()
        assert ("gift-cards", "orders-db") not in {(one["service"], one["needs"]) for one in now["edges"]}
        back = http.post(f"{edge}/withdraw", json={"reason": "it does after all"}).json()
        assert not back["denied"]
        rows = http.get("/api/v1/audit", params={"subject": "edge:gift-cards → orders-db"}).json()["items"]
        assert {row["action"] for row in rows} >= {"map.edge_rejected", "map.edge_judgement_withdrawn"}


def test_what_people_state_of_a_service_wins_until_it_is_taken_back(place: Place) -> None:
    with place.client() as http:
        was = http.get("/api/v1/services/orders-api").json()["service"]["criticality"]
        stated = {"criticality": 4 if was != 4 else 3, "hours": "daily 07:00-23:00", "reason": "agreed in the board"}
        told = http.put("/api/v1/map/services/orders-api", json=stated).json()
        assert (told["criticality"], told["hours"]) == (stated["criticality"], "daily 07:00-23:00")
        assert (
            http.put("/api/v1/map/services/orders-api", json={"hours": "now and then", "reason": "x"}).status_code
            == 422
        )
        back = http.put(
            "/api/v1/map/services/orders-api", json={"criticality": None, "hours": None, "reason": "no"}
        ).json()
        assert (back["criticality"], back["hours"]) == (was, None)


def test_impact_is_asked_for_an_hour(place: Place) -> None:
    with place.client() as http:
        http.post("/api/v1/map/import", params={"form": "backstage", "source": "repos"}, content=FILE)
        http.put(
            "/api/v1/map/services/gift-mail", json={"criticality": 2, "hours": "Mon-Fri 08:00-18:00 UTC", "reason": "x"}
        )
        http.put("/api/v1/map/services/gift-cards", json={"criticality": 3, "reason": "x"})
        day, night = (
            http.get("/api/v1/map/services/gift-cards/impact", params={"at": f"2026-03-02T{hour}:00:00Z"}).json()
            for hour in ("10", "22")
        )
        assert (day["priority"], day["in_hours"]) == (2, True)
        assert (night["priority"], night["in_hours"]) == (3, False)
        assert "does not have to work now" in night["reason"]
        assert day["people"] is None, "nobody has said who uses them"


def test_who_may_only_read_changes_nothing(place: Place) -> None:
    entrance = place.sample.house.entrance
    user = entrance.create_user("map-reader", roles=["auditor"])
    with place.client(entrance.create_token("reads", user=user, scopes=["read"]).token) as http:
        assert http.get("/api/v1/map").status_code == 200
        assert http.get("/api/v1/map/stale").status_code == 200
        assert http.post("/api/v1/map/edges/shop-web/orders-db/confirm", json={"reason": "x"}).status_code == 403
        assert http.post("/api/v1/map/sources/traces/sync").status_code == 403
        assert http.post("/api/v1/map/import", params={"form": "backstage"}, content=FILE).status_code == 403
        assert http.put("/api/v1/map/services/shop-web", json={"criticality": 1, "reason": "x"}).status_code == 403


def test_traces_are_a_source_of_their_own(place: Place) -> None:
    with place.client() as http:
        found = {one["name"] for one in http.get("/api/v1/map/sources").json()["items"]}
        assert "traces" in found
        assert http.post("/api/v1/map/sources/traces/sync").status_code == 200
        assert http.post("/api/v1/map/sources/nobody/sync").status_code == 404
        assert until(lambda: http.get("/api/v1/map/sources").json()["items"])


def test_the_pages_tell_who_says_so_and_take_a_persons_word(place: Place) -> None:
    entrance = place.sample.house.entrance
    with place.client() as http:
        http.post("/api/v1/map/import", params={"form": "backstage", "source": "repos"}, content=FILE)
        page = http.get("/map/edges/gift-mail/gift-cards").text
        assert "repos" in page
        assert "Who says so" in page
        assert http.get("/map/edges/gift-mail/nothing").status_code == 404
        listed = http.get("/map/sources").text
        assert "traces" in listed
        told = {one["name"]: one for one in http.get("/api/v1/map/sources").json()["items"]}
        assert (told["repos"]["askable"], told["traces"]["askable"]) == (False, True)
        assert "service map" in {one["check"] for one in http.get("/api/v1/doctor").json()}
        focus = http.get("/map", params={"focus": "gift-cards", "hops": "1"}).text
        assert "If it failed now" in focus
        assert "Mon-Fri 08:00-18:00 UTC" in focus
        folded = http.get("/map", params={"fold": "kind"}).text
        assert "group" in folded
        assert http.get("/map", params={"at": "2020-01-01T00:00"}).status_code == 200
        assert http.get("/map", params={"at": "no date", "hops": "x", "fold": "odd", "state": "odd"}).status_code == 200
    entrance.create_user("map-operator", roles=["operator"], password="a long enough word 9")
    with httpx2.Client(base_url=place.url, timeout=20, trust_env=False, follow_redirects=True) as browser:
        browser.get("/sign-in")
        signed = browser.post("/sign-in", data={"login": "map-operator", "password": "a long enough word 9"})
        assert signed.status_code == 200
        page = browser.get("/map/edges/gift-mail/gift-cards").text
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf is not None
        form = {"csrf": csrf[1], "deed": "confirm", "reason": "I wrote it"}
        assert "Confirmed" in browser.post("/map/edges/gift-mail/gift-cards", data=form).text
        assert "I wrote it" in browser.get("/map/edges/gift-mail/gift-cards").text
        assert browser.post("/map/edges/gift-mail/gift-cards", data={**form, "reason": ""}).status_code == 422
        tried = browser.post("/map/sources/traces", data={"csrf": csrf[1], "deed": "diff"})
        assert "would add" in tried.text
        assert browser.post("/map/services/gift-cards", data=form).status_code == 403, "that is an administrator's"
