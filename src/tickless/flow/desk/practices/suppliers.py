"""What doors may ask about suppliers: agreements, cases that are with them, clocks. Ruled and audited."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case, Participant
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.service import Supplier
from tickless.domain.supplier import Agreement, AgreementDraft, Contact, Referral, ReferralDraft
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.practices.suppliers.core import concentration, contacts_due, fitting, late, targets_of, to_decide

MOST = 500
OPEN = ("waiting", "answered")


@dataclass(frozen=True)
class ReferralShown:
    """A referral as it stands: clocks that ran out, and whom to turn to by now."""

    referral: Referral
    late: tuple[str, ...]
    contacts: tuple[Contact, ...]


class SuppliersDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def suppliers(self) -> list[Supplier]:
        """As the records of the service map know them."""
        with self._journal.read() as tx:
            return tx.suppliers.where(limit=MOST)

    def agreements(self, *, state: str | None = None) -> list[Agreement]:
        """By id."""
        with self._journal.read() as tx:
            found = tx.agreements.where(limit=MOST)
        return [one for one in found if state in {None, one.state}]

    def to_decide(self) -> list[Agreement]:
        """Agreements about whose end somebody has to decide within a month."""
        return to_decide(self.agreements(), self._keeping.now.date())

    def concentration(self) -> dict[str, tuple[str, ...]]:
        """Supplier → critical services that hang on it."""
        return concentration(self._keeping.world, self.agreements())

    def fitting(self, tx: Tx, case: Case) -> list[Agreement]:
        """Agreements by which a case could be given away."""
        service = self._keeping.world.services.get(case.service or "")
        return fitting(tx.agreements.by(state="active"), case.service, service.supplier if service else None)

    def referrals(self, *, state: str | None = None) -> list[ReferralShown]:
        """The latest first. `state`: one of them, or `open`."""
        with self._journal.read() as tx:
            table = tx.referrals.table.c
            wanted = [table.state.in_(OPEN)] if state == "open" else [table.state == state] if state else []
            found = tx.referrals.where(*wanted, order=table.due.desc(), limit=MOST)
            return [self._shown(tx, one) for one in found]

    def of_case(self, tx: Tx, case: str) -> list[ReferralShown]:
        return [self._shown(tx, one) for one in tx.referrals.by(ref=case)]

    def keep(self, draft: AgreementDraft, *, by: Keeper, identity: str | None = None) -> Agreement:
        """Write an agreement down, new or changed. Raises `BadInput`, `Forbidden`, `NotFound`."""
        keeping = self._keeping
        services = keeping.services(draft.services)
        keeping.allow(by, "suppliers", "keep", services=services)
        if draft.ends_on and draft.starts_on and draft.ends_on < draft.starts_on:
            raise BadInput("an agreement ends after it begins")
        with self._journal.write() as tx:
            if identity is not None:
                tx.agreements.need(identity)
            party = draft.party
            if draft.kind == "contract":
                known = tx.suppliers.get(party) or next(
                    (one for one in tx.suppliers.where(limit=MOST) if one.name.casefold() == party.casefold()), None
                )
                if known is None:
                    known = tx.suppliers.put(Supplier(id="-".join(party.casefold().split())[:60], name=party))
                party = known.id
            made = Agreement(
                **draft.model_dump(exclude={"services", "owner", "party"}),
                id=identity or keeping.new_id(tx, "agr"),
                party=party,
                services=services,
                service=services[0] if services else None,
                owner=keeping.person(draft.owner) or names_person(by),
                made_by=by.by,
                made_at=keeping.now,
            )
            keeping.record(tx, by.by, "agreement.kept", made.id, {"title": made.title, "party": party})
            return tx.agreements.put(made)

    def end(self, identity: str, *, by: Keeper, reason: str = "") -> Agreement:
        """It holds no more. Raises `NotFound`, `Forbidden`."""
        with self._journal.write() as tx:
            found = tx.agreements.need(identity, lock=True)
            self._keeping.allow(by, "suppliers", "keep", services=found.services, mine=found.owner == names_person(by))
            self._keeping.record(tx, by.by, "agreement.ended", identity, {"reason": reason})
            return tx.agreements.put(found.model_copy(update={"state": "ended"}))

    def refer(self, draft: ReferralDraft, *, by: Keeper) -> ReferralShown:
        """A case is with somebody else from now on; its clocks run in their support window. Raises `BadInput`, `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            agreement = tx.agreements.need(draft.agreement)
            case = tx.cases.by_number(draft.case)
            if case is None:
                raise BadInput("there is no such case", mend="give its number")
            keeping.allow(by, "suppliers", "refer", services=[case.service])
            if agreement.state != "active":
                raise Conflict("this agreement has ended")
            if any(one.state in OPEN and one.agreement == agreement.id for one in tx.referrals.by(ref=case.id)):
                raise Conflict(f"case {case.number} is with {agreement.party} already")
            respond, resolve = targets_of(agreement, case.impact.priority, now)
            made = Referral(
                id=keeping.new_id(tx, "ref"),
                title=f"Case {case.number} with {agreement.party}"[:200],
                service=case.service,
                owner=keeping.person(draft.owner) or names_person(by),
                case=case.id,
                number=case.number,
                agreement=agreement.id,
                party=agreement.party,
                reference=draft.reference,
                respond_by=respond,
                resolve_by=resolve,
                made_by=by.by,
                made_at=now,
                story=(keeping.event(by.by, "referred", f"Given to {agreement.party} by {agreement.title}."),),
            )
            tx.alerts.add_participant(Participant(case=case.id, role="supplier", ref=agreement.party, since=now))
            keeping.record(
                tx, by.by, "referral.begun", made.id, {"party": agreement.party, "case": case.number}, case=case.id
            )
            return self._shown(tx, tx.referrals.put(made))

    def move(self, identity: str, deed: Literal["answered", "over"], *, by: Keeper, note: str = "") -> ReferralShown:
        """They answered, or it is over. Raises `NotFound`, `Conflict`, `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            found = tx.referrals.need(identity, lock=True)
            keeping.allow(by, "suppliers", "refer", services=[found.service], mine=found.owner == names_person(by))
            if found.state in {"over", deed}:
                raise Conflict(f"this referral is {found.state} already")
            stamp = {"answered_at": found.answered_at or now} if deed == "answered" else {"over_at": now}
            story = (*found.story, keeping.event(by.by, deed, note or f"{deed.capitalize()}."))
            keeping.record(tx, by.by, f"referral.{deed}", identity, {"note": note}, case=found.case)
            return self._shown(tx, tx.referrals.put(found.model_copy(update={"state": deed, **stamp, "story": story})))

    def look(self, now: dt.datetime) -> None:
        """By the clock: whose referral it is hears of clocks that ran out and of whom to turn to next."""
        for shown in self.referrals(state="open"):
            found = shown.referral
            points = [f"{name} clock" for name in shown.late] + [
                f"turn to {one.name}: {one.how}" for one in shown.contacts if one.after
            ]
            new = [one for one in points if one not in found.told]
            if new and found.owner:
                with self._journal.write() as tx:
                    text = f"{found.id} (case {found.number}, {found.party}): {'; '.join(new)}."
                    say(
                        tx,
                        conversation=personal(found.owner),
                        case=None,
                        text=text,
                        key=f"{found.id}:{new[-1]}",
                        at=now,
                        private=True,
                    )
                    story = (*found.story, self._keeping.event("tickless", "clock", "; ".join(new)))
                    self._keeping.record(tx, "tickless", "referral.clock", found.id, {"points": new}, case=found.case)
                    kept = tx.referrals.need(found.id, lock=True)
                    tx.referrals.put(kept.model_copy(update={"told": (*kept.told, *new), "story": story}))

    def _shown(self, tx: Tx, one: Referral) -> ReferralShown:
        now, agreement = self._keeping.now, tx.agreements.get(one.agreement)
        contacts = contacts_due(agreement, one, now) if agreement is not None else ()
        return ReferralShown(one, late(one, now), contacts)
