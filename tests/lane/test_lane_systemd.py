"""systemd for real: a killed unit is seen, restarted, and what the settings do not name stays untouched."""

import datetime as dt
from typing import Any

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.over_ssh import access, key_of
from tests.servers.sshd import Sshd
from tests.servers.systemd import Systemd

from tickless.domain.errors import Rejected
from tickless.sdk.connector import Instance


def units(systemd: Systemd, sshd: Sshd, **changes: Any) -> Instance:
    settings = {
        **access(sshd),
        "units": {
            "shop": {"host": "web-1", "unit": systemd.shop},
            "bad": {"host": "web-1", "unit": systemd.broken},
        },
        "scope": "user",
        "runtime_folder": str(systemd.runtime),
        **changes,
    }
    return instance_of("systemd", settings, key_of(sshd))


def test_a_killed_unit_is_seen_and_restarted(systemd: Systemd, sshd: Sshd) -> None:
    here = units(systemd, sshd)
    systemd.kill(systemd.shop)
    state = run(here, "state", process="shop").output
    assert (state.running, state.state, state.pid) == (False, "failed: signal", None)
    assert run(here, "failed", host="web-1").output.units == (systemd.shop,)
    assert run(here, "restart", process="shop").output.running
    assert systemd.state(systemd.shop) == "active"
    assert run(here, "failed", host="web-1").output.units == ()


def test_a_restart_is_not_done_twice_by_a_repeated_try(systemd: Systemd, sshd: Sshd) -> None:
    here = units(systemd, sshd)
    began = dt.datetime.now(dt.UTC)
    systemd.control("restart", systemd.shop)
    pid = systemd.pid(systemd.shop)
    assert not run(here, "restart", first_started=began, process="shop").changed
    assert systemd.pid(systemd.shop) == pid
    assert run(here, "restart", first_started=began + dt.timedelta(hours=1), process="shop").changed
    assert systemd.pid(systemd.shop) != pid


def test_a_unit_that_cannot_start_says_so(systemd: Systemd, sshd: Sshd) -> None:
    with pytest.raises(Rejected, match="could not do that"):
        run(units(systemd, sshd), "start", process="bad")


def test_no_other_unit_is_touched(systemd: Systemd, sshd: Sshd) -> None:
    for name in (systemd.shop, "default.target", "shop --no-block", "--version"):
        with pytest.raises(Rejected, match="no such unit"):
            run(units(systemd, sshd), "stop", process=name)
    assert systemd.state(systemd.shop) == "active"


def test_rights_come_from_the_hosts_own_prefix(systemd: Systemd, sshd: Sshd) -> None:
    here = units(systemd, sshd, **access(sshd, become=("false",)))
    assert run(here, "state", process="shop").output.running
    with pytest.raises(Rejected):
        run(here, "stop", process="shop")
    assert systemd.state(systemd.shop) == "active"
