"""What makes each shipped runbook run once: a fault of the company, something that is said, or a person's own run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bench.kill_systems import (
    SERVICE,
    Opens,
    cluster,
    dead_rows,
    draining,
    idle_transaction,
    name_server,
    releases,
    taken_out,
)
from tickless.domain.person import Person
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate, FaultKind


@dataclass(frozen=True)
class Scene:
    """`faults`: what is broken before, with its amounts. `unseen`: effects that the estate keeps no record of.

    `system`: what it is about, where the estate has no such thing; it is changed once. `fires`: what a monitor tells.
    """

    runbook: str
    says: tuple[dict[str, str], ...] = ()
    faults: tuple[tuple[str, str, dict[str, float]], ...] = ()
    alerts: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ("verified",)
    unseen: int = 0
    system: Opens | None = None
    fires: dict[str, str] = field(default_factory=dict)

    def alert(self) -> list[dict[str, Any]]:
        """What the monitor sends, if it does."""
        if not self.fires:
            return []
        since = dt.datetime.now(dt.UTC).isoformat()
        return [{"status": "firing", "labels": self.fires, "startsAt": since, "fingerprint": self.runbook}]


def scenes(company: Company) -> Iterator[Scene]:
    """Each with people of its own."""
    people = iter(_plain(company))
    free, asked = company.app("lantern-meet"), company.app("driftview")

    def one() -> Person:
        return next(people)

    def says(runbook: str, text: str, *faults: tuple[str, str, dict[str, float]], who: Person | None = None) -> Scene:
        person = who or one()
        return Scene(runbook, says=({"person": person.id, "text": text},), faults=faults)

    locked, away, full, other = one(), one(), one(), one()
    yield says("directory.unlock-account", "i am locked out of my account", ("lock", locked.username, {}), who=locked)
    forgot = says("directory.reset-password", "i forgot my password")
    yield replace(forgot, unseen=1)  # the secret that the house makes itself
    yield says("access.grant-app", f"I need access to {asked.name}", who=_without(company, asked.group, people))
    yield says("access.remove-app", f"please remove my access to {asked.name}", who=_with(company, asked.group))
    yield says(
        "software.install", f"please install {free.name} on my laptop", who=_without(company, free.group, people)
    )
    yield says("vpn.restore-access", "my vpn profile has expired", ("vpn_expired", away.username, {}), who=away)
    yield says("mailbox.raise-quota", "my mailbox is full", ("mailbox_full", full.username, {}), who=full)
    yield Scene("service.restart", faults=(("kill", "search-api", {}),), alerts=True)
    yield Scene("pool.recycle", faults=(("pool", "catalog-api", {}),), alerts=True)
    yield Scene("certificate.renew", faults=(("certificate", f"shop.{company.domain}", {"days": 6.0}),), alerts=True,
                outcomes=("verified", "prevented"))  # fmt: skip
    yield Scene("disk.clean-up", faults=(("disk", "app-2:/var", {"to_percent": 92.0, "seconds": 0.0}),), alerts=True,
                outcomes=("verified", "prevented"))  # fmt: skip
    boss = company.person(other.manager or "")
    yield _two_say_so("directory.disable-account", one(), one(), {"person": other.username, "reason": "left"})
    yield _manager("people.leaver", boss, {"person": other.username})
    yield _manager("people.joiner", boss, {"person": other.username})
    yield _manager("people.mover", boss, {"person": other.username, "department": _elsewhere(company, other)})
    newcomer = _manager("people.newcomer", boss, {
        "new_person": "Jona Feldbach", "start": dt.datetime.now(dt.UTC).date().isoformat(), "department": other.department,
        "manager": boss.username,
        "location": other.location or "Head office", "job": "Clerk"})  # fmt: skip
    yield replace(newcomer, unseen=3)  # the record, the first password and the letter, which the house makes itself
    yield from of_systems()


def of_systems() -> Iterator[Scene]:
    """What a monitor tells of, or asks for by the label `remedy`, about systems that the company does not have."""

    def told(runbook: str, system: Opens, **labels: str) -> Scene:
        outcomes = ("verified", "prevented")
        return Scene(runbook, system=system, fires={"service": SERVICE, **labels}, outcomes=outcomes)

    web, shop = {"proxy": "shop", "server": "web2"}, {"namespace": "shop", "deployment": "web"}
    yield told("balancer.drain-server", draining, alertname="HAProxyServerResponseErrors", **web)
    yield told("balancer.take-in", taken_out, alertname="ServerOut", remedy="balancer.take-in", **web)
    yield told("database.end-idle-transactions", idle_transaction, alertname="PGIdleTxn")
    yield told("database.vacuum-table", dead_rows, alertname="PostgresqlTooManyDeadTuples", schemaname="public",
               relname="orders")  # fmt: skip
    yield told("dns.set-address", name_server, alertname="WrongRecord", remedy="dns.set-address",
               record="www.lane.example", address="192.0.2.9")  # fmt: skip
    yield told("release.roll-back", releases, alertname="BadRelease", remedy="release.roll-back")
    yield told("workload.restart", cluster, alertname="KubeDeploymentReplicasMismatch", **shop)
    yield told("workload.roll-back", cluster, alertname="KubeDeploymentRolloutStuck", **shop)


def begin(scene: Scene, estate: Estate) -> None:
    """Break what has to be broken."""
    for kind, target, amount in scene.faults:
        estate.fault(cast(FaultKind, kind), target, **amount)


def _manager(runbook: str, boss: Person, inputs: dict[str, str]) -> Scene:
    return Scene(
        runbook, more={"run": [runbook, inputs, boss.id], "operator": boss.id}, outcomes=("verified", "handed_off")
    )


def _two_say_so(runbook: str, one: Person, other: Person, inputs: dict[str, str]) -> Scene:
    """What destroys waits for a second source: the first is handed to people, the second acted on."""
    runs = {"run": [runbook, inputs, one.id], "run_again": [runbook, inputs, other.id]}
    more = {**runs, "operator": one.id, "colleague": other.id, "cases": 2}
    return Scene(runbook, more=more, outcomes=("verified", "handed_off"))


def _plain(company: Company) -> list[Person]:
    return [one for one in company.people[40:] if one.active and one.manager and not one.privileged and one.phone]


def _without(company: Company, group: str | None, people: Iterator[Person]) -> Person:
    return next(one for one in people if group not in one.groups)


def _with(company: Company, group: str | None) -> Person:
    return next(one for one in _plain(company) if group in one.groups)


def _elsewhere(company: Company, person: Person) -> str:
    return next(one.department for one in company.people if one.department != person.department)
