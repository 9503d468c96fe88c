"""Makes true what an entry is given: in the estate, in the records, and as cases that run already."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import sqlite3
import time
from pathlib import Path

from bench.given_form import Given, Incident, State
from bench.roles import Roles
from bench.suite_house import SuiteHouse
from tickless.app.sample_house import MONITOR
from tickless.domain.case import Case
from tickless.domain.errors import Rejected
from tickless.domain.known import Maintenance
from tickless.domain.person import App, Person
from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload
from tickless.flow import names
from tickless.kit.ids import new_id
from tickless.sample.estate.control import OfficeFault
from tickless.stages.correlate.impact import personal_impact

GATEWAY = "vpn-gateway"
WINDOW = dt.timedelta(hours=2)
_ACCOUNT: dict[str, OfficeFault] = {"locked": "lock", "disabled": "disable", "password_expired": "password_expired"}
_VPN: dict[str, OfficeFault] = {"profile_expired": "vpn_expired", "client_old": "client_old"}
_DEVICE: dict[str, OfficeFault] = {"disk_full": "device_disk_full", "offline": "device_offline"}


class CannotSet(Exception):
    """Something that an entry is given cannot be made true here; the text says what."""


class Setting:
    """What one entry is given, made true for the people that its roles stand for."""

    def __init__(self, house: SuiteHouse, roles: Roles) -> None:
        self._house = house
        self._roles = roles
        self._company = house.company

    def make(self, given: Given) -> None:
        """Everything that is given, in order: people, services, requests. Raises `CannotSet`."""
        people = {"{me}": State.model_validate(given.model_dump(include=set(State.model_fields))), **given.of}
        for token, state in people.items():
            self._person(self.person(token), state)
        for service in given.maintenance:
            self._maintenance(self._service(service))
        for incident in given.incident:
            self._incident(Incident(service=self._service(incident.service), kind=incident.kind))
        if any(state.vpn == "gateway_down" for state in people.values()):
            self._incident(Incident(service=GATEWAY))
        for token, state in people.items():
            self._requests(token, state)
        self._house.house.world.renew()
        self._house.settle()
        self._house.estate.forget_effects()

    def person(self, token: str) -> Person:
        """Who stands behind a role. Raises `CannotSet`."""
        try:
            return self._company.person(self._roles.ref(token))
        except KeyError as error:
            raise CannotSet(f"there is no role {token!r}") from error

    def _service(self, token: str) -> str:
        try:
            return self._company.service(self._roles.ref(token)).id
        except KeyError as error:
            raise CannotSet(f"there is no role {token!r}") from error

    def app(self, token: str) -> App:
        """Which app stands behind a role. Raises `CannotSet`."""
        try:
            return self._company.app(self._roles.ref(token))
        except KeyError as error:
            raise CannotSet(f"there is no role {token!r}") from error

    def _person(self, person: Person, state: State) -> None:
        estate = self._house.estate
        if state.account != "ok":
            estate.fault(_ACCOUNT[state.account], person.username)
        if state.vpn in _VPN:
            estate.fault(_VPN[state.vpn], person.username)
        if state.device != "ok":
            estate.fault(_DEVICE[state.device], self._company.laptop(person.id).id)
        if state.mailbox == "full":
            estate.fault("mailbox_full", person.username)
        for token, entitled in state.entitlement.items():
            if entitled == "none":
                self._take_away(person, self.app(token))

    def _take_away(self, person: Person, app: App) -> None:
        if app.group not in person.groups:
            return
        self._ask_office("DELETE", f"/accounts/{person.username}/groups/{app.group}")
        if app.package:
            self._uninstall(self._company.laptop(person.id).id, app.package)
        left = person.model_copy(update={"groups": tuple(group for group in person.groups if group != app.group)})
        with self._house.house.journal.write() as tx:
            tx.people.put(left)

    def _uninstall(self, device: str, package: str) -> None:
        file = Path(self._house.estate.blueprint.folder) / "office.sqlite"
        connection = sqlite3.connect(file, isolation_level=None, timeout=10.0)
        try:
            connection.execute("delete from software where device = ? and package = ?", (device, package))
        finally:
            connection.close()

    def _ask_office(self, method: str, path: str) -> None:
        blueprint = self._house.estate.blueprint
        line = http.client.HTTPConnection("127.0.0.1", blueprint.office_port, timeout=10)
        headers = {
            "Authorization": f"Bearer {blueprint.token}",
            "Idempotency-Key": new_id("set"),
            "Connection": "close",
        }
        try:
            line.request(method, path, b"{}", headers)
            status = line.getresponse().status
        finally:
            line.close()
        if status >= 400:
            raise CannotSet(f"{method} {path}: {status}")

    def _maintenance(self, service: str) -> None:
        now = self._house.house.rooms.clock.now()
        window = Maintenance(
            id=new_id("mnt"),
            service=service,
            title=f"Planned work on {self._company.service(service).name}",
            starts_at=now - dt.timedelta(minutes=20),
            ends_at=now + WINDOW,
            owner=self._company.service(service).owner,
        )
        with self._house.house.journal.write() as tx:
            tx.maintenance.put(window)

    def _incident(self, incident: Incident) -> None:
        """Real trouble, its alert, and a brake on the service, so that it goes on for as long as the entry does."""
        desk = self._house.house.desk
        asyncio.run(desk.set_switch(f"service:{incident.service}", on=True, by="bench", reason="the incident goes on"))
        self._break(incident)
        asyncio.run(desk.receive(self._alert(incident)))
        self._wait_for_case(incident.service)

    def _break(self, incident: Incident) -> None:
        estate = self._house.estate
        plan = estate.blueprint.find(incident.service)
        if incident.kind != "down":
            estate.fault(incident.kind, incident.service)
        elif plan is not None and plan.process == incident.service:
            estate.fault("kill", plan.process)
        else:
            try:
                estate.fault("errors", incident.service)
            except Rejected as error:
                raise CannotSet(f"{incident.service} cannot be broken: {error}") from error

    def _alert(self, incident: Incident) -> Payload:
        now = self._house.house.rooms.clock.now()
        name = {"down": "ServiceDown", "slow": "HighLatency", "errors": "HighErrorRate"}[incident.kind]
        labels = {"alertname": name, "service": incident.service, "severity": "critical"}
        alert = {
            "status": "firing", "labels": labels, "startsAt": now.isoformat(), "endsAt": "0001-01-01T00:00:00Z",
            "annotations": {"summary": f"{self._company.service(incident.service).name} is {incident.kind}"},
            "fingerprint": new_id("fp"),
        }  # fmt: skip
        body = {"version": "4", "status": "firing", "receiver": "tickless", "groupLabels": {}, "commonLabels": labels,
                "commonAnnotations": {}, "externalURL": "http://127.0.0.1", "groupKey": "{}", "alerts": [alert]}  # fmt: skip
        return Payload(source=MONITOR, received_at=now, body=json.dumps(body).encode())

    def _wait_for_case(self, service: str) -> None:
        end = time.monotonic() + 10.0
        while time.monotonic() < end:
            with self._house.house.journal.read() as tx:
                if tx.cases.by(service=service, door="machine"):
                    return
            time.sleep(0.02)
        raise CannotSet(f"no incident of {service} came about")

    def _requests(self, token: str, state: State) -> None:
        for request in state.request:
            self.request(self.person(request.person or token), self.app(request.app))
        for name, entitled in state.entitlement.items():
            if entitled == "pending":
                self.request(self.person(token), self.app(name))

    def request(self, person: Person, app: App) -> None:
        """A request of an earlier day, as far as its approval."""
        house = self._house.house
        now = house.rooms.clock.now()
        with house.journal.write() as tx:
            case = Case(
                id=new_id("case"),
                number=tx.coordination.next_number("case"),
                kind="request",
                need="access_request",
                title=Untrusted(f"access to {app.name}"),
                subject=f"person:{person.id}/{app.id}",
                requester=person.id,
                speaker=person.id,
                conversation=f"web:{person.id}:earlier",
                door="human",
                inputs={"app": app.id},
                assurance="signed_in",
                impact=personal_impact("request"),
                opened_at=now,
                updated_at=now,
            )
            tx.cases.put(case)
            house.engine.enqueue(tx, names.RESOLVE_CASE, workflow=names.case_workflow(case.id, 0), args=(case.id, 0))
        self._house.settle()
        with house.journal.read() as tx:
            if not tx.approvals.by(case=case.id, state="pending"):
                raise CannotSet(f"{app.name} for {person.name}: no approval is asked for")
