"""The articles in memory, ready to be searched: made anew when one of them changed."""

from __future__ import annotations

import threading
import time

from tickless.ai import Example
from tickless.ai.encoder import Encoder
from tickless.journal import Journal
from tickless.practices.knowledge import Library

FRESH_SECONDS = 30.0
_ALL = 100_000


class LibraryCache:
    """One library for all rooms. `encoder`: what reads meaning, if there is one."""

    def __init__(self, journal: Journal, encoder: Encoder | None = None) -> None:
        self._journal = journal
        self._encoder = encoder
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._versions = -1
        self._library = Library.of()
        self._taught: tuple[Example, ...] = ()

    def library(self) -> Library:
        """The published articles, at most `FRESH_SECONDS` old."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self.renew()
        return self._library

    def lessons(self) -> tuple[Example, ...]:
        """What the articles' own questions teach the brain; the same tuple until an article changes."""
        self.library()
        return self._taught

    def renew(self) -> None:
        """Look whether an article changed (each change is kept as a version), and read all of them if so."""
        with self._lock:
            with self._journal.read() as tx:
                versions = tx.article_versions.count()
                articles = tx.articles.where(limit=_ALL) if versions != self._versions else None
            if articles is not None:
                self._library = Library.of(articles, self._encoder)
                self._versions = versions
                self._taught = tuple(Example("need.question", said) for said in self._library.examples())
                # Nobody should wait for the measurement with the journal's only writer in hand.
                threading.Thread(target=_measure, args=(self._library,), name="knowledge bar", daemon=True).start()
            self._read_at = time.monotonic()


def _measure(library: Library) -> None:
    """Worked out once and kept in the library."""
    assert library.measured
    library.learn()
