"""What breaks on the ground really breaks, is felt by whoever depends on it, and heals."""

from __future__ import annotations

import socket
import ssl
import time

import pytest
from tests.sample.hands import Hands
from tests.waiting import until

from tickless.domain.errors import Rejected
from tickless.sample.estate.control import Estate


def test_a_killed_service_takes_its_callers_along_and_a_restart_heals_all(hands: Hands, estate: Estate) -> None:
    assert hands.healthy("online-store")
    estate.fault("kill", "orders-db")
    assert not hands.ask("process_state", process="orders-db").running
    above = ("orders-db", "orders-api", "checkout-api", "shop-web", "online-store", "reporting")
    until(lambda: not any(hands.healthy(service) for service in above))
    assert hands.healthy("intranet")
    restarted = hands.do("process_restart", process="orders-db")
    assert restarted.output.running
    until(lambda: all(hands.healthy(service) for service in above))


def test_a_hung_process_is_up_for_the_supervisor_and_down_for_its_users(hands: Hands, estate: Estate) -> None:
    estate.fault("hang", "search-api")
    assert hands.ask("process_state", process="search-api").running
    assert not hands.healthy("search-api")
    hands.do("process_restart", process="search-api")
    until(lambda: hands.healthy("search-api"))


def test_an_exhausted_pool_fails_requests_until_it_is_recycled(hands: Hands, estate: Estate) -> None:
    estate.fault("pool", "warehouse-api")
    full = hands.ask("pool_state", service="warehouse-api")
    assert full.in_use == full.size == 6
    until(lambda: not hands.healthy("warehouse-api"))
    until(lambda: not hands.healthy("picking"))
    recycled = hands.do("pool_recycle", service="warehouse-api")
    assert recycled.changed
    until(lambda: hands.healthy("picking"))


def test_a_filling_disk_is_cleaned_of_old_logs_and_data_is_never_touched(hands: Hands, estate: Estate) -> None:
    place = {"host": "db-2", "path": "/srv"}
    root = estate.blueprint.folder / "disks" / "db-2" / "srv"
    data = (root / "data" / "store.dat").read_bytes()
    before = hands.ask("disk_usage", **place).percent
    estate.fault("disk", "db-2:/srv", to_percent=92, seconds=1.5)
    until(lambda: hands.ask("disk_usage", **place).percent > 90)
    cleaned = hands.do("disk_clean_up", older_than_days=7, **place)
    assert cleaned.changed
    assert cleaned.output.percent < before + 5
    assert hands.ask("disk_usage", **place).percent == cleaned.output.percent
    assert (root / "data" / "store.dat").read_bytes() == data
    recent = [path for path in (root / "logs").iterdir() if path.stat().st_mtime > time.time() - 6.9 * 86_400]
    assert recent


def test_nothing_is_deleted_where_the_settings_do_not_allow_it(hands: Hands, estate: Estate) -> None:
    with pytest.raises(Rejected):
        hands.do("disk_clean_up", host="db-1", path="/")


def test_a_certificate_is_a_real_one_and_renewing_shows_a_new_one(hands: Hands, estate: Estate) -> None:
    name = "login.larkmoor.example"
    estate.fault("certificate", name, days=3)
    old = hands.ask("certificate_state", name=name)
    assert 2.9 < old.days_left <= 3
    assert hands.do("certificate_renew", name=name).changed
    new = hands.ask("certificate_state", name=name)
    assert new.days_left > 170
    assert new.serial != old.serial
    trusted = ssl.create_default_context(cafile=str(estate.blueprint.folder / "certificates" / "ca.pem"))
    port = estate.blueprint.find("sign-in").tls_port  # type: ignore[union-attr]
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusted.wrap_socket(plain, server_hostname=name) as secured,
    ):
        assert int(secured.getpeercert()["serialNumber"], 16) == int(new.serial, 16)  # type: ignore[index, arg-type]


def test_a_disk_that_is_full_stops_the_service_on_it_until_there_is_room(hands: Hands, estate: Estate) -> None:
    estate.fault("disk", "db-1:/srv", to_percent=100, seconds=0)
    until(lambda: "full" in hands.ask("health_check", service="orders-db").detail)
    until(lambda: not hands.healthy("checkout-api"))
    hands.do("disk_clean_up", host="db-1", path="/srv")
    until(lambda: hands.healthy("checkout-api"))
