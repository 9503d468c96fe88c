"""Every decision of a case on one page: who, what, why, from which inputs, by which policies and models; and made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from tickless.domain.case import Case
from tickless.domain.decision import Decision
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.flow.talking.read_by_model import ACTION as READ_BY_MODEL
from tickless.journal import Tx
from tickless.journal.audit_rows import AuditRow, ChainReport
from tickless.journal.evidence import Evidence, KeptInputs
from tickless.stages.decide.evidence import AskedAnew, decide_again, differences, digest_of, unpack
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_again import PolicyAnswer, engine_of, otherwise
from tickless.stages.decide.policy_files import PoliciesInvalid

AgainState = Literal["same", "differs", "erased", "not_kept", "cannot"]
MOST = 10_000
_WORLD = TypeAdapter(World)
_RUNBOOKS = TypeAdapter(tuple[Runbook, ...])
_ANSWERS = TypeAdapter(tuple[PolicyAnswer, ...])


@dataclass(frozen=True)
class Again:
    """The decision made again: `same`, or in what it differs; or why that cannot be said."""

    state: AgainState
    detail: str = ""


@dataclass(frozen=True)
class Explained:
    """One decision. `vouched`: its audit row names these very inputs, and a signed checkpoint vouches for the row.
    `again`: made again from what it was made from; `policy_again`: its questions put to the policies of then once more."""

    decision: Decision
    row: AuditRow | None
    inputs: str | None
    who: dict[str, Any]
    understood_by: tuple[str, ...]
    models: tuple[dict[str, Any], ...]
    """What language models read in the messages of this case before: model, prompt's version and the recorded answer."""
    asked: tuple[PolicyAnswer, ...]
    vouched: bool
    again: Again
    policy_again: Again

    @property
    def whole(self) -> bool:
        """On record, made again to the same, by the same answers of policy, and vouched for."""
        return self.vouched and self.again.state == self.policy_again.state == "same"


class Library:
    """What many decisions were made from, read once: records, runbooks and policies of then. For one transaction."""

    def __init__(self, tx: Tx) -> None:
        self.evidence = Evidence(tx.connection)
        self._tx = tx
        self._texts: dict[str, Any] = {}
        self._engines: dict[str, PolicyEngine | None] = {}

    def world(self, digest: str) -> World | None:
        """Raises `ValidationError` for records of a form that is not read any more."""
        found: World | None = self._text(digest, _WORLD.validate_python)
        return found

    def runbooks(self, digest: str) -> tuple[Runbook, ...] | None:
        """Raises `ValidationError`, too."""
        found: tuple[Runbook, ...] | None = self._text(digest, _RUNBOOKS.validate_python)
        return found

    def _text(self, digest: str, read: Callable[[Any], Any]) -> Any:
        if digest not in self._texts:
            text = self.evidence.text(digest)
            self._texts[digest] = None if text is None else read(unpack(text))
        return self._texts[digest]

    def engine(self, version: str) -> PolicyEngine | None:
        """The policies of that version; None: they were not kept, or cannot be read by today's engine."""
        if version not in self._engines:
            kept = self._tx.policy_sets.get(version)
            try:
                self._engines[version] = engine_of(kept) if kept is not None else None
            except PoliciesInvalid:
                self._engines[version] = None
        return self._engines[version]


def explain(tx: Tx, case: Case, *, chain: ChainReport, library: Library | None = None) -> list[Explained]:
    """In the order in which they were made. `chain`: what a walk of the record found."""
    rows = tx.audit.rows(case=case.id, limit=MOST)
    by_decision = {str(row.detail.get("decision")): row for row in rows if row.action.startswith("decide.")}
    table = tx.decisions.table.c
    made = tx.decisions.where(table.case == case.id, order=table.decided_at, limit=MOST)
    findings = tx.findings.where(tx.findings.table.c.case == case.id, limit=MOST)
    library = library or Library(tx)
    found = []
    for one in made:
        kept, row = library.evidence.of(one.id), by_decision.get(one.id)
        named = row is not None and kept is not None and row.detail.get("inputs") == kept.digest
        whole = kept is not None and digest_of(kept.body) == kept.digest
        signed = row is not None and chain.broken_at is None and row.seq <= chain.signed_up_to
        answers = _answers(kept)
        found.append(
            Explained(
                decision=one,
                row=row,
                inputs=kept.digest if kept else None,
                who=_who(kept, case),
                understood_by=tuple(sorted({each.brain for each in findings if each.made_at <= one.decided_at})),
                models=tuple(_read(each) for each in rows if _counts(each, row)),
                asked=answers or (),
                vouched=named and whole and signed,
                again=make_again(one, kept, library),
                policy_again=ask_again(one, kept, answers, library),
            )
        )
    return found


def explain_many(tx: Tx, cases: Iterable[Case], *, chain: ChainReport) -> Iterator[tuple[Case, Explained]]:
    """Every decision of these cases; what they share is read once."""
    library = Library(tx)
    for case in cases:
        for one in explain(tx, case, chain=chain, library=library):
            yield case, one


def _counts(row: AuditRow, decided: AuditRow | None) -> bool:
    return row.action == READ_BY_MODEL and (decided is None or row.seq < decided.seq)


def _read(row: AuditRow) -> dict[str, Any]:
    return {"model": row.subject, **row.detail, "row": row.seq}


def _who(kept: KeptInputs | None, case: Case) -> dict[str, Any]:
    """For whom it was decided, as it was known then."""
    data = kept.body["data"]["case"] if kept is not None else case.model_dump(mode="json")
    names = ("door", "speaker", "requester", "typed_by", "assurance")
    return {name: data.get(name) for name in names}


def _answers(kept: KeptInputs | None) -> tuple[PolicyAnswer, ...] | None:
    """None: they were not kept, or cannot be read."""
    if kept is None or "policy" not in kept.body:
        return None
    try:
        return _ANSWERS.validate_python(kept.body["policy"])
    except ValidationError:
        return None


def make_again(made: Decision, kept: KeptInputs | None, library: Library) -> Again:
    """Decide again from what is kept, by the rules of today, and compare."""
    if kept is None:
        return Again("not_kept", "it was made before inputs were kept")
    try:
        world, runbooks = library.world(kept.body["world"]), library.runbooks(kept.body["runbooks"])
        if world is None or runbooks is None:
            return Again("not_kept", "the records or runbooks of then are not kept")
        found = decide_again(kept.body, world=world, runbooks=runbooks)
    except AskedAnew as error:
        return Again("erased" if kept.erased_at else "differs", f"the rules ask something else now: {error}")
    except ValueError:
        return Again("erased" if kept.erased_at else "cannot", "what was kept cannot be read by the rules of today")
    other = differences(made, found)
    if not other:
        return Again("same")
    if kept.erased_at is not None:
        return Again("erased", "somebody was erased from it since")
    return Again("differs", "in " + ", ".join(other))


def ask_again(
    made: Decision, kept: KeptInputs | None, answers: tuple[PolicyAnswer, ...] | None, library: Library
) -> Again:
    """Ask the policies that were in force then the same questions, and compare what they answer."""
    if answers is None:
        return Again("not_kept", "it was made before questions to policy were kept")
    if not answers:
        return Again("same", "policy was not asked")
    engine = library.engine(made.policy)
    if engine is None:
        return Again("not_kept", f"the policies {made.policy} are not kept")
    other = otherwise(engine, answers)
    if not other:
        return Again("same")
    if kept is not None and kept.erased_at is not None:
        return Again("erased", "somebody was erased from it since")
    return Again("differs", "; ".join(other))
