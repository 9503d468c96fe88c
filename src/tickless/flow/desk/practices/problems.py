"""What doors may ask about problems: candidates, analysis, known errors, reviews, the end. Ruled and audited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict, NotFound
from tickless.domain.known import KnownError
from tickless.domain.problem import AnalysisDraft, Candidate, CaseLink, Problem, ProblemDraft, ProblemSettings
from tickless.domain.record import Untrusted
from tickless.flow.desk.practices.improvements import ImprovementsDesk, ImprovementShown
from tickless.flow.desk.steering_facts import terms_of
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.known import close_error, note_error
from tickless.practices.problems.core import Prices, candidates, depth_of, key_of
from tickless.practices.problems.reading import occurrences
from tickless.practices.steering.service import assumed

MOST = 500
OPEN = ("open", "known_error")


def _prices(tx: Tx) -> Prices:
    """As leadership assumes for the value of everything else: an hour has one price."""
    terms = terms_of(assumed(tx))
    return Prices(terms.agent_hour, terms.employee_hour)


@dataclass(frozen=True)
class ProblemShown:
    """A problem as it stands, with its actions and how often it came since it was opened."""

    problem: Problem
    actions: tuple[ImprovementShown, ...]
    since: int


class ProblemsDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping, rules: ProblemSettings, improvements: ImprovementsDesk) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self._improvements = improvements
        self.rules = rules

    def candidates(self) -> list[Candidate]:
        """What is worth a problem, ranked; what is one already is not among them."""
        now = self._keeping.now
        with self._journal.read() as tx:
            found = occurrences(tx, self.rules, now=now)
            known = frozenset(one.key for state in OPEN for one in tx.problem_records.by(state=state))
            prices = _prices(tx)
        return candidates(found, self.rules, prices, known=known, now=now)

    def listed(self, *, state: str | None = None) -> list[Problem]:
        """The latest first."""
        with self._journal.read() as tx:
            table = tx.problem_records.table.c
            wanted = [table.state == state] if state else []
            return tx.problem_records.where(*wanted, order=table.due.desc(), limit=MOST)

    def show(self, identity: str) -> ProblemShown:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            found = tx.problem_records.need(identity)
            table = tx.cases.table.c
            about = [table.service == found.service] if found.service else []
            needed = [table.need == found.need] if found.need else []
            later = (table.opened_at >= found.made_at, table.kind == "incident")
            kind = (*about, *needed) if about or needed else (table.number < 0,)  # of no kind: only what people joined
            since = tx.cases.count(*later, *kind, table.number.not_in(found.apart + found.by_hand))
            since += tx.cases.count(*later, table.number.in_(found.by_hand))
        return ProblemShown(found, tuple(self._improvements.listed(origin=identity)), since)

    def about(self, tx: Tx, service: str | None, need: str | None) -> list[Problem]:
        """Open problems of a kind of incident."""
        return [one for one in tx.problem_records.by(ref=key_of(service, need)) if one.state in OPEN]

    def behind(self, tx: Tx, case: Case) -> list[Problem]:
        """Open problems of a case: of its kind, unless somebody said that this is not behind it, and those it was joined to."""
        found = self.about(tx, case.service, case.need) if case.service or case.need else []
        joined = [one for state in OPEN for one in tx.problem_records.by(state=state) if case.number in one.by_hand]
        every = {one.id: one for one in (*found, *joined) if case.number not in one.apart}
        return list(every.values())

    def link(self, identity: str, given: CaseLink, *, by: Keeper) -> Problem:
        """This is behind that case, too; the same again changes nothing. Raises `NotFound`, `Conflict`, `Forbidden`."""
        return self._say(identity, given, "link", by=by)

    def unlink(self, identity: str, given: CaseLink, *, by: Keeper) -> Problem:
        """Something else is behind that case, though it is of the same kind: it counts here no more. Raises the same."""
        return self._say(identity, given, "unlink", by=by)

    def _say(self, identity: str, given: CaseLink, deed: Literal["link", "unlink"], *, by: Keeper) -> Problem:
        keeping = self._keeping
        if len(given.why.strip()) < 5:
            raise BadInput("say why", mend="what you saw in the case")
        with self._journal.write() as tx:
            found = self._going(tx, identity, by, deed)
            number = _incident(tx, given.case).number
            done = found.joined(number) if deed == "link" else found.parted(number)
            if done == found:
                return found
            words = f"Case {number} {'belongs' if deed == 'link' else 'does not belong'} to it: {given.why.strip()}"
            story = (*found.story, keeping.event(by.by, f"{deed}ed", words))
            keeping.record(tx, by.by, f"problem.{deed}ed", identity, {"case": number, "why": given.why.strip()})
            return tx.problem_records.put(done.model_copy(update={"story": story}))

    def open_problem(self, draft: ProblemDraft, *, by: Keeper) -> Problem:
        """Of a candidate, or freely. Raises `BadInput`, `Conflict`, `NotFound`, `Forbidden`."""
        keeping, now = self._keeping, self._keeping.now
        chosen = next((one for one in self.candidates() if one.key == draft.candidate), None)
        if draft.candidate and chosen is None:
            raise NotFound("there is no such candidate", mend="`tickless problem candidates` shows what there is")
        service = chosen.service if chosen else keeping.service(draft.service)
        need = chosen.need if chosen else draft.need
        keeping.allow(by, "problems", "open", services=[service])
        known = keeping.world.services.get(service or "")
        with self._journal.write() as tx:
            same = self.about(tx, service, need) if service or need else []
            if same:
                raise Conflict(f"{same[0].id} is about this already")
            made = Problem(
                id=keeping.new_id(tx, "prb"),
                title=draft.title,
                service=service,
                need=need,
                key=key_of(service, need) if service or need else "",
                owner=keeping.person(draft.owner) or (known.owner if known else None) or names_person(by),
                cases=chosen.cases if chosen else (),
                selected=chosen,
                depth=depth_of(chosen, self.rules, _prices(tx)),
                made_by=by.by,
                made_at=now,
                story=(keeping.event(by.by, "opened", draft.why or (chosen.words if chosen else "Opened.")),),
            )
            keeping.record(tx, by.by, "problem.opened", made.id, {"title": made.title, "key": made.key})
            return tx.problem_records.put(made)

    def analyse(self, identity: str, draft: AnalysisDraft, *, by: Keeper) -> Problem:
        """Write down what is known. With a workaround it is a known error, offered to people. Raises `BadInput`."""
        keeping = self._keeping
        with self._journal.write() as tx:
            found = self._going(tx, identity, by, "analyse")
            changes: dict[str, object] = {
                name: value for name in ("cause", "workaround", "review") if (value := getattr(draft, name)) is not None
            }
            if draft.owner:
                changes["owner"] = keeping.person(draft.owner)
            done = found.model_copy(update=changes)
            if done.workaround and (draft.workaround is not None or draft.symptoms):
                done = done.model_copy(
                    update={"state": "known_error", "known_error": self._known(tx, done, draft, by=by).id}
                )
            text = " ".join(f"{name.capitalize()}: {value}" for name, value in changes.items())
            done = done.model_copy(
                update={"story": (*done.story, keeping.event(by.by, "analysed", text or "Symptoms."))}
            )
            keeping.record(
                tx, by.by, "problem.analysed", identity, {"fields": sorted(changes), "known_error": done.known_error}
            )
            return tx.problem_records.put(done)

    def _known(self, tx: Tx, found: Problem, draft: AnalysisDraft, *, by: Keeper) -> KnownError:
        before = tx.known_errors.get(found.known_error or "")
        made = KnownError(
            id=before.id if before else new_id("kerr"),
            title=found.title,
            service=found.service,
            workaround=found.workaround,
            symptoms=draft.symptoms or (before.symptoms if before else ()),
            cause=found.cause,
            owner=found.owner,
            opened_at=before.opened_at if before else self._keeping.now,
        )
        return note_error(tx, made, world=self._keeping.world, by=by.by, now=self._keeping.now)

    def close(self, identity: str, *, by: Keeper, reason: str, drop: bool = False) -> Problem:
        """Its cause is removed (`drop`: it is not worth it any more). Raises `Conflict` where something is missing."""
        keeping = self._keeping
        with self._journal.write() as tx:
            found = self._going(tx, identity, by, "close")
            actions = tx.improvements.by(ref=identity)
            left = [one.id for one in actions if one.state not in {"done", "dropped"}]
            if not drop and left:
                raise Conflict(f"its actions are not over: {', '.join(left)}", mend="finish or drop them")
            if not drop and not found.cause.strip():
                raise Conflict("its cause is not known", mend="write the cause down, or drop the problem")
            if not drop and found.depth == "full" and len(found.review.strip()) < 40:
                raise Conflict("it takes a full review", mend="write the review down")
            if len(reason.strip()) < 5:
                raise BadInput("say why it is over")
            if found.known_error and not drop:
                error = tx.known_errors.get(found.known_error)
                if error is not None and error.state == "open":
                    close_error(tx, error.id, by=by.by, now=keeping.now)
            state = "dropped" if drop else "closed"
            story = (*found.story, keeping.event(by.by, state, reason))
            keeping.record(tx, by.by, f"problem.{state}", identity, {"reason": reason})
            return tx.problem_records.put(
                found.model_copy(update={"state": state, "closed_at": keeping.now, "story": story})
            )

    def _going(self, tx: Tx, identity: str, by: Keeper, deed: str) -> Problem:
        found = tx.problem_records.need(identity, lock=True)
        mine = found.owner is not None and found.owner == names_person(by)
        self._keeping.allow(by, "problems", deed, services=[found.service], mine=mine)
        if found.state not in OPEN:
            raise Conflict(f"this problem is {found.state}")
        return found


def _incident(tx: Tx, reference: str) -> Case:
    """Raises `NotFound`, `BadInput`."""
    named = reference.strip().removeprefix("#")
    case = tx.cases.by_number(int(named)) if named.isdecimal() and len(named) < 10 else tx.cases.get(named)
    if case is None:
        raise NotFound(f"there is no case {Untrusted(reference).tame(60)!r}", mend="its number, such as 12, or its id")
    if case.kind != "incident":
        raise BadInput(f"case {case.number} is a {case.kind}: problems are behind incidents")
    return case
