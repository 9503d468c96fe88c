"""The runbooks that hold now: read again when a file of their folders changes, all of them or none."""

from __future__ import annotations

import threading
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError

from tickless.domain.errors import Problem, RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.journal import Journal, Tx
from tickless.kit.canonical import digest
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger
from tickless.stages.act.comparing import differences, least_revision, raised_enough
from tickless.stages.act.compiler import operations_used

MARK = "runbooks"
"""What was published last, for all processes: the first to notice a change writes it into the audit record."""

LAST = "runbook:"
"""And each of them as it was, by its id."""

log = get_logger("flow")


@dataclass(frozen=True)
class Published:
    """What a look at the folders found. With problems nothing changed: what held before goes on holding."""

    runbooks: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def differs(self) -> bool:
        return bool(self.added or self.changed or self.retired)


class Publishing(Mapping[str, Runbook]):
    """Runbooks by id. What runs goes on by the plan it was given; the next decision is made with what holds then.

    `read` compiles the folders and raises `RunbookInvalid` with every problem; `signature` changes when a file does.
    `strict`: nothing is taken in whose revision says less than what was changed. `changed`: called after something else
    holds, so that the brain is taught it. `rewritten`: called in the transaction that records it for each runbook that does
    other things than before, so that it does not inherit what the old one has earned; and for each that is retired.
    """

    def __init__(
        self, journal: Journal, clock: Clock, *, read: Callable[[], dict[str, Runbook]], signature: Callable[[], str],
        strict: bool = False,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._clock = clock
        self._read = read
        self._signature = signature
        self._strict = strict
        self._lock = threading.Lock()
        self._seen = signature()
        self._held = read()
        self.problems: tuple[Problem, ...] = ()
        self.changed: Callable[[], None] = lambda: None
        self.rewritten: Callable[[Tx, str], None] = lambda tx, runbook: None

    @property
    def held(self) -> dict[str, Runbook]:
        """What holds at this moment: another object as soon as something else does. Not to be changed."""
        return self._held

    def __getitem__(self, runbook: str) -> Runbook:
        return self._held[runbook]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> KeysView[str]:
        return self._held.keys()

    def values(self) -> ValuesView[Runbook]:
        return self._held.values()

    def items(self) -> ItemsView[str, Runbook]:
        return self._held.items()

    def look_back(self) -> None:
        """At the start: what was changed while no house ran is on record, and does not inherit what the old one has earned."""
        with self._journal.write() as tx:
            before = _remembered(tx)
            found = _compared(before, self._held) if before else Published(0)
            if found.differs:
                self._note_change(tx, found, before, by="tickless")
            _remember(tx, self._held, before)

    def look(self) -> None:
        """By the clock, in every process: take in what changed."""
        if self._signature() != self._seen:
            self.sync(by="tickless")

    def sync(self, *, by: str, dry_run: bool = False) -> Published:
        """Read the folders now. One file with a problem leaves everything as it was."""
        with self._lock:
            seen, before = self._signature(), self._held
            try:
                fresh = self._read()
            except RunbookInvalid as error:
                found = Published(len(before), problems=error.problems)
            else:
                found = _compared(before, fresh)
                low = tuple(_too_low(before, fresh, found.changed)) if self._strict else ()
                found = Published(len(before), problems=low) if low else found
            if dry_run:
                return found
            self._seen, self.problems = seen, found.problems
            if found.differs:
                self._held = fresh
                self._record(found, before, by=by)
        if found.problems:
            log.error("runbooks were not taken in", problems=[str(one) for one in found.problems[:10]])
        elif found.differs:
            self.changed()
        return found

    def _record(self, found: Published, before: Mapping[str, Runbook], *, by: str) -> None:
        stands = digest({name: one.model_dump(mode="json", by_alias=True) for name, one in self._held.items()})
        with self._journal.write() as tx:
            if tx.coordination.mark(MARK) == stands:
                return
            tx.coordination.note(MARK, stands)
            self._note_change(tx, found, before, by=by)
            _remember(tx, self._held, before)

    def _note_change(self, tx: Tx, found: Published, before: Mapping[str, Runbook], *, by: str) -> None:
        tx.audit.append(
            at=self._clock.now(),
            actor=by,
            action="runbook.published",
            subject="runbooks",
            detail={
                "added": {name: self._held[name].revision for name in found.added},
                "changed": {name: self._held[name].revision for name in found.changed},
                "retired": list(found.retired),
            },
        )
        for name in found.changed:
            if _does_other_things(before[name], self._held[name]):
                self.rewritten(tx, name)
        for name in found.retired:  # else one that comes back under its name would act on what another has earned
            self.rewritten(tx, name)


def _remembered(tx: Tx) -> dict[str, Runbook]:
    """What held when a house last ran here; a form of an older release is left out."""
    found: dict[str, Runbook] = {}
    for name, text in tx.coordination.marks(LAST).items():
        with suppress(ValidationError):
            found[name.removeprefix(LAST)] = Runbook.model_validate_json(text)
    return found


def _remember(tx: Tx, held: Mapping[str, Runbook], before: Mapping[str, Runbook]) -> None:
    for name, one in held.items():
        if before.get(name) != one:
            tx.coordination.note(f"{LAST}{name}", one.model_dump_json(by_alias=True))
    for name in before.keys() - held.keys():
        tx.coordination.forget_mark(f"{LAST}{name}")


def _does_other_things(old: Runbook, new: Runbook) -> bool:
    """By its revision, by what others rely on, or because it uses other operations."""
    raised = new.revision.partition(".")[0] != old.revision.partition(".")[0]
    return (
        raised
        or operations_used(old) != operations_used(new)
        or any(one.weight == "major" for one in differences(old, new))
    )


def _too_low(
    before: Mapping[str, Runbook], fresh: Mapping[str, Runbook], changed: tuple[str, ...]
) -> Iterator[Problem]:
    """Changed runbooks whose revision says less than what was changed."""
    for name in changed:
        if not raised_enough(before[name], fresh[name]):
            least = least_revision(before[name], differences(before[name], fresh[name]))
            reason = f"revision {fresh[name].revision} says less than what was changed"
            yield Problem(name, 1, 1, "revision_not_raised", "revision", reason, f"write `revision: {least}`")


def _compared(before: Mapping[str, Runbook], fresh: Mapping[str, Runbook]) -> Published:
    both = sorted(before.keys() & fresh.keys())
    return Published(
        len(fresh),
        added=tuple(sorted(fresh.keys() - before.keys())),
        changed=tuple(name for name in both if before[name] != fresh[name]),
        retired=tuple(sorted(before.keys() - fresh.keys())),
    )
