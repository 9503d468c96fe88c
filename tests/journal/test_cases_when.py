"""Cases by when they were opened, and by how and when they ended: every end counts, not the last one alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.databases import empty
from tests.journal.samples import NOW, case

from tickless.domain.measure import Resolution
from tickless.journal import Journal
from tickless.journal.cases import CaseFilter

HOUR = dt.timedelta(hours=1)
OUTCOMES = ("verified", "handed_off", "regressed")
ENDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.sampled_from(OUTCOMES)), max_size=10)
SPAN = st.tuples(st.none() | st.integers(0, 20), st.none() | st.integers(0, 20))


@pytest.fixture
def journal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    with empty("sqlite", tmp_path / "journal", request) as urls:
        opened = urls.open()
        opened.migrate()
        yield opened
        opened.close()


def _at(hours: int | None) -> dt.datetime | None:
    return None if hours is None else NOW + hours * HOUR


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ends=ENDS, opened=SPAN, ended=SPAN, outcome=st.none() | st.sampled_from(OUTCOMES))
def test_a_span_finds_what_happened_in_it(
    journal: Journal,
    ends: list[tuple[int, int, str]],
    opened: tuple[int | None, int | None],
    ended: tuple[int | None, int | None],
    outcome: str | None,
) -> None:
    with journal.write() as tx:
        for number in range(6):
            last = next((how for which, _, how in reversed(ends) if which == number), None)
            tx.cases.put(case(number, opened_at=NOW + 3 * number * HOUR, outcome=last))
        for one in tx.resolutions.where():
            tx.resolutions.delete(one.id)
        for n, (which, hours, how) in enumerate(ends):
            tx.resolutions.put(Resolution(id=f"res_{n}", case=f"case_{which:04}", at=NOW + hours * HOUR, outcome=how,
                                          door="machine", seconds=1.0))  # type: ignore[arg-type] # fmt: skip
        what = CaseFilter(outcome=outcome, opened_since=_at(opened[0]), opened_until=_at(opened[1]),
                          ended_since=_at(ended[0]), ended_until=_at(ended[1]))  # fmt: skip
        found = {one.number for one in tx.cases.page(what)}

    def inside(hours: int, span: tuple[int | None, int | None]) -> bool:
        return (span[0] is None or hours >= span[0]) and (span[1] is None or hours < span[1])

    def fits(number: int) -> bool:
        own = [(hours, how) for which, hours, how in ends if which == number]
        if not inside(3 * number, opened):
            return False
        if ended == (None, None):
            return outcome is None or (bool(own) and own[-1][1] == outcome)
        return any(inside(hours, ended) and outcome in {None, how} for hours, how in own)

    assert found == {number for number in range(6) if fits(number)}
