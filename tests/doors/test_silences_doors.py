"""Alerts, silences and what they hold back, through the API, the console and the command line, with their audit rows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import httpx2
import pytest
from tests.doors.conftest import Place
from tests.waiting import until
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.app.sample_house import MONITOR
from tickless.app.serving import local_user
from tickless.doors.cli import create_cli


def fire(place: Place, name: str, *, over: bool = False, **labels: str) -> None:
    """Tell the house of an alert, as a monitor does, and wait until it is taken in."""
    entrance = place.sample.house.entrance
    user = local_user(place.sample.house)
    token = entrance.create_token(MONITOR, user=user, scopes=["signals:write"], source=MONITOR).token
    alert = {
        "status": "resolved" if over else "firing",
        "labels": {"alertname": name, **labels},
        "startsAt": "2026-03-02T09:00:00Z",
        "endsAt": dt.datetime.now(dt.UTC).isoformat() if over else "0001-01-01T00:00:00Z",
        "fingerprint": name,
    }
    with place.client(token) as http:
        assert http.post(f"/hooks/{MONITOR}", json={"version": "4", "alerts": [alert]}).status_code == 202
    until(lambda: state(place, name) in ({"resolved"} if over else {"firing", "held"}))


def state(place: Place, name: str) -> str | None:
    found = alert(place, name)
    return found["state"] if found else None


def alert(place: Place, name: str) -> dict[str, Any] | None:
    with place.client() as http:
        items = http.get(f"/api/v1/alerts?source={MONITOR}&limit=200").json()["items"]
    return next((one for one in items if one["fingerprint"] == name), None)


def later(**by: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(**by)).isoformat()


def silence(http: httpx2.Client, *matchers: str, reason: str = "the disk is on order", **given: Any) -> httpx2.Response:
    body = {"matchers": list(matchers), "reason": reason, "ends_at": later(hours=1), **given}
    return http.post("/api/v1/silences", json=body)


def actions(http: httpx2.Client, subject: str) -> list[str]:
    rows = http.get("/api/v1/audit?limit=100").json()["items"]
    return [row["action"] for row in rows if subject in row["subject"]]


def test_a_silence_from_preview_to_review_and_all_of_it_is_on_record(place: Place) -> None:
    fire(place, "LotOne", lot="one")
    with place.client() as http:
        seen = http.post("/api/v1/silences/preview", json={"matchers": ["lot=~one|two"]}).json()
        assert (seen["fits"], seen["in_cases"]) == (1, 1)
        made = silence(http, "lot=~one|two")
        assert made.status_code == 201
        known = made.json()
        assert (known["state"], known["matchers"], known["held"]) == ("active", ['lot=~"one|two"'], 0)
        fire(place, "LotTwo", lot="two")
        held = alert(place, "LotTwo")
        assert held is not None
        assert (held["state"], held["hold"]["reason"], held["hold"]["ref"]) == ("held", "silenced", known["id"])
        assert held["hold"]["why"] == "Silenced: the disk is on order"
        assert [one["fingerprint"] for one in http.get(f"/api/v1/holds?ref={known['id']}").json()["items"]] == [
            "LotTwo"
        ]
        longer = http.post(f"/api/v1/silences/{known['id']}/extend", json={"ends_at": later(hours=3)}).json()
        assert longer["ends_at"] > known["ends_at"]
        assert (longer["holds_now"], longer["held"]) == (1, 1)
        assert known["id"] in {one["id"] for one in http.get("/api/v1/silences").json()["items"]}
        over = http.post(f"/api/v1/silences/{known['id']}/expire").json()
        assert over["state"] == "expired"
        assert http.post(f"/api/v1/silences/{known['id']}/expire").status_code == 409
        until(lambda: state(place, "LotTwo") == "firing")
        assert alert(place, "LotTwo")["case"] is not None  # type: ignore[index]
        assert known["id"] in {one["id"] for one in http.get("/api/v1/silences?over=true").json()["items"]}
        assert actions(http, known["id"]) == ["silence.expired", "silence.extended", "silence.made"]


@pytest.mark.parametrize(
    ("matchers", "given", "told"),
    [
        (["lot=x"], {"reason": " "}, "reason"),
        (["lot=x"], {"ends_at": "2020-01-01T00:00:00Z"}, "over already"),
        (["lot=x"], {"ends_at": "2920-01-01T00:00:00Z"}, "at most"),
        (["lot=~("], {}, "pattern"),
        (["lot"], {}, "no filter"),
        (["lot=~.*"], {}, "every alert"),
        (["lot=x"], {"owner": "nobody-at-all"}, "nobody called"),
    ],
)
def test_what_is_no_silence_is_refused_with_the_reason(
    place: Place, matchers: list[str], given: dict[str, Any], told: str
) -> None:
    with place.client() as http:
        answer = silence(http, *matchers, **given)
    assert answer.status_code in {404, 422}
    assert told in json.dumps(answer.json())


def test_policy_says_who_may(place: Place) -> None:
    entrance, house = place.sample.house.entrance, place.sample.house
    reader = entrance.create_token("r", user=local_user(house), scopes=["read"]).token
    monitor = entrance.create_token("m", user=local_user(house), scopes=["signals:write"], source=MONITOR).token
    for token in (reader, monitor):
        with place.client(token) as http:
            assert silence(http, "lot=x").status_code == 403
            assert http.post("/api/v1/alerts/hand-back", json={"source": "a", "fingerprint": "b"}).status_code == 403
    with place.client(reader) as http:
        assert http.get("/api/v1/silences").status_code == http.get("/api/v1/alerts").status_code == 200


def test_an_alert_that_is_held_back_can_be_handed_back_now(place: Place) -> None:
    with place.client() as http:
        known = silence(http, "lot=three").json()
        fire(place, "LotThree", lot="three")
        given = {"source": MONITOR, "fingerprint": "LotThree"}
        assert http.post("/api/v1/alerts/hand-back", json=given).json()["reason"] == "silenced"
        until(lambda: state(place, "LotThree") == "firing")
        assert http.post("/api/v1/alerts/hand-back", json=given).status_code == 404
        (hold,) = http.get(f"/api/v1/holds?ref={known['id']}").json()["items"]
        assert (hold["end"], hold["ended_by"] != "tickless") == ("handed_back", True)
        assert "alert.handed_back" in actions(http, "LotThree")


def test_all_that_one_silence_holds_is_handed_back_at_once(place: Place) -> None:
    names = [f"Crowd{number}" for number in range(3)]
    with place.client() as http:
        known, other = silence(http, "lot=crowd").json(), silence(http, "lot=alone").json()
        for name in names:
            fire(place, name, lot="crowd", severity="warning")
        fire(place, "Alone", lot="alone", severity="warning")
        assert http.post("/api/v1/alerts/hand-back-all", json={}).status_code == 422
        both = {"ref": known["id"], "reason": "silenced"}
        assert http.post("/api/v1/alerts/hand-back-all", json=both).status_code == 422
        done = http.post("/api/v1/alerts/hand-back-all", json={"ref": known["id"]})
        assert done.json() == {"handed_back": 3}, done.text
        for name in names:
            until(lambda name=name: state(place, name) == "firing")  # type: ignore[misc]
        assert state(place, "Alone") == "held"
        ends = {
            (one["end"], one["ended_by"] != "tickless")
            for one in http.get(f"/api/v1/holds?ref={known['id']}").json()["items"]
        }
        assert ends == {("handed_back", True)}
        assert actions(http, f"held_by:{known['id']}") == ["alert.all_handed_back"]
        assert http.post("/api/v1/alerts/hand-back-all", json={"ref": known["id"]}).json() == {"handed_back": 0}
        assert http.post("/api/v1/alerts/hand-back-all", json={"reason": "silenced"}).json()["handed_back"] >= 1
        until(lambda: state(place, "Alone") == "firing")
        http.post(f"/api/v1/silences/{other['id']}/expire")


def test_alerts_are_listed_page_by_page_and_by_what_they_are(place: Place) -> None:
    for number in range(7):
        fire(place, f"Many{number}", lot="many", severity="warning")
    with place.client() as http:
        seen: list[str] = []
        cursor = ""
        while True:
            page = http.get(f"/api/v1/alerts?limit=3&severity=warning{cursor}").json()
            seen += [one["fingerprint"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == len(set(seen))
        assert {f"Many{number}" for number in range(7)} <= set(seen)
        fire(place, "Many0", over=True, lot="many")
        over = http.get("/api/v1/alerts?state=resolved&limit=200").json()["items"]
        assert {"Many0"} <= {one["fingerprint"] for one in over}
        assert all(one["state"] == "resolved" for one in over)
        assert http.get("/api/v1/alerts?cursor=nonsense").status_code == 422
        assert http.get("/api/v1/alerts?held=silenced&service=nowhere").json()["items"] == []


def test_the_command_line_silences_shows_extends_and_lets_through(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(create_cli(Host()), ["--data", str(place.data), *words])
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return result.stdout

    made = json.loads(run("silence", "add", "lot=cli", "--reason", "a drill", "--for", "2h", "--json"))
    assert made["state"] == "active"
    assert "a drill" in run("silence", "list")
    fire(place, "LotCli", lot="cli", severity="warning")
    assert "LotCli" in run("alert", "list", "--state", "held", "--held", "silenced")
    assert "fits 1 alerts" in run("silence", "preview", "lot=cli")
    assert "LotCli" in run("silence", "show", made["id"])
    assert "It ends" in run("silence", "extend", made["id"], "--for", "1d")
    assert "Handed back" in run("alert", "hand-back", MONITOR, "LotCli")
    until(lambda: state(place, "LotCli") == "firing")
    assert "Handed back: 0 alerts." in run("alert", "hand-back-all", "--by", made["id"])
    assert "Over." in run("silence", "expire", made["id"])
    assert "No silence needs a look." in run("silence", "review")
    for wrong in (("--for", "soon"), (), ("--for", "1h", "--until", "2030-01-01T00:00:00Z")):
        run("silence", "add", "lot=cli", "--reason", "a drill", *wrong, code=2)
