"""A case's page says what the practices know of it: who is called, with whom it is, which change, problem and bridge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.practice_site import PracticeSite, look, practice_site
from tests.flow.practice_house import by

from tickless.domain.change import Change
from tickless.domain.major import DeclareDraft
from tickless.domain.oncall import Layer, ScheduleDraft
from tickless.domain.problem import ProblemDraft
from tickless.domain.supplier import AgreementDraft, Contact, ReferralDraft, Target


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PracticeSite]:
    with practice_site(tmp_path) as made:
        yield made


def test_everything_beside_the_story(site: PracticeSite) -> None:
    desk, now = site.room.desk, site.room.clock.now()
    agreement = desk.suppliers.keep(
        AgreementDraft(title="Hosting", party="Acme", services=("shop",), targets=(Target(priority=1, respond=30),),
                       escalation=(Contact(name="Desk", how="+49 1"),)), by=by("ada"),
    )  # fmt: skip
    with site.room.house.journal.write() as tx:
        tx.change_records.put(
            Change(
                id="chg-9",
                title="shop 2.4",
                service="shop",
                services=("shop",),
                state="watched",
                starts_at=now - dt.timedelta(minutes=5),
                ends_at=now,
                made_by="ci",
                made_at=now,
            )
        )
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    site.room.turn()
    with site.room.house.journal.read() as tx:
        (case,) = tx.cases.where()

    def kinds() -> list[str]:
        return [one["kind"] for one in site.api("ada").get(f"/api/v1/cases/{case.number}/practices").json()["items"]]

    assert kinds() == ["agreement", "change"]
    layer = Layer(people=("cy", "fay"), first_day=dt.date(2026, 3, 2), at=dt.time(8, 0))
    desk.on_call.keep(ScheduleDraft(title="Shop", services=("shop",), layers=(layer,)), by=by("ada"))
    assert kinds() == ["on_call", "agreement", "change"]
    site.room.tick()
    desk.problems.open_problem(ProblemDraft(title="The shop falls over", service="shop", need=case.need), by=by("ada"))
    desk.major.declare(DeclareDraft(case=case.number, commander="ada"), by=by("ada"))
    desk.suppliers.refer(ReferralDraft(case=case.number, agreement=agreement.id), by=by("ada"))
    assert kinds() == ["major_incident", "page", "referral", "change", "problem"]
    page = look(site.browser("ada"), f"/cases/{case.number}").one("main").text
    for words in ("Called: Cy", "With Acme", "shop 2.4", "The shop falls over", "Led by Ada"):
        assert words in page
    assert site.api("dee").get(f"/api/v1/cases/{case.number}/practices").status_code == 403
