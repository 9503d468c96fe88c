"""A few records of each practice for the sample company, written down by the desks as people would."""

from __future__ import annotations

import datetime as dt

from tickless.app.build import House
from tickless.domain.change import Bearing, Change, ChangeDraft, ChangeOutcome, ModelDraft, Risk
from tickless.domain.improvement import Counted, ImprovementDraft
from tickless.domain.major import DeclareDraft, MajorIncident, RehearsalDraft, UpdateDraft
from tickless.domain.oncall import Layer, ScheduleDraft
from tickless.domain.portfolio import AssetDraft, EntryDraft, FailoverDraft
from tickless.domain.practice import Event
from tickless.domain.problem import AnalysisDraft, ProblemDraft
from tickless.domain.supplier import AgreementDraft, Contact, Target
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.keeping import Keeper
from tickless.practices.changes.core import Asked, risk_of

BY = Keeper("sample", roles=frozenset({"admin"}))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SERVICES = ("orders-db", "shop-web", "report-builder", "intranet", "payments-api", "vpn-gateway")


def fill(house: House) -> bool:
    """Write them down once; False where the company's services or enough people are missing, or it was done before."""
    desk, world, now = house.desk.practices, house.rooms.world(), house.rooms.clock.now()
    people = sorted(one.id for one in world.people.values() if one.active and one.department in {"IT", "Engineering"})
    if len(people) < 6 or not set(SERVICES) <= set(world.services) or desk.changes.standard.listed():
        return False
    _changes(house, desk, now)
    _bridge(desk, people)
    _rota(desk, people, now)
    _causes(desk, people, now)
    _others(desk, people, now)
    return True


def _changes(house: House, desk: PracticesDesk, now: dt.datetime) -> None:
    model = desk.changes.standard.authorise(
        ModelDraft(title="Release of the report builder", services=("report-builder",), most_risk=70, backout="tested",
                   backout_plan="Deploy the release before", check="The nightly report is there"), by=BY,
    )  # fmt: skip
    tomorrow = now.replace(minute=0, second=0, microsecond=0) + DAY
    planned = desk.changes.raise_change(
        ChangeDraft(title="Report builder 5.2", services=("report-builder",), model=model.id, starts_at=tomorrow,
                    ends_at=tomorrow + HOUR, why="Faster reports"), by=BY,
    )  # fmt: skip
    desk.changes.submit(planned.change.id, by=BY)
    desk.changes.raise_change(
        ChangeDraft(title="New disks for the orders database", services=("orders-db",), starts_at=tomorrow + 2 * HOUR,
                    ends_at=tomorrow + 4 * HOUR, backout="written", backout_plan="The old disks stay in place for a week",
                    check="Orders are written and read", why="It is full in three weeks"), by=BY,
    )  # fmt: skip
    with house.journal.write() as tx:
        for days, title, service, said, result, words in (
            (
                6,
                "Intranet search index",
                "intranet",
                "done",
                "success",
                "0 alerts began to fire; 0.3 are usual in such a time.",
            ),
            (
                13,
                "Payments 7.1",
                "payments-api",
                "done",
                "failed",
                "Case 1204 (priority 1) began at its services, with this change among the suspects: Payments time out",
            ),
            (
                20,
                "VPN gateway firmware",
                "vpn-gateway",
                "backed_out",
                "backed_out",
                "Who made it says that it was backed out.",
            ),
        ):
            at = now - days * DAY
            risk = risk_of(Asked((service,), at, at + HOUR, "written"), house.rooms.world())
            tx.change_records.put(
                _past(f"chg-sample-{days}", title, service, told=(said, result, words), at=at, risk=risk)
            )


def _past(
    identity: str, title: str, service: str, *, told: tuple[str, str, str], at: dt.datetime, risk: Risk
) -> Change:
    """A change of the company's past, with what came of it."""
    said, result, words = told
    after = at + 2 * HOUR
    speaks = "for" if result == "success" else "against"
    kind = {"success": "alerts", "failed": "incident", "backed_out": "report"}[result]
    bearing = Bearing.model_validate({"kind": kind, "at": after, "words": words, "speaks": speaks})
    outcome = ChangeOutcome.model_validate(
        {"result": result, "at": at + 6 * HOUR, "evidence": (bearing,), "until": at + 5 * HOUR}
    )
    return Change.model_validate(
        {"id": identity, "title": title, "service": service, "services": (service,), "state": "closed", "backout": "written",
         "starts_at": at, "ends_at": at + HOUR, "begun_at": at, "finished_at": at + HOUR, "said": said, "made_by": "sample",
         "made_at": at - DAY, "outcome": outcome, "risk": risk,
         "story": (Event(at=at + 6 * HOUR, by="tickless", kind="outcome", text=f"{result.replace('_', ' ')}: {words}"),)}
    )  # fmt: skip


