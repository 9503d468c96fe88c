"""What maturity and the ledger need beside cases: the house's own numbers, and the terms that hold."""

from __future__ import annotations

from collections.abc import Mapping

import tickless.practices.steering.service as steering_service
from tickless.domain.autonomy import EVERYWHERE
from tickless.domain.steering import Assumption, MaturityAnswer
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.measure_rows import MeasureRows
from tickless.practices.steering.core import MATCH, setting
from tickless.stages.measure.guard import Watch
from tickless.stages.measure.maturity import HouseFacts
from tickless.stages.measure.metrics import Window
from tickless.stages.measure.metrics.material import Costs
from tickless.stages.measure.value import Ledger, Terms

TRIED = ("runbook.rehearsed", "runbook.replayed", "policy.tried")
MOST = 50_000


def terms_of(made: Mapping[str, Assumption]) -> Terms:
    """The terms as they hold, defaults included."""

    def text(name: str) -> str:
        return made[name].value if name in made else setting(name).default

    return Terms(
        agent_hour=float(text("agent_hour")), employee_hour=float(text("employee_hour")), lost_share=float(text("lost_share")),
        rework_minutes=float(text("rework_minutes")), false_action_minutes=float(text("false_action_minutes")),
        upkeep_hours=float(text("upkeep_hours")), model_price=float(text("model_price")),
        count_declared=text("count_declared") == "yes", currency=text("currency"),
        match={name.removeprefix(MATCH): one.value for name, one in made.items() if name.startswith(MATCH)},
    )  # fmt: skip


def costs_of(terms: Terms) -> Costs:
    """What metrics need of the terms."""
    return Costs(agent_hour=terms.agent_hour, employee_hour=terms.employee_hour, lost_share=terms.lost_share,
                 currency=terms.currency)  # fmt: skip


def answers_of(tx: Tx) -> dict[str, MaturityAnswer]:
    """What people said, by question or `claim:<model>`."""
    return {one.id: one for one in tx.maturity_answers.where()}


def claims_of(answers: Mapping[str, MaturityAnswer]) -> dict[str, int]:
    """The levels that people claim, by model."""
    claim = steering_service.CLAIM
    return {name.removeprefix(claim): one.level for name, one in answers.items() if name.startswith(claim)}


def house_facts(tx: Tx, rooms: Rooms, *, window: Window, worth: Ledger, warned: Watch) -> HouseFacts:
    """Counted now, but for what people said, which is counted in the window."""
    rungs = [
        (name, one)
        for name in rooms.runbooks
        for one in rooms.learn.standings(tx, name)
        if one.own or one.scope == EVERYWHERE
    ]
    services = [one for one in rooms.world().services.values() if one.lifecycle == "live"]
    articles = [one for one in tx.articles.where(limit=MOST) if one.state == "published"]
    now = rooms.clock.now()
    changes = tx.change_records.where(limit=MOST)
    problems = [one for one in tx.problem_records.where(limit=MOST) if one.closed_at is not None]
    improved = {one.origin for one in tx.improvements.where(limit=MOST) if one.measured}
    said = tx.ratings.table.c
    told = [one.expected for one in tx.ratings.where(said.at >= window.since, limit=MOST) if one.expected is not None]
    work = [one for one in worth.lines if one.id.startswith("minutes:")]
    gains = sum(one.minutes for one in work if one.basis == "measured")
    claimed = sum(one.minutes for one in worth.lines if one.basis == "declared")
    marks = list(MeasureRows(tx.connection).marks((*TRIED, "autonomy.set"), since=window.since))
    return HouseFacts(
        runbooks=len(rooms.runbooks), verified_runbooks=sum(bool(one.verify) for one in rooms.runbooks.values()),
        automatic=len({name for name, one in rungs if one.rung == "auto"}),
        earned=sum(one.action == "autonomy.set" for one in marks), rehearsed=sum(one.action in TRIED for one in marks),
        services=len(services), owned=sum(bool(one.owner or one.team) for one in services),
        rated=sum(one.criticality is not None for one in services), articles=len(articles),
        reviewed=sum((now - one.reviewed_at).days <= one.review_days for one in articles),
        monitors=MeasureRows(tx.connection).sources(), forecasts=tx.foretold.count(),
        open_warnings=len(warned.warnings) if warned.found else None,
        measured_share=gains / (gains + claimed) if gains + claimed > 0 else None,
        told_first=_told_first(tx, window),
        better=sum(one == "better" for one in told) / len(told) if len(told) >= 10 else None,
        problems=len(problems), problems_measured=sum(one.id in improved for one in problems),
        changes=len([one for one in changes if one.state == "closed"]),
        judged_changes=len([one for one in changes if one.state == "closed" and one.result not in {None, "unknown"}]),
    )  # fmt: skip


def _told_first(tx: Tx, window: Window) -> float | None:
    """Of incidents of the window that hurt more than one person: how many were told of before they were over."""
    cases, told = tx.cases.table.c, tx.bulletins.table.c
    followers = MeasureRows(tx.connection).followers()
    found = [
        one for one in tx.cases.where(cases.kind == "incident", cases.opened_at >= window.since, limit=MOST)
        if followers.get(one.id, 0) > 1
    ]  # fmt: skip
    if not found:
        return None
    first: dict[str, object] = {}
    for one in tx.bulletins.where(told.at >= window.since, order=told.at, limit=MOST):
        first.setdefault(one.case, one.at)
    return sum(one.id in first for one in found) / len(found)
