"""The practices' part of a year's deeds: changes, major incidents, problems, improvements, suppliers, on-call, portfolio."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tickless.app.build import House
from tickless.domain.case import Case
from tickless.domain.change import ChangeDraft, ModelDraft
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import Conflict, Forbidden, NotFound
from tickless.domain.improvement import Counted, ImprovementDraft, MeasurementDraft
from tickless.domain.major import DeclareDraft, RehearsalDraft, UpdateDraft
from tickless.domain.oncall import Layer, OverrideDraft, ScheduleDraft
from tickless.domain.person import Person
from tickless.domain.portfolio import AssetDraft, EntryDraft, FailoverDraft
from tickless.domain.problem import AnalysisDraft, ProblemDraft
from tickless.domain.supplier import AgreementDraft, Contact, ReferralDraft, Target
from tickless.flow.keeping import Keeper

ZONE = "Europe/London"
Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Who:
    """Whoever does a deed, with the roles that they have here."""

    person: Person
    keeper: Keeper

    @property
    def id(self) -> str:
        return self.person.id


class Records:
    """What a deed makes is kept under its `key`; later deeds name it by `of`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._desk = house.desk.practices
        self._made: dict[str, str] = {}
        self._deeds: Mapping[str, Callable[[Keeper, Detail], str | None]] = {
            "rota": self._rota, "override": self._override, "agreement": self._agreement, "portfolio": self._portfolio,
            "failover": self._failover, "asset": self._asset, "problem": self._problem, "analyse": self._analyse,
            "close_problem": self._close_problem, "improvement": self._improvement, "improvement_move": self._move,
            "improvement_measure": self._measure, "model": self._model, "change": self._change, "change_begun": self._begun,
            "change_over": self._over, "rehearse": self._rehearse, "declare": self._declare, "update": self._update,
            "cause": self._cause, "stand_down": self._stand_down, "review": self._review, "refer": self._refer,
            "referral": self._referral,
        }  # fmt: skip

    def do(self, kind: str, who: Who, detail: Detail) -> None:
        """Raises `KeyError` for a kind that there is not, and what the desk raises."""
        made = self._deeds[kind](who.keeper, detail)
        if made is not None and "key" in detail:
            self._made[str(detail["key"])] = made

    def made(self, key: str) -> str:
        """Id of what was made under that key. Raises `NotFound`."""
        if key not in self._made:
            raise NotFound(f"nothing was made as {key}")
        return self._made[key]

    async def approve(self, detail: Detail) -> None:
        """As many different people say yes as it takes. What needs nobody's stays as it is."""
        change = self._desk.changes.show(self.made(detail["of"])).change
        for identity in change.approvals:
            for approver in self._approval(identity).approvers:
                if self._approval(identity).state == "pending":
                    await self._says_yes(identity, self._house.rooms.world().people[approver])

    async def _says_yes(self, approval: str, person: Person) -> None:
        """Whoever has said yes in another role may not say it here: then the next one is asked."""
        desk = self._house.desk
        with contextlib.suppress(Conflict, Forbidden):
            await desk.answer_approval(
                approval, by=person, user=person.username, approve=True, reason="Read, with its way back."
            )

    def _approval(self, identity: str) -> ApprovalRequest:
        with self._house.journal.read() as tx:
            return tx.approvals.need(identity)

    def _case(self, service: str, since: dt.datetime) -> Case:
        """The first incident since then at the service, or else at what needs it: where it was felt."""
        felt = [service, *self._house.rooms.world().dependents_of(service)]
        with self._house.journal.read() as tx:
            table = tx.cases.table.c
            found = tx.cases.where(
                table.service.in_(felt), table.kind == "incident", order=table.number.desc(), limit=100
            )
        begun = [one for one in found if one.opened_at >= since - dt.timedelta(minutes=5)]
        begun.sort(key=lambda one: (one.service == service, one.opened_at), reverse=True)
        if not begun:
            raise NotFound(f"no incident began at {service}")
        return begun[-1]

    # on-call, suppliers, portfolio

    def _rota(self, by: Keeper, one: Detail) -> str:
        layer = Layer(people=tuple(one["people"]), first_day=one["first_day"], hours=one.get("hours", ""))
        draft = ScheduleDraft(title=one["title"], services=one["services"], zone=ZONE, page_at=2, layers=(layer,))
        return self._desk.on_call.keep(draft, by=by).id

    def _override(self, by: Keeper, one: Detail) -> None:
        draft = OverrideDraft(person=one["person"], starts_at=one["begins"], ends_at=one["ends"], why=one["why"])
        self._desk.on_call.override(self.made(one["of"]), draft, by=by)

    def _agreement(self, by: Keeper, one: Detail) -> str:
        draft = AgreementDraft(
            title=one["title"], kind=one["kind_of"], party=one["party"], services=one["services"], hours=one["hours"],
            reference=one["reference"], ends_on=one.get("ends"), notice_days=90 if one.get("ends") else 0,
            targets=tuple(Target(priority=p, respond=respond, resolve=resolve) for p, respond, resolve in one["targets"]),
            escalation=tuple(Contact(name=name, how=how, after=after) for name, how, after in one["contacts"]),
        )  # fmt: skip
        return self._desk.suppliers.keep(draft, by=by).id

    def _refer(self, by: Keeper, one: Detail) -> str:
        case = self._case(one["case_of"], one["since"])
        draft = ReferralDraft(case=case.number, agreement=self.made(one["of"]), reference=one["reference"])
        return self._desk.suppliers.refer(draft, by=by).referral.id

    def _referral(self, by: Keeper, one: Detail) -> None:
        self._desk.suppliers.move(self.made(one["of"]), one["deed"], by=by, note=one["note"])

    def _portfolio(self, by: Keeper, one: Detail) -> None:
        draft = EntryDraft(support=one["support"], recovery_minutes=one["recovery"], loss_minutes=one["loss"])
        self._desk.portfolio.keep(one["service"], draft, by=by)

    def _failover(self, by: Keeper, one: Detail) -> None:
        draft = FailoverDraft(at=self._house.rooms.clock.now(), recovery_minutes=one["recovery"], loss_minutes=one["loss"],
                              evidence=one["evidence"])  # fmt: skip
        self._desk.portfolio.failover(one["service"], draft, by=by)

    def _asset(self, by: Keeper, one: Detail) -> None:
        draft = AssetDraft(title=one["title"], kind=one["kind_of"], service=one["service"], warranty_until=one["warranty"],
                           supported_until=one["supported"], open_weaknesses=one["weaknesses"])  # fmt: skip
        self._desk.portfolio.keep_asset(draft, by=by)

    # problems and improvements

    def _problem(self, by: Keeper, one: Detail) -> str:
        """Of the candidate, where the house proposes it."""
        wanted = {"service": one["service"], "need": one["need"]}
        found = [c for c in self._desk.problems.candidates() if {"service": c.service, "need": c.need} == wanted]
        named: dict[str, Any] = {"candidate": found[0].key} if found else wanted
        draft = ProblemDraft(title=one["title"], owner=one["owner"], why=one["why"], **named)
        return self._desk.problems.open_problem(draft, by=by).id

    def _analyse(self, by: Keeper, one: Detail) -> None:
        draft = AnalysisDraft(cause=one["cause"] or None, workaround=one["workaround"] or None, symptoms=one["symptoms"],
                              review=one.get("review"))  # fmt: skip
        self._desk.problems.analyse(self.made(one["of"]), draft, by=by)

    def _close_problem(self, by: Keeper, one: Detail) -> None:
        self._desk.problems.close(self.made(one["of"]), by=by, reason=one["reason"])

    def _improvement(self, by: Keeper, one: Detail) -> str:
        counted = Counted(service=one["service"], need=one["need"], days=one["days"]) if "days" in one else None
        draft = ImprovementDraft(
            title=one["title"], owner=one.get("owner", by.by), due_at=one["due"], why=one.get("why", ""),
            origin=self.made(one["of"]) if "of" in one else "", service=one.get("service"), measure=one["measure"],
            unit=one.get("unit", ""), better=one.get("better", "lower"), baseline=None if counted else one["baseline"],
            expected=one["expected"], counted=counted,
        )  # fmt: skip
        return self._desk.improvements.propose(draft, by=by).improvement.id

    def _move(self, by: Keeper, one: Detail) -> None:
        self._desk.improvements.move(self.made(one["of"]), one["deed"], by=by, note=one["note"])

    def _measure(self, by: Keeper, one: Detail) -> None:
        self._desk.improvements.measure(
            self.made(one["of"]), MeasurementDraft(value=one["value"], evidence=one["evidence"]), by=by
        )

    # changes

    def _model(self, by: Keeper, one: Detail) -> str:
        draft = ModelDraft(title=one["title"], services=one["services"], most_risk=one["most_risk"], backout="tested",
                           backout_plan=one["backout_plan"], check=one["check"])  # fmt: skip
        return self._desk.changes.standard.authorise(draft, by=by).id

    def _change(self, by: Keeper, one: Detail) -> str:
        draft = ChangeDraft(
            title=one["title"], services=one["services"], starts_at=one["begins"], ends_at=one["ends"], backout=one["backout"],
            model=self.made(one["model"]) if one["model"] else None, backout_plan="What ran before is brought back",
            check="Its health check answers, and one whole transaction is made",
        )  # fmt: skip
        made = self._desk.changes.raise_change(draft, by=by).change
        self._desk.changes.submit(made.id, by=by)
        return made.id

    def _begun(self, by: Keeper, one: Detail) -> None:
        self._desk.changes.begin(self.made(one["of"]), by=by)

    def _over(self, by: Keeper, one: Detail) -> None:
        self._desk.changes.finish(self.made(one["of"]), said=one["said"], by=by)

    # major incidents

    def _rehearse(self, by: Keeper, one: Detail) -> str:
        draft = RehearsalDraft(title=one["title"], service=one["service"], seed=one["seed"])
        return self._desk.major.rehearse(draft, by=by).id

    def _declare(self, by: Keeper, one: Detail) -> str:
        what: dict[str, Any] = (
            {"rehearsal": self.made(one["of"])} if "of" in one
            else {"case": self._case(one["case_of"], one["since"]).number, "title": one["title"]}
        )  # fmt: skip
        draft = DeclareDraft(commander=one["commander"], communications=one["communications"],
                             specialists=one["specialists"], bridge=one["bridge"], **what)  # fmt: skip
        return self._desk.major.declare(draft, by=by).id

    def _update(self, by: Keeper, one: Detail) -> None:
        self._desk.major.update(self.made(one["of"]), UpdateDraft(text=one["text"]), by=by)

    def _cause(self, by: Keeper, one: Detail) -> None:
        self._desk.major.name_cause(self.made(one["of"]), one["service"], by=by)

    def _stand_down(self, by: Keeper, one: Detail) -> None:
        self._desk.major.stand_down(self.made(one["of"]), one["text"], by=by)

    def _review(self, by: Keeper, one: Detail) -> None:
        self._desk.major.review(self.made(one["of"]), one["text"], by=by)
