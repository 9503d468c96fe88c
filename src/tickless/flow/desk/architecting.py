"""What doors may ask of the architect: plain words → a draft, how it plays, what differs, and proposing it to be signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tickless.ai.encoder import Encoder
from tickless.domain.autonomy import EVERYWHERE, RUNGS, Rung
from tickless.domain.errors import BadInput, Conflict, Forbidden, RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.domain.runbook_draft import RunbookDraft
from tickless.flow.desk.drafting import Drafting
from tickless.flow.keeping import Keeper
from tickless.flow.rooms import Rooms
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id
from tickless.stages.act.architect import Drafted, Means, compiled, drafted, means_of
from tickless.stages.act.architect.diffing import in_words
from tickless.stages.act.architect.modelled import drafted_by
from tickless.stages.act.architect.playing import Played, play
from tickless.stages.act.architect.tabletop import table_for
from tickless.stages.act.catalogue import catalogue_of
from tickless.stages.act.comparing import differences, least_revision, raised_enough
from tickless.stages.act.compiler import operations_used
from tickless.stages.learn.service import put_rung

FIRST_RUNG: Rung = "suggest"
"""Where a signed draft begins, whatever the settings name: it only suggests itself until people have seen it work."""
MOST_OPEN = 50
"""Proposals that wait at a time."""
MOST = 200


@dataclass(frozen=True)
class Tried:
    """A draft as it stands: on the table top, beside what is published, and with what stands against publishing it."""

    drafted: Drafted
    played: Played | None
    beside: str | None
    words: tuple[str, ...]
    least: str | None
    raised: bool


@dataclass(frozen=True)
class Simulated:
    """One of the file's own tests, played in the sample company."""

    test: str
    passed: bool
    said: str
    seconds: float


