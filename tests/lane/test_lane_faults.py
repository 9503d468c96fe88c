"""Seven real faults in a small estate, told by a real monitoring: each is one case with the right root, and ends as it ought.

The alerts are of the usual kind: the probe of everything behind a broken thing fails too. That noise has to be in the one case,
each alert with the reason why.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from tests.lane.houses import house_over, wait_for_case
from tests.servers.fault_estate import FaultEstate, run_fault_estate, watched
from tests.servers.sshd import Sshd, run_sshd
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import announced, serving
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.domain.world import World
from tickless.kit.clock import SystemClock

pytestmark = pytest.mark.server("faults")


@dataclass
class Scene:
    house: House
    estate: FaultEstate
    last: int = 0
    """Number of the newest case before the fault."""
    began: float = 0.0
    """When the fault began, by the monitoring's clock."""

    def cases(self) -> list[Case]:
        """Those of this fault; what was merged away is part of another one."""
        with self.house.journal.read() as tx:
            return [one for one in tx.cases.where() if one.number > self.last and one.state != "merged"]

    def begin(self) -> None:
        """The estate is well, and what was before is over."""
        until(lambda: not self.estate.firing(), what="the estate to be well", every=0.3)
        until(lambda: not self._firing(), what="every resolve to be heard", every=0.3)
        with self.house.journal.read() as tx:
            self.last = max((one.number for one in tx.cases.where()), default=0)
        self.began = time.time()

    def loud(self) -> set[str]:
        """Whose probes failed since the fault began: a repair can be quicker than the next probe of some of them."""
        return self.estate.loud(math.ceil(time.time() - self.began))

    def alerts(self, case: Case) -> set[tuple[str, str]]:
        """(alert, service) of what is in the case."""
        with self.house.journal.read() as tx:
            return {(one.title.tame(200).partition(":")[0], one.service or "") for one in tx.alerts.of_case(case.id)}

    def services(self, case: Case) -> set[str]:
        """Whose alerts are in the case, or are held back because of it."""
        with self.house.journal.read() as tx:
            held = {one.service or "" for one in tx.holds.where(tx.holds.table.c.ref == case.id)}
        return held | {service for _, service in self.alerts(case)}

    def told(self) -> str:
        """What there is, for a test that fails."""
        told = [
            (one.number, one.need, one.service, one.state, one.outcome, sorted(self.alerts(one)))
            for one in self.cases()
        ]
        why = [[(each.source, each.text) for each in one.evidence] for one in self.cases()]
        return f"cases: {told}; firing: {sorted(self.estate.firing())}; evidence: {why}"

    def only(self) -> Case:
        """The one case of this fault."""
        found = self.cases()
        assert len(found) == 1, self.told()
        return found[0]

    def _firing(self) -> int:
        with self.house.journal.read() as tx:
            return sum(one.state == "firing" for case in tx.cases.where() for one in tx.alerts.of_case(case.id))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        estate, sshd = stack.enter_context(run_fault_estate()), stack.enter_context(run_sshd())
        house = stack.enter_context(
            house_over(
                folder,
                connectors=connectors(estate, sshd),
                bindings={"process": "supervisor", "health": "web", "disk": "hosts"},
                secrets={"SUPERVISOR": estate.password},
                world=world(),
            )
        )
        url = stack.enter_context(serving(house))
        token = stack.enter_context(announced(house, url))
        stack.enter_context(watched(estate, webhook_url=f"{url}/hooks/prometheus", token=token))
        yield Scene(house, estate)


def connectors(estate: FaultEstate, sshd: Sshd) -> dict[str, ConnectorUse]:
    """What an operations team would have: a process manager, health checks, SSH, and the monitoring as a source."""
    keeper = {"url": estate.supervisor_url, "username": estate.username, "password": "env:SUPERVISOR"}
    probes = {**estate.probes, "edge": f"http://127.0.0.1:{estate.ports['stats']}/metrics"}
    targets = {name: {"url": url, "expect_status": 200} for name, url in probes.items()}
    host = {
        "address": sshd.host, "port": sshd.port, "username": sshd.username,
        "clean_up": [{"path": str(estate.disk), "pattern": "*.log"}],
    }  # fmt: skip
    ssh = {"hosts": {"files-1": host}, "key": f"file:{sshd.key_path}", "known_hosts": str(sshd.known_hosts)}
    return {
        "supervisor": ConnectorUse(use="supervisord", settings=keeper),
        "web": ConnectorUse(use="http", settings={"targets": targets}),
        "hosts": ConnectorUse(use="ssh", settings=ssh),
        "prometheus": ConnectorUse(use="alertmanager", settings={}),
    }


