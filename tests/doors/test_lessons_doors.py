"""Lessons through the API, the console and the command line: proposed, tried, taught, taken back."""

from __future__ import annotations

from tests.doors.conftest import Place

SAID = "the doodad has lost its whatsit"


def test_a_lesson_is_proposed_tried_taught_and_refused(place: Place) -> None:
    with place.client() as http:
        made = http.post("/api/v1/lessons", json={"text": SAID, "need": "vpn_trouble"})
        assert made.status_code == 201
        lesson = made.json()
        assert (lesson["state"], lesson["source"], lesson["people"]) == ("proposed", "person", 0)
        assert SAID in http.get("/lessons").text
        tried = http.post("/api/v1/lessons/try", json={"ids": [lesson["id"]]}).json()
        assert tried["fits"]
        assert tried["read"] > 100
        taught = http.post("/api/v1/lessons/teach", json={"ids": [lesson["id"]]})
        assert taught.status_code == 200
        assert [one["text"] for one in http.get("/api/v1/lessons?state=taught").json()["items"]] == [SAID]
        learning = http.get("/api/v1/lessons/waiting").json()
        assert {one["id"] for one in learning["waiting"]} >= {"words", "grouping", "runbooks", "autonomy", "articles"}
        assert all(one["gate"] and one["who"] and one["after"] for one in learning["waiting"])
        (came,) = learning["effects"]
        assert (came["need"], came["lessons"], came["told"]) == ("vpn_trouble", 1, "too_early")
        page = http.get("/lessons/waiting")
        assert page.status_code == 200
        assert "too early to say" in page.text
        assert all(http.get(one["link"]).status_code == 200 for one in learning["waiting"])
        again = http.post("/api/v1/lessons/teach", json={"ids": [lesson["id"]]})
        assert again.status_code == 409
        refused = http.post(f"/api/v1/lessons/{lesson['id']}/refuse", json={"reason": "a joke"}).json()
        assert (refused["state"], refused["reason"]) == ("refused", "a joke")
        assert "a joke" in http.get("/lessons").text


def test_what_cannot_be_a_lesson_is_refused_with_the_reason(place: Place) -> None:
    with place.client() as http:
        assert "vpn_trouble" in http.post("/api/v1/lessons", json={"text": SAID, "need": "no_such_need"}).text
        assert "words" in http.post("/api/v1/lessons", json={"text": "one", "need": "vpn_trouble"}).text
        assert http.post("/api/v1/lessons/try", json={"ids": ["les_nowhere"]}).status_code == 404
        assert http.post("/api/v1/lessons/try", json={"ids": []}).status_code == 422


def test_refusal_stays_as_taught_while_there_is_too_little_to_judge_by(place: Place) -> None:
    with place.client() as http:
        found = http.get("/api/v1/lessons/refusal").json()
        assert (found["messages"], found["may_be_refused"]) == (0, 0.05)
        assert http.put("/api/v1/lessons/refusal", json={"by": "outcomes"}).status_code == 409
        assert http.put("/api/v1/lessons/refusal", json={"by": "teaching"}).json()["threshold"] == found["threshold"]
        assert "too few to say more than teaching did" in http.get("/lessons").text


def test_a_reader_looks_and_teaches_nothing(place: Place) -> None:
    entrance = place.sample.house.entrance
    user = entrance.create_user("reads-lessons", roles=["operator"])
    with place.client(entrance.create_token("reads", user=user, scopes=["read", "act"]).token) as http:
        assert http.get("/api/v1/lessons").status_code == 200
        assert "Write one" not in http.get("/lessons").text
        assert http.post("/api/v1/lessons", json={"text": SAID, "need": "vpn_trouble"}).status_code == 403
        assert http.post("/api/v1/lessons/teach", json={"ids": ["les_x"]}).status_code == 403
