"""Which series has which place: labels → slot, by the bytes they came in wherever those are known. Bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.labels import Kind, Labels
from tickless.stages.sense.telemetry.skeleton import MOST_BYTES, Skeleton
from tickless.stages.sense.telemetry.tape import Tape

REFUSED: Final = -1
PASSED: Final = -2
FIRST_ROOM: Final = 1_024
_KEYS_OF_A_SERIES: Final = 4
_PATIENCE: Final = 16
"""Requests."""
_MOST_UNPLACED: Final = 100_000
_MOST_WORDS: Final = 500_000


@dataclass(slots=True, eq=False)
class Series:
    """One series that has a place."""

    source: str
    labels: Labels
    kind: Kind
    keys: list[tuple[Book, bytes]] = field(default_factory=list)
    """The bytes that it is known by."""


@dataclass(slots=True, eq=False)
class Context:
    """A longer beginning that many series of a book share, and those that were met below it.

    `near` holds what `places` holds, by the end of the key alone: what comes together is found together, in little memory.
    """

    prefix: bytes
    near: dict[bytes, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Book:
    """What is known of one source's bytes in one form of writing: how its series look, and the words that they are made of.

    `places`: bytes of a series → its slot, or `REFUSED` or `PASSED`. What is refused or passed is bounded, too.
    """

    source: str
    places: dict[bytes, int] = field(default_factory=dict)
    words: dict[bytes, int] = field(default_factory=dict)
    contexts: dict[bytes, Context] = field(default_factory=dict)
    _ends: dict[bytes, bytes] = field(default_factory=dict)
    """Ends of keys, each kept once: the same attributes come with every metric."""
    _met_in: int = 0
    """The generation of the index that `near` speaks of."""
    unplaced: int = 0
    skeletons: dict[tuple[int, bytes], Skeleton] = field(default_factory=dict)
    """By the length and the beginning of the request."""
    remembered: int = 0
    """Bytes of skeletons."""
    unlike: int = 0
    """Requests in a row that were unlike the one that was remembered in their place."""
    order: Tape | None = None

    def tape(self, dtype: type[np.unsignedinteger[Any]], generation: int) -> Tape:
        """In which order its series came, in units of that type."""
        if self.order is None or self.order.generation != generation:
            self.order = Tape(dtype, generation)
        return self.order

    def word(self, word: bytes) -> int:
        """A short number for a word."""
        number = self.words.get(word)
        if number is None:
            number = self.words[word] = len(self.words)
        return number

    @property
    def repeats(self) -> bool:
        """Whether remembering requests is worth its while: not for a sender that mixes them; it is tried now and then."""
        return self.unlike < _PATIENCE or self.unlike % _PATIENCE == 0

    @property
    def full(self) -> bool:
        """Whether it should begin anew."""
        return len(self.words) > _MOST_WORDS or len(self.contexts) > _MOST_UNPLACED or self.unplaced > _MOST_UNPLACED

    def remember(self, name: tuple[int, bytes], skeleton: Skeleton) -> None:
        """Keep the newest, as far as there is room."""
        self._forget(name)
        self.skeletons[name] = skeleton
        self.remembered += skeleton.size
        while self.remembered > MOST_BYTES:
            self._forget(next(iter(self.skeletons)))

    def _forget(self, name: tuple[int, bytes]) -> None:
        known = self.skeletons.pop(name, None)
        self.remembered -= known.size if known is not None else 0

    def context(self, context: bytes) -> Context:
        """Four bytes that stand for a longer beginning, and what is below it."""
        found = self.contexts.get(context)
        if found is None:
            found = self.contexts[context] = Context(len(self.contexts).to_bytes(4, "little"))
        return found

    def below(self, context: Context, end: bytes) -> int | None:
        """The slot of a series that is known by these bytes; from now on it is near, too."""
        slot = self.places.get(context.prefix + end)
        if slot is not None:
            context.near[self._ends.setdefault(end, end)] = slot
        return slot

    def forget_near(self, generation: int) -> None:
        """Forget what is near if the slots may mean other series than when it was met."""
        if generation != self._met_in:
            self._met_in = generation
            self._ends.clear()
            for context in self.contexts.values():
                context.near.clear()


class SeriesIndex:
    """At most `most` series in all and `most_of_source` of one source; the others are refused, and counted.

    `grown` is called with the new number of places before any of them is given.
    """

    def __init__(self, *, most: int, most_of_source: int, grown: Callable[[int], None]) -> None:
        self._most = most
        self._most_of_source = most_of_source
        self._grown = grown
        self._free: list[int] = []
        self._by_labels: dict[tuple[str, Labels], int] = {}
        self.series: list[Series | None] = []
        self._books: dict[tuple[str, str], Book] = {}
        self.now = 0.0
        """The time that new series are noted with."""
        self.generation = 0
        """Changes whenever a slot may mean another series."""
        self.count: Counter[str] = Counter()
        """Series by source."""
        self.seen: NDArray[np.float64] = np.zeros(0)
        """When each slot was written last, by our clock."""
        self.kinds: NDArray[np.int8] = np.zeros(0, np.int8)

    def __len__(self) -> int:
        return len(self._by_labels)

    @property
    def room(self) -> int:
        """Places there are now, taken or free."""
        return len(self.seen)

    def book(self, source: str, form: str) -> Book:
        """The book of a source for one form of writing. What was asked for before may be gone: ask once a request."""
        found = self._books.get((source, form))
        if found is not None and found.full:
            for one in self.series:
                if one is not None and one.source == source:
                    one.keys = [(book, key) for book, key in one.keys if book is not found]
            found = None
        if found is None:
            found = self._books[source, form] = Book(source)
        return found

    def find(self, source: str, labels: Labels) -> int | None:
        """The slot of a series, if it has one. Labels in their order."""
        return self._by_labels.get((source, labels))

    def place(self, book: Book, key: bytes, labels: Labels, kind: Kind) -> int:
        """The slot of a series that came as `key`; `REFUSED` when there is no room, `PASSED` when it is not watched."""
        if kind is Kind.PASSED:
            return self._unplaced(book, key, PASSED)
        slot = self._by_labels.get((book.source, labels))
        if slot is None:
            slot = self._new(book.source, labels, kind)
            if slot is None:
                return self._unplaced(book, key, REFUSED)
        one = self.series[slot]
        if one is not None and key and len(one.keys) < _KEYS_OF_A_SERIES:
            one.keys.append((book, key))
            book.places[key] = slot
        return slot

    def evict(self, before: float) -> NDArray[np.intp]:
        """Forget the series that were last written before that time; their slots."""
        cold = np.flatnonzero(self.seen < before)
        gone = [int(slot) for slot in cold if self.series[slot] is not None]
        for slot in gone:
            self._drop(slot)
        if gone:
            self.generation += 1
            for book in self._books.values():  # there may be room now for what was refused
                book.places = {key: slot for key, slot in book.places.items() if slot != REFUSED}
                book.unplaced = sum(slot < 0 for slot in book.places.values())
        return np.array(gone, np.intp)

    def _new(self, source: str, labels: Labels, kind: Kind) -> int | None:
        if len(self._by_labels) >= self._most or self.count[source] >= self._most_of_source:
            return None
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self.series[slot] = Series(source, labels, kind)
        self._by_labels[source, labels] = slot
        self.kinds[slot] = kind
        self.seen[slot] = self.now
        self.count[source] += 1
        return slot

    def _drop(self, slot: int) -> None:
        one = self.series[slot]
        if one is None:
            return
        for book, key in one.keys:
            book.places.pop(key, None)
        del self._by_labels[one.source, one.labels]
        self.count[one.source] -= 1
        self.series[slot] = None
        self.seen[slot] = np.inf
        self._free.append(slot)

    def _grow(self) -> None:
        before = self.room
        after = min(self._most, max(FIRST_ROOM, 2 * before))
        self._grown(after)
        self.seen = np.concatenate([self.seen, np.full(after - before, np.inf)])
        self.kinds = np.concatenate([self.kinds, np.zeros(after - before, np.int8)])
        self.series.extend([None] * (after - before))
        self._free.extend(range(after - 1, before - 1, -1))

    @staticmethod
    def _unplaced(book: Book, key: bytes, what: int) -> int:
        if key and book.unplaced < _MOST_UNPLACED:
            book.unplaced += key not in book.places
            book.places[key] = what
        return what
