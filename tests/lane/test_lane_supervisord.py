"""Processes under a real supervisord: killed, restarted once per step, told from their symptom."""

import datetime as dt
from pathlib import Path

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.supervisord import Supervisord
from tests.waiting import until

from tickless.domain.errors import AuthFailed, Unreachable
from tickless.sdk.connector import Instance


def supervisor(server: Supervisord, *, password: str = "", url: str = "") -> Instance:
    settings = {"url": url or server.url, "username": server.username, "password": "env:SUPERVISOR"}
    return instance_of("supervisord", settings, {"SUPERVISOR": password or server.password})


def test_a_killed_service_is_seen_and_restarted(supervisord: Supervisord) -> None:
    here = supervisor(supervisord)
    supervisord.kill()
    down = run(here, "state", process="web").output
    assert (down.running, down.pid, down.started_at) == (False, None, None)
    up = run(here, "restart", process="web").output
    assert (up.running, up.pid) == (True, supervisord.info()["pid"])
    assert abs(dt.datetime.now(dt.UTC) - up.started_at) < dt.timedelta(seconds=30)
    until(supervisord.serves, what="the service to serve again")


def test_a_restart_tried_again_happens_once(supervisord: Supervisord) -> None:
    here = supervisor(supervisord)
    began = dt.datetime.now(dt.UTC)
    first = run(here, "restart", process="web").output.pid
    again = run(here, "restart", process="web", first_started=began)
    assert (again.changed, again.output.pid) == (False, first)


def test_a_try_that_died_before_its_restart_is_made_up_for(supervisord: Supervisord) -> None:
    here = supervisor(supervisord)
    before = run(here, "state", process="web").output.pid
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)  # as if the process had run for a minute before the try
    result = run(here, "restart", process="web", first_started=later)
    assert result.changed
    assert result.output.pid != before


def test_a_stop_and_its_undo(supervisord: Supervisord) -> None:
    here = supervisor(supervisord)
    result = run(here, "stop", process="web")
    assert not supervisord.serves()
    assert result.undo.uses == "supervisord-here.start"
    assert run(here, "start", **result.undo.with_).output.running


def test_the_unix_socket_is_spoken_too(supervisord: Supervisord, tmp_path: Path) -> None:
    assert run(supervisor(supervisord, url=supervisord.socket_url), "state", process="web").output.running
    with pytest.raises(AuthFailed):
        run(supervisor(supervisord, url=supervisord.socket_url, password="wrong"), "state", process="web")
    with pytest.raises(Unreachable):
        run(supervisor(supervisord, url=f"unix://{tmp_path}/no.sock"), "state", process="web")


def test_a_wrong_password_is_a_matter_for_a_person(supervisord: Supervisord) -> None:
    with pytest.raises(AuthFailed):
        run(supervisor(supervisord, password="wrong"), "state", process="web")


@pytest.mark.parametrize("name", ["*", "web:*", "all", "../web", "<x>&", "web\x00"])
def test_odd_names_are_no_process(supervisord: Supervisord, name: str) -> None:
    assert not run(supervisor(supervisord), "state", process=name).output.exists
    assert supervisord.serves()
