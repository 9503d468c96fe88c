"""Metrics, value, maturity and the guard by the API, the console and the command line."""

from __future__ import annotations

import datetime as dt
import json
from html import unescape
from pathlib import Path

import httpx
import pytest
from tests.doors.conftest import Place
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.domain.errors import Conflict
from tickless.domain.history import TicketHistory
from tickless.domain.knowledge import Article
from tickless.doors.cli import create_cli
from tickless.flow.desk.noticing import Looks, Noticing
from tickless.flow.desk.steering_computing import Computing
from tickless.flow.desk.steering_marks import Marks
from tickless.journal import Journal
from tickless.stages.measure.boards import BOARDS
from tickless.stages.measure.maturity import CRITERIA, QUESTIONS
from tickless.stages.measure.metrics import METRICS

DAY = dt.timedelta(days=1)


def past(journal: Journal, now: dt.datetime, *, count: int = 40) -> list[TicketHistory]:
    """Tickets of the past, one a day: two hours each, every fourth reopened once, every fifth late."""
    made = [
        TicketHistory(
            id=f"hist_{place}",
            source="old",
            number=f"INC{place}",
            kind="incident",
            opened_at=now - (place + 1) * DAY,
            responded_at=now - (place + 1) * DAY + dt.timedelta(minutes=5),
            resolved_at=now - (place + 1) * DAY + dt.timedelta(hours=2),
            reopen_count=1 if place % 4 == 0 else 0,
            reassignment_count=place % 3,
            sla_made=place % 5 != 0,
            category=("Access", "Unlock"),
            team="Desk",
            caller=f"anyone_{place % 7}",
            priority=3,
            effort_minutes=10.0 + place % 3,
            channel="phone",
        )
        for place in range(count)
    ]
    with journal.write() as tx:
        for one in made:
            tx.history_tickets.put(one)
    return made