def _bridge(desk: PracticesDesk, people: list[str]) -> MajorIncident:
    played = desk.major.rehearse(RehearsalDraft(title="Drill: a database breaks", service="orders-db", seed=7), by=BY)
    roles = DeclareDraft(rehearsal=played.id, commander=people[0], communications=people[1], specialists=(people[2], people[3]),
                         bridge="https://meet.larkmoor.example/bridge")  # fmt: skip
    major = desk.major.declare(roles, by=BY)
    desk.major.update(major.id, UpdateDraft(text="Orders are slow. A team is on it; the tills work."), by=BY)
    desk.major.name_cause(major.id, "orders-db", by=BY)
    return desk.major.stand_down(major.id, "The drill is over. Thank you.", by=BY)


def _rota(desk: PracticesDesk, people: list[str], now: dt.datetime) -> None:
    first = now.date() - dt.timedelta(days=now.weekday() + 14)
    desk.on_call.keep(
        ScheduleDraft(title="Online store", services=("shop-web", "orders-db", "payments-api"), zone="Europe/Berlin", page_at=0,
                      layers=(Layer(people=tuple(people[:4]), first_day=first),)), by=BY,
    )  # fmt: skip
    desk.on_call.keep(
        ScheduleDraft(
            title="Everything else, at night",
            zone="Europe/Berlin",
            page_at=0,
            layers=(
                Layer(people=tuple(people[4:6]), first_day=first, hours="Mon-Fri 18:00-08:00, Sat-Sun 00:00-24:00"),
            ),
        ),
        by=BY,
    )


def _causes(desk: PracticesDesk, people: list[str], now: dt.datetime) -> None:
    problem = desk.problems.open_problem(
        ProblemDraft(title="The orders database fills its disk every few weeks", service="orders-db", owner=people[2],
                     why="Four incidents in a quarter, each cleaned by hand"), by=BY,
    )  # fmt: skip
    desk.problems.analyse(problem.id, AnalysisDraft(cause="Logs of the database are never cut"), by=BY)
    desk.improvements.propose(
        ImprovementDraft(title="Cut the logs of the orders database each night", owner=people[3], due_at=now + 21 * DAY,
                         origin=problem.id, service="orders-db", counted=Counted(service="orders-db", days=28), expected=0,
                         measure="Incidents at the orders database"), by=BY,
    )  # fmt: skip
    done = desk.improvements.propose(
        ImprovementDraft(title="Fewer questions in the software form", owner=people[4], due_at=now + 7 * DAY, baseline=12,
                         expected=6, unit="questions", measure="Questions of the form"), by=BY,
    )  # fmt: skip
    desk.improvements.move(done.improvement.id, "begin", by=BY, note="The form is being cut.")


def _others(desk: PracticesDesk, people: list[str], now: dt.datetime) -> None:
    desk.suppliers.keep(
        AgreementDraft(
            title="Card payments",
            party="Northgate Payments",
            services=("payments-api",),
            hours="24x7",
            reference="NP-2291",
            targets=(Target(priority=1, respond=15, resolve=240), Target(priority=2, respond=60, resolve=480)),
            escalation=(
                Contact(name="Service desk", how="+49 30 5550 100"),
                Contact(name="Duty manager", how="+49 30 5550 101", after=60),
            ),
            ends_on=(now + 110 * DAY).date(),
            notice_days=90,
            owner=people[0],
        ),
        by=BY,
    )
    desk.suppliers.keep(
        AgreementDraft(title="Network of the stores", kind="ola", party="Network team", services=("vpn-gateway",),
                       hours="Mon-Sat 07:00-21:00 Europe/Berlin", targets=(Target(priority=1, respond=30),)), by=BY,
    )  # fmt: skip
    desk.portfolio.keep("orders-db", EntryDraft(support="Two tiers: operations by day, on call at night", recovery_minutes=60,
                                                loss_minutes=5), by=BY)  # fmt: skip
    desk.portfolio.failover("orders-db", FailoverDraft(at=now - 40 * DAY, recovery_minutes=42, loss_minutes=1,
                                                       evidence="Drill of the second site, protocol 17"), by=BY)  # fmt: skip
    desk.portfolio.keep(
        "payments-api", EntryDraft(support="With Northgate Payments", recovery_minutes=30, loss_minutes=0), by=BY
    )
    desk.portfolio.failover("payments-api", FailoverDraft(at=now - 13 * DAY, recovery_minutes=95, loss_minutes=0,
                                                          evidence="The outage after Payments 7.1"), by=BY)  # fmt: skip
    today = now.date()
    for draft in (
        AssetDraft(title="Database server db-1", kind="server", service="orders-db", owner=people[2], serial="DB1-7731",
                   warranty_until=today + 400 * DAY, supported_until=today + 900 * DAY, open_weaknesses=0),
        AssetDraft(title="VPN appliance edge-1", kind="network", service="vpn-gateway", owner=people[5], serial="E1-0042",
                   warranty_until=today - 90 * DAY, supported_until=today + 60 * DAY, open_weaknesses=3),
        AssetDraft(title="Label printer hall 2", kind="other", serial="LP-2"),
    ):  # fmt: skip
        desk.portfolio.keep_asset(draft, by=BY)
