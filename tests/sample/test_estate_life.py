"""Who may come in, who finds the company again, and that no process is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from tests.sample.hands import CONNECTOR, Hands
from tests.waiting import until

from tickless.domain.errors import AuthFailed, NotFound, OutsideError, Rejected
from tickless.kit.clock import SystemClock
from tickless.sample.company import Company
from tickless.sample.estate.blueprint import PORTS_TAKEN, write_blueprint
from tickless.sample.estate.control import Estate
from tickless.sdk.connector import Call
from tickless.sdk.registry import make_instance
from tickless.sdk.secrets import Secrets


def test_the_office_may_die_and_forgets_nothing(hands: Hands, estate: Estate, company: Company) -> None:
    who = company.people[65].username
    hands.do("add_to_group", "run:group", username=who, group="app-rowan-sql")
    estate.fault("kill", "office")
    with pytest.raises(OutsideError):
        hands.ask("account", username=who)
    hands.do("process_start", "run:office", process="office")
    assert hands.ask("member", username=who, group="app-rowan-sql").member
    assert ("directory.add_to_group", f"{who}/app-rowan-sql") in hands.effects()
    until(lambda: hands.healthy("mail"))


def test_the_connectors_token_can_change_things_but_not_break_them(hands: Hands, estate: Estate) -> None:
    for url, body in (
        ("keeper", {"kind": "kill", "target": "orders-db"}),
        ("office", {"kind": "lock", "target": "jon.park"}),
    ):
        request = urllib.request.Request(f"{estate.urls[url]}/faults", json.dumps(body).encode(), method="POST")
        for token, status in ((estate.token, 403), ("wrong", 401)):
            request.add_header("Authorization", f"Bearer {token}")
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=5)
            assert refused.value.code == status
            refused.value.close()
    settings, _ = estate.connector_settings()
    stranger = make_instance("sample", CONNECTOR, settings, Secrets({"TICKLESS_SAMPLE_TOKEN": "wrong"}))
    look = CONNECTOR.operations["account"]
    with pytest.raises(AuthFailed):
        look.run(Call(stranger, "k", SystemClock().now(), 5.0), look.params.model_validate({"username": "jon.park"}))


def test_a_fault_that_does_not_exist_is_refused_by_name(hands: Hands, estate: Estate) -> None:
    for kind, target in (
        ("kill", "no-such-process"),
        ("pool", "intranet"),
        ("lock", "nobody"),
        ("disk", "db-1:/nowhere"),
    ):
        with pytest.raises(Rejected):
            estate.fault(kind, target)  # type: ignore[arg-type]


ATTACH = """
import sys; from pathlib import Path
from tickless.sample.estate.control import Estate
estate = Estate.attach(Path(sys.argv[1]))
estate.fault("lock", "tom.baker"); estate.stop()
"""


def test_another_process_finds_the_same_company(hands: Hands, estate: Estate, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ATTACH, str(estate.blueprint.folder)], check=True, timeout=60)
    assert hands.ask("account", username="tom.baker").locked
    with pytest.raises(NotFound):
        Estate.attach(tmp_path)


PARENT = """
import sys; from pathlib import Path
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate
estate = Estate.start(make_company(), Path(sys.argv[1]), interval=5)
print(estate._ground.pid, flush=True); sys.stdin.read()
"""


def group_members(group: int) -> list[int]:
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            alive.append(int(stat.parent.name))
    return alive


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
@pytest.mark.parametrize("victim", ["parent", "ground"])
def test_no_process_outlives_the_one_that_started_it(victim: str, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "estate")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        group = int(parent.stdout.readline())
        assert len(group_members(group)) > 15
        os.kill(parent.pid if victim == "parent" else group, signal.SIGKILL)
        until(lambda: not group_members(group))
        parent.kill()


def test_a_folder_in_use_is_refused(hands: Hands, estate: Estate, company: Company) -> None:
    with pytest.raises(Rejected, match="not empty"):
        Estate.start(company, estate.blueprint.folder)


def test_a_reset_makes_it_the_first_day_again(hands: Hands, estate: Estate, company: Company) -> None:
    who, laptop = company.people[80].username, company.laptop(company.people[80].id).tag
    for fault, target in (("lock", who), ("mailbox_full", who), ("device_offline", laptop), ("kill", "stock-db")):
        estate.fault(fault, target)  # type: ignore[arg-type]
    estate.fault("errors", "price-engine")
    estate.fault("certificate", "shop.larkmoor.example", days=1)
    estate.fault("disk", "app-2:/var", seconds=0)
    hands.do("phone_send", phone="+447700900200", text="hello")
    estate.reset()
    assert not hands.ask("account", username=who).locked
    assert hands.ask("mailbox_quota", username=who).percent < 100
    assert hands.ask("device", device=laptop).online
    assert hands.healthy("stock-db")
    assert hands.healthy("price-engine")
    assert hands.ask("certificate_state", name="shop.larkmoor.example").days_left > 170
    assert hands.ask("disk_usage", host="app-2", path="/var").percent < 50
    assert (estate.effects(), estate.sms("+447700900200")) == ([], [])


def test_a_second_company_on_the_same_ports_gives_up_with_a_word_for_it(estate: Estate, tmp_path: Path) -> None:
    taken = write_blueprint(replace(estate.blueprint, directory=str(tmp_path)))
    ground = [sys.executable, "-m", "tickless.sample.estate.ground", str(taken)]
    with subprocess.Popen(ground, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as second:
        assert second.wait(60) == PORTS_TAKEN
    assert Estate.attach(estate.blueprint.folder).urls == estate.urls
