"""Figures worked out from the journal, as exact as it is, however long that takes."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence

from tickless.domain.errors import BadInput
from tickless.domain.steering import Assumption
from tickless.flow.desk.steering_facts import answers_of, costs_of, house_facts, terms_of
from tickless.flow.rooms import Rooms
from tickless.journal.measure_rows import MeasureRows
from tickless.practices import steering
from tickless.practices.steering.core import setting
from tickless.stages.measure.facts import MOST, read_material
from tickless.stages.measure.guard import GuardSettings, Kept, Watch, watch
from tickless.stages.measure.maturity import Evidence, Readings, readings
from tickless.stages.measure.metrics import Material, Window
from tickless.stages.measure.value import Ledger, Terms, known_of, ledger

MOST_DAYS = 1_100
FRESH = dt.timedelta(seconds=30)
"""For so long what was read serves further questions."""
LOOKBACK = dt.timedelta(days=8)
"""What came before a window says whether something in it is a repeat."""
SMALL = 5_000
"""Cases and tickets of the past up to which everything is computed at every look, and kept for the next."""
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Computing:
    """Methods block. Reads take what was read up to half a minute ago."""

    def __init__(self, rooms: Rooms, *, small: int = SMALL, guard: GuardSettings | None = None) -> None:
        self.rooms = rooms
        self.rules = guard or GuardSettings()
        """Of the guard of figures."""
        self._small = small
        self._lock = threading.Lock()
        self._kept: tuple[dt.datetime, dt.datetime, Material] | None = None

    def window(self, *, days: int, until: dt.datetime | None = None) -> Window:
        """The days before `until`, else before now. Raises `BadInput`."""
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"a window has 1 to {MOST_DAYS} days", mend="ask for fewer days")
        now = self.rooms.clock.now()
        end = min(until, now) if until is not None else now
        if end < EARLIEST + dt.timedelta(days=MOST_DAYS):
            raise BadInput("nothing is kept from that long ago", mend="give a later time")
        return Window(end - dt.timedelta(days=days), end)

    def large(self) -> bool:
        """Whether there is more than can be computed at every look."""
        return sum(self._stored()) > self._small

    def cut(self) -> int:
        """So many cases, and so many tickets of the past, are read at most, where there are more; 0: all are read."""
        return MOST if max(self._stored()) > MOST else 0

    def _stored(self) -> tuple[int, int]:
        with self.rooms.journal.read() as tx:
            return MeasureRows(tx.connection).stored()

    def material(self, since: dt.datetime) -> Material:
        """The facts since then (and perhaps before). Raises `Unreachable`."""
        now = self.rooms.clock.now()
        with self._lock:
            if self._kept and self._kept[0] <= since and now - self._kept[1] < FRESH:
                return self._kept[2]
            made = self.assumed()
            found = read_material(
                self.rooms.journal, self.rooms.world(), since=since, now=now, runbooks=len(self.rooms.runbooks),
                hours=value_of(made, "support_hours"), zone=value_of(made, "zone"), costs=costs_of(terms_of(made)),
            )  # fmt: skip
            self._kept = (since, now, found) if len(found.cases) <= self._small else None
            return found

    def assumed(self) -> dict[str, Assumption]:
        """What somebody wrote down."""
        with self.rooms.journal.read() as tx:
            return steering.assumed(tx)

    def terms(self) -> Terms:
        return terms_of(self.assumed())

    def forget(self) -> None:
        """Read anew next time: something else is assumed."""
        with self._lock:
            self._kept = None

    def ledger(self, window: Window) -> Ledger:
        """What the window was worth. Baselines are had from everything that is kept."""
        return ledger(self.material(EARLIEST), window, self.terms())

    def ledgers(self, days: Sequence[int], material: Material) -> Iterator[Ledger]:
        """The same over each of several spans of the whole material: what they share is worked out once."""
        terms = self.terms()
        known = known_of(material, terms)
        for one in days:
            yield ledger(material, self.window(days=one), terms, known=known)

    def guard(self, weeks: int, *, material: Material | None = None, kept: Kept | None = None) -> Watch:
        """What does not add up in the last weeks. Raises `BadInput`."""
        if not 6 <= weeks <= 104:
            raise BadInput("the guard looks at 6 to 104 weeks")
        window = self.window(days=7 * weeks)
        facts = (material or self.material(window.since - LOOKBACK)).since(window.since - LOOKBACK)
        return watch(facts, window, kept=kept, rules=self.rules)

    def readings(self, days: int, worth: Ledger, warned: Watch, *, material: Material | None = None) -> Readings:
        """What every criterion of maturity found over these days."""
        window = self.window(days=days)
        with self.rooms.journal.read() as tx:
            house = house_facts(tx, self.rooms, window=window, worth=worth, warned=warned)
            answers = {name: one.level for name, one in answers_of(tx).items()}
        facts = (material or self.material(window.since)).since(window.since - LOOKBACK)
        return Readings(window, readings(Evidence(facts, window, house, answers)), warned.rules)

    def zone(self) -> str:
        """In which days and weeks are counted."""
        return value_of(self.assumed(), "zone")


def value_of(made: Mapping[str, Assumption], name: str) -> str:
    """What holds, by its name."""
    return made[name].value if name in made else setting(name).default
