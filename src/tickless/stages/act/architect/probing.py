"""What looks: the probes of a sketch, their parameters, and what they have to say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tickless.stages.act.architect.lexicon import Fact
from tickless.stages.act.architect.matching import Stated, topic_of
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.sketch import Sketch
from tickless.stages.act.architect.slots import value_of

PROBE_OF = {
    "account": "directory.account",
    "password": "directory.account",
    "app": "directory.member",
    "package": "endpoint.software",
    "device": "endpoint.device",
    "profile": "vpn.profile",
    "gateway": "vpn.gateway",
    "vpn": "vpn.tunnel",
    "tunnel": "vpn.tunnel",
    "certificate": "certificate.state",
    "disk": "disk.usage",
    "pool": "pool.state",
    "process": "process.state",
    "service": "health.check",
    "health": "health.check",
    "deployment": "kubernetes.workload",
    "node": "kubernetes.node",
    "server": "haproxy.server",
    "record": "dns.record",
    "mailbox": "mailbox.quota",
    "run": "github.run",
}
"""What is spoken of → the probe that looks at it."""


@dataclass
class Probing:
    """Asks the probes that there are, about what the sketch has as inputs."""

    means: Means
    sketch: Sketch
    limit: float | None = None
    """A size that was named as the most there may be, in MiB."""
    loop: dict[str, Any] | None = None
    """The loop that operations go into from now on."""
    _looks: dict[str, tuple[str, int]] = field(default_factory=dict)

    def last_probe(self) -> str:
        """What read back the last operation."""
        return self.sketch.done[-1].doing.reads if self.sketch.done else ""

    def check(
        self, probe: str, expect: str, *, given: dict[str, Any] | None = None, within: str = "60s"
    ) -> dict[str, Any] | None:
        """A probe with its expectation, as prechecks and proofs have it; None: there is none here."""
        known = self.means.find(probe)
        if known is None:
            return None
        parameters = {name: value for name, value in (given or {}).items() if name in known.params.model_fields}
        for name, described in known.params.model_fields.items():
            if name in parameters or not described.is_required():
                continue
            value = value_of(name, probe, self.sketch.inputs)
            if value is None:
                return None
            parameters[name] = value
        return {"uses": known.name, "with": parameters, "expect": f"${{{{ {self.limited(expect)} }}}}"}

    def limited(self, expect: str) -> str:
        return expect.replace("$limit", f"{self.limit or 51_200.0:.1f}")

    def reads(self, stated: Stated) -> str:
        """The state as an expression over a look-up step, which is added unless it was looked up since the last change."""
        step = self.look(stated.fact)
        return self.limited(re.sub(r"\bresult\b", f"steps.{step}", stated.says))

    def look(self, fact: Fact, *, title: str = "") -> str:
        """A step that asks the probe; the one that is there already if nothing was changed since."""
        known = self.means.find(fact.probe)
        check = self.check(fact.probe, "true")
        if known is None or check is None:
            return "unknown"
        key = json.dumps([known.name, check["with"]], sort_keys=True)
        step, changed = self._looks.get(key, ("", -1))
        if changed == len(self.sketch.done):
            return step
        name = fact.probe.rpartition(".")[2]
        body = {"title": title or f"Look at the {name.replace('_', ' ')}", "uses": known.name, "with": check["with"]}
        of_each = self.loop is not None and "${{ each }}" in check["with"].values()
        step = self.sketch.step(
            name, tidied(body), into=self.loop["for_each"]["steps"] if self.loop and of_each else None
        )
        self._looks[key] = (step, len(self.sketch.done))
        return step

    def probes_in(self, text: str, topic: str = "") -> list[tuple[str, dict[str, Any]]]:
        """The probes whose subject is named, each with its parameters."""
        named = [topic_of(part) for part in re.split(r",|\band\b", text)]
        if re.search(r"\bhealth\b", text):
            named.append("health")
        found: list[tuple[str, dict[str, Any]]] = []
        for name in dict.fromkeys([*(one for one in named if one), *([topic] if topic and not any(named) else [])]):
            probe = PROBE_OF.get(name)
            made = self.check(probe, "true") if probe is not None else None
            if probe is not None and made is not None and all(probe != other for other, _ in found):
                found.append((probe, made))
        return found


def tidied(body: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {name: value for name, value in body.items() if value not in ({}, None, "")}