def cli(place: Place, *words: str) -> str:
    result = CliRunner().invoke(create_cli(Host()), ["--url", place.url, "--data", str(place.data), *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_figures_over_the_past_lead_to_their_tickets(place: Place) -> None:
    house = place.sample.house
    made = past(house.journal, house.rooms.clock.now())
    since = house.rooms.clock.now() - 30 * DAY
    recent = [one for one in made if one.resolved_at is not None and one.resolved_at > since]
    with place.client() as http:
        found = {one["id"]: one for one in http.get("/api/v1/metrics?days=30&source=old").json()["items"]}
        assert set(found) == set(METRICS)
        assert found["mttr_resolve"]["figure"] == {"value": 7_200.0, "of": len(recent), "missing": 0}
        assert found["sla_met"]["figure"]["value"] == sum(bool(one.sla_made) for one in recent) / len(recent)
        assert found["reopened"]["figure"]["value"] == sum(bool(one.reopen_count) for one in recent) / len(recent)
        assert found["mttd"]["figure"]["value"] is None
        one = http.get("/api/v1/metrics/mttr_resolve?days=30&by=team&source=old&limit=3").json()
        assert one["parts"] == [{"name": "Desk", "figure": {"value": 7_200.0, "of": len(recent), "missing": 0}}]
        assert one["more"] == len(recent) - 3
        assert one["cases"][0]["link"].startswith("/history/tickets/hist_")
        assert "def mttr_resolve" in one["code"]
        assert http.get(one["cases"][0]["link"]).status_code == 200
        assert http.get("/api/v1/metrics/nothing").status_code == 404
        assert http.get("/api/v1/metrics?days=0").status_code == 422
        page = http.get("/figures?source=old").text
        assert "Time to resolve" in page
        assert "2.0 h" in page
        assert "Only" in http.get("/figures/sla_met?source=old&by=priority").text
        assert http.get("/figures/nothing").status_code == 404
    assert "Time to resolve" in cli(place, "metrics", "list", "--where", "source=old")
    shown = cli(place, "metrics", "show", "sla_met", "--where", "source=old", "--by", "team")
    assert "Desk" in shown
    assert json.loads(cli(place, "metrics", "list", "--json"))["items"]


def test_what_is_assumed_is_on_record_and_changes_the_ledger(place: Place, tmp_path: Path) -> None:
    with place.client() as http:
        before = http.get("/api/v1/value?days=30").json()
        assert {"rework", "false_actions", "upkeep", "model"} <= {one["id"] for one in before["lines"]}
        assert before["low"] <= before["net"] <= before["high"]
        refused = http.put("/api/v1/assumptions/upkeep_hours", json={"value": "many", "reason": "because"})
        assert refused.status_code == 422 or refused.status_code == 400
        done = http.put("/api/v1/assumptions/upkeep_hours", json={"value": "1", "reason": "we looked"})
        assert done.status_code == 200
        after = http.get("/api/v1/value?days=30").json()
        upkeep = [next(one["money"] for one in each["lines"] if one["id"] == "upkeep") for each in (before, after)]
        assert upkeep[1] == pytest.approx(2 * upkeep[0])
        rows = [row for row in http.get("/api/v1/audit").json()["items"] if row["action"] == "assumption.set"]
        assert rows[0]["subject"] == "assumption:upkeep_hours"
        page = http.get("/value?days=30").text
        assert "we looked" in page
        assert http.get("/value/lines?line=rework").status_code == 200
        assert http.get("/value/lines?line=none").status_code == 404
    cli(place, "value", "forget", "upkeep_hours", "--reason", "back")
    assert "Upkeep" in cli(place, "value", "show")
    assert "upkeep_hours" in cli(place, "value", "assumptions")
    cli(place, "value", "assume", "match:account_unlock", "Access / Unlock", "--reason", "the same need")
    target = tmp_path / "value.csv"
    cli(place, "value", "export", str(target))
    assert target.read_text(encoding="utf-8").startswith("line,title,kind,basis")


def test_maturity_shows_the_gap_between_the_claim_and_the_evidence(place: Place) -> None:
    with place.client() as http:
        assert http.put("/api/v1/maturity/claims/cmmi", json={"level": 4, "note": "we think so"}).status_code == 200
        assert http.put("/api/v1/maturity/claims/cmmi", json={"level": 4, "note": ""}).status_code == 200
        assert http.put("/api/v1/maturity/claims/none", json={"level": 1}).status_code in {400, 422}
        question = next(iter(QUESTIONS))
        assert (
            http.put(f"/api/v1/maturity/answers/{question}", json={"level": 2, "note": "Ada reads them"}).status_code
            == 200
        )
        assert http.put("/api/v1/maturity/answers/zero_ticket.resolution.counted", json={"level": 2}).status_code in {
            400,
            422,
        }
        found = http.get("/api/v1/maturity").json()
        cmmi = next(one for one in found["models"] if one["model"] == "cmmi")
        assert cmmi["claimed"] == 4
        assert cmmi["gap"] == 4 - cmmi["level"]
        assert sum(len(one["criteria"]) for one in found["models"]) == len(CRITERIA)
        asked = next(one for model in found["models"] for one in model["criteria"] if one["id"] == question)
        assert asked["met"]
        assert asked["by_word"]
        assert {one["model"] for one in found["history"]} == {"zero_ticket", "cmmi", "excellence"}
        page = http.get("/maturity").text
        assert "People say 4, the evidence says" in page
        assert "Ada reads them" in page
    assert "CMMI" in cli(place, "maturity", "show")
    assert "cmmi" in cli(place, "maturity", "history")
    cli(place, "maturity", "claim", "excellence", "2", "--note", "so they say")
    cli(place, "maturity", "answer", question, "1")


def test_the_guard_says_what_it_looked_at(place: Place) -> None:
    with place.client() as http:
        found = http.get("/api/v1/guard?weeks=8").json()
        assert found["rate"] == 0.1
        assert found["items"] or found["skipped"]
        assert http.get("/api/v1/guard?weeks=2").status_code == 422
        assert "What does not add up" in http.get("/guard").text
    assert cli(place, "guard", "show", "--all")


def test_nobody_without_the_right_assumes_or_claims(place: Place) -> None:
    with place.client() as http:
        made = http.post("/api/v1/tokens", json={"name": "reads", "scopes": ["read"]})
        assert made.status_code in {200, 201}, made.text
        reads = made.json()["token"]
    with place.client(reads) as http:
        assert http.get("/api/v1/value").status_code == 200
        assert http.put("/api/v1/assumptions/agent_hour", json={"value": "1", "reason": "x"}).status_code == 403
        assert http.put("/api/v1/maturity/claims/cmmi", json={"level": 5}).status_code == 403


def test_a_board_tells_the_same_by_page_api_and_command(place: Place) -> None:
    house = place.sample.house
    past(house.journal, house.rooms.clock.now())
    with place.client() as http:
        shown = http.get("/api/v1/boards/flow").json()
        assert [one["metric"]["id"] for one in shown["tiles"]] == list(BOARDS["flow"].metrics)
        volume = shown["tiles"][0]
        assert volume["metric"]["figure"]["value"] >= 29
        assert len(volume["course"]) == BOARDS["flow"].periods
        assert volume["counter"] is not None
        page = http.get("/boards/flow").text
        assert "in the last 30 days" in page
        assert "figures:" in page or "compared with the days before yet" in page
        assert "/figures/ticket_volume?days=30#cases" in page
        assert volume["metric"]["formula"] in unescape(page)
        every = http.get("/boards").text
        assert all(f"/boards/{one['id']}" in every for one in json.loads(cli(place, "board", "--json")))
        assert http.get("/api/v1/boards/nothing").status_code == 404
        home = http.get("/").text
        assert "Week by week" in home
        assert "What needs you" in home
        _what_takes_a_look(place, http)
    told = json.loads(cli(place, "board", "flow", "--json"))
    assert [one["course"] for one in told["tiles"]] == [one["course"] for one in shown["tiles"]]
    assert "Ticket volume" in cli(place, "board", "flow")
    assert "at every look" in cli(place, "metrics", "computed")


def test_where_there_is_much_it_is_shown_as_it_was_computed(place: Place) -> None:
    house = place.sample.house
    past(house.journal, house.rooms.clock.now())
    marks = Marks(Computing(house.rooms, small=1))
    marks.begin()
    with pytest.raises(Conflict):
        Marks(Computing(house.rooms)).begin()
    marks.wait()
    state = marks.state()
    assert (state.large, state.running, state.failed) == (True, False, "")
    before = marks.ledger(90)
    months, at = marks.periods("month", 3)
    assert at is not None
    assert all(kept is not None for _, kept in months)
    with house.journal.write() as tx:
        tx.history_tickets.put(
            TicketHistory(id="hist_late", source="old", number="INC-late", opened_at=at, resolved_at=at)
        )
    assert marks.ledger(90) == before
    assert marks.guard(16).window.until == marks.guard(16).window.until
    assert marks.readings(90) == marks.readings(90)
    marks.drop()
    assert marks.ledger(90).window.until > before.window.until
    marks.drop()


def _what_takes_a_look(place: Place, http: httpx.Client) -> None:
    """What a look at everything finds stands on the home page, over the API and in the terminal."""
    house = place.sample.house
    old = house.rooms.clock.now() - dt.timedelta(days=800)
    with house.journal.write() as tx:
        tx.articles.put(Article(id="old", title="An old one", text="Words.", state="published", reviewed_at=old))
    noticing = Noticing(house.journal, Looks(rungs=lambda: 2, problems=lambda: 0, guard=lambda: 1))
    noticing.look(house.rooms.clock.now())
    needs = {one["link"]: one for one in http.get("/api/v1/needs").json()}
    assert (needs["/autonomy"]["count"], needs["/guard"]["words"]) == (2, "figure may mislead")
    assert needs["/knowledge/review"]["count"] >= 1
    assert "/problems" not in needs
    home = http.get("/").text
    assert "runbooks may do more by themselves" in home
    assert "figure may mislead" in cli(place, "needs")
    with house.journal.write() as tx:
        tx.articles.delete("old")
