"""What waits for people and takes a look at everything to be counted: looked at by the clock, kept, and shown with the rest."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tickless.domain.steering import ViewMark
from tickless.flow.desk.needing import Need
from tickless.journal import Journal, Tx
from tickless.practices.knowledge.reading import read_contradictions, read_standings

MARK: Final = "needs"
SHARE: Final = 60
"""Looking takes at most one part in so many of a processor, and once a minute is often enough."""
LEAST_SECONDS: Final = 60.0
_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "rungs": ("runbook may do more by itself", "runbooks may do more by themselves", "/autonomy"),
    "problems": ("kind of incident is worth a problem", "kinds of incident are worth a problem", "/problems"),
    "guard": ("figure may mislead", "figures may mislead", "/guard"),
    "articles": ("article is stale or contradicts another", "articles are stale or contradict each other",
                 "/knowledge/review"),
}  # fmt: skip


@dataclass(frozen=True)
class Looks:
    """How each of them is counted. All of these block."""

    rungs: Callable[[], int]
    problems: Callable[[], int]
    guard: Callable[[], int]


class Noticing:
    """`look` is a chore of one process; what it found stands in the journal for all of them."""

    def __init__(self, journal: Journal, looks: Looks) -> None:
        self._journal = journal
        self._looks = looks
        self._again = 0.0

    def look(self, now: dt.datetime) -> None:
        """Count anew, unless that was done just before: by the real clock, since this is about work and not about cases."""
        begun = time.monotonic()
        if begun < self._again:
            return
        counts = {"rungs": self._looks.rungs(), "problems": self._looks.problems(), "guard": self._looks.guard()}
        with self._journal.read() as tx:
            stale = sum(one.article.state == "published" and bool(one.concerns) for one in read_standings(tx, now=now))
            counts["articles"] = stale + len(read_contradictions(tx))
        seconds = time.monotonic() - begun
        with self._journal.write() as tx:
            tx.view_marks.put(ViewMark(id=MARK, at=now, seconds=seconds, told=json.dumps(counts)))
        self._again = begun + max(LEAST_SECONDS, seconds * SHARE)


def noticed(tx: Tx) -> list[Need]:
    """What was found by the last look."""
    kept = tx.view_marks.get(MARK)
    counts = json.loads(kept.told) if kept is not None else {}
    return [Need(counts.get(name, 0), *words) for name, words in _WORDS.items()]
