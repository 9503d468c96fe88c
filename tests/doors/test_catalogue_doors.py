"""The catalogue and the buttons of cards through the doors."""

from __future__ import annotations

from tests.doors.conftest import Place
from tests.waiting import until


def test_everybody_finds_what_they_may_ask_for(place: Place) -> None:
    with place.client() as http:
        mine = http.get("/api/v1/catalogue").json()["items"]
        everything = http.get("/api/v1/catalogue?every=true").json()["items"]
        assert {item["id"] for item in mine} < {item["id"] for item in everything}
        assert all(item["offered"] for item in mine)
        page = http.get("/catalogue").text.replace("&#39;", "'")
        assert all(item["name"] in page for item in mine)
        assert "Offered to others" in page


def test_a_button_is_taken_in_once_and_only_where_one_speaks_oneself(place: Place) -> None:
    with place.client() as http:
        begun = http.post("/api/v1/conversations/messages", json={"text": "hello"})
        conversation = begun.json()["conversation"]
        where, body = f"/api/v1/conversations/{conversation}", {"deed": "solved", "ref": "case_that_never_was"}
        for _ in range(2):
            assert http.post(f"{where}/deeds", json=body, headers={"Idempotency-Key": "one"}).status_code == 202
        lines = until(lambda: got if len(got := http.get(f"{where}/messages").json()["items"]) >= 4 else None)
        assert [line["text"] for line in lines if line["author"] == "person"] == ["hello", "It works."]
        assert http.post("/api/v1/conversations/webchat:p001:cnv_x/deeds", json=body).status_code == 404
        assert http.post(f"{where}/deeds", json={**body, "deed": "launch"}).status_code == 422
