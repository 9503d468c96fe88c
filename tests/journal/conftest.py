"""A journal on each database, its schema up to date, empty at the start of every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from tests.journal.databases import BOTH, Urls, empty

from tickless.journal import Journal, tables


@pytest.fixture(scope="session", params=BOTH)
def shared_journal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with empty(request.param, tmp_path_factory.mktemp("journal"), request) as urls:
        journal = urls.open()
        journal.migrate()
        yield journal
        journal.close()


@pytest.fixture
def journal(shared_journal: Journal) -> Journal:
    wipe(shared_journal)
    return shared_journal


@pytest.fixture(params=BOTH)
def urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """Databases without any table."""
    with empty(request.param, tmp_path_factory.mktemp("empty"), request) as found:
        yield found


def wipe(journal: Journal) -> None:
    for engine, metadata in ((journal.engine, tables.main), (journal.log_engine, tables.log)):
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
