"""What telemetry foresees in the living company: a risk before any monitor complains, mended, and argued to be prevented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.case import Case
from tickless.flow.foretelling import Foretelling
from tickless.flow.hindsight import Hindsight
from tickless.sample.estate.control import Estate

CERTIFICATE = "login.larkmoor.example"
DISK = ("app-1", "/var")


@pytest.fixture(scope="module")
def told(make_stage: Any, estate: Estate) -> Iterator[Stage]:
    """A house to which the monitor sends what it measures, beside its alerts."""
    with make_stage() as stage:
        estate.point_monitor(f"{stage.url}/hooks/monitor", stage.token, telemetry="/v1/metrics")
        overlook = stage.house.desk.telemetry.overseeing.overlook

        def measured() -> bool:
            stage.house.desk.telemetry.look()
            return len([one for one in overlook.foreseen() if one.measure is not None]) > 3

        until(measured, what="telemetry of disks and certificates")
        yield stage


def case_about(stage: Stage, subject: str) -> Case | None:
    with stage.house.journal.read() as tx:
        return next((case for case in tx.cases.where() if case.subject == subject), None)


def ended(stage: Stage, subject: str) -> Case:
    """The case about that, once it is over."""

    def over() -> bool:
        stage.house.desk.telemetry.look()
        case = case_about(stage, subject)
        return case is not None and case.state in {"resolved", "handed_off", "muted"}

    until(over, what=f"an end of the case about {subject}")
    case = case_about(stage, subject)
    assert case is not None
    return case


def test_a_certificate_that_no_monitor_complains_of_yet_is_renewed_and_prevented(told: Stage, estate: Estate) -> None:
    estate.fault("certificate", CERTIFICATE, days=25)
    case = ended(told, f"ci:certificate:{CERTIFICATE}")
    assert (case.kind, case.need, case.outcome) == ("risk", "certificate_expiring", "prevented")
    assert estate.read("keeper", f"/certificates/{CERTIFICATE}")["days_left"] > 100
    argument = next(one.text for one in case.evidence if one.source == "counterfactual")
    assert "the trend is broken by the action" in argument
    with told.house.journal.read() as tx:
        sightings = tx.sightings.of_case(case.id, case.subject)
        signals = [one.title.raw for one in tx.alerts.joined(case.id)]
    assert {one.basis for one in sightings} == {"calendar"}
    assert any("runs out in 25 days" in title for title in signals)
    lead = next(one for one in case.evidence if one.source == "lead time")
    assert lead.ref == "certificate.renew"
    assert "in 25 days" in lead.text or "in 24 days" in lead.text


def test_the_forecast_that_was_prevented_is_told_so_in_the_week(told: Stage) -> None:
    house = told.house
    Foretelling(house.rooms).look(house.rooms.clock.now())
    with house.journal.read() as tx:
        (said,) = [one for one in tx.foretold.where() if one.subject == f"ci:certificate:{CERTIFICATE}"]
    assert (said.fate, said.basis) == ("prevented", "calendar")
    section = house.desk.reports.week(days=1).section("forecasts")
    assert "1 prevented" in section.told
    assert any(row.told == said.told for row in section.rows)


def test_once_it_is_renewed_the_forecast_is_over_and_nothing_comes_back(told: Stage, estate: Estate) -> None:
    subject = f"ci:certificate:{CERTIFICATE}"
    case = ended(told, subject)

    def quiet() -> bool:
        told.house.desk.telemetry.look()
        with told.house.journal.read() as tx:
            return all(alert.state == "resolved" for alert in tx.alerts.of_case(case.id))

    until(quiet, what="the forecast to be over")
    again = case_about(told, subject)
    assert again is not None
    assert (again.outcome, again.regressions) == ("prevented", 0)


def test_what_was_only_verified_becomes_prevented_once_telemetry_has_measured_it(told: Stage) -> None:
    """As if the checks had read nothing that argues: telemetry has measured the same meanwhile."""
    house, now = told.house, told.house.rooms.clock.now()
    case = case_about(told, f"ci:certificate:{CERTIFICATE}")
    assert case is not None
    with house.journal.write() as tx:
        bare = [one for one in case.evidence if one.source != "counterfactual"]
        tx.cases.put(case.model_copy(update={"outcome": "verified", "updated_at": now, "evidence": tuple(bare)}))
        (verdict,) = tx.verdicts.by(case=case.id)
        tx.verdicts.put(verdict.model_copy(update={"readings": ()}))

    def prevented() -> bool:
        house.desk.telemetry.look()
        Hindsight(house.rooms).look(house.rooms.clock.now())
        with house.journal.read() as tx:
            return tx.cases.need(case.id).outcome == "prevented"

    until(prevented, what="telemetry to have measured it")  # it does so by the minute
    with house.journal.read() as tx:
        again = tx.cases.need(case.id)
        audited = [row.action for row in tx.audit.rows(case=case.id)]
    assert "by telemetry" in again.evidence[-1].text
    assert audited.count("case.prevented") == 2


def test_a_disk_that_has_stopped_filling_is_cleaned_and_not_called_prevented(told: Stage, estate: Estate) -> None:
    host, path = DISK
    estate.fault("disk", f"{host}:{path}", to_percent=90, seconds=0)
    case = ended(told, f"ci:{host}:{path}")
    assert (case.kind, case.need, case.outcome) == ("risk", "disk_filling", "verified")
    assert any(one.source == "counterfactual" for one in case.evidence)
