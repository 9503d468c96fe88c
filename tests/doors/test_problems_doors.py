"""Problems and improvements: the story from incidents that come again to a benefit that is counted, through every door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.practice_site import PracticeSite, look, practice_site, send

DAY = dt.timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PracticeSite]:
    with practice_site(tmp_path) as made:
        yield made


def incidents(site: PracticeSite, count: int) -> None:
    """The database fills up again and again, and people clean it."""
    for _ in range(count):
        site.room.tell("disk", "firing", service="db", severity="critical")
        site.room.tick()
        site.room.on(hours=2)
        site.room.tell("disk", "resolved", service="db")
        site.room.turn()
        with site.room.house.journal.write() as tx:
            for case in tx.cases.by(state="open"):
                now = site.room.clock.now()
                tx.cases.put(case.model_copy(update={"state": "resolved", "outcome": "handed_off", "resolved_at": now}))
        site.room.on(days=2)


def test_from_incidents_to_a_benefit_that_is_counted(site: PracticeSite) -> None:
    incidents(site, 5)
    ada = site.browser("ada")
    assert "Worth looking into" in look(ada, "/problems").one("main").text
    (candidate,) = site.api("ada").get("/api/v1/problems/candidates").json()["items"]
    assert candidate["count"] == 5
    assert candidate["key"] in site.cli("ada", "problem", "candidates")
    made = site.cli("ada", "problem", "open", "title=The database fills up", f"candidate={candidate['key']}", "--json")
    key = made["id"]
    assert made["owner"] == "dee"
    assert site.api("ada").get("/api/v1/problems/candidates").json()["items"] == []
    page = send(ada, f"/problems/{key}", f"/problems/{key}/analysis", cause="Logs are never cut", review="",
                workaround="Ask for space: it takes a minute", symptoms="the database is full")  # fmt: skip
    assert "known error" in page.one("main").text
    with site.room.house.journal.read() as tx:
        (error,) = tx.known_errors.by(state="open")
    assert (error.service, error.symptoms) == ("db", ("the database is full",))
    due = (site.room.clock.now() + 20 * DAY).isoformat()
    action = site.cli("ada", "improvement", "propose", "title=Cut the logs", "owner=cy", f"due_at={due}", f"origin={key}",
                      "counted={\"service\": \"db\", \"days\": 14}", "expected=0", "--json")  # fmt: skip
    imp = action["improvement"]["id"]
    assert action["improvement"]["baseline"] == 5
    assert any("is yours" in one for one in site.room.told("cy"))
    site.cli("ada", "problem", "close", key, "reason=the cause is removed", code=1)
    site.cli("ada", "improvement", "edit", imp, "title=Cut the logs by half", "note=more was asked for")
    site.cli("ada", "improvement", "edit", imp, "due_at=2001-01-01T00:00:00Z", code=1)
    site.cli("ada", "improvement", "edit", imp, "expected=100", code=1)
    assert site.api("ada").patch(f"/api/v1/improvements/{imp}", json={}).status_code == 422
    site.cli("cy", "improvement", "agree", imp)
    assert "done" in site.cli("cy", "improvement", "finish", imp)
    site.cli("cy", "improvement", "measure", imp, "value=0", "evidence=I looked", code=1)
    site.room.on(days=15)
    shown = site.cli("ada", "improvement", "show", imp, "--json")
    assert (shown["verdict"], shown["improvement"]["measured"][0]["value"]) == ("arrived", 0)
    assert "benefit arrived" in look(site.browser("ada"), f"/problems/{key}").one("main").text
    review = "It filled up because nothing cut the logs; now they are cut each night, and the disk is watched."
    if made["depth"] == "full":
        site.cli("ada", "problem", "close", key, "reason=the cause is removed", code=1)
    site.cli("ada", "problem", "analyse", key, f"review={review}")
    assert "closed" in site.cli("ada", "problem", "close", key, "reason=the cause is removed")
    with site.room.house.journal.read() as tx:
        assert tx.known_errors.need(error.id).state == "closed"
    assert key in site.cli("ada", "problem", "list")
    assert "Logs are never cut" in site.cli("ada", "problem", "show", key)
    assert site.room.actions(key)[0] == "problem.opened"


def test_an_action_of_ones_own_is_measured_by_others_and_hears_when_it_is_late(site: PracticeSite) -> None:
    ada = site.browser("ada")
    now = site.room.clock.now()
    page = send(
        ada,
        "/improvements",
        "/improvements",
        title="Shorter forms",
        owner="cy",
        due_at=f"{now + 5 * DAY:%Y-%m-%dT%H:%M}",
        service="",
        baseline="12",
        expected="6",
        unit="questions",
        measure="questions of the form",
        days="",
    )
    assert page.one("h1").text == "Shorter forms"
    (found,) = site.api("ada").get("/api/v1/improvements").json()["items"]
    imp = found["improvement"]["id"]
    site.room.on(days=6)
    ada = site.browser("ada")
    assert any("was due" in one for one in site.room.told("cy"))
    assert "overdue" in look(ada, "/improvements").one("main").text
    send(ada, f"/improvements/{imp}", f"/improvements/{imp}/begin", note="")
    send(ada, f"/improvements/{imp}", f"/improvements/{imp}/finish", note="")
    site.room.on(days=1)
    ada = site.browser("ada")
    assert (
        site.api("cy").post(f"/api/v1/improvements/{imp}/measure", json={"value": 6, "evidence": "x"}).status_code
        == 403
    )
    page = send(ada, f"/improvements/{imp}", f"/improvements/{imp}/measure", value="9", evidence="counted in the form")
    assert "partly" in page.one("main").text
    assert imp in site.cli("ada", "improvement", "list")
    assert site.api("ada").post(f"/api/v1/improvements/{imp}/drop", json={}).status_code == 409
    assert site.api("dee").get("/api/v1/improvements").status_code == 403
    past = {"title": "x", "owner": "cy", "due_at": "2020-01-01T00:00:00Z"}
    assert site.api("ada").post("/api/v1/improvements", json=past).status_code == 422
    other = site.cli(
        "ada", "improvement", "propose", "title=Another", "owner=cy", f"due_at={(now + 90 * DAY).isoformat()}", "--json"
    )
    site.cli("cy", "improvement", "begin", other["improvement"]["id"])
    assert "dropped" in site.cli("cy", "improvement", "drop", other["improvement"]["id"])


def test_people_say_which_cases_a_problem_is_behind(site: PracticeSite) -> None:
    incidents(site, 3)
    site.room.tell("web", "firing", service="shop", severity="critical")
    site.room.turn()
    with site.room.house.journal.read() as tx:
        other = next(one for one in tx.cases.where() if one.service == "shop")
        own = next(one for one in tx.cases.where() if one.service == "db")
    (candidate,) = site.api("ada").get("/api/v1/problems/candidates").json()["items"]
    key = site.cli("ada", "problem", "open", "title=It fills up", f"candidate={candidate['key']}", "--json")["id"]

    def kinds(number: int) -> list[str]:
        return [one["kind"] for one in site.api("ada").get(f"/api/v1/cases/{number}/practices").json()["items"]]

    assert ("problem" in kinds(own.number), "problem" in kinds(other.number)) == (True, False)
    made = site.cli(
        "ada", "problem", "link", key, f"case={other.number}", "why=the same disk, seen by the shop", "--json"
    )
    assert (other.number in made["cases"], made["by_hand"]) == (True, [other.number])
    again = site.cli("ada", "problem", "link", key, f"case={other.number}", "why=once more", "--json")
    assert again["story"] == made["story"]
    page = send(site.browser("ada"), f"/problems/{key}", f"/problems/{key}/cases", case=str(own.number), part="yes",
                why="that one was the backup")  # fmt: skip
    assert "does not belong to it: that one was the backup" in page.one("main").text
    assert ("problem" in kinds(own.number), "problem" in kinds(other.number)) == (False, True)
    shown = site.api("ada").get(f"/api/v1/problems/{key}").json()
    assert (shown["problem"]["apart"], own.number in shown["problem"]["cases"]) == ([own.number], False)
    for case, why in (("99999", "there is none"), (str(other.number), "no")):
        site.cli("ada", "problem", "unlink", key, f"case={case}", f"why={why}", code=1)
    back = site.cli("ada", "problem", "link", key, f"case={own.number}", "why=it was the disk after all", "--json")
    assert (back["apart"], own.number in back["cases"]) == ([], True)
    assert site.room.actions(key) == ["problem.opened", "problem.linked", "problem.unlinked", "problem.linked"]
