"""Sends mutated bodies by the chunk and keeps account: what was answered, what is in the log, what is in the quarantine."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from bench.receiver_bodies import Body, bodies
from bench.receiver_house import Answered, ReceiverHouse
from bench.receiver_targets import Target
from tickless.domain.signal import Payload
from tickless.flow.desk.promise import Accepted
from tickless.journal.signal_log import OUR_DEFECT, KeptPayload, SignalRow

CHUNK: Final = 1_000
BESIDE: Final = 16
"""Bodies on their way at the same time."""
_SHOWN: Final = 40


@dataclass
class Account:
    """What happened so far. Every number but `bodies`, `answers`, `kept` and `signals` ought to be zero."""

    bodies: int = 0
    server_errors: int = 0
    broken: int = 0
    """Exceptions that nobody turned into an answer."""
    hangs: int = 0
    not_kept: int = 0
    """Refused for what is in them, and not in the quarantine as they came."""
    lost: int = 0
    """Signals that were answered as taken and are not in the log; payloads that were told to be in quarantine and are not."""
    not_taken_in: int = 0
    """Signals that the rooms behind could not take in."""
    signals: int = 0
    kept: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, target: Target, body: Body, what: str) -> None:
        if len(self.failures) < _SHOWN:
            self.failures.append(f"{target.name}: {' > '.join(body.did)}: {what}; body {body.body[:300]!r}")


@dataclass(frozen=True)
class _Handed:
    """What the door handed in, and what came of it."""

    payload: Payload
    accepted: Accepted


def mutated(
    ways_in: Sequence[Target], *, chunks: Iterable[int], size: int = CHUNK
) -> Iterator[list[tuple[Target, Body]]]:
    """Chunks of bodies; a chunk's number is its seed. Each has a generator of its own, so that nothing of it stays."""
    for number in chunks:
        yield _chunk(ways_in, number, size)


def _chunk(ways_in: Sequence[Target], number: int, size: int) -> list[tuple[Target, Body]]:
    found: list[tuple[Target, Body]] = []

    @seed(number)
    @settings(max_examples=size, phases=[Phase.generate], database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(bodies([target.original for target in ways_in]))
    def draw(one: tuple[int, Body]) -> None:
        found.append((ways_in[one[0]], one[1]))

    draw()
    return found


class Storm:
    """Posts, and compares what each body was answered with what the house kept of it."""

    def __init__(self, receivers: ReceiverHouse) -> None:
        self.account = Account()
        self._receivers = receivers
        self._house = receivers.house
        self._handed: list[_Handed] = []
        self._stored: list[tuple[str, str]] = []
        """Source and event key of every signal whose sender heard that it is durable."""
        self._watch()

    def _watch(self) -> None:
        receive = self._house.desk.receive

        async def watched(payload: Payload) -> Accepted:
            accepted = await receive(payload)
            self._handed.append(_Handed(payload, accepted))
            return accepted

        self._house.desk.receive = watched  # type: ignore[method-assign]
        sense = self._house.rooms.sense
        write = sense._writer.write

        async def noted(rows: Sequence[SignalRow], payload: KeptPayload | None) -> None:
            await write(rows, payload)
            if payload is not None:
                self._stored.extend((row.source, row.event_key) for row in rows)

        sense._writer.write = noted  # type: ignore[method-assign]

    def send(self, chunk: Sequence[tuple[Target, Body]], *, take_in: bool = True) -> None:
        """One chunk, and what the intake makes of it."""
        account, aside = self.account, self._aside()
        self._handed.clear()
        self._stored.clear()
        for first in range(0, len(chunk), BESIDE):
            part = chunk[first : first + BESIDE]
            for (target, body), answer in zip(part, self._receivers.post(list(part)), strict=True):
                self._judge(target, body, answer)
        new = sum(one.accepted.new for one in self._handed)
        kept = [one for one in self._handed if one.accepted.quarantined is not None]
        account.signals += new
        account.kept += len(kept)
        account.lost += abs(len(self._stored) - new) + abs(self._aside() - aside - len(kept)) + self._missing()
        account.not_kept += sum(not self._as_it_came(one) for one in kept)
        if take_in:
            self._take_in()
        gc.collect()

    def _judge(self, target: Target, body: Body, answer: Answered | BaseException) -> None:
        account = self.account
        account.bodies += 1
        account.did.update(body.did)
        if isinstance(answer, TimeoutError):
            account.hangs += 1
            account.note(target, body, "no answer")
        elif isinstance(answer, BaseException):
            account.broken += 1
            account.note(target, body, repr(answer)[:300])
        else:
            account.answers[str(answer.status or "handed in")] += 1
            if answer.status >= 500:
                account.server_errors += 1
                account.note(target, body, f"answered {answer.status}")
            elif answer.status == 400 and target.kept and not answer.quarantined:
                account.not_kept += 1
                account.note(target, body, f"refused and not kept: {dict(answer.told)}")

    def _as_it_came(self, one: _Handed) -> bool:
        """Whether the quarantine holds these very bytes, with what is needed to read them."""
        stored = self._house.journal.signals.quarantined_payload(str(one.accepted.quarantined))
        came = one.payload
        return (stored.body, stored.content_type, stored.source) == (came.body, came.content_type[:200], came.source)

    def _take_in(self) -> None:
        while self._house.intake.run_once():
            pass
        aside = self._house.journal.signals.quarantined(limit=5)
        self.account.not_taken_in += sum(one.mend == OUR_DEFECT for one in aside)

    def _missing(self) -> int:
        """Signals of this chunk that are not in the log. Two bodies may tell the same event: then it is there once."""
        log = self._house.journal.signals
        return sum(log.by_event(source, key) is None for source, key in set(self._stored))

    def _aside(self) -> int:
        return sum(self._house.journal.signals.waiting_by_source().values())


def resident_mb() -> float:
    """Memory of this process that is in use, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096 / 1e6
