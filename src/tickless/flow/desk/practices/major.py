"""What doors may ask about major incidents: declared, led, told of, stood down, reviewed, rehearsed. Ruled and audited."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.major import DeclareDraft, MajorIncident, MajorSettings, RehearsalDraft, RolesDraft, UpdateDraft
from tickless.flow.desk.practices.major_news import MajorNews
from tickless.flow.desk.practices.major_parts import MajorParts, allow_major
from tickless.flow.keeping import Keeper, Keeping
from tickless.journal import Tx
from tickless.practices.major.core import criteria_met, review_draft, update_template, with_update
from tickless.practices.major.rehearsing import play, score

MOST = 200


class MajorDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping, rules: MajorSettings) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self.rules = rules
        self.parts = MajorParts(keeping)
        self.news = MajorNews(keeping, rules)

    # what there is

    def listed(self, *, state: str | None = None) -> list[MajorIncident]:
        """The latest first. `state`: one of them."""
        with self._journal.read() as tx:
            table = tx.major_incidents.table.c
            wanted = [table.state == state] if state else []
            return tx.major_incidents.where(*wanted, order=table.due.desc(), limit=MOST)

    def show(self, identity: str) -> MajorIncident:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            return tx.major_incidents.need(identity)

    def of_case(self, tx: Tx, case: str) -> MajorIncident | None:
        return next(iter(tx.major_incidents.by(ref=case)), None)

    def candidates(self) -> list[tuple[Case, tuple[str, ...]]]:
        """Live incidents that the criteria speak for and nobody has declared, with the reasons."""
        with self._journal.read() as tx:
            table = tx.cases.table.c
            live = tx.cases.where(
                table.state.in_((*LIVE_STATES, "handed_off")), table.kind == "incident", order=table.number.desc(), limit=MOST
            )  # fmt: skip
            found = [(case, why) for case in live if (why := criteria_met(case, self.rules))]
            return [(case, why) for case, why in found if self.of_case(tx, case.id) is None]

    def template(self, identity: str) -> str:
        """Words for the next update."""
        return update_template(self.show(identity), world=self._keeping.world, now=self._keeping.now)

    def draft_review(self, identity: str) -> str:
        """A review to be finished by people."""
        keeping = self._keeping
        with self._journal.read() as tx:
            major = tx.major_incidents.need(identity)
            case = tx.cases.get(major.case or "")
        names = {key: one.name for key, one in keeping.world.people.items()}
        opened = case.opened_at if case else major.rehearsal.started_at if major.rehearsal else None
        return review_draft(major, world=keeping.world, opened_at=opened, names=names)

    # what people do

    def rehearse(self, draft: RehearsalDraft, *, by: Keeper) -> MajorIncident:
        """Play a storm. It makes no signal, alert or case: nothing can act on it. Raises `BadInput`, `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        keeping.allow(by, "major_incidents", "rehearse")
        service = keeping.service(draft.service)
        played = play(keeping.world, service=service, seed=draft.seed or int(now.timestamp()), at=now)
        with self._journal.write() as tx:
            made = MajorIncident(
                id=keeping.new_id(tx, "mjr"), title=draft.title, state="rehearsing", rehearsal=played, made_by=by.by,
                made_at=now, cadence=self.rules.cadence, bridge=self.rules.bridge,
                story=(keeping.event(by.by, "rehearsal", "A rehearsal began. None of it is real."),),
            )  # fmt: skip
            keeping.record(tx, by.by, "major_incident.rehearsed", made.id, {"seed": draft.seed})
            return tx.major_incidents.put(made)

    def declare(self, draft: DeclareDraft, *, by: Keeper) -> MajorIncident:
        """An incident is a major one from now on. Raises `BadInput`, `Conflict`, `NotFound`, `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            if draft.rehearsal is not None:
                made = tx.major_incidents.need(draft.rehearsal, lock=True)
                if made.state != "rehearsing":
                    raise Conflict(f"this rehearsal is {made.state.replace('_', ' ')}")
                keeping.allow(by, "major_incidents", "declare")
                why: tuple[str, ...] = ()
                case = None
            else:
                case = self._case(tx, draft)
                keeping.allow(by, "major_incidents", "declare", services=[case.service])
                why = criteria_met(case, self.rules)
                made = MajorIncident(
                    id=keeping.new_id(tx, "mjr"), title=draft.title or case.title.tame(200), state="declared",
                    service=case.service, case=case.id, number=case.number, made_by=by.by, made_at=now,
                )  # fmt: skip
            text = draft.why or " ".join(why) or "Declared by judgement: no criterion is met."
            made = self.parts.told(made, by.by, "declared", f"Declared. {text}").model_copy(
                update={
                    "state": "declared", "declared_at": now, "criteria": (*why, *((draft.why,) if draft.why else ())),
                    "bridge": draft.bridge or self.rules.bridge, "cadence": draft.cadence or self.rules.cadence,
                    "next_update_at": now + dt.timedelta(minutes=self.rules.first),
                }
            )  # fmt: skip
            made = self.parts.roles(tx, made, commander=draft.commander, communications=draft.communications,
                               specialists=draft.specialists, case=case)  # fmt: skip
            keeping.record(tx, by.by, "major_incident.declared", made.id, {"case": made.number, "criteria": list(why),
                                                                          "commander": made.owner}, case=made.case)  # fmt: skip
            return tx.major_incidents.put(made)

    def assign(self, identity: str, draft: RolesDraft, *, by: Keeper) -> MajorIncident:
        """Who has which role from now on: one person, one role. Raises `BadInput`, `Conflict`."""
        with self._journal.write() as tx:
            major = self._going(tx, identity, by, "assign")
            done = self.parts.roles(tx, major, commander=draft.commander, communications=draft.communications,
                               specialists=draft.specialists, case=tx.cases.get(major.case or ""))  # fmt: skip
            if draft.bridge is not None:
                done = done.model_copy(update={"bridge": draft.bridge})
            roles = {
                "commander": done.owner,
                "communications": done.communications,
                "specialists": list(done.specialists),
            }
            self._keeping.record(tx, by.by, "major_incident.assigned", identity, roles, case=major.case)
            return tx.major_incidents.put(self.parts.told(done, by.by, "roles", "Roles were given."))

    def update(self, identity: str, draft: UpdateDraft, *, by: Keeper) -> MajorIncident:
        """Tell everybody, and promise the next news. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            major = self._going(tx, identity, by, "update")
            done = with_update(major, draft.text, by=by.by, now=now, minutes=draft.minutes)
            self.parts.announce(tx, done, draft.text, by=by.by)
            keeping.record(tx, by.by, "major_incident.updated", identity, {"text": draft.text, "late": done.updates[-1].late},
                           case=major.case)  # fmt: skip
            return tx.major_incidents.put(self.parts.told(done, by.by, "update", draft.text))

    def note(self, identity: str, text: str, *, by: Keeper) -> MajorIncident:
        """Put something into the timeline, without telling it to all."""
        if not text.strip():
            raise BadInput("a note says something")
        with self._journal.write() as tx:
            major = self._going(tx, identity, by, "note")
            self._keeping.record(tx, by.by, "major_incident.noted", identity, {"text": text[:500]}, case=major.case)
            return tx.major_incidents.put(self.parts.told(major, by.by, "note", text.strip()))

    def name_cause(self, identity: str, service: str, *, by: Keeper) -> MajorIncident:
        """The bridge names the cause. Raises `BadInput`."""
        keeping = self._keeping
        known = keeping.service(service)
        with self._journal.write() as tx:
            major = self._going(tx, identity, by, "name_cause")
            done = major.model_copy(update={"cause": known or "", "cause_named_at": keeping.now})
            keeping.record(tx, by.by, "major_incident.cause", identity, {"service": known}, case=major.case)
            return tx.major_incidents.put(self.parts.told(done, by.by, "cause", f"The cause lies at {known}."))

    def stand_down(self, identity: str, text: str, *, by: Keeper) -> MajorIncident:
        """It is over: everybody is told, and a rehearsal is scored. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            major = self._going(tx, identity, by, "stand_down")
            words = text.strip() or "It is over. Thank you for your patience."
            done = with_update(major, words, by=by.by, now=now, minutes=None, over=True)
            self.parts.announce(tx, done, words, by=by.by)
            done = self.parts.told(done, by.by, "stood_down", words).model_copy(
                update={"state": "stood_down", "stood_down_at": now}
            )
            if done.rehearsal is not None:
                done = done.model_copy(
                    update={"rehearsal": done.rehearsal.model_copy(update={"score": score(done, now=now)})}
                )
            keeping.record(tx, by.by, "major_incident.stood_down", identity, {"text": words}, case=major.case)
            return tx.major_incidents.put(done)

    def review(self, identity: str, text: str, *, by: Keeper, problem: str | None = None) -> MajorIncident:
        """Keep the review that people finished. Raises `Conflict`, `BadInput`."""
        if len(text.strip()) < 40:
            raise BadInput("a review says what was learnt", mend="begin with the draft")
        with self._journal.write() as tx:
            major = tx.major_incidents.need(identity, lock=True)
            allow_major(self._keeping, major, by, "review")
            if major.state not in {"stood_down", "reviewed"}:
                raise Conflict("it is reviewed when it is over")
            done = self.parts.told(major, by.by, "reviewed", "The review is kept.").model_copy(
                update={"state": "reviewed", "review": text.strip()[:4_000], "problem": problem or major.problem}
            )
            self._keeping.record(tx, by.by, "major_incident.reviewed", identity, {}, case=major.case)
            return tx.major_incidents.put(done)

    def _case(self, tx: Tx, draft: DeclareDraft) -> Case:
        case = tx.cases.by_number(draft.case or 0)
        if case is None:
            raise BadInput("there is no such case", mend="give the number of an incident, or the id of a rehearsal")
        if case.kind != "incident":
            raise BadInput(f"case {case.number} is a {case.kind}", mend="only incidents are major ones")
        known = self.of_case(tx, case.id)
        if known is not None:
            raise Conflict(f"case {case.number} is {known.id} already")
        return case

    def _going(self, tx: Tx, identity: str, by: Keeper, deed: str) -> MajorIncident:
        major = tx.major_incidents.need(identity, lock=True)
        allow_major(self._keeping, major, by, deed)
        if major.state != "declared":
            raise Conflict(f"{identity} is {major.state.replace('_', ' ')}", mend="declare it first")
        return major