class ArchitectDesk:
    """Methods block. `simulate`: plays a file's tests in the sample company; `renew`: called after something else holds."""

    def __init__(
        self,
        rooms: Rooms,
        drafting: Drafting,
        *,
        encoder: Callable[[], Encoder | None] = lambda: None,
        in_git: bool = False,
    ) -> None:
        self._rooms = rooms
        self._drafting = drafting
        self._encoder = encoder
        self._in_git = in_git
        self.simulate_with: Callable[[str], Sequence[Simulated]] | None = None

    def means(self) -> Means:
        """What there is to draft from here."""
        return means_of(self._rooms.registry, dict(self._rooms.runbooks.items()), self._encoder())

    def describe(self, description: str, *, by: str, name: str = "", by_model: bool = False) -> Tried:
        """A draft from plain words. `by_model`: asked as well, where the settings let it be; its draft has to pass the same
        compiler. Raises `BadInput`."""
        means = self.means()
        found = drafted(description, means, name=name)
        models = self._rooms.models
        if by_model and models is not None and not found.refused:
            found = drafted_by(models, description, means, found)
        self._note(by, "architect.described", found.runbook.runbook if found.runbook is not None else "nothing",
                   {"description": digest(description), "characters": len(description), "method": found.method,
                    "gaps": len(found.gaps), "refused": [one.why for one in found.refused],
                    "problems": [one.code for one in found.problems]})  # fmt: skip
        return self._tried(found)

    def look(self, text: str) -> Tried:
        """A draft that was edited: compiled, played and compared again."""
        if len(text) > 200_000:
            raise BadInput("a runbook has at most 200,000 characters")
        means = self.means()
        found = compiled(Drafted(text, None), means)
        if found.runbook is not None:
            try:
                runbook = self._drafting.compile(text)
                found = replace(found, runbook=runbook, nearest=means.nearest_runbook("", operations_used(runbook)))
            except RunbookInvalid as error:
                found = replace(found, runbook=None, problems=error.problems)
        return self._tried(found)

    def _tried(self, found: Drafted) -> Tried:
        if found.runbook is None:
            return Tried(found, None, None, (), None, raised=False)
        catalogue = catalogue_of(self._rooms.registry)
        named = {here: general for general, here in means_of(self._rooms.registry, {}).called.items()}
        played = play(found.runbook, table_for(found.runbook, catalogue, named))
        known = self._rooms.runbooks.get(found.runbook.runbook)
        beside = known if known is not None else self._rooms.runbooks.get(found.nearest or "")
        effects = frozenset(name for name, one in catalogue.items() if one.effect != "read")
        least = least_revision(known, differences(known, found.runbook)) if known is not None else None
        raised = known is None or (raised_enough(known, found.runbook) and known != found.runbook)
        words = in_words(beside, found.runbook, effects=effects)
        return Tried(found, played, beside.runbook if beside is not None else None, words, least, raised)

    def simulate(self, text: str, *, by: str) -> Sequence[Simulated]:
        """The file's own tests, in the sample company, which starts for it: half a minute or so. Raises `RunbookInvalid`."""
        runbook = self._drafting.compile(text)
        if self.simulate_with is None:
            raise BadInput(
                "no sample company can be started here", mend="tickless runbook test FILE, where there is one"
            )
        found = self.simulate_with(text)
        self._note(
            by,
            "architect.simulated",
            runbook.runbook,
            {"passed": sum(one.passed for one in found), "tests": len(found)},
        )
        return found

    def propose(self, text: str, *, by: Keeper, described: str = "", method: str = "", note: str = "",
                gaps: Sequence[str] = ()) -> RunbookDraft:  # fmt: skip
        """Put a draft before people who may sign it. Raises `RunbookInvalid`, `Conflict`, `BadInput`."""
        runbook = self._drafting.compile(text)
        known = self._rooms.runbooks.get(runbook.runbook)
        if known is not None and not raised_enough(known, runbook):
            least = least_revision(known, differences(known, runbook))
            raise Conflict(
                f"revision {runbook.revision} says less than what was changed", mend=f"write `revision: {least}`"
            )
        one = RunbookDraft(
            id=new_id("drf"), runbook=runbook.runbook, revision=runbook.revision, title=runbook.title, text=text,
            described=described[:8_000], method=method[:120], gaps=tuple(gap[:300] for gap in gaps[:50]), note=note[:500],
            by=by.by, person=by.person.id if by.person is not None else None, at=self._rooms.clock.now(),
        )  # fmt: skip
        with self._rooms.journal.write() as tx:
            if tx.runbook_drafts.count(tx.runbook_drafts.table.c.state == "proposed") >= MOST_OPEN:
                raise Conflict("as many proposals wait as may wait", mend="have some of them signed or refused first")
            tx.runbook_drafts.put(one)
            tx.audit.append(at=one.at, actor=by.by, action="runbook.proposed", subject=f"runbook:{one.runbook}",
                            detail={"draft": one.id, "revision": one.revision, "text": digest(text), "method": one.method,
                                    "gaps": len(one.gaps)})  # fmt: skip
        return one

    def proposals(self, *, open_only: bool = False) -> list[RunbookDraft]:
        """The latest first."""
        with self._rooms.journal.read() as tx:
            table = tx.runbook_drafts.table.c
            conditions = [table.state == "proposed"] if open_only else []
            return tx.runbook_drafts.where(*conditions, order=table.at.desc(), limit=MOST)

    def proposal(self, identity: str) -> tuple[RunbookDraft, Tried]:
        """One, as it stands now. Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            one = tx.runbook_drafts.need(identity)
        return one, self.look(one.text)

    def publish(self, identity: str, *, by: Keeper, reason: str = "") -> RunbookDraft:
        """Sign a proposal: it holds from now on, and suggests itself at most. Raises `NotFound`, `Conflict`, `Forbidden` (its
        author), `RunbookInvalid` where it does not compile any more."""
        with self._rooms.journal.read() as tx:
            one = tx.runbook_drafts.need(identity)
        if by.by == one.by or (one.person is not None and by.person is not None and by.person.id == one.person):
            raise Forbidden("nobody signs what they proposed themselves", mend="ask a colleague who may")
        if self._in_git:
            raise Conflict(
                "this house takes in runbooks as git has them",
                mend="commit the file to the folder, and have it reviewed",
            )
        self._drafting.compile(one.text)
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            one = tx.runbook_drafts.need(identity, lock=True)
            self._waiting(one)
            for other in tx.runbook_drafts.by(runbook=one.runbook, state="published"):
                tx.runbook_drafts.put(other.model_copy(update={"state": "replaced"}))
            signed = _decided(one, "published", by, now, reason)
            tx.runbook_drafts.put(signed)
            rung = tx.coordination.rungs().get(one.runbook)
            if rung is None or RUNGS.index(rung) > RUNGS.index(FIRST_RUNG):
                put_rung(tx, one.runbook, EVERYWHERE, FIRST_RUNG, by=by.by, at=now, reason="a draft that was signed")
            for scoped in tx.scoped_rungs(one.runbook):
                if RUNGS.index(scoped.rung) > RUNGS.index(FIRST_RUNG):
                    tx.drop_rung(one.runbook, scoped.scope)
            tx.audit.append(at=now, actor=by.by, action="runbook.signed", subject=f"runbook:{one.runbook}",
                            detail={"draft": one.id, "revision": one.revision, "author": one.by, "text": digest(one.text),
                                    "method": one.method, "rung": FIRST_RUNG, "reason": reason[:500]})  # fmt: skip
        self._rooms.runbooks.sync(by=by.by)
        return signed

    def refuse(self, identity: str, *, by: Keeper, reason: str) -> RunbookDraft:
        """Say no; by its author: take it back. Raises `NotFound`, `Conflict`, `BadInput`."""
        if not reason.strip():
            raise BadInput("say why", mend="its author reads the reason")
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            one = tx.runbook_drafts.need(identity, lock=True)
            self._waiting(one)
            decided = _decided(one, "withdrawn" if by.by == one.by else "refused", by, now, reason)
            tx.runbook_drafts.put(decided)
            tx.audit.append(at=now, actor=by.by, action=f"runbook.{decided.state}", subject=f"runbook:{one.runbook}",
                            detail={"draft": one.id, "reason": reason[:500]})  # fmt: skip
        return decided

    def _waiting(self, one: RunbookDraft) -> None:
        if one.state != "proposed":
            raise Conflict(f"it was {one.state} already")

    def _note(self, by: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        with self._rooms.journal.write() as tx:
            tx.audit.append(
                at=self._rooms.clock.now(), actor=by, action=action, subject=f"runbook:{subject}", detail=dict(detail)
            )


def _decided(one: RunbookDraft, state: str, by: Keeper, now: dt.datetime, reason: str) -> RunbookDraft:
    return one.model_copy(update={"state": state, "decided_by": by.by, "decided_at": now, "reason": reason[:500]})


def holding(runbook: Runbook, before: Runbook | None) -> bool:
    """Whether a signed draft counts beside what a folder has: the higher revision does."""
    return before is None or tuple(map(int, runbook.revision.split("."))) > tuple(map(int, before.revision.split(".")))
