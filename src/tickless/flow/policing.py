"""The policies that hold now: read again when a file of their folder changes. An invalid set never replaces a valid one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tickless.domain.errors import Problem
from tickless.domain.policy_set import PolicySet
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger
from tickless.stages.decide.policy import PolicyEngine
from tickless.stages.decide.policy_files import PoliciesInvalid, compile_policies
from tickless.stages.decide.policy_folder import Found

log = get_logger("flow")


class Policing:
    """`read` reads and compiles the folder, given the commit in force; `signature` changes when a file does.

    At the start an invalid folder leaves the last valid set in force, if there was one; else it raises `PoliciesInvalid`.
    """

    def __init__(
        self, journal: Journal, clock: Clock, *, read: Callable[[str], Found], signature: Callable[[], str]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._read = read
        self._signature = signature
        self._lock = threading.Lock()
        self._seen = signature()
        self.problems: tuple[Problem, ...] = ()
        self.set = PolicySet(id="", files={}, digest="", at=clock.now())
        """What is in force, as it is on record."""
        self.engine = self._begin()

    def look(self) -> None:
        """By the clock, in every process: take in what changed."""
        if self._signature() != self._seen:
            self.sync(by="tickless")

    def sync(self, *, by: str) -> tuple[Problem, ...]:
        """Read the folder now; what is wrong with it, and then everything stays as it was."""
        with self._lock:
            self._seen = self._signature()
            try:
                found = self._read(self.set.id.partition("+")[0] if "+" in self.set.id else "")
            except PoliciesInvalid as error:
                self.problems = error.problems
                log.error("policies were not taken in", in_force=self.set.id,
                          problems=[str(one) for one in error.problems[:10]])  # fmt: skip
                return self.problems
            self.problems = ()
            if found.policies.version != self.set.id:
                self._record(found, by=by)
                self.engine.take(found.policies)
        return ()

    def _begin(self) -> PolicyEngine:
        last = self._last()
        try:
            found = self._read(last.commit if last else "")
        except PoliciesInvalid as error:
            if last is None:
                raise
            self.problems, self.set = error.problems, last
            log.error(
                "policies were not taken in", in_force=last.id, problems=[str(one) for one in error.problems[:10]]
            )
            return PolicyEngine(compile_policies(last.files, commit=last.commit))
        self._record(found, by="tickless", before=last)
        return PolicyEngine(found.policies)

    def _last(self) -> PolicySet | None:
        """The set that came into force last."""
        with self._journal.read() as tx:
            mark = tx.coordination.mark(MARK)
            return tx.policy_sets.get(mark) if mark else None

    def _record(self, found: Found, *, by: str, before: PolicySet | None = None) -> None:
        """Keep the set whole, and say in the record that it holds from now on; once for all processes."""
        now, commit = self._clock.now(), found.commit
        made = PolicySet(
            id=found.policies.version, profile=found.profile, files=dict(found.policies.files), at=now,
            digest=found.policies.digest, commit=found.policies.commit,
            authors=tuple(dict.fromkeys((commit.author, *commit.signers))) if commit else (),
        )  # fmt: skip
        with self._journal.write() as tx:
            mark = tx.coordination.mark(MARK)
            known = tx.policy_sets.get(made.id)
            self.set = known or tx.policy_sets.put(made)
            if mark == made.id:
                return
            tx.coordination.note(MARK, made.id)
            tx.audit.append(at=now, actor=by, action="policy.in_force", subject=f"policies:{made.id}",
                            detail={"before": mark or "", "profile": found.profile, "digest": made.digest,
                                    "commit": made.commit, "authors": list(made.authors)})  # fmt: skip


MARK = "policies"
"""What is in force, for all processes."""
