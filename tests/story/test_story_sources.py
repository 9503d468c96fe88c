"""A source falls silent and is heard again; one sends too fast; a resolve comes before its trigger."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.sample_house import COMPANY, MONITOR
from tickless.app.serving import local_user
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case
from tickless.doors.entrance.entrance import COOKIE
from tickless.flow.desk.sources import Sources, SourceState
from tickless.sample.estate.control import Estate
from tickless.sdk.testing import closed_port
from tickless.stages.sense.heartbeats import SourceRule

SYSLOG_PORT = closed_port()
MAILER = "nagios@mon.example"
FORM = "application/x-www-form-urlencoded"
WATCHDOG: dict[str, list[dict[str, Any]]] = {
    "alerts": [{"status": "firing", "labels": {"alertname": "Watchdog"}, "startsAt": "2026-03-02T09:00:00Z"}]
}


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any], estate: Estate) -> Iterator[Stage]:
    own, _ = estate.connector_settings()
    connectors = {
        COMPANY: ConnectorUse(use="sample", settings=own),
        MONITOR: ConnectorUse(use="alertmanager"),
        "prometheus": ConnectorUse(use="alertmanager", source=SourceRule(heartbeat=300, beat="Watchdog")),
        "nagios": ConnectorUse(use="nagios", source=SourceRule(heartbeat=3_600)),
        "syslog": ConnectorUse(use="syslog", settings={"tcp_port": SYSLOG_PORT}),
        "mail": ConnectorUse(
            use="email", settings={"authserv_id": "mx.example", "alerts_from": [MAILER], "sender": "help@example"}
        ),
        "narrow": ConnectorUse(use="nagios", source=SourceRule(per_minute=2)),
    }
    with make_stage(connectors=connectors) as made:
        yield made


def send(stage: Stage, source: str, body: Any, content_type: str = "application/json") -> httpx2.Response:
    entrance = stage.house.entrance
    token = entrance.create_token(source, user=local_user(stage.house), scopes=["signals:write"], source=source).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
    given = {"content": body} if isinstance(body, str) else {"json": body}
    return httpx2.post(f"{stage.url}/hooks/{source}", headers=headers, **given)


def silent_cases(stage: Stage, source: str) -> list[Case]:
    return stage.cases(subject=f"ci:source:{source}", need="heartbeat_missed")


def taken_in(stage: Stage) -> bool:
    with stage.house.journal.read() as tx:
        return tx.coordination.cursor("intake") == stage.house.journal.signals.head()


def page(stage: Stage, path: str) -> str:
    entrance = stage.house.entrance
    session = entrance.redeem_link(entrance.make_link(local_user(stage.house)), address="127.0.0.1")
    answer = httpx2.get(stage.url + path, cookies={COOKIE: session.token})
    assert answer.status_code == 200
    return answer.text


def state_of(stage: Stage, name: str) -> SourceState:
    (found,) = [one for one in stage.house.desk.sources.report() if one.name == name]
    return found


def test_a_source_that_falls_silent_is_a_case_that_names_it_until_it_is_heard_again(stage: Stage) -> None:
    watching, now = Sources(stage.house.rooms), stage.house.rooms.clock.now()
    for seconds_ago in (1_000, 800):
        watching.watch(now - dt.timedelta(seconds=seconds_ago))
        assert silent_cases(stage, "prometheus") == []
    for seconds_ago in (600, 570):
        watching.watch(now - dt.timedelta(seconds=seconds_ago))
    (case,) = until(lambda: silent_cases(stage, "prometheus"))
    assert "prometheus" in case.title.raw
    assert [line.ok for line in stage.house.desk.doctor() if line.check == "source prometheus"] == [False]
    assert "silent" in page(stage, "/sources")

    over = {"alerts": [{**WATCHDOG["alerts"][0], "status": "resolved", "endsAt": "2026-03-02T09:05:00Z"}]}
    assert send(stage, "prometheus", over).status_code == 202
    assert state_of(stage, "prometheus").condition == "silent", "the end of its watchdog is no sign of life"

    for _ in range(2):  # a repeat, which is not even stored, is one
        assert send(stage, "prometheus", WATCHDOG).status_code == 202
    until(lambda: state_of(stage, "prometheus").condition == "alive")
    watching.watch(stage.house.rooms.clock.now())
    until(lambda: alert_state(stage, "heartbeat:prometheus", "heartbeats") == "resolved")
    assert not any(line.check == "source prometheus" for line in stage.house.desk.doctor())
    assert len(silent_cases(stage, "prometheus")) == 1


def alert_state(stage: Stage, fingerprint: str, source: str) -> str:
    with stage.house.journal.read() as tx:
        alert = tx.alerts.get(fingerprint, source)
    assert alert is not None
    return alert.state


def test_a_watchdog_opens_no_case(stage: Stage) -> None:
    before = stage.house.journal.signals.head()
    body = {
        "alerts": [{"status": "firing", "labels": {"alertname": "DeadMansSwitch"}, "startsAt": "2026-03-02T09:01:00Z"}]
    }
    assert send(stage, MONITOR, body).json()["new"] == 1
    until(lambda: taken_in(stage))
    (logged,) = stage.house.journal.signals.after(before)
    assert (logged.signal.kind, logged.signal.state) == ("heartbeat", "info")
    assert stage.cases(need="heartbeat_missed", door="machine") == silent_cases(stage, "prometheus")


def test_who_sends_too_fast_is_told_when_to_come_again(stage: Stage) -> None:
    answers = [send(stage, "narrow", f"host=h{number}&state=UP", FORM) for number in range(4)]
    assert [one.status_code for one in answers] == [202, 202, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["error"]["retry"]["when"] == "after"
    until(lambda: state_of(stage, "narrow").life.refused == 2)
    (check,) = [line for line in stage.house.desk.doctor() if line.check == "source narrow"]
    assert "2 were refused" in check.detail


def notice(stage: Stage, kind: str, state: str, since: int, *, host: str) -> None:
    body = f"type={kind}&host={host}&state={state}&since={since}&time={since}&output=x"
    assert send(stage, "nagios", body, FORM).json()["new"] == 1
    until(lambda: taken_in(stage))


def test_a_trigger_that_comes_after_its_resolve_opens_no_case(stage: Stage) -> None:
    notice(stage, "PROBLEM", "DOWN", 1_772_443_000, host="late-1")
    notice(stage, "RECOVERY", "UP", 1_772_443_900, host="late-1")
    cases = len(stage.cases(subject="ci:late-1"))
    notice(stage, "PROBLEM", "DOWN", 1_772_443_500, host="late-1")
    assert len(stage.cases(subject="ci:late-1")) == cases
    notice(stage, "RECOVERY", "UP", 1_772_443_900, host="early-1")
    notice(stage, "PROBLEM", "DOWN", 1_772_443_000, host="early-1")
    assert stage.cases(subject="ci:early-1") == []


def test_an_acknowledgement_changes_nothing_about_the_trouble(stage: Stage) -> None:
    notice(stage, "PROBLEM", "DOWN", 1_772_443_000, host="acked-1")
    notice(stage, "ACKNOWLEDGEMENT", "DOWN", 1_772_443_000, host="acked-1")
    assert alert_state(stage, "nagios/acked-1", "nagios") == "firing"


def test_a_grave_message_of_syslog_is_a_case(stage: Stage) -> None:
    message = b"<10>1 2026-03-02T09:28:41Z vault-9 backup 1 - - disk is full: no space left on device"

    def sent() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", SYSLOG_PORT), timeout=5) as connection:
                connection.sendall(b"%d %s" % (len(message), message))
        except OSError:
            return False
        return True

    until(sent)
    (case,) = until(lambda: stage.cases(subject="ci:vault-9"))
    assert (case.door, case.need) == ("machine", "disk_filling")
    until(lambda: state_of(stage, "syslog").life.payloads == 1)


def test_a_monitors_mail_is_a_case_of_the_machine_door_and_a_persons_is_not(stage: Stage) -> None:
    head = (
        "Authentication-Results: mx.example; dkim=pass header.d={}\nFrom: <{}>\nMessage-ID: <{}@x>\nSubject: {}\n\n{}\n"
    )
    down = "** PROBLEM Host Alert: mailed-1 is DOWN **"
    alert = head.format("mon.example", MAILER, "1", down, "no answer")
    person = head.format("people.example", "ida@people.example", "2", down, "This is what I got from the monitor.")
    before = len(stage.cases(subject="ci:mailed-1"))
    assert send(stage, "mail", person, "message/rfc822").status_code == 202
    until(lambda: taken_in(stage))
    assert len(stage.cases(subject="ci:mailed-1")) == before
    assert send(stage, "mail", alert, "message/rfc822").json()["new"] == 1
    (case,) = until(lambda: stage.cases(subject="ci:mailed-1"))
    assert (case.door, case.need) == ("machine", "service_down")


def test_the_quarantine_of_a_source_is_one_link_away(stage: Stage) -> None:
    assert send(stage, "nagios", {"hello": "world"}).status_code == 400
    assert "/quarantine?source=nagios" in page(stage, "/sources")
    assert "Only what nagios sent" in page(stage, "/quarantine?source=nagios")
