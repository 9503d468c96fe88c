"""A batch comes out as alert by alert would; an index finds what a scan finds; a restart changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.scratch import scratch_journal
from tickless.stages.correlate.core import CAUSES, OWN, SYMPTOMS, Trouble, place
from tickless.stages.correlate.live import LiveCases
from tickless.stages.correlate.nearby import Nearby
from tickless.stages.correlate.service import CorrelateRoom

NAMES = [f"s{n}" for n in range(8)]
EDGES = [("s1", "s0"), ("s2", "s1"), ("s3", "s0"), ("s5", "s4"), ("s6", "s5"), ("s6", "s0")]
NEEDS = ["service_down", "http_errors", "latency_high", "never_heard_of", "backup_failed"]
WORLD = World.of(
    services=[Service(id=name, name=name) for name in NAMES],
    dependencies=[Dependency(service=a, needs=b, source="cmdb", last_seen=NOW) for a, b in EDGES],
)
Said = tuple[int, str, str, int]
"""Second, service, class, which instance."""
streams = st.lists(
    st.tuples(st.integers(0, 1_500), st.sampled_from(NAMES), st.sampled_from(NEEDS), st.integers(0, 3)),
    min_size=1,
    max_size=18,
).map(sorted)


def signals(stream: Sequence[Said]) -> list[tuple[Signal, Finding]]:
    found = []
    for number, (second, service, need, instance) in enumerate(stream):
        at = NOW + dt.timedelta(seconds=second)
        signal = Signal(
            id=f"sig-{number:03d}", source="m", event_key=str(number), kind="alert", state="firing",
            fingerprint=f"{service}-{need}-{instance}", occurred_at=at, received_at=at,
            title=Untrusted(f"{need} at {service}, instance {instance}"),
        )  # fmt: skip
        finding = Finding(
            id=f"find-{number:03d}", signal=signal.id, act="event", kind="incident", need=need,
            slots={"service": service}, confidence=0.9, brain="t", made_at=at,
        )  # fmt: skip
        found.append((signal, finding))
    return found


def stands(tx: Tx, heard: Sequence[tuple[Signal, Finding]]) -> list[frozenset[str]]:
    """Which alerts are together, whatever the cases are called."""
    found: dict[str, set[str]] = {}
    for signal, _ in heard:
        alert = tx.alerts.get(signal.fingerprint, signal.source)
        assert alert is not None
        assert alert.case is not None
        found.setdefault(alert.case, set()).add(signal.fingerprint)
    return sorted((frozenset(one) for one in found.values()), key=sorted)


def play(heard: Sequence[tuple[Signal, Finding]], *, batches: Sequence[int], restart: int | None = None) -> object:
    """Play a stream in batches of these sizes; `restart`: after which alert the room is made anew."""
    by_id = {signal.id: signal for signal, _ in heard}

    def log(ids: Collection[str]) -> Mapping[str, Signal]:
        return {one: by_id[one] for one in ids if one in by_id}

    room = CorrelateRoom(world=lambda: WORLD, signals=log)
    with scratch_journal() as journal:
        done, sizes = 0, list(batches)
        while done < len(heard):
            size = sizes.pop(0) if sizes else 1
            with journal.write() as tx, room.batch(tx, now=heard[done][0].received_at):
                for signal, finding in heard[done : done + size]:
                    tx.findings.put(finding)
                    room.alert(tx, signal, finding, now=signal.received_at)
            done += size
            if restart is not None and done >= restart:
                room, restart = CorrelateRoom(world=lambda: WORLD, signals=log), None
        with journal.read() as tx:
            cases = tx.cases.where(order=tx.cases.table.c.number)
            reasons = [(one.subject, one.need, tuple(why.text for why in one.evidence)) for one in cases]
            return stands(tx, heard), reasons


@settings(max_examples=10, deadline=None)
@given(stream=streams, sizes=st.lists(st.integers(1, 20), max_size=6))
def test_batches_come_out_as_alert_by_alert(stream: list[Said], sizes: list[int]) -> None:
    heard = signals(stream)
    assert play(heard, batches=sizes) == play(heard, batches=[])


@settings(max_examples=10, deadline=None)
@given(stream=streams, after=st.integers(1, 18))
def test_a_restart_in_the_middle_of_a_storm_changes_nothing(stream: list[Said], after: int) -> None:
    heard = signals(stream)
    once = {signal.fingerprint: (signal, finding) for signal, finding in heard}
    distinct = sorted(once.values(), key=lambda one: one[0].id)
    assert play(distinct, batches=[], restart=after) == play(distinct, batches=[])


@given(
    need=st.sampled_from([*sorted(SYMPTOMS)[:2], *sorted(CAUSES)[:2], *sorted(OWN)[:1], "never_heard_of"]),
    service=st.none() | st.sampled_from(NAMES),
    others=st.lists(st.tuples(st.sampled_from(NEEDS), st.sampled_from(NAMES)), max_size=8),
)
def test_the_index_of_live_cases_finds_what_looking_at_all_finds(
    need: str, service: str | None, others: list[tuple[str, str]]
) -> None:
    cases = [
        case(n, id=f"c{n}", door="machine", kind="incident", need=about, subject=f"service:{where}", service=where,
             state="open", opened_at=NOW, updated_at=NOW)
        for n, (about, where) in enumerate(others, start=1)
    ]  # fmt: skip
    newest = sorted(cases, key=lambda one: -one.number)
    one = Trouble(need=need, subject=f"service:{service}", service=service, fingerprint="f", at=NOW)
    live = LiveCases(None, cases, Nearby(WORLD))  # type: ignore[arg-type]  # nothing is read or written here
    assert place(one, live.candidates(one), None, live.nearby) == place(one, newest, None, live.nearby)
