"""The durable engine on each database, with a few workflows to try it by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.journal.databases import BOTH, Urls, empty

from tickless.flow.dbos_engine import DbosEngine
from tickless.journal import Journal

Start = Callable[[Callable[[DbosEngine], None]], DbosEngine]


@pytest.fixture(params=BOTH)
def urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    with empty(request.param, tmp_path_factory.mktemp("flow"), request) as found:
        yield found


@pytest.fixture
def journal(urls: Urls) -> Iterator[Journal]:
    opened = urls.open()
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def start(journal: Journal) -> Iterator[Start]:
    """Start an engine after `prepare` has registered its workflows; stopped at the end."""
    engines: list[DbosEngine] = []

    def go(prepare: Callable[[DbosEngine], None]) -> DbosEngine:
        engine = DbosEngine(journal, executor="test")
        engines.append(engine)
        prepare(engine)
        engine.launch()
        return engine

    yield go
    for engine in engines:
        engine.stop()
