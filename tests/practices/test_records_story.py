"""An empty house learns from files who and what there is, and understands its people from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.waiting import until
from typer.testing import CliRunner, Result

from tickless.app.build import House, build
from tickless.app.host import Host
from tickless.app.serving import announced, local_user, serving
from tickless.app.settings import PaceSettings, Settings
from tickless.doors.cli import create_cli

PEOPLE = """login,full name,mail,department,manager,groups
anna,Anna Schmidt,anna@example.org,Sales,ben,all-staff;sales
ben,Ben Okafor,ben@example.org,Sales,,all-staff
"""
SERVICES = """name,aliases,criticality,owner,used by
Web shop,storefront;shop front,1,ben,all-staff
Shop database,,2,ben,
"""
DEPENDENCIES = "service,needs\nWeb shop,Shop database\n"
ITEMS = "kind,name,service\nprocess,shop-web,Web shop\n"


@dataclass(frozen=True)
class Home:
    """A house with nothing in it, that serves."""

    house: House
    url: str
    data: Path

    def run(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        done = CliRunner().invoke(create_cli(Host()), ["--data", str(self.data), *words], input=typed)
        assert done.exit_code == code, f"{done.exit_code}: {done.output}\n{done.exception!r}"
        return done

    def take(self, kind: str, content: str, *options: str, code: int = 0) -> Result:
        return self.run("record", "import", kind, "-", *options, code=code, typed=content)

    def post(
        self, kind: str, content: bytes | str, *, scope: str = "admin", form: str = "text/csv", **query: bool
    ) -> Any:
        entrance = self.house.entrance
        token = entrance.create_token("test", user=local_user(self.house), scopes=[scope]).token
        headers = {"Authorization": f"Bearer {token}", "Content-Type": form}
        with httpx2.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False) as client:
            return client.post(f"/api/v1/records/{kind}", content=content, params=query)

    def rows_on_record(self) -> list[Any]:
        with self.house.journal.read() as tx:
            return [row for row in tx.audit.latest(limit=200) if row.action == "records.imported"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    data = tmp_path_factory.mktemp("records") / "data"
    pace = PaceSettings(answer=4.0, approval=20.0, first_look=2.0, gather=0.5)
    with ExitStack() as stack:
        house = build(Settings(data=data, pace=pace))
        stack.callback(house.stop)
        house.start()
        url = stack.enter_context(serving(house))
        stack.enter_context(announced(house, url))
        yield Home(house, url, data)


def test_an_empty_house_learns_and_understands(home: Home) -> None:
    refused = home.take("services", SERVICES, code=1).stderr
    assert "line 2, owner: there is nobody called 'ben'; import people first" in refused
    assert "2 rows are refused, and so nothing was written" in refused
    assert home.rows_on_record() == [], "nothing was written"

    told = home.take("people", PEOPLE, "--dry-run").stdout
    assert "2 added, 0 changed" in told
    assert "nothing was written" in told
    assert "Nobody is called" in home.run("person", "find", "anna").stdout

    assert "people: 2 added, 0 changed, 0 deactivated, 0 same, 0 refused" in home.take("people", PEOPLE).stdout
    for kind, content in (("services", SERVICES), ("dependencies", DEPENDENCIES), ("items", ITEMS)):
        assert " 0 refused" in home.take(kind, content).stdout
    world = home.house.world.world()
    assert world.people["anna"].manager == "ben", "known at once in the process that took it in"
    assert world.upstream_of("web-shop") == {"shop-database": 1}
    assert world.items["process:shop-web"].service == "web-shop"

    home.run("ask", "the storefront is down for everybody", "--as", "anna", "--wait", "0")

    def linked() -> Any:
        with home.house.journal.read() as tx:
            return [case for case in tx.cases.where() if case.requester == "anna"]

    (case,) = until(linked)
    assert (case.service, case.impact.people, case.impact.criticality) == ("web-shop", 2, 1)


def test_a_second_time_changes_nothing_and_a_mover_is_told(home: Home) -> None:
    home.take("people", PEOPLE)
    assert "2 same" in home.take("people", PEOPLE).stdout
    told = json.loads(home.take("people", PEOPLE.replace("ben@", "b.okafor@"), "--json").stdout)
    assert (told["changed"], told["same"]) == (1, 1)
    assert told["changes"] == [{"line": 3, "record": "ben", "what": "changed", "fields": ["email"]}]
    assert "within 30 seconds" in told["effective"]
    row = home.rows_on_record()[0]
    assert (row.subject, row.actor) == ("records:people", "user:local")
    assert row.detail["records"] == {"ben": ["changed", "email"]}, "which fields, not what is in them"


def test_a_bad_row_stops_all_unless_the_rest_is_wanted(home: Home) -> None:
    home.take("people", PEOPLE)
    mixed = PEOPLE + "cy,Cy Hall,no address,IT,,\ndee,Dee Wood,dee@example.org,IT,,\n"
    before = len(home.rows_on_record())
    stopped = home.take("people", mixed, code=1).stderr
    assert "line 4, email: 'no address' does not fit; an address such as anna@example.org" in stopped
    assert "line 4, email" in home.take("people", mixed, "--dry-run", code=1).stderr
    assert len(home.rows_on_record()) == before
    partly = home.take("people", mixed, "--partial")
    assert "1 added" in partly.stdout
    assert "1 refused" in partly.stdout
    assert "line 4, email" in partly.stderr
    world = home.house.world.world()
    assert "dee" in world.people
    assert "cy" not in world.people


def test_who_is_no_longer_in_the_file_becomes_inactive_and_is_kept(home: Home) -> None:
    home.take("people", PEOPLE + "eve,Eve Lund,eve@example.org,IT,,\n")
    assert home.house.world.world().people["eve"].active
    told = json.loads(home.take("people", PEOPLE, "--prune", "--json").stdout)
    assert "eve" in [one["record"] for one in told["changes"] if one["what"] == "deactivated"]
    people = home.house.world.world().people
    assert not people["eve"].active
    assert people["anna"].active
    assert "everybody inactive" in home.take("people", "username\n", "--prune", code=1).stderr
    assert "a part of a file" in home.take("people", PEOPLE, "--prune", "--partial", code=1).stderr
    assert "only people can be pruned" in home.take("services", SERVICES, "--prune", code=1).stderr
    home.take("people", PEOPLE.replace("anna@example.org", "x"), "--prune", code=1)
    assert home.house.world.world().people["anna"].active, "a refused row is no leaver"


def test_the_api_wants_an_administrator_and_a_file_it_can_read(home: Home) -> None:
    assert home.post("people", PEOPLE, scope="act").status_code == 403
    assert home.post("cats", "").status_code == 422
    assert home.post("people", PEOPLE, form="application/pdf").status_code == 415
    assert home.post("people", b"name\n\xff").json()["error"]["message"] == "line 2 is not UTF-8"
    assert home.post("people", b"x" * 1_100_000).status_code == 413
    many = home.post("people", "name\n" + "x\n" * 3_000)
    assert many.status_code == 422
    assert many.json()["error"]["message"].startswith("3000 rows are refused")
    assert len(many.json()["error"]["fields"]) == 1_000
    listed = json.dumps([{"id": "anna", "username": "anna", "name": "A", "email": "a@example.org", "odd\ud800": 1}])
    answer = home.post("people", listed, form="application/json", dry_run=True).json()
    assert (answer["written"], answer["effective"], answer["ignored"]) == (False, "", ["odd\\ud800"])


def test_an_export_of_the_house_can_be_brought_back(home: Home, tmp_path: Path) -> None:
    home.take("people", PEOPLE)
    home.take("services", SERVICES)
    home.take("dependencies", DEPENDENCIES)
    home.run("export", str(tmp_path / "all"))
    for kind, table in (("people", "people"), ("services", "services"), ("dependencies", "dependencies")):
        told = json.loads(
            home.run("record", "import", kind, str(tmp_path / "all" / f"{table}.ndjson"), "--json").stdout
        )
        assert told["same"] > 0
        assert told["changes"] == told["refusals"] == []


@pytest.mark.parametrize("kind", ["people", "apps", "devices", "services", "dependencies", "items"])
def test_the_template_is_a_file_with_a_row_of_the_sample_company(home: Home, kind: str) -> None:
    header, row = home.run("record", "template", kind).stdout.splitlines()
    assert row.count(",") >= header.count(",") > 3
    answer = home.post(kind, f"{header}\n{row}\n", dry_run=True).json()
    assert (answer["added"], answer["ignored"]) == (0 if answer["refused"] else 1, [])
    assert all("nobody" in one["reason"] or "no service" in one["reason"] for one in answer["refusals"]), answer


def test_a_file_that_is_not_there_is_wrong_usage(home: Home, tmp_path: Path) -> None:
    assert "cannot be read" in home.run("record", "import", "people", str(tmp_path / "none.csv"), code=2).stderr
