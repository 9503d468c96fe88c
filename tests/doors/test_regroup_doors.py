"""Storms, merges, splits, links and what they teach: through the API, the command line and the console."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.browser.reading import read_page
from tests.browser.site import served
from tests.flow.regrouped_house import RegroupedHouse
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.domain.regroup import Doubt
from tickless.doors.cli import create_cli

SECRET = "a quiet house is a good house"


@dataclass
class Doors:
    house: RegroupedHouse
    http: TestClient

    def post(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        answer = self.http.post(f"/api/v1{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        answer = self.http.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    house = RegroupedHouse.open(tmp_path)
    entrance = house.still.house.entrance
    user = entrance.create_user("op", roles=["operator"], password=SECRET)
    entrance.create_user("boss", roles=["admin"], password=SECRET)
    entrance.create_user("guest", roles=["employee"], password=SECRET)
    token = entrance.create_token("tests", user=user, scopes=["act"]).token
    http = TestClient(house.still.house.site, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"})
    yield Doors(house, http)
    house.close()


def console(doors: Doors, login: str) -> TestClient:
    browser = TestClient(doors.house.still.house.site, base_url="http://localhost")
    browser.post("/sign-in", data={"login": login, "password": SECRET})
    return browser


def guard(browser: TestClient, path: str) -> str:
    fields = read_page(browser.get(path).text).all("input")
    return next(node.attributes["value"] for node in fields if node.attributes.get("name") == "csrf")


def test_the_api_merges_tells_the_storm_and_takes_it_back(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    done = doors.post(f"/cases/{mail.number}/merge", {"cases": [f"#{payroll.number}"], "reason": "one switch"})
    assert (done["kind"], done["into"]["number"], done["stands_against"]) == ("merge", mail.number, None)
    shown = doors.get(f"/cases/{payroll.number}")
    assert (shown["state"], shown["merged_into"], shown["outcome"]) == ("merged", mail.id, None)
    storm = doors.get(f"/cases/{mail.number}/storm")
    assert {lane["service"]: lane["count"] for lane in storm["lanes"]} == {"mail": 1, "payroll": 1}
    assert [one["number"] for one in storm["merged"]] == [payroll.number]
    assert doors.get("/storms")["items"][0]["alerts"] == 2
    assert "undo the merge" in str(doors.post(f"/cases/{payroll.number}/reopen", {"reason": "x"}, status=409))
    undone = doors.post(f"/regroups/{done['id']}/undo", {"reason": "two after all"})
    assert undone["undone_by"] == "user:op"
    assert doors.get(f"/regroups?case={mail.number}")["items"] == [undone]
    actions = [row.action for row in _audit(doors)]
    assert actions.count("case.merged") == actions.count("case.merge_undone") == 2


def _audit(doors: Doors) -> list[Any]:
    with doors.house.still.house.journal.read() as tx:
        return tx.audit.rows(limit=200)


def test_a_split_names_alerts_or_services_and_says_what_is_wrong(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    doors.post(f"/cases/{mail.number}/merge", {"cases": [str(payroll.number)], "reason": "one switch"})
    assert "choose the alerts" in str(doors.post(f"/cases/{mail.number}/split", {"reason": "x"}, status=409))
    both = {"services": ["mail", "payroll"], "reason": "x"}
    assert "has to stay" in str(doors.post(f"/cases/{mail.number}/split", both, status=409))
    gone = {"alerts": [{"fingerprint": "zz", "source": "prom"}], "reason": "x"}
    assert "not in this case" in str(doors.post(f"/cases/{mail.number}/split", gone, status=409))
    done = doors.post(f"/cases/{mail.number}/split", {"services": ["payroll"], "reason": "its own trouble"})
    assert (done["opened"], done["alerts"], done["into"]["title"]) == (True, 1, "b1 at payroll")
    assert doors.post(f"/cases/{mail.number}/split", {"services": [""], "reason": "x"}, status=409)


def test_parent_and_child_are_shown_both_ways(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    link = {"parent": str(mail.number), "reason": "part of it"}
    assert doors.post(f"/cases/{payroll.number}/link", link)["parent"] == mail.id
    assert doors.get(f"/cases/{mail.number}/storm")["children"][0]["case"]["number"] == payroll.number
    assert doors.get(f"/cases/{payroll.number}/storm")["parent"]["number"] == mail.number
    circle = {"parent": str(payroll.number), "reason": "x"}
    assert "child itself" in str(doors.post(f"/cases/{mail.number}/link", circle, status=409))
    assert doors.post(f"/cases/{payroll.number}/unlink", {"reason": "no"})["parent"] is None


def test_who_may_not_is_told_so_and_nothing_changes(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    entrance = doors.house.still.house.entrance
    with doors.house.still.house.journal.read() as tx:
        user = next(one for one in tx.access.users.where() if one.login == "op")
    reader = entrance.create_token("reads", user=user, scopes=["read"]).token
    answer = doors.http.post(
        f"/api/v1/cases/{mail.number}/merge", json={"cases": [payroll.id], "reason": "x"},
        headers={"Authorization": f"Bearer {reader}"},
    )  # fmt: skip
    assert answer.status_code == 403
    assert "may only read" in answer.text
    guest = console(doors, "guest")
    assert guest.get(f"/cases/{mail.number}/storm").status_code == 403
    assert doors.house.read(payroll).live


def test_the_console_merges_splits_and_undoes(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    browser = console(doors, "op")
    storm = f"/cases/{mail.number}/storm"
    csrf = guard(browser, storm)
    form = {"csrf": csrf, "cases": f"#{payroll.number}", "reason": "one switch"}
    assert "one case now" in browser.post(f"/cases/{mail.number}/merge", data=form).text
    page = browser.get(storm).text
    assert "merged into" in page
    assert "b1 at payroll" in page
    assert f'href="/cases/{mail.number}"' in browser.get(f"/cases/{payroll.number}").text
    split = {"csrf": csrf, "alert.1.1": "prom b1", "reason": "its own"}
    assert "Split off" in browser.post(f"/cases/{mail.number}/split", data=split).text
    (made,) = [one for one in doors.get(f"/regroups?case={mail.number}")["items"] if one["kind"] == "split"]
    undo = {"csrf": csrf, "reason": "no"}
    assert "Undone" in browser.post(f"/regroups/{made['id']}/undo", data=undo).text
    assert doors.house.alerts(mail) == {"a1", "b1"}
    assert "Storms" in browser.get("/storms").text


def test_what_looks_like_one_is_merged_with_one_click_or_never_proposed_again(doors: Doors) -> None:
    mail, payroll, till = (doors.house.opened(f"{name}1", service=name) for name in ("mail", "payroll", "till"))
    for key, other in (("dbt_1", payroll), ("dbt_2", till)):
        with doors.house.still.house.journal.write() as tx:
            why = "Both can come from the network."
            tx.doubts.put(Doubt(id=key, one=mail.id, other=other.id, sure=0.9, why=why, at=doors.house.now))
    assert [one["into"] for one in doors.get("/doubts")["items"]] == [mail.number, mail.number]
    browser = console(doors, "op")
    csrf = guard(browser, "/storms")
    browser.post("/doubts/dbt_1/merge", data={"csrf": csrf})
    assert doors.house.read(payroll).merged_into == mail.id
    browser.post("/doubts/dbt_2/dismiss", data={"csrf": csrf})
    assert doors.get("/doubts")["items"] == []


def test_lessons_of_grouping_are_tried_taught_and_refused(doors: Doors) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    doors.post(f"/cases/{mail.number}/merge", {"cases": [payroll.id], "reason": "one switch"})
    (lesson,) = doors.get("/lessons/grouping")["items"]
    assert (lesson["verdict"], lesson["people"], lesson["weight"]) == ("join", 1, 1.5)
    boss = console(doors, "boss")
    csrf = guard(boss, "/lessons/grouping")
    chosen = {"csrf": csrf, f"lesson.{lesson['id']}": "yes", "deed": "try"}
    assert "2 alerts" in boss.post("/lessons/grouping/chosen", data=chosen).text
    assert "Taught" in boss.post("/lessons/grouping/chosen", data=chosen | {"deed": "teach"}).text
    assert [one["id"] for one in doors.get("/lessons/grouping?state=taught")["items"]] == [lesson["id"]]
    boss.post(f"/lessons/grouping/{lesson['id']}/refuse", data={"csrf": csrf})
    assert doors.get("/lessons/grouping?state=refused")["items"][0]["reason"] == "not so in general"


def test_the_command_line_says_the_same(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = doors.house.opened("a1", service="mail")
    payroll = doors.house.opened("b1", service="payroll")
    monkeypatch.setenv("TICKLESS_TOKEN", doors.http.headers["Authorization"].removeprefix("Bearer "))
    cli, runner = create_cli(Host()), CliRunner()
    with served(doors.house.still.house.site) as url:

        def tickless(*words: str) -> str:
            done = runner.invoke(cli, ["--url", url, *words])
            assert done.exit_code == 0, done.output
            return done.output

        merged = tickless("case", "merge", str(mail.number), str(payroll.number), "--reason", "one switch")
        assert f"merged into case {mail.number}: 1 alerts" in merged
        told = tickless("case", "storm", str(mail.number))
        assert "Payroll: 1 (service_down)" in told
        assert "Mail: 1 (service_down) ← the case is about it" in told
        assert str(mail.number) in tickless("case", "storms")
        split = tickless("case", "split", str(mail.number), "--alert", "prom:b1", "--reason", "no", "--json")
        assert "undone" in tickless("case", "undo", json.loads(split)["id"], "--reason", "yes")
        till = doors.house.opened("c1", service="till")
        assert "is a child now" in tickless("case", "link", str(till.number), str(mail.number), "--reason", "part")
        assert "stands by itself" in tickless("case", "unlink", str(till.number), "--reason", "not")
        assert "No two cases" in tickless("grouping", "doubts")
        assert "somebody merged service down at mail and service down at payroll" in tickless("grouping", "list")
        wrong = runner.invoke(cli, ["--url", url, "case", "split", str(mail.number), "--reason", "x"])
        assert wrong.exit_code == 2
