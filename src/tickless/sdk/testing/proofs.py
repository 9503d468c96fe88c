"""What proves that a rule is done, as far as a machine can tell. Rules without an entry are proven by their own test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from tickless.sdk.connector import Connector
from tickless.sdk.testing.cases import ContractCase, Fault
from tickless.sdk.testing.promises import IRREVERSIBLE
from tickless.sdk.testing.quality import changing

Cases = Sequence[ContractCase]
Proof = Callable[[Connector, Cases], list[str]]
_MAPPED: tuple[frozenset[Fault], ...] = (
    frozenset({"unauthenticated", "forbidden"}),
    frozenset({"failing", "not_listening"}),
    frozenset({"not_found", "invalid"}),
)


def _errors_mapped(connector: Connector, cases: Cases) -> list[str]:
    shown = {fault for case in cases for fault in case.faults}
    return [f"no case fails as any of {sorted(kinds)}" for kinds in _MAPPED if not kinds & shown]


def _timeout_honoured(connector: Connector, cases: Cases) -> list[str]:
    return [] if any("hangs" in case.faults for case in cases) else ["no case has the fault `hangs`"]


def _changes_covered(connector: Connector, cases: Cases) -> list[str]:
    covered = {case.operation for case in cases if case.changes}
    return [f"no case shows {name} change something" for name in changing(connector) if name not in covered]


def _idempotent(connector: Connector, cases: Cases) -> list[str]:
    unsafe = [name for name in changing(connector) if not connector.manifest.actions[name].idempotent]
    return [f"{name} is not idempotent" for name in unsafe] + _changes_covered(connector, cases)


def _dry_run(connector: Connector, cases: Cases) -> list[str]:
    without = [name for name in changing(connector) if not connector.manifest.actions[name].dry_run]
    return [f"{name} has no dry run" for name in without] + _changes_covered(connector, cases)


def _read_back(connector: Connector, cases: Cases) -> list[str]:
    return [] if connector.manifest.probes else ["there is no probe"]


def _undo(connector: Connector, cases: Cases) -> list[str]:
    restored = {case.operation for case in cases if case.undo_restores}
    return [
        f"no case shows that the undo of {name} restores what was"
        for name in changing(connector)
        if not connector.manifest.actions[name].undo.startswith(IRREVERSIBLE) and name not in restored
    ]


def _simulator(connector: Connector, cases: Cases) -> list[str]:
    covered = {case.operation for case in cases}
    return [f"{name} has no contract case" for name in sorted(connector.operations) if name not in covered]


def _real_product(connector: Connector, cases: Cases) -> list[str]:
    if not connector.manifest.proven:
        return ["the manifest names no product in [[proven]]"]
    for proof in connector.manifest.proven:
        dt.date.fromisoformat(proof.date)
    return []


PROOFS: dict[str, Proof] = {
    "errors_mapped": _errors_mapped,
    "timeout_honoured": _timeout_honoured,
    "safe_twice": _idempotent,
    "dry_run": _dry_run,
    "read_back": _read_back,
    "undo": _undo,
    "simulator": _simulator,
    "real_product": _real_product,
}


def unproven(connector: Connector, cases: Cases, claims: dict[str, str]) -> list[str]:
    """Rules claimed as done without proof, each with the reason."""
    return [
        f"{rule}: {problem}"
        for rule, proof in PROOFS.items()
        if claims[rule] == "done"
        for problem in proof(connector, cases)
    ]
