"""Keeps what a decision was made from: its own inputs, and records and runbooks once for all decisions that saw the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.domain.decision import Decision
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.evidence import Evidence
from tickless.stages.decide.evidence import Witness, digest_of, pack, runbooks_body, world_body
from tickless.stages.decide.policy_again import PolicyAnswer


class Keeper:
    """Remembers the digests of what it saw last: records and runbooks change far less often than decisions are made."""

    def __init__(self) -> None:
        self._world: tuple[World, str] | None = None
        self._runbooks: tuple[tuple[tuple[str, str], ...], str] | None = None

    def keep(
        self, tx: Tx, made: Decision, witness: Witness, heard: Iterable[PolicyAnswer] = (), *, now: dt.datetime
    ) -> str:
        """Write it down, with what policy was asked and said; returns the digest of it all, for the audit record."""
        evidence, situation = Evidence(tx.connection), witness.situation
        body = {
            **witness.inputs,
            "world": self._world_digest(evidence, situation.world, now),
            "runbooks": self._runbooks_digest(evidence, situation.runbooks, now),
            "policy": [one.model_dump(mode="json") for one in heard],
        }
        found = digest_of(body)
        evidence.put(made.id, case=made.case, digest=found, body=body)
        return found

    def _world_digest(self, evidence: Evidence, world: World, now: dt.datetime) -> str:
        known = self._world
        if known is not None and known[0] is world and evidence.has_text(known[1]):
            return known[1]
        body = world_body(world)
        found = digest_of(body)
        if not evidence.has_text(found):
            evidence.put_text(found, kind="world", body=pack(body), at=now)
        self._world = (world, found)
        return found

    def _runbooks_digest(self, evidence: Evidence, runbooks: Iterable[Runbook], now: dt.datetime) -> str:
        seen = tuple(runbooks)
        key = tuple((one.runbook, one.revision) for one in seen)
        known = self._runbooks
        if known is not None and known[0] == key and evidence.has_text(known[1]):
            return known[1]
        body = runbooks_body(seen)
        found = digest_of(body)
        if not evidence.has_text(found):
            evidence.put_text(found, kind="runbooks", body=pack(body), at=now)
        self._runbooks = (key, found)
        return found
