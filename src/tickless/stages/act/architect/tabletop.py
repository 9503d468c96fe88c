"""A table top: how things stand, and what operations make of it, without any system. Deterministic, nothing is reached.

It knows what the lexicon says of each operation and the few ways in which one thing hangs on another. It proves the shape of a
procedure (the right branch, the right end), not that a system behaves so: that is what the sample company is for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tickless.domain.runbook import Runbook
from tickless.kit.yaml_text import read_yaml
from tickless.stages.act.architect.lexicon import Doing, lexicon
from tickless.stages.act.catalogue import OperationCatalogue
from tickless.stages.act.compiler_samples import sample_model
from tickless.stages.act.expecting import expected

CLEANED = 25.0
"""Percent of a disk that a clean-up frees here."""


@cache
def _well() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read_yaml(
        files(__package__).joinpath("tabletop.yaml").read_text(encoding="utf-8")
    )
    return found


@dataclass
class Tabletop:
    """`named`: operation as runbooks here call it → the lexicon's name. What `given` says holds of everything of its kind."""

    catalogue: OperationCatalogue
    named: Mapping[str, str] = field(default_factory=dict)
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    effects: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def set(self, probe: str, field_: str, value: Any) -> None:
        """How things of that kind stand in the beginning."""
        self.given.setdefault(probe, {})[field_] = value

    def ask(self, use: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What a probe answers."""
        probe = self.named.get(use, use)
        found = self._record(probe, _key(parameters))
        return self._hanging(probe, found)

    def state(self, probe: str) -> list[dict[str, Any]]:
        """How everything of that kind stands now: whatever was touched, or else how it was in the beginning."""
        keys = [key for name, key in self.own if name == probe]
        return [self._hanging(probe, self._record(probe, key)) for key in keys] or [
            self._hanging(probe, self._record(probe, ""))
        ]

    def act(self, use: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Do it; what the operation answers."""
        name = self.named.get(use, use)
        known = self.catalogue[use]
        self.effects.append((name, dict(parameters)))
        doing = _doing(name, parameters)
        output = sample_model(known.output)
        if doing is None:
            return output
        reads = self.catalogue.get(doing.reads)
        wanted = set(reads.params.model_fields) if reads is not None else set()
        key = _key({one: value for one, value in parameters.items() if one in wanted})
        record = self._touched(doing.reads, key)
        for one, value in doing.sets.items():
            record[one] = parameters[value[1:]] if isinstance(value, str) and value.startswith("$") else value
        self._further(name, record, parameters)
        return {**output, **{one: value for one, value in record.items() if one in known.output.model_fields}}

    def _record(self, probe: str, key: str) -> dict[str, Any]:
        well = _well().get(probe)
        if well is None and probe in self.catalogue:
            well = sample_model(self.catalogue[probe].output)
        return {**(well or {}), **self.given.get(probe, {}), **self.own.get((probe, key), {})}

    def _touched(self, probe: str, key: str) -> dict[str, Any]:
        if (probe, key) not in self.own:
            self.own[probe, key] = copy.deepcopy(self._record(probe, key))
        return self.own[probe, key]

    def _further(self, name: str, record: dict[str, Any], parameters: Mapping[str, Any]) -> None:
        """What hangs on it."""
        match name:
            case "disk.clean_up":
                before = float(self.given.get("disk.usage", {}).get("percent", 45.0))
                cleaned = sum(one == name for one, _ in self.effects)
                record["percent"] = max(20.0, before - CLEANED * min(cleaned, 2))
            case "mailbox.set_quota":
                record["quota_mb"] = float(record["quota_mb"])
                record["percent"] = 100.0 * float(record["used_mb"]) / max(float(record["quota_mb"]), 1.0)
            case (
                "process.restart" | "process.start" | "kubernetes.restart" | "kubernetes.roll_back" | "github.roll_back"
            ):
                self.given.setdefault("health.check", {})["healthy"] = True
            case "postgresql.vacuum":
                record["tables"] = []
            case _:
                pass
        if name == "kubernetes.roll_back":
            record["revision"] = int(parameters.get("revision") or int(record["revision"]) - 1)

    def _hanging(self, probe: str, record: dict[str, Any]) -> dict[str, Any]:
        if probe == "vpn.tunnel":
            account, profile = self.state("directory.account")[-1], self.state("vpn.profile")[-1]
            reasons = {
                "gateway_down": not self._record("vpn.gateway", "")["up"], "account_locked": account["locked"],
                "account_disabled": not account["enabled"], "profile_expired": not profile["valid"],
                "client_old": bool(self.given.get("vpn.tunnel", {}).get("client_old", False)),
            }  # fmt: skip
            why = next((name for name, holds in reasons.items() if holds), "")
            return {**record, "connects": not why, "reason": why}
        if probe == "health.check":
            pool, process = self.state("pool.state")[-1], self.state("process.state")[-1]
            healthy = bool(record["healthy"]) and bool(process["running"]) and int(pool["in_use"]) < int(pool["size"])
            return {**record, "healthy": healthy, "status": 200 if healthy else 503}
        return record


def _doing(name: str, parameters: Mapping[str, Any]) -> Doing | None:
    """What the lexicon says of it: the entry whose own parameters are the same."""
    alike = [one for one in lexicon().doings if one.use == name]
    fitting = [one for one in alike if all(parameters.get(key) == value for key, value in one.given.items())]
    return fitting[0] if fitting else next((one for one in alike if not one.given), None)


def _key(parameters: Mapping[str, Any]) -> str:
    return json.dumps(dict(sorted(parameters.items())), default=str) if parameters else ""


def table_for(runbook: Runbook, catalogue: OperationCatalogue, named: Mapping[str, str]) -> Tabletop:
    """A table top on which what the runbook is for has happened: its prechecks have something to do."""
    table = Tabletop(catalogue, named)
    for check in runbook.precheck:
        for one, wanted in expected(check).items():
            known = _well().get(named.get(check.uses, check.uses), {})
            value = _value_for(wanted, known)
            if check.otherwise == "nothing_to_do" and value is not None:
                table.set(named.get(check.uses, check.uses), one, value)
    return table


def _value_for(wanted: str, known: Mapping[str, Any]) -> Any:
    if wanted in {"true", "false"}:
        return wanted == "true"
    sign, _, number = wanted.partition(" ")
    try:
        amount = float(known.get(number.removeprefix("result."), number))
    except ValueError:
        return None
    return {">": amount + 4, ">=": amount + 4, "<": amount - 1, "<=": amount - 1}.get(sign)