def world() -> World:
    """The service map as somebody drew it."""
    now = SystemClock().now()
    names = {
        "shop": 1,
        "checkout": 1,
        "edge": 1,
        "web": 2,
        "api": 2,
        "portal": 2,
        "files": 3,
        "reports": 2,
        "worker": 2,
    }
    needs = [
        ("shop", "edge"),
        ("shop", "web"),
        ("checkout", "edge"),
        ("checkout", "api"),
        ("reports", "edge"),
        ("reports", "worker"),
    ]
    return World.of(
        services=[Service(id=name, name=name.capitalize(), criticality=rank) for name, rank in names.items()],
        items=[
            ConfigurationItem(id=f"{name}-process", kind="process", name=name, service=name)
            for name in ("edge", "web", "api", "worker")
        ],
        dependencies=[Dependency(service=one, needs=other, source="drawn", last_seen=now) for one, other in needs],
    )


def joined(scene: Scene, case: Case, *services: str) -> None:
    """The noise of these services came into the one case too, each alert with the reason why."""
    until(lambda: set(services) <= scene.services(case), what=scene.told, every=0.3)
    assert scene.only().id == case.id
    with scene.house.journal.read() as tx:
        held = [one.why for one in tx.holds.where(tx.holds.table.c.ref == case.id)]
    explained = [one.text for one in scene.only().evidence if one.source == "service map"]
    assert len([*explained, *held]) >= len(services) - 1, (explained, held)


def test_a_killed_server_behind_the_proxy_is_restarted(scene: Scene) -> None:
    scene.begin()
    scene.estate.kill("web")
    case = wait_for_case(
        scene.house, "a verified restart", lambda one: one.number > scene.last and one.outcome == "verified"
    )
    joined(scene, case, "web", *scene.loud() - {"web"})
    assert (scene.only().service, scene.only().need) == ("web", "service_down")


def test_a_stopped_proxy_is_restarted_and_all_behind_it_is_one_case(scene: Scene) -> None:
    scene.begin()
    scene.estate.kill("edge")
    case = wait_for_case(
        scene.house, "a verified restart", lambda one: one.number > scene.last and one.outcome == "verified"
    )
    behind = scene.loud() - {"edge"}
    assert behind <= {"shop", "checkout", "reports"}
    joined(scene, case, "edge", *behind)
    assert scene.only().service == "edge"


def test_a_backend_that_answers_500_is_handed_off_as_the_root(scene: Scene) -> None:
    scene.begin()
    scene.estate.break_answers("api")
    try:
        case = wait_for_case(
            scene.house, "a hand-off", lambda one: one.number > scene.last and one.state == "handed_off"
        )
        joined(scene, case, "api", "checkout")
        assert scene.only().service == "api"
    finally:
        scene.estate.mend_answers("api")


def test_a_full_disk_is_cleaned(scene: Scene) -> None:
    scene.begin()
    scene.estate.fill_disk()
    case = wait_for_case(
        scene.house, "a verified clean-up", lambda one: one.number > scene.last and one.outcome == "verified"
    )
    assert (scene.only().id, case.service, case.kind) == (case.id, "files", "risk")
    assert scene.services(case) == {"files"}


def test_a_certificate_that_ends_soon_is_handed_off_in_time(scene: Scene) -> None:
    scene.begin()
    scene.estate.issue_certificate(days=5)
    scene.estate.restart("web")
    try:
        case = wait_for_case(
            scene.house,
            "a hand-off",
            lambda one: one.number > scene.last and one.state == "handed_off" and one.need == "certificate_expiring",
        )
        assert (case.service, case.kind) == ("portal", "risk")
        assert scene.services(case) == {"portal"}
    finally:
        scene.estate.issue_certificate(days=200)
        scene.estate.restart("web")


def test_a_server_that_has_become_slow_is_handed_off_as_the_root(scene: Scene) -> None:
    scene.begin()
    scene.estate.slow_down("web")
    try:
        case = wait_for_case(
            scene.house, "a hand-off", lambda one: one.number > scene.last and one.state == "handed_off"
        )
        joined(scene, case, "web", "shop")
        assert (scene.only().service, scene.only().need) == ("web", "latency_high")
    finally:
        scene.estate.speed_up("web")


def test_a_process_that_eats_memory_is_handed_off_before_it_fails(scene: Scene) -> None:
    scene.begin()
    scene.estate.leak()
    try:
        case = wait_for_case(
            scene.house, "a hand-off", lambda one: one.number > scene.last and one.state == "handed_off"
        )
        assert (scene.only().id, case.service, case.need) == (case.id, "worker", "memory_high")
        assert scene.services(case) == {"worker"}
    finally:
        scene.estate.restart("worker")
