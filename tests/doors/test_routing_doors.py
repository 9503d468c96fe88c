"""Where tickets were solved, as rules for where they go first: through the API, the command line and the console."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.browser.reading import read_page
from tests.browser.site import served
from tests.flow.regrouped_house import RegroupedHouse
from typer.testing import CliRunner

from tickless.app.build import House
from tickless.app.host import Host
from tickless.domain.routing import Routed
from tickless.doors.cli import create_cli

SECRET = "a quiet house is a good house"
DAYS = dt.timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Six tickets about VPN trouble that went to the service desk, and that the network team solved; two of others."""
    opened = RegroupedHouse.open(tmp_path)
    now = opened.now
    told = [("vpn_trouble", "vpn", "desk", "Network", day) for day in range(1, 7)]
    told += [("disk_full", "files", "desk", "desk", 1), ("disk_full", "files", "desk", "desk", 2)]
    with opened.still.house.journal.write() as tx:
        for place, (need, service, own, team, day) in enumerate(told):
            tx.routings.put(
                Routed(id=f"tkt_{place}", case=f"case_{place}", need=need, service=service, own=own, sent_to=own, team=team,
                       at=now - day * DAYS)
            )  # fmt: skip
    opened.still.house.entrance.create_user("boss", roles=["admin"], password=SECRET)
    yield opened.still.house
    opened.close()


@pytest.fixture
def boss(house: House) -> TestClient:
    browser = TestClient(house.site, base_url="http://localhost")
    browser.post("/sign-in", data={"login": "boss", "password": SECRET})
    return browser


def test_the_console_tries_puts_in_force_and_takes_back(house: House, boss: TestClient) -> None:
    page = boss.get("/lessons/routing")
    assert "VPN trouble at vpn" in page.text
    assert "6 of 6" in page.text
    csrf = next(
        one.attributes["value"] for one in read_page(page.text).all("input") if one.attributes.get("name") == "csrf"
    )
    (proposal,) = house.desk.routing.proposals()
    chosen = {"csrf": csrf, f"rule.{proposal.id}": "yes"}
    tried = boss.post("/lessons/routing/chosen", data=chosen | {"deed": "try"}).text
    assert "Of 8 solved tickets 2 went to the right team at once" in tried
    assert house.desk.routing.decided("taught") == []
    assert "In force." in boss.post("/lessons/routing/chosen", data=chosen | {"deed": "teach"}).text
    assert [one.team for one in house.desk.routing.decided("taught")] == ["Network"]
    assert "too early to say" in boss.get("/lessons/routing").text
    boss.post(f"/lessons/routing/{proposal.id}/refuse", data={"csrf": csrf})
    assert [one.reason for one in house.desk.routing.decided("refused")] == ["not so in general"]


def test_the_command_line_and_the_api_say_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    user = next(one for one in house.entrance.users() if one.login == "boss")
    monkeypatch.setenv("TICKLESS_TOKEN", house.entrance.create_token("tests", user=user, scopes=["admin"]).token)
    cli, runner = create_cli(Host()), CliRunner()
    (proposal,) = house.desk.routing.proposals()
    with served(house.site) as url:

        def tickless(*words: str, code: int = 0) -> str:
            done = runner.invoke(cli, ["--url", url, *words])
            assert done.exit_code == code, done.output
            return " ".join(done.output.split())

        assert "vpn trouble at vpn" in tickless("routing", "list")
        assert "8 solved tickets sent again: 2 right at once without, 8 with them fits" in tickless(
            "routing", "try", proposal.id
        )
        tickless("routing", "teach", proposal.id)
        assert "not proposed any more" in tickless("routing", "teach", proposal.id, code=1)
        assert "0 of 6" in tickless("routing", "list")
        tickless("routing", "refuse", proposal.id, "--reason", "dissolved")
        assert "Nothing is proposed" in tickless("routing", "list")
