"""Holding alerts back through the real intake: nothing is lost, whatever comes in whatever order, and time does the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.databases import BOTH, empty

from tickless.app.build import House, build
from tickless.app.settings import Settings
from tickless.domain.hold import Hold
from tickless.domain.known import Maintenance
from tickless.domain.matchers import read_matchers
from tickless.domain.record import Untrusted
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.domain.signal import Severity, Signal, SignalState
from tickless.domain.silence import Silence
from tickless.domain.world import World
from tickless.flow.ending.ends import end_case
from tickless.flow.intake import CONSUMER
from tickless.journal.alerts import Alert
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock
from tickless.kit.ids import new_id
from tickless.stages.correlate.hygiene.covering import LONGEST
from tickless.stages.correlate.hygiene.options import HygieneSettings
from tickless.stages.correlate.hygiene.pausing import PauseRule
from tickless.stages.sense.heartbeats import SourceRule

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
PAUSE = 60
WORLD = World.of(
    services=[Service(id=name, name=name.title()) for name in ("shop", "db", "mail", "crm")],
    items=[
        ConfigurationItem(id="mail-app", kind="process", name="mail-app", service="mail", attributes={"host": "m-1"})
    ],
    dependencies=[Dependency(service="shop", needs="db", source="cmdb", last_seen=START)],
)


@dataclass
class Room:
    """A house whose intake is turned by hand, and a clock that is moved by hand."""

    house: House
    clock: ManualClock
    _keys: Iterator[int] = field(default_factory=count)

    def tell(
        self, fingerprint: str, state: SignalState, *, at: dt.datetime | None = None, key: str = "",
        severity: Severity = "error", service: str = "mail", name: str = "ServiceDown", **labels: str,
    ) -> Signal:  # fmt: skip
        now = self.clock.now()
        told = {"alertname": name, "service": service, **labels}
        signal = Signal(
            id=new_id("sig"), source="prom", event_key=key or f"key-{next(self._keys)}", kind="alert", state=state,
            fingerprint=fingerprint, occurred_at=at or now, received_at=now, severity=severity,
            title=Untrusted(f"{name} {service}"), labels={key: Untrusted(text) for key, text in told.items() if text},
        )  # fmt: skip
        self.house.journal.signals.append([signal])
        return signal

    def turn(self) -> None:
        while self.house.intake.run_once():
            pass
        with self.house.journal.read() as tx:
            assert tx.coordination.cursor(CONSUMER) == self.house.journal.signals.head()

    def later(self, **by: float) -> None:
        self.clock.advance(dt.timedelta(**by))
        self.turn()

    def alert(self, fingerprint: str) -> Alert:
        with self.house.journal.read() as tx:
            found = tx.alerts.get(fingerprint, "prom")
        assert found is not None
        return found

    def holds(self, fingerprint: str) -> list[Hold]:
        with self.house.journal.read() as tx:
            return tx.holds.by(source="prom", fingerprint=fingerprint)

    def cases(self) -> int:
        with self.house.journal.read() as tx:
            return tx.cases.count()

    def silence(self, *matchers: str, minutes: float = 60) -> Silence:
        now = self.clock.now()
        made = Silence(
            id=new_id("sil"), owner="ana", reason="a known fault", matchers=read_matchers(matchers), starts_at=now,
            ends_at=now + dt.timedelta(minutes=minutes), made_by="ana", made_at=now, updated_at=now,
        )  # fmt: skip
        with self.house.journal.write() as tx:
            return tx.silences.put(made)

    def end_silence(self, silence: Silence) -> None:
        now = self.clock.now()
        with self.house.journal.write() as tx:
            tx.silences.put(silence.model_copy(update={"ends_at": now}))
            tx.holds.look_again(silence.id, at=now)

    def work(self, service: str, *, minutes: float) -> Maintenance:
        now = self.clock.now()
        window = Maintenance(id=new_id("mnt"), service=service, title="New disks", starts_at=now,
                             ends_at=now + dt.timedelta(minutes=minutes), owner="bo")  # fmt: skip
        with self.house.journal.write() as tx:
            return tx.maintenance.put(window)

    def end_cases(self) -> None:
        """As the story of a case does when its alert is over."""
        with self.house.journal.write() as tx:
            for case in tx.cases.by(state="open"):
                if all(one.state == "resolved" for one in tx.alerts.of_case(case.id)):
                    end_case(tx, case, state="muted", outcome="muted", now=self.clock.now(), why="it passed")

    def in_order(self, fingerprint: str) -> None:
        """What has to be true of an alert at any time."""
        alert, holds = self.alert(fingerprint), self.holds(fingerprint)
        standing = [one for one in holds if one.ended_at is None]
        assert [one.reason for one in standing] == ([alert.held] if alert.held else [])
        if alert.held:
            assert (alert.state, alert.case) == ("firing", None)
        elif alert.state == "firing":
            with self.house.journal.read() as tx:
                case = tx.cases.get(alert.case or "")
            assert case is not None
            assert case.live


def _house(folder: Path, clock: ManualClock, database: str | None, rules: HygieneSettings) -> House:
    (folder / "runbooks").mkdir(parents=True, exist_ok=True)
    made = build(
        Settings(data=folder / "data", database=database, runbooks=(folder / "runbooks",), hygiene=rules),
        role="door", clock=clock,
    )  # fmt: skip
    made.engine.prepare()
    with made.journal.write() as tx:
        write_world(tx, WORLD)
    made.world.renew()
    return made


RULES = HygieneSettings(pauses=(PauseRule(severity="warning", seconds=PAUSE),), grace=30)


@pytest.fixture(scope="module", params=BOTH)
def room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder: Path = tmp_path_factory.mktemp("holding")
    with empty(request.param, folder / "db", request) as urls:
        clock = ManualClock(START)
        made = _house(folder, clock, urls.main if request.param == "postgres" else None, RULES)
        yield Room(made, clock)
        made.engine.stop()
        made.journal.close()


_names = count()


def name() -> str:
    return f"alert-{next(_names)}"


def test_what_heals_within_its_pause_opens_nothing(room: Room) -> None:
    one, before = name(), room.cases()
    room.tell(one, "firing", severity="warning")
    room.turn()
    assert room.alert(one).held == "transient"
    room.in_order(one)
    room.later(seconds=PAUSE - 10)
    room.tell(one, "resolved", severity="warning")
    room.turn()
    room.later(seconds=PAUSE)
    assert (room.alert(one).state, room.alert(one).case, room.cases()) == ("resolved", None, before)
    assert [(hold.end, hold.reason) for hold in room.holds(one)] == [("resolved", "transient")]


def test_what_does_not_heal_is_a_case_when_its_pause_is_over_and_says_so(room: Room) -> None:
    one = name()
    began = room.tell(one, "firing", severity="warning").occurred_at
    room.turn()
    room.later(seconds=PAUSE + 1)
    alert = room.alert(one)
    room.in_order(one)
    assert (alert.held, alert.occurred_at, alert.fired_at) == (None, began, began)
    with room.house.journal.read() as tx:
        case = tx.cases.need(alert.case or "")
    assert case.opened_at == room.clock.now()
    assert any(piece.source == "hygiene" and "Held back from" in piece.text for piece in case.evidence)
    late = began + dt.timedelta(seconds=30)  # it was over while it was held back; the news took its time
    room.tell(one, "resolved", at=late)
    room.turn()
    assert room.alert(one).state == "resolved"


def test_what_gets_worse_waits_no_longer(room: Room) -> None:
    one = name()
    room.tell(one, "firing", severity="warning")
    room.tell(one, "firing", severity="critical")
    room.turn()
    room.in_order(one)
    assert room.alert(one).held is None
    assert [hold.end for hold in room.holds(one)] == ["handed_back"]


def test_a_silence_holds_until_it_ends_and_hands_back_what_still_fires(room: Room) -> None:
    on, off = name(), name()
    quiet = room.silence(f"lot={on}", minutes=30)
    for one in (on, off):
        room.tell(one, "firing", severity="critical", lot=on)
    room.turn()
    assert room.alert(on).held == room.alert(off).held == "silenced"
    room.later(minutes=20)
    room.tell(off, "resolved")
    room.later(minutes=9)
    assert (room.alert(on).held, room.alert(off).held) == ("silenced", None)
    room.later(minutes=2)
    for one in (on, off):
        room.in_order(one)
    assert room.alert(on).case is not None
    assert room.alert(off).case is None
    (hold,) = room.holds(on)
    assert (hold.ref, hold.by, hold.end) == (quiet.id, "ana", "handed_back")


def test_a_silence_that_is_ended_early_hands_back_at_once_and_one_that_is_extended_later(room: Room) -> None:
    one = name()
    quiet = room.silence(f"lot={one}", minutes=10)
    room.tell(one, "firing", lot=one)
    room.turn()
    with room.house.journal.write() as tx:
        longer = tx.silences.put(quiet.model_copy(update={"ends_at": quiet.ends_at + dt.timedelta(minutes=10)}))
    room.later(minutes=15)
    assert room.alert(one).held == "silenced"
    room.end_silence(longer)
    room.turn()
    assert room.alert(one).held is None
    room.in_order(one)


def test_planned_work_holds_and_hands_back(room: Room) -> None:
    one = name()
    window = room.work("db", minutes=60)
    room.tell(one, "firing", service="shop", name="HighErrorRate")
    room.turn()
    (hold,) = room.holds(one)
    assert (hold.reason, hold.ref, hold.by) == ("maintenance", window.id, "bo")
    assert "which Shop needs" in hold.why
    room.later(minutes=63)
    room.in_order(one)
    assert room.alert(one).case is not None
    room.tell(one, "resolved")
    room.turn()


def change(room: Room, *, status: str = "scheduled", minutes: float = 30, source: str = "itsm") -> None:
    """A change record, as an outside system sends it."""
    now = room.clock.now()
    labels = {"service": "crm", "planned_start": now.isoformat(), "status": status, "number": "CHG-1",
              "planned_end": (now + dt.timedelta(minutes=minutes)).isoformat()}  # fmt: skip
    signal = Signal(
        id=new_id("sig"), source=source, event_key=new_id("key"), kind="change", fingerprint="CHG-1", occurred_at=now,
        received_at=now, title=Untrusted("New CRM release"), labels={name: Untrusted(text) for name, text in labels.items()},
    )  # fmt: skip
    room.house.journal.signals.append([signal])
    room.turn()


def test_change_records_plan_work_move_it_and_end_it_where_their_source_may(room: Room) -> None:
    one = name()
    room.house.rooms.sense.sources.rules["itsm"] = SourceRule(plans_work=True)
    change(room, source="somebody")  # it may not
    with room.house.journal.read() as tx:
        assert tx.maintenance.by(service="crm") == []
    change(room)
    room.tell(one, "firing", service="crm")
    room.turn()
    (hold,) = room.holds(one)
    assert (hold.reason, room.alert(one).held) == ("maintenance", "maintenance")
    assert "(change CHG-1)" in hold.why
    change(room, minutes=90)
    room.later(minutes=60)
    assert room.alert(one).held == "maintenance"
    with room.house.journal.read() as tx:
        (window,) = tx.maintenance.by(service="crm")
    change(room, status="Closed")
    room.later(minutes=3)
    room.in_order(one)
    assert room.alert(one).held is None
    with room.house.journal.read() as tx:
        (over,) = tx.maintenance.by(service="crm")
        rows = [row for row in tx.audit.latest(limit=200) if row.subject == f"maintenance:{window.id}"]
    assert over.ends_at < window.ends_at
    assert {row.actor for row in rows} == {"source:itsm"}
    assert [row.action for row in rows] == ["maintenance.ended", "maintenance.planned", "maintenance.planned"]
    room.tell(one, "resolved", service="crm")
    room.turn()


def test_what_needs_the_broken_thing_waits_for_it_and_a_while_longer(room: Room) -> None:
    db, shop = name(), name()
    room.tell(db, "firing", service="db")
    room.tell(shop, "firing", service="shop")
    room.turn()
    (hold,) = room.holds(shop)
    assert (hold.reason, hold.ref) == ("inhibited", room.alert(db).case)
    assert hold.why.startswith("Shop needs Db (cmdb, 100% sure), down since")
    with room.house.journal.read() as tx:
        assert any(one.fingerprint == shop for one in tx.alerts.joined(hold.ref))
    room.later(minutes=5)
    room.tell(db, "resolved", service="db")
    room.turn()
    room.in_order(shop)
    assert room.alert(shop).held == "inhibited"
    room.later(seconds=31)
    room.in_order(shop)
    assert room.alert(shop).held is None
    room.tell(shop, "resolved", service="shop")
    room.turn()


def test_what_is_inhibited_for_long_is_trouble_of_its_own(room: Room) -> None:
    node, app = name(), name()
    room.tell(node, "firing", service="", name="NodeDown", instance="m-9:9100")
    room.tell(app, "firing", service="mail", instance="m-9:8080")
    room.turn()
    assert "runs on m-9" in room.holds(app)[0].why
    room.later(seconds=LONGEST.total_seconds() + 1)
    room.in_order(app)
    assert room.alert(app).case is not None
    for one in (node, app):
        room.tell(one, "resolved")
    room.turn()


def test_what_comes_and_goes_is_held_in_one_piece_until_it_is_quiet(room: Room) -> None:
    one = name()
    for _ in range(12):
        room.tell(one, "firing", service="crm")
        room.turn()
        room.later(seconds=20)
        room.tell(one, "resolved", service="crm")
        room.turn()
        room.end_cases()
        room.later(seconds=20)
        room.in_order(one)
    (hold,) = room.holds(one)
    assert (hold.reason, hold.end) == ("flapping", "resolved")
    assert hold.onsets > 5
    room.tell(one, "firing", service="crm")
    room.turn()
    assert room.alert(one).held == "flapping"
    room.later(minutes=45)
    room.in_order(one)
    assert room.alert(one).case is not None


def test_a_repeat_of_what_is_held_does_no_more_than_count(room: Room) -> None:
    one = name()
    room.silence(f"lot={one}")
    room.tell(one, "firing", lot=one)
    room.turn()
    before, findings = room.holds(one), _findings(room)
    for _ in range(5):
        room.clock.advance(dt.timedelta(seconds=10))
        room.tell(one, "firing", lot=one)
    room.turn()
    assert room.alert(one).count == 6
    assert (room.holds(one), _findings(room)) == (before, findings)


def _findings(room: Room) -> int:
    with room.house.journal.read() as tx:
        return tx.findings.count()


def test_what_is_held_is_handed_back_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock(START)
    first = Room(_house(tmp_path, clock, None, RULES), clock)
    first.tell("a", "firing", severity="warning")
    first.turn()
    assert first.alert("a").held == "transient"
    first.house.engine.stop()
    first.house.journal.close()
    clock.advance(dt.timedelta(hours=3))
    second = Room(_house(tmp_path, clock, None, RULES), clock)
    second.turn()
    second.in_order("a")
    assert second.alert("a").case is not None
    second.house.engine.stop()
    second.house.journal.close()


@dataclass(frozen=True)
class News:
    """Something that a monitor says of one alert, at that second of its own time."""

    which: int
    state: SignalState
    second: int


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[News], list[tuple[str, int]]]:
    """What happens to three alerts, in an order in which it may arrive, some of it twice; and what is done in between."""
    told = []
    for which in range(3):
        seconds = draw(st.lists(st.integers(1, 2_000), unique=True, max_size=7).map(sorted))
        told += [News(which, draw(st.sampled_from(["firing", "firing", "resolved"])), second) for second in seconds]
    twice = draw(st.lists(st.sampled_from(told), max_size=6)) if told else []
    arrives = draw(st.permutations([*told, *twice]))
    deeds = draw(st.lists(st.tuples(st.sampled_from(["silence", "expire", "work", "wait", "turn"]),
                                    st.integers(0, max(0, len(arrives)))), max_size=10))  # fmt: skip
    return list(arrives), deeds


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    week=weeks(),
    severity=st.sampled_from(["warning", "error", "critical"]),
    service=st.sampled_from(["db", "shop", "mail"]),
)
def test_whatever_comes_in_whatever_order_the_newest_news_holds(
    room: Room, week: tuple[list[News], list[tuple[str, int]]], severity: Severity, service: str
) -> None:
    arrives, deeds = week
    lot, base = name(), room.clock.advance(dt.timedelta(hours=1)) - dt.timedelta(minutes=50)
    quiet: list[Silence] = []
    for place, one in enumerate(arrives):
        for deed, when in deeds:
            if when == place:
                _do(room, deed, lot, service, quiet)
        room.tell(f"{lot}-{one.which}", one.state, at=base + dt.timedelta(seconds=one.second), severity=severity,
                  service=service, lot=lot, key=f"{lot}-{one}")  # fmt: skip
        room.clock.advance(dt.timedelta(seconds=7))
    room.turn()
    about = {one.which for one in arrives}
    for which in about:
        room.in_order(f"{lot}-{which}")
    for silence in quiet:
        room.end_silence(silence)
    for _ in range(4):  # every hold has an end
        room.later(hours=1)
    for which in about:
        newest = max((one for one in arrives if one.which == which), key=lambda one: one.second)
        alert = room.alert(f"{lot}-{which}")
        room.in_order(f"{lot}-{which}")
        assert (alert.state, alert.held) == (newest.state, None)
        assert all(hold.ended_at is not None for hold in room.holds(f"{lot}-{which}"))
        if newest.state == "firing":  # let the next example begin with a quiet map
            room.tell(f"{lot}-{which}", "resolved", service=service)
    room.turn()


def _do(room: Room, deed: str, lot: str, service: str, quiet: list[Silence]) -> None:
    match deed:
        case "silence":
            quiet.append(room.silence(f"lot={lot}", minutes=30))
        case "expire" if quiet:
            room.end_silence(quiet.pop())
        case "work":
            room.work(service, minutes=5)
        case "wait":
            room.later(minutes=2)
        case _:
            room.turn()
