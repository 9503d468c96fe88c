"""From a real alert of the company's monitor to the verdict, for every runbook that machines reach."""

from __future__ import annotations

import asyncio

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.demo_storm import dependents, post_alerts, storm
from tickless.domain.case import Case
from tickless.domain.errors import Unreachable


def _about(stage: Stage, subject: str, need: str) -> list[Case]:
    return stage.cases(subject=subject, need=need)


def test_a_killed_service_is_started_and_asked_as_its_users_ask_it(stage: Stage) -> None:
    stage.estate.fault("kill", "till-hub")
    case = stage.over(subject="service:till-hub", need="service_down")
    story = stage.story(case)
    assert (case.kind, case.outcome, case.impact.criticality) == ("incident", "verified", 1)
    assert stage.effects("process.start") == ["till-hub"]
    assert stage.estate.status("till-hub") == 200
    assert story.verdicts[-1].readings[-1].uses == "health.check"
    assert not any(one.live for one in stage.cases(door="machine"))


def test_what_comes_back_inside_the_hold_window_has_regressed_and_is_repaired_again(stage: Stage) -> None:
    stage.estate.fault("kill", "search-api")
    first = stage.over(subject="service:search-api", need="service_down")
    until(lambda: stage.estate.alerts() == [])
    stage.estate.fault("kill", "search-api")

    def again() -> Case | None:
        case = stage.story(first).case
        return case if case.regressions == 1 and not case.live else None

    assert until(again).outcome == "verified"
    assert [one.outcome for one in stage.story(first).resolutions] == ["regressed", "verified"]
    assert len(_about(stage, "service:search-api", "service_down")) == 1


def test_a_filling_disk_is_cleaned_before_it_is_full(stage: Stage) -> None:
    stage.estate.fault("disk", "app-2:/var", to_percent=92, seconds=3)
    case = stage.over(subject="ci:app-2:/var", need="disk_filling")
    assert case.kind == "risk"
    assert case.outcome in {"verified", "prevented"}, "within three seconds a forecast may not have been made yet"
    assert stage.effects("disk.clean_up")[0] == "app-2:/var"
    assert stage.estate.read("keeper", "/disks?host=app-2&path=/var")["percent"] < 80


def test_a_certificate_is_renewed_before_it_runs_out(stage: Stage) -> None:
    name = f"shop.{stage.sample.company.domain}"
    stage.estate.fault("certificate", name, days=6)
    case = stage.over(subject=f"ci:certificate:{name}", need="certificate_expiring")
    assert (case.kind, case.outcome) == ("risk", "prevented")
    assert stage.estate.read("keeper", f"/certificates/{name}")["days_left"] > 100


def test_a_full_mailbox_gets_more_room(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("mailbox_full", person.username)
    case = stage.over(subject=f"person:{person.id}", need="mailbox_over_quota")
    assert case.outcome == "verified"
    assert stage.effects("mailbox.set_quota") == [person.username]


def test_an_exhausted_pool_is_recycled_and_its_users_are_served(stage: Stage) -> None:
    stage.estate.fault("pool", "warehouse-api")
    case = stage.over(subject="service:warehouse-api", need="pool_exhausted")
    assert case.outcome == "verified"
    assert "warehouse-api" in stage.effects("pool.recycle")
    assert stage.estate.status("warehouse-api") == 200


def test_an_alert_that_passes_by_itself_is_muted_and_nothing_is_done(stage: Stage) -> None:
    before = len(stage.estate.effects())
    stage.estate.fault("errors", "payroll")
    stage.live(subject="service:payroll")
    stage.estate.heal("errors", "payroll")
    case = stage.over(subject="service:payroll")
    assert (case.outcome, stage.story(case).runs) == ("muted", [])
    assert len(stage.estate.effects()) == before


def test_five_hundred_alerts_of_one_cause_are_one_case(stage: Stage) -> None:
    """Callers all over the map complain, the cause reports itself: one diagnosis, one repair, counted once."""
    company = stage.sample.company
    numbers_before = {case.number for case in stage.cases(door="machine")}
    stage.switch("all", on=True)  # nothing is repaired before all of them have complained
    try:
        stage.estate.fault("kill", "orders-db")
        case = until(lambda: next(iter(_about(stage, "service:orders-db", "service_down")), None))
        post_alerts(stage.url, stage.token, storm(company, "orders-db", 500))
        until(lambda: stage.story(case).signals >= 500, lambda: _spread(stage, numbers_before))
    finally:
        stage.switch("all", on=False)
    done = stage.over(subject="service:orders-db", need="service_down")
    post_alerts(stage.url, stage.token, storm(company, "orders-db", 500, over=True))
    fresh = [one for one in stage.cases(door="machine") if one.number not in numbers_before]
    assert [one.id for one in fresh] == [done.id]
    assert done.outcome == "verified"
    assert stage.effects("process.start").count("orders-db") == 1
    assert len(stage.story(done).resolutions) == 1
    assert any("Orders database" in piece.text for piece in done.evidence)


def _spread(stage: Stage, before: set[int]) -> str:
    """Over which cases the alerts are spread."""
    fresh = [one for one in stage.cases(door="machine") if one.number not in before]
    return str([(one.number, one.subject, one.need, one.state, stage.story(one).signals) for one in fresh])


def test_a_person_who_reports_a_running_outage_joins_it_and_is_told_when_it_is_over(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("kill", "intranet")
    case = stage.live(subject="service:intranet")
    talk = stage.talk(person).say("is the intranet down? I can't open the staff pages")
    talk.hears("not alone")
    talk.hears("works again")
    assert stage.cases(conversation=talk.conversation) == []
    assert stage.story(case).case.outcome == "verified"


def test_services_that_need_the_broken_one_are_found_over_the_map(stage: Stage) -> None:
    hurt = dependents(stage.sample.company, "orders-db")
    assert {"orders-api", "checkout-api", "online-store"} <= set(hurt)
    assert "till-hub" not in hurt


@pytest.mark.parametrize("token", ["", "tkl_wrong"])
def test_nobody_storms_in_without_a_token(stage: Stage, token: str) -> None:
    before = stage.house.journal.signals.head()
    with pytest.raises(Unreachable):
        post_alerts(stage.url, token, storm(stage.sample.company, "orders-db", 3))
    assert stage.house.journal.signals.head() == before


@pytest.mark.parametrize(
    ("runbook", "inputs"),
    [
        ("disk.clean-up", {"host": "db-1", "path": "/srv"}),
        ("certificate.renew", {"name": "intranet.larkmoor.example"}),
        ("service.restart", {"service": "payments-api", "process": "payments-api"}),
        ("pool.recycle", {"service": "catalog-api"}),
    ],
)
def test_where_all_is_well_nothing_is_done_and_that_is_verified(
    stage: Stage, runbook: str, inputs: dict[str, str]
) -> None:
    """An operator starts it too late: it looks, finds all well, changes nothing, and saves nobody a minute."""
    before = len(stage.estate.effects())
    case = asyncio.run(stage.house.desk.run(runbook, inputs, by="op", reason="to be sure"))
    done = until(lambda: found if not (found := stage.story(case).case).live else None)
    story = stage.story(case)
    assert (done.outcome, story.changed, len(stage.estate.effects())) == ("verified", [], before)
    assert sum(resolution.minutes_saved for resolution in story.resolutions) == 0
