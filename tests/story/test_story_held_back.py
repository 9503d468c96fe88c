"""Alerts of the company's own monitor are held back: silenced, under planned work, and handed back to be mended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.sample_house import MONITOR
from tickless.app.serving import local_user
from tickless.domain.hold import Hold
from tickless.journal.alerts import Alert
from tickless.stages.correlate.hygiene.options import HygieneSettings


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage(hygiene=HygieneSettings(grace=1)) as made:
        yield made


@pytest.fixture(scope="module")
def http(stage: Stage) -> Iterator[httpx2.Client]:
    token = stage.house.entrance.create_token("op", user=local_user(stage.house), scopes=["act", "read"]).token
    with httpx2.Client(
        base_url=f"{stage.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as client:
        yield client


def alerts_of(stage: Stage, service: str, *, state: str = "firing") -> list[Alert]:
    with stage.house.journal.read() as tx:
        found = tx.alert_book.newest(source=MONITOR, firing=None)
    return [one.alert for one in found if one.alert.service == service and one.alert.state == state]


def held(stage: Stage, service: str) -> Hold | None:
    """What holds back the alert of a service, once it fires."""
    with stage.house.journal.read() as tx:
        holds = tx.holds.newest(limit=200)
    return next((one for one in holds if one.service == service and one.ended_at is None), None)


def in_minutes(minutes: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()


def test_a_silenced_outage_is_mended_only_when_its_silence_is_ended(stage: Stage, http: httpx2.Client) -> None:
    given = {"matchers": ['service="search-api"'], "reason": "the vendor tries something", "ends_at": in_minutes(30)}
    made = http.post("/silences", json=given).json()
    stage.estate.fault("kill", "search-api")
    hold = until(lambda: held(stage, "search-api"))
    assert (hold.reason, hold.ref, hold.why) == ("silenced", made["id"], "Silenced: the vendor tries something")
    assert stage.cases(service="search-api") == []
    assert stage.effects("process.start") == []
    assert http.post(f"/silences/{made['id']}/expire").json()["state"] == "expired"
    case = stage.over(subject="service:search-api", need="service_down")
    assert case.outcome == "verified"
    assert stage.effects("process.start") == ["search-api"]
    assert any(piece.source == "hygiene" and "Silenced" in piece.text for piece in case.evidence)
    until(lambda: not alerts_of(stage, "search-api"))


def test_what_planned_work_explains_and_is_over_with_it_opens_no_case(stage: Stage, http: httpx2.Client) -> None:
    window = {"service": "payroll", "title": "New release", "starts_at": in_minutes(0), "ends_at": in_minutes(30)}
    made = http.post("/maintenance", json=window).json()
    stage.estate.fault("errors", "payroll")
    hold = until(lambda: held(stage, "payroll"))
    assert (hold.reason, hold.ref) == ("maintenance", made["id"])
    stage.estate.heal("errors", "payroll")
    until(lambda: held(stage, "payroll") is None)
    http.post(f"/maintenance/{made['id']}/cancel")
    with stage.house.journal.read() as tx:
        ends = {one.end for one in tx.holds.newest(ref=made["id"])}
    assert ends == {"resolved"}
    assert stage.cases(service="payroll") == []


def test_what_fires_still_when_planned_work_ends_is_mended_then(stage: Stage, http: httpx2.Client) -> None:
    window = {"service": "intranet", "title": "New release", "starts_at": in_minutes(0), "ends_at": in_minutes(0.2)}
    http.post("/maintenance", json=window)
    stage.estate.fault("kill", "intranet")
    assert until(lambda: held(stage, "intranet")).reason == "maintenance"
    case = until(lambda: next(iter(stage.cases(subject="service:intranet", need="service_down")), None))
    done = stage.over(subject="service:intranet", need="service_down")
    assert (done.id, done.outcome) == (case.id, "verified")
    assert any("Planned work on" in piece.text for piece in done.evidence)


def test_one_alert_can_be_let_through_and_the_rest_stays_quiet(stage: Stage, http: httpx2.Client) -> None:
    given = {"matchers": ["service=~warehouse-api|till-hub"], "reason": "drill", "ends_at": in_minutes(30)}
    made = http.post("/silences", json=given).json()
    stage.estate.fault("kill", "warehouse-api")
    stage.estate.fault("kill", "till-hub")
    first = until(lambda: held(stage, "warehouse-api"))
    other = until(lambda: held(stage, "till-hub"))
    answer = http.post("/alerts/hand-back", json={"source": first.source, "fingerprint": first.fingerprint})
    assert answer.status_code == 200
    assert stage.over(subject="service:warehouse-api", need="service_down").outcome == "verified"
    with stage.house.journal.read() as tx:
        still = tx.holds.get(other.id)
    assert still is not None
    assert still.ended_at is None
    assert stage.cases(service="till-hub") == []
    http.post(f"/silences/{made['id']}/expire")
    assert stage.over(subject="service:till-hub", need="service_down").outcome == "verified"
