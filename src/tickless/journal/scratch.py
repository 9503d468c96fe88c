"""A journal that lives for a moment: to try out what the rooms would have done, with nothing of it kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tickless.journal import tables
from tickless.journal.journal import Journal


@contextmanager
def scratch_journal() -> Iterator[Journal]:
    """An empty journal in a temporary folder, gone afterwards."""
    with TemporaryDirectory(prefix="tickless-scratch-") as folder:
        here = Path(folder)
        journal = Journal(main_url=f"sqlite:///{here / 'main.db'}", log_url=f"sqlite:///{here / 'log.db'}")
        tables.main.create_all(journal.engine)
        tables.log.create_all(journal.log_engine)
        try:
            yield journal
        finally:
            journal.close()
